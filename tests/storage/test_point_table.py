"""Risk points on both databases: every change a version, the second hand too late, found in every way asked for."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.geometry import Box, Point
from domain.hazards import Category
from domain.people import PersonId
from domain.places import PlaceCode
from domain.points import PointAct, PointDuty, PointStatus, RiskLevel, RiskPoint
from services.ports import PointFilter, PointProposal, PointSums, ProposalState
from services.ports.points import PointRows
from storage.store import SqlStore
from tests.storage.filling import COUNTY, TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each


def pond(number: int = 1, **fields: Any) -> RiskPoint:
    made = RiskPoint(
        id=0,
        number=f"SL-{number:04d}",
        version=1,
        name="岭头'山塘_100%",
        category=Category.POND,
        level=RiskLevel.LARGER,
        place=VILLAGE,
        updated_at=START,
        confirmed_at=START,
        lat=28.45,
        lon=119.48,
        households=3,
        people=None,
        department="水利",
        threshold="警戒水位32.50米",
        warning_level=Decimal("32.50"),
        route="沿机耕路\n到村礼堂",
        shelter="村礼堂",
    )
    return replace(made, **fields)


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(people)


async def test_what_goes_in_comes_out_and_is_the_first_version(each: Each, ids: list[PersonId]) -> None:
    wanted = pond(patrollers=(ids[1], ids[0]), warners=(ids[0],), evacuators=(ids[2],), updated_by=ids[0])
    point = await each.points.add(wanted, reason="导入")
    assert point == replace(wanted, id=point.id)
    assert await each.points.get(point.id) == point
    assert await each.points.by_number("SL-0001") == point
    (first,) = await each.points.versions_of(point.id)
    assert (first.version, first.act, first.author, first.reason) == (1, PointAct.ADD, ids[0], "导入")
    assert first.point == point


async def test_every_change_is_a_version_and_the_second_hand_changes_nothing(each: Each, ids: list[PersonId]) -> None:
    point = await each.points.add(pond(patrollers=(ids[0],)))
    later = START + timedelta(days=1)
    after = await each.points.change(
        point, author=ids[1], at=later, reason="换人", patrollers=(ids[2],), warning_level=Decimal(31)
    )
    assert (after.version, after.patrollers, after.updated_by, after.confirmed_at) == (2, (ids[2],), ids[1], later)
    assert await each.points.get(point.id) == after
    assert await each.points.change(point, author=ids[0], at=later, name="别的") is None
    assert await each.points.get(point.id) == after
    kept = await each.points.versions_of(point.id)
    assert [(one.version, one.act, one.point.patrollers) for one in kept] == [
        (1, PointAct.ADD, (ids[0],)),
        (2, PointAct.CHANGE, (ids[2],)),
    ]


async def test_a_retired_point_is_no_more_asked_about_and_still_there(each: Each, ids: list[PersonId]) -> None:
    point = await each.points.add(pond(patrollers=(ids[0],)))
    gone = await each.points.retire(point, author=ids[1], at=START, reason="已治理")
    assert gone.status is PointStatus.RETIRED
    assert await each.points.in_places([COUNTY]) == []
    assert await each.points.of_patroller(ids[0]) == []
    assert await each.points.near(28.45, 119.48, 100) == []
    assert await each.points.get(point.id) == gone
    assert await each.points.find(PointFilter(frozenset({COUNTY}), retired=True)) == ([gone], 1)
    assert [one.reason for one in await each.points.versions_of(point.id)] == ["", "已治理"]


async def test_points_are_found_by_place_with_all_below_it(each: Each, ids: list[PersonId]) -> None:
    first = await each.points.add(pond(1))
    await each.points.add(pond(2, place=COUNTY))
    assert await each.points.in_places([TOWNSHIP]) == [first]
    assert [one.number for one in await each.points.in_places([VILLAGE, COUNTY])] == ["SL-0001", "SL-0002"]
    assert await each.points.in_places([PlaceCode("3311240")]) == [first]
    assert await each.points.in_places([]) == []


async def test_points_are_found_by_the_persons_in_charge(each: Each, ids: list[PersonId]) -> None:
    walked = await each.points.add(pond(1, patrollers=(ids[0],)))
    led = await each.points.add(pond(2, evacuators=(ids[0],)))
    assert await each.points.of_patroller(ids[0]) == [walked]
    assert await each.points.of_person(ids[0]) == [walked, led]
    assert await each.points.of_person(ids[1]) == []


async def test_points_near_a_position_come_with_their_distance(each: Each, ids: list[PersonId]) -> None:
    far = await each.points.add(pond(1, lat=28.4545))
    near = await each.points.add(pond(2, lat=28.4509))
    await each.points.add(pond(3, lat=None, lon=None))
    found = await each.points.near(28.45, 119.48, 510)
    assert [(one.id, round(metres)) for one, metres in found] == [(near.id, 100), (far.id, 500)]
    assert [one.id for one, _ in await each.points.near(28.45, 119.48, 200)] == [near.id]
    assert await each.points.in_box(Box(28.4, 119.4, 28.452, 119.5)) == [near]


@pytest.mark.parametrize(
    ("words", "found"),
    [("山塘", [1, 2]), ("岭头", [1]), ("sl-0002", [2]), ("_100%", [1]), ("溪口", []), ("xI", [2])],
    ids=["chinese", "name", "number", "signs", "none", "case"],
)
async def test_chinese_words_and_numbers_are_found(
    each: Each, ids: list[PersonId], words: str, found: list[int]
) -> None:
    await each.points.add(pond(1))
    await each.points.add(pond(2, name="XIling山塘100"))
    points, total = await each.points.find(PointFilter(frozenset({COUNTY}), words=words))
    assert [int(one.number[-1]) for one in points] == found
    assert total == len(found)


async def test_filters_narrow_together_and_pages_follow_each_other(each: Each, ids: list[PersonId]) -> None:
    for n in range(1, 6):
        await each.points.add(pond(n, level=RiskLevel.MAJOR if n % 2 else RiskLevel.LOW))
    await each.points.add(pond(9, category=Category.DIKE, department="交通", level=RiskLevel.MAJOR))
    wanted = PointFilter(frozenset({TOWNSHIP}), frozenset({Category.POND}), department="水利", level=RiskLevel.MAJOR)
    first, total = await each.points.find(wanted, 0, 2)
    second, _ = await each.points.find(wanted, 2, 2)
    assert ([one.number[-1] for one in (*first, *second)], total) == (["1", "3", "5"], 3)
    assert await each.points.find(PointFilter(frozenset())) == ([], 0)


async def test_where_points_are_and_who_is_in_charge_is_told_lightly(each: Each, ids: list[PersonId]) -> None:
    await each.points.add(pond(1, patrollers=(ids[0],), evacuators=(ids[1],)))
    await each.points.add(pond(2, patrollers=(ids[0],), lat=None, lon=None))
    assert await each.points.positions_in(Box(28.4, 119.4, 28.5, 119.5)) == [(VILLAGE, Point(28.45, 119.48))]
    patrol, evacuate = PointDuty.PATROL, PointDuty.EVACUATE
    assert await each.points.in_charge_at([TOWNSHIP], [patrol]) == [(ids[0], VILLAGE)]
    assert await each.points.in_charge_at([COUNTY], [patrol, evacuate]) == [(ids[0], VILLAGE), (ids[1], VILLAGE)]
    assert await each.points.in_charge_at([], [patrol]) == []


async def test_sums_tell_unknown_from_nil(each: Each, ids: list[PersonId]) -> None:
    await each.points.add(pond(1, households=3, people=None, level=RiskLevel.MAJOR))
    await each.points.add(pond(2, households=2, people=0))
    await each.points.add(pond(3, households=None, people=7))
    assert await each.points.sums([TOWNSHIP]) == PointSums(3, 5, 7, 1, {RiskLevel.MAJOR: 1, RiskLevel.LARGER: 2})
    assert await each.points.sums([]) == PointSums()


async def test_stale_is_what_nobody_said_to_be_right_since_then(each: Each, ids: list[PersonId]) -> None:
    old = await each.points.add(pond(1, confirmed_at=START - timedelta(days=400)))
    await each.points.add(pond(2))
    before = START - timedelta(days=365)
    assert await each.points.stale(before) == [old]
    await each.points.change(old, author=ids[0], at=START, act=PointAct.CONFIRM)
    assert await each.points.stale(before) == []
    assert [one.act for one in await each.points.versions_of(old.id)] == [PointAct.ADD, PointAct.CONFIRM]


async def test_a_proposal_is_decided_once(each: Each, ids: list[PersonId]) -> None:
    point = await each.points.add(pond())
    wanted = PointProposal(0, point.id, 1, VILLAGE, PointAct.CHANGE, {"people": 9}, "多了一家", ids[0], START)
    proposal = await each.points.propose(wanted)
    assert await each.points.proposal(proposal.id) == replace(wanted, id=proposal.id)
    assert await each.points.proposals_of(point.id) == [proposal]
    assert await each.points.decide(proposal.id, ProposalState.ACCEPTED, ids[1], START)
    assert not await each.points.decide(proposal.id, ProposalState.REFUSED, ids[2], START)
    decided = await each.points.proposal(proposal.id)
    assert (decided.state, decided.decided_by) == (ProposalState.ACCEPTED, ids[1])
    assert await each.points.proposals_of(point.id) == []


def test_nobody_can_delete_a_point() -> None:
    verbs = {name for name in vars(PointRows) if not name.startswith("_")}
    assert not {name for name in verbs if "delete" in name or "remove" in name}
