"""Shifts on both databases: who is on duty at an instant, swaps that keep the record, nights that are over."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.duty import Shift, ShiftState
from domain.people import PersonId
from services.ports import Swap
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each, Hands

HOUR = timedelta(hours=1)


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(lambda rows: people(rows, 4))


def shift(ids: list[PersonId], begins: datetime = START, hours: int = 12, **fields: Any) -> Shift:
    values: dict[str, Any] = {"leader": ids[0], "officers": (ids[1], ids[2]), "made_at": START} | fields
    return Shift(0, TOWNSHIP, begins, begins + hours * HOUR, **values)


async def test_officers_are_on_duty_before_their_leader_and_only_in_their_hours(
    each: Each, ids: list[PersonId]
) -> None:
    added = await each.duty.add(shift(ids))
    assert await each.duty.get(added.id) == added
    assert await each.duty.on_duty(TOWNSHIP, START) == [ids[1], ids[2], ids[0]]
    assert await each.duty.on_duty(TOWNSHIP, START - timedelta(seconds=1)) == []
    assert await each.duty.on_duty(TOWNSHIP, START + 12 * HOUR) == []
    assert await each.duty.on_duty(VILLAGE, START) == []


async def test_whoever_is_put_in_is_on_duty_from_then_on_and_the_record_knows_both(
    each: Each, ids: list[PersonId]
) -> None:
    added = await each.duty.add(shift(ids))
    at = START + 3 * HOUR
    assert await each.duty.put_in(added.id, ids[1], ids[3], ids[1], at)
    assert await each.duty.on_duty(TOWNSHIP, at) == [ids[3], ids[2], ids[0]]
    assert await each.duty.on_duty(TOWNSHIP, at - HOUR) == [ids[1], ids[2], ids[0]]
    assert not await each.duty.put_in(added.id, ids[1], ids[3], ids[1], at)
    assert not await each.duty.put_in(added.id, ids[2], ids[3], ids[1], at)


async def test_a_cancelled_shift_puts_nobody_on_duty(each: Each, ids: list[PersonId]) -> None:
    added = await each.duty.add(shift(ids))
    assert await each.duty.cancel(added.id, ids[0], START)
    assert not await each.duty.cancel(added.id, ids[0], START)
    assert await each.duty.on_duty(TOWNSHIP, START) == []
    assert not await each.duty.set_persons(added.id, None, [ids[0]], ids[0], START)
    found = await each.duty.get(added.id)
    assert found is not None
    assert found.state is ShiftState.CANCELLED


async def test_a_night_that_is_over_is_known_with_those_who_worked_it(
    each: Each, ids: list[PersonId], clock: Hands
) -> None:
    night = await each.duty.add(shift(ids, START, night=True))
    await each.duty.add(shift(ids, START, officers=(ids[3],), leader=None))
    await each.duty.put_in(night.id, ids[2], ids[3], ids[2], START + HOUR)
    clock.at = START + 13 * HOUR
    assert await each.duty.finished_night_shift_since(START + 7 * HOUR) == {ids[0], ids[1], ids[2], ids[3]}
    assert await each.duty.finished_night_shift_since(START + 12 * HOUR + timedelta(seconds=1)) == set()
    clock.at = START + 11 * HOUR
    assert await each.duty.finished_night_shift_since(START) == set()


async def test_shifts_are_found_by_span_place_person_and_order(each: Each, ids: list[PersonId]) -> None:
    await each.duty.add(shift(ids))
    second = await each.duty.add(shift(ids, START + 12 * HOUR, officers=(ids[3], ids[1])))
    assert [one.id for one in await each.duty.shifts_between(START + 12 * HOUR, START + 13 * HOUR)] == [second.id]
    assert await each.duty.shifts_between(START, START + 30 * HOUR, [VILLAGE]) == []
    assert await each.duty.last_before(TOWNSHIP, START + 12 * HOUR) is not None
    assert await each.duty.next_after(TOWNSHIP, START + HOUR) == second
    assert [one.id for one in await each.duty.of_person(ids[3], START)] == [second.id]
    assert await each.duty.places_with_shifts(START + 12 * HOUR) == [TOWNSHIP]


async def test_a_shift_is_called_once(each: Each, ids: list[PersonId]) -> None:
    added = await each.duty.add(shift(ids))
    assert [one.id for one in await each.duty.to_call(START)] == [added.id]
    assert await each.duty.called(added.id)
    assert not await each.duty.called(added.id)
    assert await each.duty.to_call(START) == []


async def test_a_swap_is_decided_once(each: Each, ids: list[PersonId]) -> None:
    added = await each.duty.add(shift(ids))
    swap = await each.duty.add_swap(Swap(0, added.id, ids[1], ids[3], START))
    assert await each.duty.swaps_of(added.id, ids[1]) == [swap]
    assert await each.duty.decide_swap(swap.id, "agreed", START)
    assert not await each.duty.decide_swap(swap.id, "refused", START)
    found = await each.duty.swap(swap.id)
    assert found is not None
    assert (found.state, found.decided_at) == ("agreed", START)
