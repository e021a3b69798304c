"""A script on the demo's clock: every act waits for its moment, at whatever speed the page has set."""

import asyncio
from datetime import datetime, timedelta

from demo.players import Act
from sandbox.clock import WorldClock


class Live:
    """demo.players.Host of a clock that runs."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        return self._clock.now()

    def patience(self) -> tuple[timedelta, int]:
        """Ten real seconds: at six hundred times the speed the bot needs hours of the county to say what it has to."""
        return timedelta(seconds=0.25 * max(1.0, self._clock.speed)), 40

    def at(self, moment: datetime, act: Act) -> None:
        task = asyncio.create_task(self._later(moment, act))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _later(self, moment: datetime, act: Act) -> None:
        await self._clock.sleep((moment - self._clock.now()).total_seconds())
        await act()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
