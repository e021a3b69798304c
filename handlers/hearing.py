"""Whether the bot hears Telegram at all, and since when it does not.

Telegram keeps a press for 150 seconds only. A time of deafness is therefore measured, put on the timeline, taken off
everybody's clock, and after a long one open questions are asked again. `look` is called by the tick, and before
anything that was said meanwhile is judged; it writes down the last instant of hearing now and then, so that a restart
knows how long the process was away.

The watchdog asks `silent_for`: PTB's polling can end without a word (a gateway's 404 is enough) while its updater
still says that it runs.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from services.doors import Doors
from services.ladder import after_deafness, put_clocks_back
from services.voices import VOICES
from services.work import Work

log = logging.getLogger(__name__)

NAME = "heard"
_WRITE_EVERY = 15.0


class Hearing:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._now = doors.now
        self._heard_at: datetime | None = None
        self._failing = False
        self._gaps: list[tuple[datetime, datetime]] = []
        self._monotonic: Callable[[], float] = time.monotonic
        self._last_real = self._monotonic()
        self._written_real = 0.0
        self._looking = asyncio.Lock()

    async def begin(self) -> None:
        """At start: the time since the last run heard anything counts as deaf. It is off the clocks before what that
        run left undone is judged; whether to ask again is known when Telegram is heard."""

        async def last(work: Work) -> datetime | None:
            return await work.rows.heartbeats.last(NAME)

        self._heard_at = await self._doors.run(last)
        self._failing = self._heard_at is not None
        self._last_real = self._monotonic()
        now = self._now()
        if self._heard_at is not None and self._is_long(self._heard_at, now):
            await self._doors.run(partial(put_clocks_back, since=self._heard_at, until=now))

    def heard(self) -> None:
        """A getUpdates came back, or Telegram called the webhook."""
        now = self._now()
        if self._failing and self._heard_at is not None:
            self._gaps.append((self._heard_at, now))
        self._failing = False
        self._heard_at = now
        self._last_real = self._monotonic()

    def failed(self) -> None:
        """A getUpdates did not come back with an answer."""
        self._failing = True

    def begun_anew(self) -> None:
        """Listening has just been started again: the first answer may take as long as a whole getUpdates."""
        self._last_real = self._monotonic()

    @property
    def silent_for(self) -> float:
        """Real seconds since the last sign of life."""
        return self._monotonic() - self._last_real

    @property
    def behind(self) -> bool:
        """A deaf time is over and not yet off the clocks: what was said in it must not be judged before."""
        return bool(self._gaps)

    @property
    def deaf(self) -> bool:
        """Nothing is heard at this moment, or such a time is not written down yet: nobody may be taken for silent.
        Whether it lasts so long that the clocks stop is known only afterwards."""
        return bool(self._gaps) or (self._failing and self._heard_at is not None)

    def _is_long(self, since: datetime, until: datetime) -> bool:
        return until - since >= timedelta(seconds=self._doors.policy.deaf_seconds)

    async def look(self) -> int:
        """Write down what was heard; returns how many people were asked again. A gap that cannot be written down now
        is kept for the next look."""
        async with self._looking:
            return await self._look()

    async def _look(self) -> int:
        asked = 0
        while self._gaps:
            since, until = self._gaps[0]
            if self._is_long(since, until):
                log.warning("deaf from %s to %s", since.isoformat(), until.isoformat())
                asked += await self._make_good(since, until)
            self._gaps.pop(0)
        heard = self._heard_at
        if heard is not None and not self._failing and self._monotonic() - self._written_real > _WRITE_EVERY:
            await self._doors.run(lambda work: work.rows.heartbeats.heard(NAME, heard))
            self._written_real = self._monotonic()
        return asked

    async def _make_good(self, since: datetime, until: datetime) -> int:
        try:
            return await self._doors.run(partial(after_deafness, voices=VOICES, since=since, until=until))
        except Exception:
            log.exception("nobody can be asked again; the clocks alone are put back")
            await self._doors.run(partial(put_clocks_back, since=since, until=until))
            return 0
