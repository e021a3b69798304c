"""What Telegram said, how long the bot was deaf, running numbers."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ports import Rows
from storage.store import SqlStore
from tests.support.databases import Each, Hands


async def test_an_update_is_kept_once(each: Each, clock: Hands) -> None:
    assert await each.inbox.store([(12, "b"), (11, "a")], clock.now()) == [11, 12]
    assert await each.inbox.store([(12, "again"), (13, "c"), (13, "c")], clock.now()) == [13]
    assert await each.inbox.store([], clock.now()) == []

    assert await each.inbox.undone() == [(11, "a", 0), (12, "b", 0), (13, "c", 0)]


async def test_updates_are_worked_off_in_the_order_they_came(each: Each, clock: Hands) -> None:
    """Telegram starts its numbering anew after a quiet week: the older batch goes first whatever its numbers."""
    await each.inbox.store([(900, "first"), (901, "second")], clock.now())
    clock.advance(seconds=1)
    await each.inbox.store([(5, "third")], clock.now())

    assert [raw for _, raw, _ in await each.inbox.undone()] == ["first", "second", "third"]


async def test_what_is_done_is_not_done_again_and_its_words_are_gone(each: Each, store: SqlStore, clock: Hands) -> None:
    await each.inbox.store([(1, "家里电话13800000000"), (2, "b")], clock.now())
    assert not await each.inbox.is_done(1)
    await each.inbox.done(1, clock.now())

    assert await each.inbox.is_done(1)
    assert not await each.inbox.is_done(3)
    assert await each.inbox.undone() == [(2, "b", 0)]
    assert await each.inbox.store([(1, "again")], clock.now()) == []

    async def look(connection: AsyncConnection) -> object:
        return await connection.scalar(sa.text("SELECT raw FROM inbox WHERE update_id = 1"))

    assert await store.database.read(look) is None


async def test_tries_are_counted_and_a_poisonous_update_is_put_aside(each: Each, clock: Hands) -> None:
    await each.inbox.store([(1, "poison"), (2, "b")], clock.now())
    assert [await each.inbox.attempt(1, "KeyError") for _ in range(3)] == [1, 2, 3]
    assert await each.inbox.attempt(99) == 0
    assert await each.inbox.undone() == [(1, "poison", 3), (2, "b", 0)]

    await each.inbox.put_aside(1, clock.now(), "KeyError")

    assert await each.inbox.is_done(1)
    assert await each.inbox.undone() == [(2, "b", 0)]
    assert await each.inbox.aside() == [(1, "KeyError")]
    await each.inbox.done(1, clock.now())
    assert await each.inbox.aside() == [(1, "KeyError")], "what was put aside stays visible"


async def test_a_try_that_was_rolled_back_did_not_count(store: SqlStore, each: Each, clock: Hands) -> None:
    await each.inbox.store([(1, "a")], clock.now())

    async def crash(rows: Rows) -> None:
        await rows.inbox.attempt(1)
        await rows.inbox.done(1, clock.now())
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(crash)

    assert await each.inbox.undone() == [(1, "a", 0)]


async def test_old_finished_updates_are_forgotten_and_nothing_else(each: Each, clock: Hands) -> None:
    await each.inbox.store([(n, "x") for n in range(1, 5)], clock.now())
    await each.inbox.done(1, clock.now())
    await each.inbox.put_aside(2, clock.now(), "E")
    later = clock.advance(days=7)
    await each.inbox.done(3, later)

    assert await each.inbox.prune(later) == 1
    assert not await each.inbox.is_done(1)
    assert await each.inbox.is_done(3)
    assert await each.inbox.undone() == [(4, "x", 0)]
    assert await each.inbox.aside() == [(2, "E")]


async def test_a_heartbeat_remembers_the_one_before(each: Each, clock: Hands) -> None:
    assert await each.heartbeats.last("telegram") is None
    assert await each.heartbeats.heard("telegram", clock.now()) is None
    first = clock.now()
    clock.advance(seconds=30)

    assert await each.heartbeats.heard("telegram", clock.now()) == first
    assert await each.heartbeats.last("telegram") == clock.now()
    assert await each.heartbeats.last("feed") is None


async def test_deaf_times_are_kept(each: Each, store: SqlStore, clock: Hands) -> None:
    for _ in range(2):
        await each.heartbeats.deaf(clock.now() - timedelta(minutes=5), clock.now())

    async def look(connection: AsyncConnection) -> object:
        return await connection.scalar(sa.text("SELECT count(*) FROM deafness"))

    assert await store.database.read(look) == 2


async def test_every_series_counts_for_itself_from_one(each: Each) -> None:
    assert [await each.counters.next("warning:2026") for _ in range(3)] == [1, 2, 3]
    assert await each.counters.next("warning:2027") == 1
    assert await each.counters.next("warning:2026") == 4


async def test_no_number_is_given_twice_however_many_ask(each: Each) -> None:
    numbers = await asyncio.gather(*(each.counters.next("warning:2026") for _ in range(20)))

    assert sorted(numbers) == list(range(1, 21))


async def test_a_number_taken_in_a_transaction_that_failed_is_given_again(store: SqlStore, each: Each) -> None:
    async def fail(rows: Rows) -> None:
        await rows.counters.next("warning:2026")
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)

    assert await each.counters.next("warning:2026") == 1
