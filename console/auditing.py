"""`bot.py audit-draw NUMBER`: a spot check's draw is made again from its record, and it is said whether it agrees. A
running bot's database is not opened; it gives a copy, as for `check`."""

import asyncio
from contextlib import AsyncExitStack

from assembly import doors_of
from clock import Clock
from console.checking import Report, database_to_read
from console.voice import FAILED, Voice
from services.check_audit import audit_draw
from services.checkup import Finding
from services.doors import Doors
from services.ports import Rows
from settings import load
from storage.store import SqlStore


def audit(voice: Voice, clock: Clock, number: str) -> int:
    report = Report(voice, everything=True)
    found = asyncio.run(_audit(voice, clock, number, report))
    if found is None:
        return FAILED
    report.tell(found)
    return report.conclude("draw")


async def _audit(voice: Voice, clock: Clock, number: str, report: Report) -> list[Finding] | None:
    settings = load()
    async with AsyncExitStack() as stack:
        database = await database_to_read(settings, report, stack)
        if database is None:
            return None
        return await _read(doors_of(settings, SqlStore(database, clock.now), voice.words, clock, ""), number)


async def _read(doors: Doors, number: str) -> list[Finding]:
    async def inside(rows: Rows) -> list[Finding]:
        return await audit_draw(doors.work(rows), number)

    return await doors.store.read(inside)
