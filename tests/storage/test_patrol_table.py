"""Patrol rows on both databases: the first answer stays, a reason is given once, a plan asks nobody twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from domain.patrols import Finding, Hindrance, Phase, TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports import CheckIn, PatrolTask, Proof
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each

DUE = START + timedelta(hours=10)
OTHER = PlaceCode("331124002001")


def task(person: PersonId, *, plan: int | None = 1, place: PlaceCode = VILLAGE, hours: float = 10) -> PatrolTask:
    due = START + timedelta(hours=hours)
    return PatrolTask(0, person, place, Phase.BEFORE, due, person, START, plan)


def said(of: PatrolTask, finding: Finding = Finding.NORMAL, *, minutes: float = 0) -> CheckIn:
    at = START + timedelta(minutes=minutes)
    return CheckIn(0, of.id, of.person_id, of.person_id, of.place, finding, at, at, False, False, "button")


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(people)


async def test_what_goes_in_comes_out(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    assert await each.patrols.task(made.id) == made
    row = replace(said(made, Finding.UNABLE), words="家里'老人\n住院", hindrance=Hindrance.OTHER, filled_in=True)
    row = await each.patrols.add_check_in(row)
    assert await each.patrols.check_in(row.id) == row
    spot = Proof(0, made.id, ids[0], START, "", 28.45, 119.48, 12.5, True, False, 3210)
    photo = Proof(0, made.id, ids[0], START, "AgACAgIAAxkBAAIB")
    kept = [await each.patrols.add_proof(one) for one in (spot, photo)]
    assert await each.patrols.proofs_of(made.id) == kept


async def test_open_tasks_come_in_the_order_they_are_due(each: Each, ids: list[PersonId]) -> None:
    late, early, done = await each.patrols.add_tasks(
        [task(ids[0], hours=9), task(ids[0], hours=2, place=OTHER), task(ids[0], plan=2, hours=1)]
    )
    first = await each.patrols.add_check_in(said(done))
    await each.patrols.settle(done.id, TaskState.NORMAL, first.id)
    assert [one.id for one in await each.patrols.open_of([ids[0]])] == [early.id, late.id]
    assert await each.patrols.open_of([ids[1]]) == []


async def test_the_first_answer_is_never_replaced(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    first = await each.patrols.add_check_in(said(made, Finding.UNABLE))
    second = await each.patrols.add_check_in(said(made, Finding.NORMAL, minutes=50))
    await each.patrols.settle(made.id, TaskState.UNABLE, first.id)
    await each.patrols.settle(made.id, TaskState.NORMAL, second.id)
    now = await each.patrols.task(made.id)
    assert (now.state, now.check_in_id) == (TaskState.NORMAL, first.id)
    assert [one.finding for one in await each.patrols.check_ins_of(made.id)] == [Finding.UNABLE, Finding.NORMAL]


async def test_a_reason_is_given_once(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    row = await each.patrols.add_check_in(said(made, Finding.UNABLE))
    await each.patrols.settle(made.id, TaskState.UNABLE, row.id, ask_why=True)
    assert await each.patrols.give_reason(made.id, Hindrance.ROAD, "路断")
    assert not await each.patrols.give_reason(made.id, Hindrance.DANGER, "")
    assert (await each.patrols.check_in(row.id)).hindrance is Hindrance.ROAD


async def test_the_newest_check_in_is_found_by_person_and_by_place(each: Each, ids: list[PersonId]) -> None:
    here, there = await each.patrols.add_tasks([task(ids[0]), task(ids[0], place=OTHER)])
    await each.patrols.add_check_in(said(here))
    newer = await each.patrols.add_check_in(said(there, minutes=5))
    assert (await each.patrols.newest_of(ids[0], START)).id == newer.id
    assert (await each.patrols.newest_at(ids[0], VILLAGE, START)).place == VILLAGE
    assert await each.patrols.newest_at(ids[0], VILLAGE, START + timedelta(minutes=1)) is None
    assert await each.patrols.newest_of(ids[1], START) is None


async def test_an_abnormal_check_in_remembers_its_hazard(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    normal = await each.patrols.add_check_in(said(made))
    bad = await each.patrols.add_check_in(said(made, Finding.ABNORMAL))
    await each.patrols.tie_hazard(made.id, 7)
    assert (await each.patrols.check_in(bad.id)).hazard_id == 7
    assert (await each.patrols.check_in(normal.id)).hazard_id is None


async def test_unfinished_are_planned_ones_in_the_area(each: Each, ids: list[PersonId]) -> None:
    inside, outside, own, done = await each.patrols.add_tasks(
        [task(ids[0]), task(ids[1], place=OTHER), task(ids[2], plan=None), task(ids[2], plan=3)]
    )
    row = await each.patrols.add_check_in(said(done))
    await each.patrols.settle(done.id, TaskState.NORMAL, row.id)
    assert [one.id for one in await each.patrols.unfinished([TOWNSHIP], START)] == [inside.id]
    assert await each.patrols.unfinished([TOWNSHIP], START + timedelta(hours=1)) == []
    assert await each.patrols.unfinished([], START) == []
    assert {outside.id, own.id}  # they exist and are not this area's, or nobody's plan


async def test_a_plan_asks_nobody_twice_for_one_place(each: Each, ids: list[PersonId]) -> None:
    await each.patrols.add_tasks([task(ids[0])])
    with pytest.raises(IntegrityError):
        await each.patrols.add_tasks([task(ids[0])])
    assert len(await each.patrols.add_tasks([task(ids[0], plan=None), task(ids[0], plan=None)])) == 2


async def test_only_an_open_task_is_taken_back_and_then_answered_no_more(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    assert await each.patrols.cancel(made.id)
    assert not await each.patrols.cancel(made.id)
    row = await each.patrols.add_check_in(said(made))
    assert not await each.patrols.settle(made.id, TaskState.NORMAL, row.id)
    assert (await each.patrols.task(made.id)).state is TaskState.CANCELLED


async def test_nothing_is_seen_after_it_was_said(each: Each, ids: list[PersonId]) -> None:
    (made,) = await each.patrols.add_tasks([task(ids[0])])
    with pytest.raises(IntegrityError):
        await each.patrols.add_check_in(replace(said(made), seen_at=START + timedelta(seconds=1)))
