"""`bot.py run`: the bot itself, until it is told to stop."""

import asyncio
import logging
import resource
import signal
import sys
from datetime import UTC, datetime
from time import struct_time
from zoneinfo import ZoneInfo

from assembly import Shouwang
from clock import Clock, SystemClock
from console.voice import DONE
from delivery.redaction import guard_logs
from settings import Settings, load
from starting import spare_the_collector

log = logging.getLogger(__name__)

_FILES = 65536
"""open files: every connection is one, and running out of them once cost others their alarms"""
_TALKATIVE = ("telegram", "apscheduler", "aiohttp", "aiosqlite", "sqlalchemy", "asyncio", "alembic")
"""libraries that would log every step, whole messages among them"""


def run() -> int:
    settings = load()
    _look_at(settings)
    begin_logging(settings.log_level, settings.zone)
    _allow_many_files()
    asyncio.run(work(settings, SystemClock()))
    return DONE


def _look_at(settings: Settings) -> None:
    """What is wrong in the settings is told before anything is opened."""
    settings.token()
    settings.policy()
    if settings.webhook_url is not None:
        settings.hook_secret()


def begin_logging(level: str, zone: ZoneInfo) -> None:
    """One line for each fact, to stderr, on the county's clock, with the token taken out whoever writes it."""

    def county_time(seconds: float | None) -> struct_time:
        return datetime.fromtimestamp(seconds or 0, UTC).astimezone(zone).timetuple()

    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = county_time
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    guard_logs([handler])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        log.info("open files allowed: %s, before %s", wanted, soft)


async def work(settings: Settings, clock: Clock) -> None:
    """Until SIGTERM or SIGINT. Before the bot is up, waiting for Telegram or for another process to end, it stops at
    once; afterwards it finishes what is under way."""
    stop, up = asyncio.Event(), asyncio.Event()
    me = asyncio.current_task()
    assert me is not None

    def end() -> None:
        if not stop.is_set() and not up.is_set():
            me.cancel()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    try:
        async with Shouwang.open(settings, clock) as bot:
            up.set()
            spare_the_collector()
            await bot.run(stop)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    log.info("stopped")
