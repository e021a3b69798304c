"""A county's years of patrols, hazards and points, made by the database itself so that a million lines take seconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from benchmarks import county as counties
from benchmarks.filling import doors_of, url_of
from domain.ledger_words import pairs_of
from storage.database import Database, UtcTime, opened
from storage.hazards import hazard
from storage.schema import upgrade
from storage.word_index import SEARCHED, hazard_pair

PEOPLE, PLACES = 2_600, 222
_INSTANTS = 1_000
_DAYS = 900
_PAGE = 1_000

_times = sa.Table(
    "bench_time",
    sa.MetaData(),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
)

_LINES = """
WITH RECURSIVE line(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM line WHERE i < {last}),
village(n, code) AS (SELECT row_number() OVER (ORDER BY code) - 1, code FROM place WHERE level = 'village'),
walker(n, id) AS (SELECT row_number() OVER (ORDER BY id) - 1, id FROM person)
"""
_ABOUT = """
FROM line
JOIN village ON village.n = line.i % (SELECT count(*) FROM village)
JOIN walker ON walker.n = line.i % (SELECT count(*) FROM walker)
JOIN bench_time t ON t.n = line.i * {instants} / {most}
"""
_TASKS = """
INSERT INTO patrol_task (id, person_id, place, phase, due_at, planned_by, created_at, state, check_in_id)
{lines} SELECT i, walker.id, village.code, 'during', t.at, walker.id, t.at, 'normal', i {about}
"""
_CHECK_INS = """
INSERT INTO check_in (id, task_id, person_id, recorded_by, place, finding, at, seen_at, filled_in, late, channel, words)
{lines} SELECT i, i, walker.id, walker.id, village.code, 'normal', t.at, t.at, FALSE, FALSE, 'button', '' {about}
"""
_HAZARDS = """
INSERT INTO hazard (id, number, category, place, what, households, people, suspected, created_at, state, version, grade,
 unit, assignee, measure, due_at, fixed_by, closed_by, closed_at)
{lines} SELECT i, '20' || (24 + i / 50000) || '-' || (10000 + i), 'H' || (10 + i % 14), village.code,
 CASE i % 7 WHEN 0 THEN '后山裂缝变宽，有掉块' WHEN 1 THEN '涵管渗水，水浑' ELSE '路基下沉，护栏松动' END || i,
 i % 9, i % 31, FALSE, t.at, CASE WHEN i > {last} - 300 THEN 'assigned' ELSE 'closed' END, 4, 'minor',
 '第' || (i % 40) || '工程队', walker.id, '清理加固', t.at, walker.id, closer.id, t.at
{about} JOIN walker closer ON closer.n = (line.i + 1) % (SELECT count(*) FROM walker)
"""
_REPORTS = """
INSERT INTO hazard_report (id, hazard_id, at, user_id, person_id, name, language, private, what, photos)
{lines} SELECT i, i, t.at, 1, walker.id, '村民', 'zh', TRUE, '', '[]' {about}
"""
_POINTS = """
INSERT INTO risk_point (id, number, version, name, category, level, place, lat, lon, department, threshold, route,
 shelter, status, updated_at, confirmed_at)
{lines} SELECT i, 'P' || i, 1, '风险点' || i, 'H12', 'general', village.code, 28.4 + (i % 100) * 0.001,
 119.4 + (i / 100) * 0.001, '', '', '', '', 'active', t.at, t.at {about}
"""


async def _fill(connection: AsyncConnection, statement: str, first: int, last: int, most: int) -> None:
    if last >= first:
        lines, about = _LINES.format(first=first, last=last), _ABOUT.format(instants=_INSTANTS - 1, most=most)
        await connection.execute(sa.text(statement.format(lines=lines, about=about, last=last)))


async def prepare(database: Database) -> None:
    """The county, its people, 5,000 points and a calendar."""
    county = counties.make(PEOPLE, PLACES)
    await doors_of(database).run(partial(counties.enter, county=county))
    begin = datetime.now(UTC) - timedelta(days=_DAYS)
    step = timedelta(days=_DAYS) / _INSTANTS

    async def calendar(connection: AsyncConnection) -> None:
        await connection.run_sync(_times.create)
        await connection.execute(sa.insert(_times), [{"n": n, "at": begin + n * step} for n in range(_INSTANTS)])
        await _fill(connection, _POINTS, 1, 5_000, 5_000)

    await database.write(calendar)


async def grow(database: Database, before: tuple[int, int], after: tuple[int, int], most: tuple[int, int]) -> None:
    """From so many (check-ins, hazards) to so many more."""

    async def more(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.text("UPDATE hazard SET state = 'closed'")
        )  # what is open does not grow with the years
        for statement in (_TASKS, _CHECK_INS):
            await _fill(connection, statement, before[0] + 1, after[0], most[0])
        for statement in (_HAZARDS, _REPORTS):
            await _fill(connection, statement, before[1] + 1, after[1], most[1])
        await _index(connection, before[1])
        if connection.dialect.name == "postgresql":
            for table in ("patrol_task", "check_in", "hazard", "hazard_report", "risk_point"):
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                await connection.execute(sa.text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))"))

    await database.write(more)
    await database.write(_learn)


async def _index(connection: AsyncConnection, after: int) -> None:
    """The words of the hazards behind this one, as the bot would have written them."""
    while found := (
        await connection.execute(
            sa.select(hazard.c.id, *(hazard.c[name] for name in SEARCHED))
            .where(hazard.c.id > after)
            .order_by(hazard.c.id)
            .limit(_PAGE)
        )
    ).all():
        rows = [
            {"pair": pair, "hazard_id": row[0]}
            for row in found
            for pair in sorted({pair for text in row[1:] for pair in pairs_of(text)})
        ]
        await connection.execute(sa.insert(hazard_pair), rows)
        after = found[-1][0]


async def _learn(connection: AsyncConnection) -> None:
    """What both databases do by themselves once in a while."""
    await connection.execute(sa.text("ANALYZE"))


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Database]:
    url = url_of(folder / "ledger.db")
    await upgrade(url)
    async with opened(url) as database:
        yield database


@asynccontextmanager
async def postgresql(server: str, name: str = "shouwang_bench_ledger") -> AsyncIterator[Database]:
    """A database of its own on a server of which one may make some; gone afterwards."""
    there = make_url(server).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(there, isolation_level="AUTOCOMMIT")
    drop = sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    try:
        async with engine.connect() as connection:
            await connection.execute(drop)
            await connection.execute(sa.text(f"CREATE DATABASE {name}"))
            url = there.set(database=name)
            await upgrade(url.render_as_string(hide_password=False))
            async with opened(url) as database:
                yield database
            await connection.execute(drop)
    finally:
        await engine.dispose()
