"""The bot in a process of its own, as crashes and benchmarks start it: the assembly as it is shipped, nothing else.

`python -m benchmarks.bot_process` takes its settings from the environment, as the bot does. The crash test calls `run`
in a process forked from one that has done the imports, and may name a failpoint.
"""

import asyncio
import logging
import signal
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from assembly import Shouwang
from benchmarks.failpoints import Failpoint, request_for, watch_statements
from clock import SystemClock
from settings import Settings, load

_FOLDER_SECONDS = 0.2


def run(given: Mapping[str, object], log: Path | None = None, failpoint: str = "") -> None:
    """Until SIGTERM. Log lines from WARNING on go to `log`, each process of a run adding to the same file."""
    logging.basicConfig(filename=log, level=logging.WARNING, format="%(process)d %(levelname)s %(name)s %(message)s")
    trap = Failpoint.parse(failpoint) if failpoint else None
    if trap is not None:
        watch_statements(trap)
    asyncio.run(_serve(load(_env_file=None, **given), trap))


async def _serve(settings: Settings, trap: Failpoint | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    request = None if trap is None else partial(request_for, trap)
    async with Shouwang.open(settings, SystemClock(), request=request) as bot:
        await bot.run(stop, folder_seconds=_FOLDER_SECONDS)


if __name__ == "__main__":
    run({})
