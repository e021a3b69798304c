"""Rounds on both databases: nobody is asked twice for one round, an order holds until it is ended, a voice is settled
once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from domain.checklists import Measure
from domain.patrol_marks import Mark
from domain.patrols import Asking, Finding, OrderKind, Phase, SpokenState, TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports import CheckIn, Layout, PatrolOrder, PatrolTask, Proof, SpokenCheckIn, VillageRounds
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each

DUE = START + timedelta(hours=4)
POND = 7


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(people)


def task(person: PersonId, point: int = POND, *, hours: float = 4, told: bool = True) -> PatrolTask:
    due = START + timedelta(hours=hours)
    return PatrolTask(
        0, person, VILLAGE, Phase.DURING, due, person, START,
        point_id=point, period_id=1, level="III", minutes=240, told=told,
    )  # fmt: skip


def said(of: PatrolTask, reading: str | None = None) -> CheckIn:
    row = CheckIn(
        0, of.id, of.person_id, of.person_id, of.place, Finding.NORMAL, START, START, False, False, "text",
        point_id=of.point_id, level="III",
    )  # fmt: skip
    if reading is None:
        return row
    return replace(
        row, measure=Measure.WATER_LEVEL, reading=Decimal(reading), items=("spillway", "toe"), stake="K2+300"
    )


async def test_what_is_measured_and_ticked_comes_out_as_it_went_in(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    assert await each.patrols.task(made.id) == made
    row = await each.patrols.add_check_in(said(made, "31.205"))
    assert await each.patrols.check_in(row.id) == row
    later = await each.patrols.add_check_in(said(made))
    assert await each.patrols.last_at_point(POND) == later
    assert await each.patrols.last_reading(POND) == row
    assert await each.patrols.last_reading(POND, but=row.id) is None
    assert await each.patrols.last_at_point(99) is None
    await each.patrols.supplement(later.id, replace(later, items=("bank",), words="塌了"))
    assert (await each.patrols.last_at_point(POND)).items == ("bank",)
    spot = Proof(0, made.id, ids[0], START, lat=28.45, lon=119.48, marks=(Mark.FAR, Mark.PICKED), live_message=41)
    spot = await each.patrols.add_proof(spot)
    assert await each.patrols.newest_of_live(ids[0], 41) == spot
    await each.patrols.ask(made.id, Asking.LIST)
    assert (await each.patrols.task(made.id)).asking is Asking.LIST


async def test_nobody_is_asked_twice_for_one_round(store: SqlStore, ids: list[PersonId]) -> None:
    await store.write(lambda rows: rows.patrols.add_tasks([task(ids[0]), task(ids[1]), task(ids[0], hours=8)]))
    with pytest.raises(IntegrityError):
        await store.write(lambda rows: rows.patrols.add_tasks([task(ids[0])]))


async def test_a_plan_may_name_several_points_of_one_village(store: SqlStore, ids: list[PersonId]) -> None:
    planned = [replace(task(ids[0], point), plan=1, period_id=None) for point in (1, 2)]
    await store.write(lambda rows: rows.patrols.add_tasks(planned))
    with pytest.raises(IntegrityError):
        await store.write(lambda rows: rows.patrols.add_tasks(planned[:1]))


async def test_rounds_are_found_by_point_person_and_response(each: Each, ids: list[PersonId]) -> None:
    one, other, later = await each.patrols.add_tasks([task(ids[0]), task(ids[1]), task(ids[0], 8, hours=8)])
    assert [t.id for t in await each.rounds.of_round(POND, DUE)] == [one.id, other.id]
    assert [t.id for t in await each.rounds.of_points([POND, 8], [TaskState.OPEN])] == [one.id, other.id, later.id]
    assert [t.id for t in await each.rounds.of_person_due(ids[0], START, DUE + timedelta(hours=9))] == [
        one.id,
        later.id,
    ]
    assert len(await each.rounds.open_of_period(1, 2)) == 2
    assert await each.rounds.points_walked(1) == {POND, 8}
    assert await each.rounds.finish(one.id, TaskState.MISSED)
    assert not await each.rounds.finish(one.id, TaskState.ENDED)
    assert await each.rounds.finish(one.id, TaskState.EXCUSED, TaskState.MISSED)


async def test_what_is_not_handed_out_is_found_person_by_person(each: Each, ids: list[PersonId]) -> None:
    made = await each.patrols.add_tasks([task(ids[0], n, told=False) for n in (1, 2)] + [task(ids[1], 3, told=False)])
    first = await each.rounds.untold(1)
    assert {t.person_id for t in first} == {min(ids[0], ids[1])}
    await each.rounds.hand_out([t.id for t in made], 5)
    assert await each.rounds.untold(5) == []


async def test_rounds_are_counted_by_village(each: Each, ids: list[PersonId]) -> None:
    one, two, three = await each.patrols.add_tasks([task(ids[0], n) for n in (1, 2, 3)])
    row = await each.patrols.add_check_in(said(one))
    await each.patrols.settle(one.id, TaskState.NORMAL, row.id)
    await each.rounds.finish(two.id, TaskState.EXCUSED)
    day = (START, START + timedelta(days=1))
    assert await each.rounds.rounds_due(TOWNSHIP, *day) == [VillageRounds(VILLAGE, 1, 3, 1)]
    await each.rounds.finish(three.id, TaskState.ENDED)
    assert await each.rounds.rounds_due(TOWNSHIP, *day) == [VillageRounds(VILLAGE, 1, 2, 1)]
    assert await each.rounds.rounds_due(PlaceCode("331199"), *day) == []


async def test_how_far_a_response_is_laid_out(each: Each) -> None:
    assert await each.rounds.layout(1) is None
    layout = Layout(1, "III|pond 12:00", "III", START, "III", 41)
    await each.rounds.save_layout(layout)
    await each.rounds.save_layout(replace(layout, after_point=None))
    assert await each.rounds.layout(1) == replace(layout, after_point=None)


async def test_an_order_holds_until_it_is_ended_once(each: Each, ids: list[PersonId]) -> None:
    order = PatrolOrder(0, OrderKind.PAUSE, VILLAGE, None, "山洪", ids[0], START)
    order = await each.rounds.add_order(order)
    assert await each.rounds.orders() == [order]
    assert await each.rounds.end_order(order.id, ids[0], START)
    assert not await each.rounds.end_order(order.id, ids[0], START)
    assert await each.rounds.orders() == []


async def test_a_voice_is_settled_once(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    row = await each.rounds.add_spoken(SpokenCheckIn(0, made.id, ids[0], START, "AwAC", 8))
    await each.rounds.heard(row.id, "都正常")
    assert await each.rounds.spoken(row.id) == replace(row, heard="都正常")
    assert await each.rounds.settle_spoken(row.id, SpokenState.CONFIRMED, ids[1], START)
    assert not await each.rounds.settle_spoken(row.id, SpokenState.UNCLEAR, ids[1], START)
