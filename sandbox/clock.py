"""The world's clock: time that a test, a drill or the demo can slow down, speed up, push on or set.

Everything in the sandbox that is a rule (rate limits, expiry, deadlines, message dates) asks this clock. What is
transport (a long poll, a socket) waits in real seconds and does not.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

MAX_SPEED = 600.0
_TURNS = 32  # event-loop turns given to whoever woke up, before time moves on


class WorldClock:
    """World time is `base + elapsed real time * speed`. At speed 0 it is a manual clock: only `advance` moves it."""

    def __init__(
        self,
        start: datetime | None = None,
        *,
        speed: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._base = (start or datetime.now(UTC)).timestamp()
        self._anchor = monotonic()
        self._speed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._listeners: list[Callable[[], None]] = []
        self.set_speed(speed)

    @classmethod
    def manual(cls, start: datetime) -> "WorldClock":
        """A clock that stands still until it is advanced."""
        return cls(start, speed=0.0)

    @property
    def speed(self) -> float:
        return self._speed

    def seconds(self) -> float:
        """World time as Unix seconds; the cheap form of `now`."""
        if self._speed == 0.0:
            return self._base
        return self._base + (self._monotonic() - self._anchor) * self._speed

    def now(self) -> datetime:
        """World time, aware, UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def set_speed(self, speed: float) -> None:
        """World seconds per real second, 0 to 600. 0 stops time."""
        if not 0.0 <= speed <= MAX_SPEED:
            raise ValueError(f"speed must be between 0 and {MAX_SPEED:.0f}, not {speed}")
        self._rebase(self.seconds())
        self._speed = float(speed)
        self._changed()

    def advance(self, delta: timedelta) -> None:
        """Push time forward at once; whoever should have woken on the way wakes now."""
        if delta < timedelta(0):
            raise ValueError("time does not run backwards here; use set()")
        self._rebase(self.seconds() + delta.total_seconds())
        self._changed()

    def set(self, moment: datetime) -> None:
        """Put the clock at `moment` (aware). Sleepers wake if their time has come."""
        if moment.tzinfo is None:
            raise ValueError("the clock wants an aware datetime")
        self._rebase(moment.timestamp())
        self._changed()

    async def walk(self, delta: timedelta) -> None:
        """Advance from one sleeper's moment to the next, letting each act before time moves on.

        Unlike one big `advance`, a loop that sleeps a minute at a time runs once for every minute walked.
        """
        end = self.seconds() + delta.total_seconds()
        await self._let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._rebase(max(self._sleepers[0][0], self.seconds()))
            self._changed()
            await self._let_others_run()
        self._rebase(max(end, self.seconds()))
        self._changed()
        await self._let_others_run()

    async def sleep(self, seconds: float) -> None:
        """Sleep in world time."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds() + seconds, next(self._order), future))
        self._arm()
        await future

    async def wait_for(self, future: asyncio.Future[Any], seconds: float) -> bool:
        """Wait for `future`, at most `seconds` of world time. True when it is done. The future is left alone."""
        if future.done():
            return True
        limit: asyncio.Future[None] = future.get_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds() + seconds, next(self._order), limit))
        self._arm()
        try:
            await asyncio.wait({future, limit}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            limit.cancel()
        return future.done()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever speed or time was changed by hand."""
        self._listeners.append(listener)

    def _rebase(self, seconds: float) -> None:
        self._base = seconds
        self._anchor = self._monotonic()

    def _changed(self) -> None:
        self._wake()
        for listener in self._listeners:
            listener()

    def _wake(self) -> None:
        now = self.seconds() + 1e-6  # a timer may fire a hair early
        while self._sleepers and (self._sleepers[0][2].done() or self._sleepers[0][0] <= now):
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sleepers and self._speed > 0:
            due, _, future = self._sleepers[0]
            delay = max(0.0, (due - self.seconds()) / self._speed)
            self._timer = future.get_loop().call_later(delay, self._wake)

    @staticmethod
    async def _let_others_run() -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
