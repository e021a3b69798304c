"""f. Warnings a second, from the bytes of a feed to the committed outbox: how it grows with the places concerned and
with the warnings of the past. Nothing is sent: that is bound by Telegram's limit and measured under b."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from benchmarks import county as counties
from benchmarks.county import BenchCounty
from benchmarks.filling import doors_of, url_of
from benchmarks.report import Report, Row
from demo.notices import cap
from domain.people import PrivateChat
from domain.places import Level, Place, PlaceCode
from feeds.intake import FolderIntake, Intake
from services.ports import Group
from services.work import Work
from storage.database import Database, opened
from storage.people import person, post
from storage.schema import upgrade

POINTS = 5_000
"""risk points and grids, as places below the villages"""
PEOPLE_EACH = 4
"""persons for each village: what a warning costs is counted in persons and groups"""
_BEIJING = timezone(timedelta(hours=8))
_FEW, _MANY = 200, 2_008
_YOUNG, _OLD = 10, 1_000
_TOGETHER = 10
"""so many are in force at once"""

Take = Callable[[list[PlaceCode]], Awaitable[float]]
"""takes in one new red warning for these places; the seconds it took"""


async def measure(report: Report, *, rounds: int = 5) -> None:
    """Both counties alive at once and asked in turn, so that whatever else the machine does meets both alike."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shouwang-intake-")))
        few, many = [await _county(stack, folder, villages) for villages in (_FEW, _MANY)]
        one, all_few, all_many = [], [], []
        small = []
        for _ in range(rounds):
            small.append(await few.take(few.villages[:1]))
            one.append(await many.take(many.villages[:1]))
            all_few.append(await few.take([counties.COUNTY]))
            all_many.append(await many.take([counties.COUNTY]))
            await few.end()
            await many.end()
        _tell_growth(report, small, one, all_few, all_many)
        await _tell_history(report, many, rounds)


def _tell_growth(
    report: Report, small: list[float], one: list[float], all_few: list[float], all_many: list[float]
) -> None:
    detail = f"{median(one) * 1000:.1f} ms each; {_MANY} villages, {POINTS} points and grids"
    report.rows.append(
        Row("f. warnings a second for one village, bytes to outbox", 1 / median(one), "/s", detail=detail)
    )
    detail = f"{median(one) * 1000:.1f} ms ÷ {median(small) * 1000:.1f} ms"
    what = f"   one village's warning among {_MANY} villages ÷ among {_FEW}"
    report.rows.append(Row(what, median(one) / median(small), "×", 1.5, at_most=True, detail=detail))
    messages = (1 + PEOPLE_EACH) * _MANY
    detail = f"{median(all_many):.2f} s; about {messages / median(all_many):.0f} messages a second into the outbox"
    report.rows.append(
        Row(f"   whole county of {_MANY} villages, warnings a second", 1 / median(all_many), "/s", detail=detail)
    )
    detail = f"{median(all_many):.2f} s ÷ {median(all_few):.2f} s for {_MANY / _FEW:.1f} times the places"
    growth = median(all_many) / median(all_few) / (_MANY / _FEW)
    report.rows.append(
        Row("   growth with the places concerned (1: linear)", growth, "×", 1.3, at_most=True, detail=detail)
    )


async def _tell_history(report: Report, where: "_Where", rounds: int) -> None:
    """The same warning before and after so many that are over."""
    township = [where.county.townships[0].code]
    await where.grow(_YOUNG)
    young = [await where.take(township) for _ in range(rounds * 2)]
    await where.grow(_OLD - _YOUNG)
    old = [await where.take(township) for _ in range(rounds * 2)]
    detail = f"{median(old) * 1000:.1f} ms ÷ {median(young) * 1000:.1f} ms for one township"
    what = f"   with {_OLD} warnings in the past ÷ with {_YOUNG}"
    report.rows.append(Row(what, median(old) / median(young), "×", 1.25, at_most=True, detail=detail))


class _Where:
    """One county's database and its way in."""

    def __init__(self, county: BenchCounty, database: Database) -> None:
        self.county = county
        self._database = database
        self._intake = FolderIntake(Intake(doors_of(database), lambda: None), _BEIJING)
        self._sent = datetime.now(UTC) - timedelta(hours=3)

    @property
    def villages(self) -> list[PlaceCode]:
        return [place.code for place in self.county.places if place.level is Level.VILLAGE]

    async def take(self, places: list[PlaceCode]) -> float:
        self._sent += timedelta(seconds=1)
        areas = [("", code.ljust(12, "0")) for code in places]
        _, xml = cap(self._sent, kind="暴雨", colour="红色", areas=areas, text="有雨。", instruction="到岗。", hours=12)
        before = time.perf_counter()
        outcome = await self._intake(xml.encode(), "bench.xml")
        took = time.perf_counter() - before
        assert outcome == "accepted", outcome
        return took

    async def grow(self, warnings: int) -> None:
        """So many warnings more that came, were answered by nobody and ran out."""
        for start in range(0, warnings, _TOGETHER):
            for number in range(start, min(start + _TOGETHER, warnings)):
                await self.take([self.villages[number % len(self.villages)]])
            await self.end()

    async def end(self) -> None:
        async def end(connection: Any) -> None:
            for statement in (
                "UPDATE warning SET state = 'expired'",
                "UPDATE obligation SET state = 'lapsed', next_step_at = NULL",
                "UPDATE outbox SET state = 'sent', message_id = id",
                "UPDATE board SET dirty = 0",
            ):
                await connection.execute(sa.text(statement))

        await self._database.write(end)


async def _county(stack: AsyncExitStack, folder: Path, villages: int) -> _Where:
    path = folder / f"{villages}.db"
    await upgrade(url_of(path))
    database = await stack.enter_async_context(opened(url_of(path)))
    groups = 1 + villages + round(villages / 11)
    county = counties.make(people=villages * PEOPLE_EACH + round(villages / 11), groups=groups)
    await doors_of(database).run(lambda work: _places(work, county))
    await database.write(lambda connection: _people(connection, county))
    return _Where(county, database)


async def _places(work: Work, county: BenchCounty) -> None:
    below = [place.code for place in county.places if place.level is Level.VILLAGE]
    points = [
        Place(PlaceCode(f"{village}{number + 1:02d}"), f"{number + 1}号点", Level.GRID, village)
        for number, village in ((index // len(below), below[index % len(below)]) for index in range(POINTS))
    ]
    await work.rows.places.save([*county.places, *points])
    names = {place.code: place.name for place in county.places}
    for code, chat_id in county.groups.items():
        await work.rows.groups.save(Group(chat_id, names[code], code, can_pin=True, is_admin=True))


async def _people(connection: Any, county: BenchCounty) -> None:
    await connection.execute(
        sa.insert(person),
        [
            {
                "id": number,
                "name": one.name,
                "phone": one.phone,
                "user_id": one.user_id,
                "private_chat": PrivateChat.OPEN.value,
            }
            for number, one in enumerate(county.residents, 1)
        ],
    )
    posts = [
        {"person_id": number, "role": one.role.value, "place": one.place, "department": ""}
        for number, one in enumerate(county.residents, 1)
    ]
    await connection.execute(sa.insert(post), posts)
