"""The clock speaking: APScheduler wakes the tick and nothing else. It remembers nothing; what is due stands in rows."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)


class Heart:
    """Beats every `seconds` of real time. A beat that takes longer than that lets the next one wait, never pile up."""

    def __init__(self, beats: dict[str, tuple[float, Callable[[], Awaitable[object]]]]) -> None:
        # APScheduler drops a run that is a second late unless told otherwise: late is better than never.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for name, (seconds, beat) in beats.items():
            self._scheduler.add_job(beat, IntervalTrigger(seconds=seconds, timezone=UTC), id=name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
