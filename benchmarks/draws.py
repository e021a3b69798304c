"""h. The morning of a response in a whole county: every body plans its day, and at the worst all of them draw in one
minute. Held against what the sending limit asks for anyway: draws must be done long before their messages may leave.

The questions are delivered by the shipped bot to a server that lets 30 messages a second through.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.broadcast import OUR_RATE, SERVER_RATE
from benchmarks.county import COUNTY
from benchmarks.filling import doors_of, fill_roster, url_of
from benchmarks.processes import Telegram, shouwang, telegram
from benchmarks.report import Report, Row
from domain.action_cards import Family
from domain.check_charges import charges
from domain.people import Post, Role
from domain.response import Period, PeriodState, ResponseLevel
from services.check_bodies import departments
from services.check_days import draw_due, plan_days
from services.doors import Doors
from services.ports import DailyRow
from services.work import Work
from storage.database import Database, opened
from storage.outbox import outbox

PEOPLE, GROUPS = 2600, 229
"""19 townships and 209 villages, each with a group, and the county's own"""
_MOST_BEATS = 100
_NOTHING_NEW = 10.0


@dataclass(slots=True)
class Morning:
    bodies: int
    plan_seconds: float
    draw_seconds: float
    longest_beat: float
    """seconds for which the writer was held by one beat"""
    messages: int


async def measure(report: Report, *, people: int = PEOPLE, groups: int = GROUPS) -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shouwang-bench-")))
        await fill_roster(folder / "bench.db", people=people, groups=groups)
        async with opened(url_of(folder / "bench.db")) as database:
            morning = await _morning(database)
        server = await stack.enter_async_context(telegram(people=people, groups=groups, rule="sliding"))
        await server.act("mark")
        began = time.monotonic()
        await stack.enter_async_context(shouwang(server, folder, rate=OUR_RATE))
        delivered, seconds, refused = await _delivered(server, morning.messages, began)
    ideal = morning.messages / SERVER_RATE
    told = f"{morning.bodies} bodies at once, {morning.messages} messages"
    report.rows += [
        Row("h. draws of a whole county ÷ time its messages need at 30/s", morning.draw_seconds / ideal, "×", 0.5,
            at_most=True, detail=told),
        Row("   plan of the day ÷ the same", morning.plan_seconds / ideal, "×", 0.25, at_most=True),
        Row("   longest beat that held the writer", morning.longest_beat, "s", 0.5, at_most=True, detail="for others"),
        Row("   delivered, from the bot's start ÷ ideal", seconds / ideal, "×", detail=f"{delivered} arrived"),
        Row("   refusals (429), messages lost", refused + morning.messages - delivered, "", 0, at_most=True),
    ]  # fmt: skip


async def _morning(database: Database) -> Morning:
    doors = doors_of(database)
    await doors.run(_lead_and_respond)
    tomorrow = doors.now().astimezone(doors.zone).replace(hour=8, minute=31) + timedelta(days=1)
    before = time.perf_counter()
    planned = await replace(doors, now=partial(_at, tomorrow)).run(plan_days)
    plan_seconds = time.perf_counter() - before
    bodies = await doors.run(_all_due_now)
    if not planned or planned % bodies:  # a window of today may be among them
        raise RuntimeError(f"{planned} draws were planned for {bodies} bodies")
    beats = await _beats(doors)
    messages = await database.read(_waiting)
    return Morning(bodies, plan_seconds, sum(beats), max(beats), messages)


async def _waiting(connection: AsyncConnection) -> int:
    return int(await connection.scalar(sa.select(sa.func.count()).where(outbox.c.state == "pending")) or 0)


async def _beats(doors: Doors) -> list[float]:
    taken: list[float] = []
    for _ in range(_MOST_BEATS):
        before = time.perf_counter()
        if not await doors.run(draw_due):
            return taken
        taken.append(time.perf_counter() - before)
    raise RuntimeError("the draws do not come to an end")


def _at(instant: datetime) -> datetime:
    return instant


async def _lead_and_respond(work: Work) -> None:
    """Each station officer leads his township too; a response at Ⅲ holds in the whole county."""
    for one in await work.rows.people.holding([Role.STATION], [place.code for place in await work.tree()]):
        await work.rows.people.set_posts(one.id, [*one.posts, Post(Role.LEADER_IN_CHARGE, one.posts[0].place)])
    (by,) = (await work.rows.people.holding([Role.COUNTY_DUTY], [COUNTY]))[:1]
    began = work.now - timedelta(hours=2)
    period = Period(
        0, "2026-01", Family.TYPHOON, (COUNTY,), ResponseLevel.III, PeriodState.ACTIVE, began, by.id, "台风"
    )
    await work.rows.responses.add(period, "台风")


async def _all_due_now(work: Work) -> int:
    """The worst that chance can do. Returns how many bodies."""
    (period,) = await work.rows.responses.active()
    every = charges([period], await work.tree(), COUNTY, await departments(work))
    day, closes = work.local(work.now).date() - timedelta(days=1), work.now + timedelta(minutes=30)
    await work.rows.daily_checks.add(
        [
            DailyRow(0, period.id, one.body, day, "day", work.now, closes, work.now, work.chance.getrandbits(64))
            for one in every
        ]
    )
    return len(every)


async def _delivered(server: Telegram, wanted: int, began: float) -> tuple[int, float, int]:
    """(messages, seconds until the last, refusals), when all are there or nothing has come for a while."""
    seen, last = 0, time.monotonic()
    while seen < wanted and time.monotonic() - last < _NOTHING_NEW:
        sends, refused = await server.sends()
        if len(sends) > seen:
            seen, last = len(sends), time.monotonic()
        await asyncio.sleep(0.1)
    return seen, last - began, refused
