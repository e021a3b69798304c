"""The bot in a process of its own, as crashes and benchmarks start it: the assembly as it is shipped, nothing else.

`python -m benchmarks.bot_process` takes its settings from the environment, as the bot does. The crash test calls `run`
in a process forked from one that has done the imports, and may name a failpoint.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import time

from assembly import Shouwang
from benchmarks.failpoints import Failpoint, request_for, watch_statements
from clock import Clock, SystemClock
from settings import Settings, load
from starting import spare_the_collector

_FOLDER_SECONDS = 0.2


class FastClock:
    """Real time, faster from the moment of its making: for a server whose clock runs as fast."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._start = time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._start + (time() - self._start) * self._speed, UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


def run(given: Mapping[str, object], log: Path | None = None, failpoint: str = "", speed: float = 1.0) -> None:
    """Until SIGTERM. Log lines from WARNING on go to `log`, each process of a run adding to the same file."""
    logging.basicConfig(filename=log, level=logging.WARNING, format="%(process)d %(levelname)s %(name)s %(message)s")
    trap = Failpoint.parse(failpoint) if failpoint else None
    if trap is not None:
        watch_statements(trap)
    clock = SystemClock() if speed == 1.0 else FastClock(speed)
    asyncio.run(_serve(load(_env_file=None, **given), clock, trap))


async def _serve(settings: Settings, clock: Clock, trap: Failpoint | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    request = None if trap is None else partial(request_for, trap)
    async with Shouwang.open(settings, clock, request=request) as bot:
        spare_the_collector()
        await bot.run(stop, folder_seconds=_FOLDER_SECONDS)


if __name__ == "__main__":
    run({}, speed=float(os.environ.get("CLOCK_SPEED", "1")))
