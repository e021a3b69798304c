"""The loop of a worker beside everything else, and how long it rests from what could not be had."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

log = logging.getLogger(__name__)

TRIES = 8
_PAUSE = timedelta(minutes=1)


def rest_after(attempts: int) -> timedelta:
    """Doubled with each try: the last one is hours later."""
    return _PAUSE * (1 << attempts)


async def work_off(
    run_once: Callable[[], Awaitable[bool]], stop: asyncio.Event, look_seconds: float, what: str
) -> None:
    """Until told to stop: one thing after another; a look now and then where nothing waits."""
    while not stop.is_set():
        try:
            busy = await run_once()
        except Exception:
            log.exception("%s have to wait", what)
            busy = False
        if not busy:
            try:
                await asyncio.wait_for(stop.wait(), look_seconds)
            except TimeoutError:
                continue
