"""Hazard rows on both databases: compare-and-set, every move an event, and the rules once more as CHECKs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from domain.hazards import Category, Grade, HazardState, Move
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports import HazardCard, HazardEvent, HazardReport, HazardRow
from services.ports.hazards import HazardRows
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each

OTHER = PlaceCode("331124002001")
DUE = START + timedelta(days=3)


def line(number: int = 1, *, place: PlaceCode = VILLAGE, category: Category = Category.POND) -> HazardRow:
    return HazardRow(
        id=0,
        number=f"2026-{number:04d}",
        category=category,
        place=place,
        place_words="后山'拐弯处",
        place_guessed=True,
        what="溢洪道堵了\n水往下冲",
        households=3,
        people=None,
        suspected=True,
        created_at=START + timedelta(minutes=number),
        lat=28.45,
        lon=119.48,
    )


def told(person: PersonId | None = None, user: int = 9_000_000_001) -> HazardReport:
    return HazardReport(
        0,
        0,
        START,
        user,
        person,
        "王“大爷”",
        "zh",
        True,
        "堵了",
        "AwACAgVoice",
        8,
        ("AgACAgPhoto", "AgACAgTwo"),
        3,
        None,
    )


def event(row: HazardRow, move: Move, to: HazardState, author: PersonId) -> HazardEvent:
    facts = {"reason": "看过“没有问题”", "photos": ["a", "b"]}
    return HazardEvent(row.id, row.version + 1, START, move.value, row.state.value, to.value, author, facts)


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(people)


async def _assigned(each: Each, ids: list[PersonId]) -> HazardRow:
    row = await each.hazards.add(line(), told(ids[0]))
    row = await each.hazards.move(row, event(row, Move.TAKE, HazardState.TAKEN, ids[1]), taken_by=ids[1])
    fields: dict[str, Any] = {"unit": "上坞村", "assignee": ids[0], "measure": "清理", "due_at": DUE}
    return await each.hazards.move(row, event(row, Move.ASSIGN, HazardState.ASSIGNED, ids[1]), **fields)


async def test_what_goes_in_comes_out(each: Each, ids: list[PersonId]) -> None:
    row = await each.hazards.add(line(), told(ids[0]))
    assert await each.hazards.get(row.id) == row
    (report,) = await each.hazards.reports_of(row.id)
    assert report == replace(told(ids[0]), id=report.id, hazard_id=row.id)
    (first,) = await each.hazards.events_of(row.id)
    assert (first.move, first.version, first.to_state, first.author) == ("report", 0, "reported", ids[0])


async def test_a_stranger_has_an_account_and_no_person(each: Each, ids: list[PersonId]) -> None:
    row = await each.hazards.add(line(), told(None, user=6_000_000_000_001))
    (report,) = await each.hazards.reports_of(row.id)
    assert (report.person_id, report.user_id) == (None, 6_000_000_000_001)


async def test_the_second_hand_changes_nothing(each: Each, ids: list[PersonId]) -> None:
    row = await each.hazards.add(line(), told(ids[0]))
    taken = await each.hazards.move(row, event(row, Move.TAKE, HazardState.TAKEN, ids[1]), taken_by=ids[1])
    assert (taken.state, taken.version, taken.taken_by) == (HazardState.TAKEN, 1, ids[1])
    assert await each.hazards.get(row.id) == taken
    second = await each.hazards.move(row, event(row, Move.REJECT, HazardState.REJECTED, ids[2]))
    assert second is None
    assert await each.hazards.get(row.id) == taken
    assert [one.move for one in await each.hazards.events_of(row.id)] == ["report", "take"]


async def test_every_move_is_one_more_event_with_its_author_and_facts(each: Each, ids: list[PersonId]) -> None:
    row = await _assigned(each, ids)
    await each.hazards.move(row, event(row, Move.GRADE, HazardState.ASSIGNED, ids[2]), grade=Grade.MAJOR)
    kept = await each.hazards.events_of(row.id)
    assert [(one.version, one.move) for one in kept] == [(0, "report"), (1, "take"), (2, "assign"), (3, "grade")]
    assert kept[3].facts == {"reason": "看过“没有问题”", "photos": ["a", "b"]}
    assert (await each.hazards.get(row.id)).grade is Grade.MAJOR


async def test_no_assignment_without_its_four_parts(each: Each, ids: list[PersonId]) -> None:
    row = await each.hazards.add(line(), told(ids[0]))
    with pytest.raises(IntegrityError):
        await each.hazards.move(row, event(row, Move.ASSIGN, HazardState.ASSIGNED, ids[1]), unit="村", assignee=ids[0])
    assert (await each.hazards.get(row.id)).state is HazardState.REPORTED


@pytest.mark.parametrize("hand", [0, 2])
async def test_no_closing_by_the_hands_that_fixed(each: Each, ids: list[PersonId], hand: int) -> None:
    row = await _assigned(each, ids)
    row = await each.hazards.move(row, event(row, Move.FIX, HazardState.FIXED, ids[2]), fixed_by=ids[2])
    closing = event(row, Move.CLOSE, HazardState.CLOSED, ids[hand])
    with pytest.raises(IntegrityError):
        await each.hazards.move(row, closing, closed_by=ids[hand], closed_at=START)
    done = await each.hazards.move(row, closing, closed_by=ids[1], closed_at=START)
    assert done.state is HazardState.CLOSED


async def test_alike_is_the_same_kind_at_the_same_place_still_open_and_lately(each: Each, ids: list[PersonId]) -> None:
    first = await each.hazards.add(line(1), told(ids[0]))
    second = await each.hazards.add(line(2), told(ids[1]))
    await each.hazards.add(line(3, place=OTHER), told(ids[0]))
    await each.hazards.add(line(4, category=Category.ROAD), told(ids[0]))
    gone = await each.hazards.add(line(5), told(ids[0]))
    await each.hazards.move(gone, event(gone, Move.REJECT, HazardState.REJECTED, ids[1]))
    found = await each.hazards.alike(Category.POND, VILLAGE, START)
    assert [one.id for one in found] == [second.id, first.id]
    assert await each.hazards.alike(Category.POND, VILLAGE, START + timedelta(hours=1)) == []


async def test_the_ledger_of_an_area_and_of_a_person(each: Each, ids: list[PersonId]) -> None:
    mine = await _assigned(each, ids)
    await each.hazards.add(line(2, place=OTHER), told(ids[0]))
    assert [one.id for one in await each.hazards.alive_in([TOWNSHIP])] == [mine.id]
    assert [one.id for one in await each.hazards.alive_of(ids[0])] == [mine.id]
    assert await each.hazards.alive_in([]) == []


async def test_cards_are_remembered_once_in_the_order_shown(each: Each, ids: list[PersonId]) -> None:
    row = await each.hazards.add(line(), told(ids[0]))
    for key in ("new", "again", "new"):
        await each.hazards.add_card(HazardCard(row.id, ids[0], f"hazard:{row.id}:{key}:{ids[0]}", 0))
    assert [one.key.split(":")[2] for one in await each.hazards.cards_of(row.id)] == ["new", "again"]


async def test_a_number_is_given_once(each: Each, ids: list[PersonId]) -> None:
    await each.hazards.add(line(1), told(ids[0]))
    with pytest.raises(IntegrityError):
        await each.hazards.add(line(1), told(ids[0]))


def test_nobody_can_delete_or_rewrite_what_was_reported() -> None:
    verbs = {name for name in vars(HazardRows) if not name.startswith("_")}
    assert verbs == {
        *("add", "get", "numbered", "move", "add_report", "reports_of", "events_of", "alike"),
        *("alive_in", "alive_of", "add_card", "cards_of"),
        *("at_point", "around", "merged_with", "reported_by", "progress_due", "ask_progress_at", "name_reporter"),
    }
