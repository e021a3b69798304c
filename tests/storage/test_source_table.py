"""How sources are, what was taken in, what was listed, which calls were made."""

from dataclasses import replace
from datetime import timedelta

from services.ports import Listed, SourceState
from storage.store import SqlStore
from tests.storage.filling import warning
from tests.support.databases import Each, Hands


async def test_a_state_is_kept_whole_and_replaced(each: Each, clock: Hands) -> None:
    now = clock.now()
    first = SourceState("met", now)
    assert await each.sources.state("met") is None
    await each.sources.save(first)
    assert await each.sources.state("met") == first

    hour = timedelta(hours=1)
    full = SourceState("met", now, now, now - hour, now - hour, now, "timeout", now)
    await each.sources.save(full)
    await each.sources.save(replace(first, name="cma"))
    assert await each.sources.states() == [replace(first, name="cma"), full]


async def test_what_was_taken_in_is_known_for_its_source_alone(each: Each, clock: Hands) -> None:
    await each.sources.mark_seen("met", ["a", "b"], clock.now())
    await each.sources.mark_seen("met", ["b", "c"], clock.now())
    assert await each.sources.seen("met", ["a", "b", "x"]) == {"a", "b"}
    assert await each.sources.seen("cma", ["a"]) == set()
    assert await each.sources.seen("met", []) == set()


async def test_a_call_is_taken_once_for_each_source(each: Each, clock: Hands) -> None:
    assert await each.sources.take_nonce("push", "n1", clock.now())
    assert not await each.sources.take_nonce("push", "n1", clock.now())
    assert await each.sources.take_nonce("other", "n1", clock.now())


async def test_old_marks_and_calls_are_forgotten(each: Each, clock: Hands) -> None:
    old = clock.now()
    await each.sources.mark_seen("met", ["old"], old)
    await each.sources.take_nonce("push", "old", old)
    clock.advance(hours=1)
    await each.sources.mark_seen("met", ["new"], clock.now())
    await each.sources.take_nonce("push", "new", clock.now())

    assert await each.sources.prune(clock.now(), clock.now()) == 2
    assert await each.sources.seen("met", ["old", "new"]) == {"new"}
    assert await each.sources.take_nonce("push", "old", clock.now())
    assert not await each.sources.take_nonce("push", "new", clock.now())


async def test_a_warnings_place_in_a_list_is_one_row(each: Each, store: SqlStore) -> None:
    row = await each.warnings.add(warning())
    await each.sources.save_listed(Listed(row.id, "met"))
    await each.sources.save_listed(Listed(row.id, "met", misses=2, asked=True))
    assert await each.sources.listed("met") == {row.id: Listed(row.id, "met", 2, asked=True)}
    assert await each.sources.listed("cma") == {}
