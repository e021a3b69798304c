"""One closure, one transaction: what parallel work, cancellation and errors may not do to it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.inbox import counter
from tests.support.databases import Databases, sqlite_url

NAME = "series"


async def _value(database: Database) -> int | None:
    async def look(connection: AsyncConnection) -> int | None:
        value: int | None = await connection.scalar(sa.select(counter.c.value).where(counter.c.name == NAME))
        return value

    return await database.read(look)


async def _begin_with(database: Database, value: int) -> None:
    async def put(connection: AsyncConnection) -> None:
        await connection.execute(sa.insert(counter).values(name=NAME, value=value))

    await database.write(put)


async def _read_then_raise(connection: AsyncConnection) -> None:
    """Reads, lets others run, writes what it read plus one: the way to lose an update."""
    value = await connection.scalar(sa.select(counter.c.value).where(counter.c.name == NAME))
    await asyncio.sleep(0)
    await connection.execute(sa.update(counter).where(counter.c.name == NAME).values(value=value + 1))


async def test_twenty_parallel_read_modify_writes_keep_all_twenty(database: Database) -> None:
    await _begin_with(database, 0)

    await asyncio.gather(*(database.write(_read_then_raise) for _ in range(20)))

    assert await _value(database) == 20


async def test_an_exception_rolls_back_everything_and_reaches_the_caller(database: Database) -> None:
    await _begin_with(database, 1)

    async def break_off(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(counter).values(value=2))
        await connection.execute(sa.insert(counter).values(name="other", value=1))
        raise LookupError("half-way")

    with pytest.raises(LookupError, match="half-way"):
        await database.write(break_off)

    assert await _value(database) == 1
    assert await database.read(_count) == 1


async def _count(connection: AsyncConnection) -> int:
    return int(await connection.scalar(sa.select(sa.func.count()).select_from(counter)) or 0)


async def test_a_refused_statement_rolls_back_what_came_before_it(database: Database) -> None:
    await _begin_with(database, 1)

    async def twice(connection: AsyncConnection) -> None:
        await connection.execute(sa.insert(counter).values(name="other", value=1))
        await connection.execute(sa.insert(counter).values(name=NAME, value=9))

    with pytest.raises(sa.exc.IntegrityError):
        await database.write(twice)

    assert await database.read(_count) == 1


async def _swallows_an_error(connection: AsyncConnection) -> str:
    await connection.execute(sa.insert(counter).values(name="before", value=1))
    with suppress(sa.exc.IntegrityError):
        await connection.execute(sa.insert(counter).values(name="before", value=2))
    return "done"


async def test_nobody_is_told_that_all_is_well_when_nothing_was_kept(database: Database, dialect: str) -> None:
    """PostgreSQL undoes everything after an error, and says COMMIT is fine; SQLite undoes the one statement."""
    if dialect == "sqlite":
        assert await database.write(_swallows_an_error) == "done"
        assert await database.read(_count) == 1
    else:
        with pytest.raises(sa.exc.DBAPIError, match="current transaction is aborted"):
            await database.write(_swallows_an_error)
        assert await database.read(_count) == 0
    await _begin_with(database, 3)
    assert await _value(database) == 3


async def test_a_swallowed_error_harms_nobody_who_shares_the_transaction(database: Database, dialect: str) -> None:
    await _begin_with(database, 0)
    works = (_read_then_raise, _swallows_an_error, _read_then_raise)

    told = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)

    assert isinstance(told[1], sa.exc.DBAPIError) == (dialect == "postgresql")
    assert (told[0], told[2]) == (None, None)
    assert await _value(database) == 2


async def test_a_cancelled_waiter_does_not_cut_its_transaction_in_half(database: Database) -> None:
    await _begin_with(database, 0)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(counter).values(value=5))
        entered.set()
        await go_on.wait()
        await connection.execute(sa.insert(counter).values(name="second half", value=1))

    waiting = asyncio.create_task(database.write(slow))
    await entered.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    # writes queue: this one begins when the transaction that nobody waits for any more has been committed
    assert await database.write(_count) == 2

    assert await _value(database) == 5
    assert await database.read(_count) == 2


async def test_a_waiter_cancelled_in_the_queue_blocks_nobody(database: Database) -> None:
    await _begin_with(database, 0)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        entered.set()
        await go_on.wait()
        await _read_then_raise(connection)

    first = asyncio.create_task(database.write(slow))
    await entered.wait()
    queued = [asyncio.create_task(database.write(_read_then_raise)) for _ in range(5)]
    await asyncio.sleep(0)
    for task in queued[:3]:
        task.cancel()
    go_on.set()
    await asyncio.gather(first, *queued, return_exceptions=True)
    await database.write(_read_then_raise)

    # the cancelled ones had been handed in, and what is handed in is done
    assert await _value(database) == 7


async def test_a_cancelled_transaction_leaves_no_open_one_behind(database: Database) -> None:
    """aiosqlite alone would begin after all, and the next statement would belong to nobody's transaction."""
    await _begin_with(database, 0)
    for _ in range(20):
        task = asyncio.create_task(database.write(_read_then_raise))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await database.close()
    again = await Database.open(database.url)

    assert await _value(again) == 20
    await again.close()


async def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_ever(database: Database) -> None:
    async def nested(_connection: AsyncConnection) -> None:
        await database.write(_count)

    with pytest.raises(RuntimeError, match="inside a transaction"):
        await database.write(nested)

    assert await database.read(_count) == 0


async def test_closing_waits_for_what_runs_and_may_be_done_twice(url: str) -> None:
    database = await Database.open(url)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        entered.set()
        await go_on.wait()
        await connection.execute(sa.insert(counter).values(name=NAME, value=1))

    writing = asyncio.create_task(database.write(slow))
    await entered.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(writing, closing)
    await database.close()

    again = await Database.open(url)
    assert await _value(again) == 1
    await again.close()


async def test_the_engine_says_its_version(database: Database, dialect: str) -> None:
    name, number = (await database.version()).split(" ", 1)

    assert name == dialect
    assert int(number.split(".")[0]) >= 3


async def test_who_leads_may_ask_again(database: Database) -> None:
    assert await database.try_to_lead()
    assert await database.try_to_lead()
    assert await database.still_leads()


# -- PostgreSQL alone -------------------------------------------------------------------------------------------------


@pytest.fixture
async def postgres(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    with databases.fresh("postgresql", tmp_path) as url:
        opened = await Database.open(url)
        yield opened
        await opened.close()


async def test_a_second_process_leads_only_when_the_first_is_gone(postgres: Database) -> None:
    await postgres.try_to_lead()
    other = await Database.open(postgres.url)

    assert not await other.try_to_lead()
    assert not await other.still_leads()
    await postgres.close()
    assert await other.try_to_lead()
    assert await other.still_leads()
    await other.close()


async def test_a_leader_whose_line_was_cut_knows_that_it_leads_no_more(postgres: Database) -> None:
    await postgres.try_to_lead()

    async def cut(connection: AsyncConnection) -> None:
        mine = sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        await connection.execute(mine)

    await postgres.write(cut)

    assert not await postgres.still_leads()
    assert not await postgres.still_leads()
    assert await postgres.try_to_lead()
    assert await postgres.still_leads()


# -- SQLite alone -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def sqlite(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    with databases.fresh("sqlite", tmp_path) as url:
        opened = await Database.open(url)
        yield opened
        await opened.close()


async def _driver(database: Database) -> Any:
    """aiosqlite's own connection."""
    found: list[Any] = []

    async def take(connection: AsyncConnection) -> None:
        found.append((await connection.get_raw_connection()).driver_connection)

    await database.write(take)
    return found[0]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("cache_size", -32000),
    ],
)
async def test_sqlite_is_set_up_for_not_losing_anything(sqlite: Database, setting: str, value: object) -> None:
    async def ask(connection: AsyncConnection) -> object:
        return await connection.scalar(sa.text(f"PRAGMA {setting}"))

    assert await sqlite.read(ask) == value


async def test_a_lock_of_another_process_is_waited_for_while_the_bot_goes_on(sqlite: Database) -> None:
    assert sqlite.url.database is not None
    other = sqlite3.connect(sqlite.url.database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(sqlite.write(_count))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not writing.done()
        other.execute("ROLLBACK")
        assert isinstance(await writing, int)
    finally:
        other.close()


async def test_every_sqlite_transaction_begins_as_a_writer(sqlite: Database) -> None:
    driver, said = await _driver(sqlite), []
    await driver.set_trace_callback(said.append)

    await sqlite.write(_count)
    await sqlite.read(_count)
    await driver.set_trace_callback(None)

    assert [line for line in said if not line.startswith(("SELECT", "PRAGMA"))] == ["BEGIN IMMEDIATE", "COMMIT"] * 2


async def test_a_transaction_that_sqlite_gave_up_by_itself_is_no_success(sqlite: Database) -> None:
    async def goes_on(connection: AsyncConnection) -> None:
        await connection.execute(sa.insert(counter).values(name="before", value=1))
        with suppress(sa.exc.IntegrityError):
            await connection.execute(sa.text("INSERT OR ROLLBACK INTO counter VALUES ('before', 2)"))

    with pytest.raises(sqlite3.OperationalError, match="rolled back"):
        await sqlite.write(goes_on)

    assert await sqlite.read(_count) == 0
    await _begin_with(sqlite, 1)
    assert await _value(sqlite) == 1


async def test_foreign_keys_hold(database: Database) -> None:
    async def orphan(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.text("INSERT INTO post (person_id, role, place, department) VALUES (1, 'grid_member', 'x', '')")
        )

    with pytest.raises(sa.exc.IntegrityError):
        await database.write(orphan)


async def test_a_file_that_is_no_database_is_refused_and_nothing_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes("此处不是数据库。".encode() * 100)

    with pytest.raises(sa.exc.DatabaseError):
        await Database.open(sqlite_url(path))
