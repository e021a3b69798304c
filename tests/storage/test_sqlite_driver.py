"""The one-trip adapter gives back exactly what SQLAlchemy's own does, in fewer trips."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.database import Json, UtcTime
from storage.sqlite_driver import OneTripDriver
from tests.support.databases import START

metadata = sa.MetaData()
sample = sa.Table(
    "sample",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, unique=True),
    sa.Column("at", UtcTime),
    sa.Column("body", sa.LargeBinary),
    sa.Column("facts", Json),
    sa.Column("weight", sa.Float),
    sa.Column("done", sa.Boolean, server_default=sa.false()),
)
ROWS = [
    {"name": "一", "at": START, "body": b"\0\xff", "facts": {"a": [1]}, "weight": 0.1, "done": True},
    {"name": "b'\"", "at": None, "body": None, "facts": None, "weight": None, "done": False},
    {"name": None, "at": START, "body": b"", "facts": "", "weight": -3.0, "done": False},
]

Work = Callable[[AsyncConnection], Awaitable[Any]]
DRIVERS = (AsyncAdapt_aiosqlite_dbapi(aiosqlite, sqlite3), OneTripDriver())


@asynccontextmanager
async def connected(driver: Any) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine("sqlite+aiosqlite://", module=driver)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.execute(sa.insert(sample), ROWS)
            yield connection
    finally:
        await engine.dispose()


async def rows(connection: AsyncConnection) -> Any:
    result = await connection.execute(sa.select(sample).order_by(sample.c.id))
    return list(result.keys()), [tuple(row) for row in result], [type(v) for row in ROWS for v in row.values()]


async def raw_values(connection: AsyncConnection) -> Any:
    result = await connection.exec_driver_sql("SELECT *, typeof(body), 1 + 1, NULL FROM sample WHERE id > ?", (0,))
    return result.cursor.description, [(tuple(r), [type(v) for v in r]) for r in result.fetchall()]  # type: ignore[union-attr]


async def nothing_found(connection: AsyncConnection) -> Any:
    result = await connection.execute(sa.select(sample).where(sample.c.id > 99))
    return result.first(), result.returns_rows, result.rowcount


async def one_insert(connection: AsyncConnection) -> Any:
    result = await connection.execute(sa.insert(sample).values(name="new"))
    return result.inserted_primary_key, result.lastrowid, result.rowcount, result.returns_rows


async def updates(connection: AsyncConnection) -> Any:
    some = await connection.execute(sa.update(sample).where(sample.c.id < 3).values(weight=1))
    none = await connection.execute(sa.update(sample).where(sample.c.id > 9).values(weight=1))
    gone = await connection.execute(sa.delete(sample).where(sample.c.id == 1))
    return some.rowcount, none.rowcount, gone.rowcount


async def many(connection: AsyncConnection) -> Any:
    put = await connection.execute(sa.insert(sample), [{"name": f"n{n}"} for n in range(7)])
    change = sa.update(sample).where(sample.c.name == sa.bindparam("who"))
    changed = await connection.execute(change, [{"who": f"n{n}", "weight": n} for n in range(9)])
    return put.rowcount, changed.rowcount, await rows(connection)


async def returning(connection: AsyncConnection) -> Any:
    put = sqlite.insert(sample).on_conflict_do_nothing().returning(sample.c.id, sample.c.name)
    one = (await connection.execute(put.values(name="x"))).all()
    again = (await connection.execute(put.values(name="x"))).all()
    lots = (await connection.execute(put, [{"name": f"m{n % 4}"} for n in range(9)])).all()
    changed = await connection.scalar(
        sa.update(sample).where(sample.c.id == 2).values(weight=5).returning(sample.c.weight)
    )
    return one, again, lots, changed


async def definitions(connection: AsyncConnection) -> Any:
    result = await connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
    kept = await connection.exec_driver_sql("PRAGMA journal_mode")
    return result.rowcount, result.returns_rows, kept.scalar()


async def savepoints(connection: AsyncConnection) -> Any:
    nested = await connection.begin_nested()
    await connection.execute(sa.delete(sample))
    await nested.rollback()
    return await rows(connection)


async def commit_and_rollback(connection: AsyncConnection) -> Any:
    await connection.commit()
    await connection.execute(sa.delete(sample))
    await connection.rollback()
    return await rows(connection)


async def functions(connection: AsyncConnection) -> Any:
    """SQLAlchemy gives SQLite its regular expressions as a function of Python."""
    return (await connection.execute(sa.select(sample.c.id).where(sample.c.name.regexp_match("^b")))).all()


@pytest.mark.parametrize(
    "work",
    [
        rows,
        raw_values,
        nothing_found,
        one_insert,
        updates,
        many,
        returning,
        definitions,
        savepoints,
        commit_and_rollback,
        functions,
    ],
)
async def test_every_result_is_the_same_as_before(work: Work) -> None:
    stock, one_trip = [await _answer(driver, work) for driver in DRIVERS]

    assert one_trip == stock


async def _answer(driver: Any, work: Work) -> Any:
    async with connected(driver) as connection:
        return await work(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM nowhere",
        "SELEKT",
        "INSERT INTO sample (name) VALUES ('一')",
        "INSERT INTO sample (id) VALUES ('no number')",
        "SELECT ?",
        "SELECT 1; SELECT 2",
        "SELECT CAST(x'ff' AS TEXT)",
    ],
)
async def test_every_error_is_the_same_as_before(statement: str) -> None:
    stock, one_trip = [await _error(driver, statement) for driver in DRIVERS]

    assert one_trip == stock


async def _error(driver: Any, statement: str) -> Any:
    async with connected(driver) as connection:
        with pytest.raises(sa.exc.DBAPIError) as error:
            await connection.exec_driver_sql(statement)
        assert len((await connection.exec_driver_sql("SELECT * FROM sample")).all()) == 3, "and the connection lives on"
        return type(error.value), type(error.value.orig), str(error.value.orig)


async def test_an_error_in_one_of_many_is_the_same_as_before() -> None:
    async def twice(connection: AsyncConnection) -> Any:
        with pytest.raises(sa.exc.IntegrityError) as error:
            await connection.execute(sa.insert(sample), [{"name": "x"}, {"name": "x"}])
        return str(error.value.orig)

    stock, one_trip = [await _answer(driver, twice) for driver in DRIVERS]
    assert one_trip == stock


async def test_a_statement_is_one_trip_and_inside_a_transaction_none() -> None:
    stock, ours = [await _answer(driver, _trips) for driver in DRIVERS]

    assert stock == [4, 3 + 3 + 4 + 3, 1]
    assert ours == [1, 1, 1]


async def _trips(connection: AsyncConnection) -> list[int]:
    """How often the database's thread is called for a SELECT alone; for BEGIN, an INSERT, a SELECT and an INSERT of
    many; for COMMIT."""
    await connection.commit()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    real, called = driver._execute, []

    async def counted(function: Any, *arguments: Any) -> Any:
        called.append(function)
        return await real(function, *arguments)

    def since() -> int:
        trips = len(called)
        called.clear()
        return trips

    driver._execute = counted
    await connection.execute(sa.select(sample))
    alone = since()
    await connection.exec_driver_sql("BEGIN IMMEDIATE")
    await connection.execute(sa.insert(sample).values(name="y"))
    await connection.execute(sa.select(sample))
    await connection.execute(sa.insert(sample), [{"name": "p"}, {"name": "q"}])
    inside = since()
    await connection.commit()
    return [alone, inside, since()]


async def test_a_stream_still_comes_in_pieces(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/s.db", module=OneTripDriver())
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(sa.insert(sample), [{"name": f"n{n}"} for n in range(2_000)])
        driver: Any = (await connection.get_raw_connection()).driver_connection
        worked = []
        await driver.set_progress_handler(lambda: worked.append(1) and 0, 100)
        async with connection.stream(sa.select(sample), execution_options={"yield_per": 10}) as result:
            first = await anext(result.partitions())
            early = len(worked)
            rest = [row async for row in result]
        await driver.set_progress_handler(None, 0)
    await engine.dispose()

    assert [row.id for row in first] == list(range(1, 11))
    assert len(rest) == 1_990
    assert early < len(worked) / 10, "the first piece came before the rest was read"


async def test_a_closed_connection_says_so() -> None:
    async with connected(OneTripDriver()) as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.close()
        with pytest.raises(sa.exc.OperationalError, match="no active connection"):
            await connection.execute(sa.select(sample))
        await connection.invalidate()
