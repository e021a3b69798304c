"""Several closures in one transaction: each stands or falls alone, and nobody is told before the commit."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.inbox import counter


async def _names(database: Database) -> list[str]:
    async def look(connection: AsyncConnection) -> list[str]:
        return list((await connection.execute(sa.select(counter.c.name).order_by(counter.c.name))).scalars())

    return await database.read(look)


def _adds(name: str) -> Any:
    async def put(connection: AsyncConnection) -> str:
        await connection.execute(sa.insert(counter).values(name=name, value=1))
        return name

    return put


async def _breaks(connection: AsyncConnection) -> None:
    await connection.execute(sa.insert(counter).values(name="half", value=1))
    raise LookupError("half-way")


@pytest.fixture(autouse=True)
def as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine shall not tell other stories than a fast one."""
    monkeypatch.setattr("storage.database._LONGEST_TOGETHER", 60.0)


@pytest.fixture
def commits(database: Database) -> list[str]:
    """One entry for each commit from now on."""
    seen: list[str] = []
    sa.event.listen(database._engine.sync_engine, "commit", lambda _connection: seen.append("commit"))
    return seen


async def test_what_has_queued_up_shares_one_commit(database: Database, commits: list[str]) -> None:
    told = await asyncio.gather(*(database.write(_adds(f"n{number:02d}")) for number in range(20)))

    assert told == [f"n{number:02d}" for number in range(20)]
    assert await _names(database) == told
    assert len(commits) <= 3


async def test_one_that_fails_among_many_is_undone_alone(database: Database) -> None:
    works = [_adds("a"), _breaks, _adds("b"), _breaks, _adds("c")]

    told = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)

    assert [type(one) for one in told] == [str, LookupError, str, LookupError, str]
    assert await _names(database) == ["a", "b", "c"]


async def test_a_statement_that_is_refused_does_not_harm_its_neighbours(database: Database) -> None:
    told = await asyncio.gather(*(database.write(_adds(name)) for name in ("a", "b", "a", "c")), return_exceptions=True)

    assert isinstance(told[2], sa.exc.IntegrityError)
    assert await _names(database) == ["a", "b", "c"]


async def test_nobody_is_told_before_the_commit(database: Database) -> None:
    """A neighbour that takes long keeps everybody of the same transaction waiting."""
    go_on, entered = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await _adds("slow")(connection)
        entered.set()
        await go_on.wait()

    first = asyncio.create_task(database.write(_adds("a")))
    second = asyncio.create_task(database.write(_adds("b")))
    third = asyncio.create_task(database.write(slow))
    await entered.wait()
    told = [one.done() for one in (first, second)]
    go_on.set()
    await asyncio.gather(first, second, third)

    assert told == [False, False]
    assert await _names(database) == ["a", "b", "slow"]


async def test_when_the_commit_fails_everybody_is_told_and_nothing_is_there(database: Database) -> None:
    failing = True

    def refuse(_connection: sa.Connection) -> None:
        if failing:
            raise OSError("the disk is full")

    sa.event.listen(database._engine.sync_engine, "commit", refuse)
    told = await asyncio.gather(*(database.write(_adds(name)) for name in "abc"), return_exceptions=True)
    failing = False

    assert [type(one) for one in told] == [OSError, OSError, OSError]
    assert await _names(database) == []
    assert await database.write(_adds("later")) == "later"


async def test_reads_and_writes_see_each_other_in_the_order_they_were_asked(database: Database) -> None:
    async def count(connection: AsyncConnection) -> int:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(counter)) or 0)

    told = await asyncio.gather(*(database.write(work) for work in (count, _adds("a"), count, _adds("b"), count)))

    assert told == [0, "a", 1, "b", 2]


async def test_a_shared_transaction_takes_in_no_more_after_a_while(
    database: Database, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database._LONGEST_TOGETHER", 0.0)

    await asyncio.gather(*(database.write(_adds(f"n{number}")) for number in range(5)))

    assert len(commits) == 5
    assert len(await _names(database)) == 5
