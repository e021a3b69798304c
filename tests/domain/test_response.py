"""Levels by severity and never by text; which period holds where; the same area in as few places as possible."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError

from domain.action_cards import Family
from domain.colours import Colour
from domain.people import PersonId, Role
from domain.places import Level, Place, PlaceCode, PlaceTree
from domain.response import (
    Period,
    PeriodState,
    ResponseLevel,
    covers,
    level_from,
    level_of,
    strictest,
    tidy,
    touching,
    without,
)
from domain.response_policy import ResponsePolicy

START = datetime(2026, 6, 20, tzinfo=UTC)
COUNTY, STONE, CLOUD = PlaceCode("331124"), PlaceCode("331124001"), PlaceCode("331124002")
UPPER, LOWER, HEAD = PlaceCode("331124001001"), PlaceCode("331124001002"), PlaceCode("331124002001")
GRID = PlaceCode("33112400100101")
TREE = PlaceTree(
    [
        Place(COUNTY, "松阳县", Level.COUNTY),
        Place(STONE, "石梁镇", Level.TOWNSHIP, COUNTY),
        Place(CLOUD, "云坑乡", Level.TOWNSHIP, COUNTY),
        Place(UPPER, "上坞村", Level.VILLAGE, STONE),
        Place(LOWER, "岭下村", Level.VILLAGE, STONE),
        Place(HEAD, "坑头村", Level.VILLAGE, CLOUD),
        Place(GRID, "第1网格", Level.GRID, UPPER),
    ]
)


def period(number: int, level: ResponseLevel, *places: PlaceCode, kind: Family = Family.TYPHOON) -> Period:
    return Period(
        id=number,
        number=f"2026-{number:02d}",
        hazard_kind=kind,
        places=places,
        level=level,
        state=PeriodState.ACTIVE,
        started_at=START + timedelta(hours=number),
        started_by=PersonId(1),
        basis="台风蓝色预警",
    )


TYPHOON = period(1, ResponseLevel.IV, COUNTY)
FIRE = period(2, ResponseLevel.II, STONE, kind=Family.FIRE)


def test_levels_are_ordered_by_severity() -> None:
    assert sorted(ResponseLevel, reverse=True) == [
        ResponseLevel.I,
        ResponseLevel.II,
        ResponseLevel.III,
        ResponseLevel.IV,
    ]
    assert all(lower < higher and higher >= lower for lower, higher in pairwise(ResponseLevel))
    assert [level.sign for level in ResponseLevel] == ["Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"]


@pytest.mark.parametrize("other", ["III", Colour.RED, 3], ids=["text", "colour", "number"])
def test_a_level_is_compared_with_nothing_else(other: object) -> None:
    with pytest.raises(TypeError):
        _ = other > ResponseLevel.IV  # type: ignore[operator]


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("Ⅲ", ResponseLevel.III),
        ("iii", ResponseLevel.III),
        ("3级", ResponseLevel.III),
        ("三级", ResponseLevel.III),
        ("３级响应", ResponseLevel.III),
        ("Ⅳ", ResponseLevel.IV),
        ("1", ResponseLevel.I),
        ("启动防台风Ⅱ级应急响应", ResponseLevel.II),
        ("Ⅲ升Ⅱ", None),
        ("五级", None),
    ],
)
def test_a_level_is_read_as_people_type_it(written: str, level: ResponseLevel | None) -> None:
    assert level_from(written) is level


def test_of_several_periods_the_strictest_holds_at_each_place() -> None:
    both = [TYPHOON, FIRE]
    assert strictest(both, UPPER) == FIRE
    assert strictest(both, GRID) == FIRE
    assert strictest(both, HEAD) == TYPHOON
    assert level_of(both, COUNTY) is ResponseLevel.IV  # the fire is not the whole county's
    assert touching(both, COUNTY) == [FIRE, TYPHOON]
    assert touching([FIRE], CLOUD) == []


def test_an_ended_period_holds_nowhere() -> None:
    over = replace(FIRE, state=PeriodState.ENDED, ended_at=START)
    assert (strictest([over], UPPER), touching([over], COUNTY)) == (None, [])


def test_of_two_as_grave_the_older_one_counts() -> None:
    younger = period(3, ResponseLevel.II, COUNTY)
    assert strictest([younger, FIRE], UPPER) == FIRE


@pytest.mark.parametrize(
    ("places", "fewest"),
    [
        ((STONE, UPPER), (STONE,)),
        ((UPPER, LOWER), (STONE,)),
        ((UPPER, LOWER, HEAD), (COUNTY,)),
        ((UPPER, HEAD), (UPPER, CLOUD)),
        ((GRID,), (GRID,)),
    ],
    ids=["inside", "all children", "all of all", "some", "a grid is not its village"],
)
def test_an_area_is_named_with_as_few_places_as_possible(
    places: tuple[PlaceCode, ...], fewest: tuple[PlaceCode, ...]
) -> None:
    assert tidy(TREE, places) == tuple(sorted(fewest))


def test_taking_a_village_out_leaves_its_neighbours() -> None:
    assert without(TREE, [COUNTY], [UPPER]) == (LOWER, CLOUD)
    assert without(TREE, [STONE], [COUNTY]) == ()


def test_an_area_covers_another_however_both_are_written() -> None:
    assert covers(TREE, [UPPER, LOWER], [STONE])
    assert not covers(TREE, [UPPER], [STONE])


def test_a_county_that_changes_one_figure_keeps_the_others() -> None:
    policy = ResponsePolicy.model_validate({"levels": {"II": {"posts_per_day": 8}}, "suggests": {"rain": {}}})
    assert policy.levels[ResponseLevel.II].posts_per_day == 8
    assert policy.levels[ResponseLevel.II].lifts_quiet
    assert policy.levels[ResponseLevel.I] == ResponsePolicy().levels[ResponseLevel.I]
    assert policy.suggested(Family.RAIN, Colour.RED) is None
    assert policy.suggested(Family.TYPHOON, Colour.RED) is ResponseLevel.I


def test_each_level_contains_the_duties_of_the_lower() -> None:
    lines = [ResponsePolicy().levels[level] for level in ResponseLevel]
    assert all(lower.on_duty < higher.on_duty for lower, higher in pairwise(lines))
    assert all(lower.posts_per_day < higher.posts_per_day for lower, higher in pairwise(lines))
    assert Role.PUBLIC not in lines[-1].on_duty


@pytest.mark.parametrize("wrong", [{"levels": {"V": {}}}, {"levels": {"II": {"quiet": True}}}, {"levels": 3}])
def test_a_typing_error_in_the_table_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ResponsePolicy.model_validate(wrong)
