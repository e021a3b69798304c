"""Waiting that a stop ends."""

import asyncio
from collections.abc import Awaitable


async def until_stopped(stop: asyncio.Event, doing: Awaitable[object]) -> None:
    """Wait for something, but no longer than until the stop: then it is cancelled. What it raises is raised here."""
    task, stopped = asyncio.ensure_future(doing), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        finished = task.done()
        for one in (task, stopped):
            one.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
    if finished:
        task.result()
