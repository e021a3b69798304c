"""The clock speaking: APScheduler wakes the tick and nothing else. It remembers nothing; what is due stands in rows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

Beat = Callable[[], Awaitable[object]]


class Heart:
    """Beats every `seconds` of real time. A beat that takes longer than that lets the next one fall out, never pile
    up, and one that is under way when the heart is stopped is finished."""

    def __init__(self, beats: dict[str, tuple[float, Beat]]) -> None:
        # APScheduler drops a run that is a second late unless told otherwise: late is better than never. Two instances:
        # the one that beats, and the one that sees it and goes.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        )
        self._under_way: dict[str, asyncio.Event] = {}
        """beats under way, each with what tells that it is over"""
        for name, (seconds, beat) in beats.items():
            trigger = IntervalTrigger(seconds=seconds, timezone=UTC)
            self._scheduler.add_job(self._once, trigger, args=(name, beat), id=name)

    async def _once(self, name: str, beat: Beat) -> None:
        if name in self._under_way:
            return
        over = self._under_way[name] = asyncio.Event()
        try:
            await beat()
        except Exception:
            log.exception("a beat failed: %s", name)
        finally:
            del self._under_way[name]
            over.set()

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        for over in list(self._under_way.values()):
            await over.wait()
        self._scheduler.shutdown(wait=False)
