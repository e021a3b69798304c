"""Quiet hours, digests, who gets what by itself, and the graver of two: pure rules."""

from datetime import datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.colours import Colour
from domain.geometry import Circle, Point
from domain.notices import Area, MsgType, Notice, Scope, Status
from domain.places import Level, Place, PlaceCode, PlaceTree
from domain.warning_areas import How, resolve_places
from domain.warning_chains import RelationKind, change
from domain.warning_reach import goes_by_itself, is_outranked, next_digest, outranked, quiet_until

CHINA = timezone(timedelta(hours=8))
COUNTY, TOWN = PlaceCode("331124"), PlaceCode("331124001")
ONE, TWO = PlaceCode("331124001001"), PlaceCode("331124001002")
POND = PlaceCode("33112400100101")
TREE = PlaceTree(
    (
        Place(COUNTY, "松阳县", Level.COUNTY),
        Place(TOWN, "石梁镇", Level.TOWNSHIP, COUNTY),
        Place(ONE, "上坞村", Level.VILLAGE, TOWN, 28.45, 119.48),
        Place(TWO, "岭下村", Level.VILLAGE, TOWN, 28.46, 119.50),
        Place(POND, "岭头山塘", Level.GRID, ONE, 28.50, 119.60),
    )
)


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(21, 59), None),
        (at(22), at(6, 30, 21)),
        (at(23, 59), at(6, 30, 21)),
        (at(0), at(6, 30)),
        (at(6, 29), at(6, 30)),
        (at(6, 30), None),
        (at(12), None),
    ],
)
def test_the_quiet_runs_over_midnight(now: datetime, until: datetime | None) -> None:
    assert quiet_until(now, time(22), time(6, 30)) == until


def test_a_quiet_within_one_day_and_none_at_all() -> None:
    assert quiet_until(at(13), time(12), time(14)) == at(14)
    assert quiet_until(at(15), time(12), time(14)) is None
    assert quiet_until(at(3), time(3), time(3)) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.times(), st.times())
def test_the_end_of_the_quiet_always_lies_ahead_and_within_a_day(now: datetime, begins: time, ends: time) -> None:
    until = quiet_until(now.replace(tzinfo=CHINA), begins, ends)
    assert until is None or timedelta(0) < until - now.replace(tzinfo=CHINA) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "expected"), [(at(6), at(7)), (at(7), at(12)), (at(11, 59), at(12)), (at(18), at(7, 0, 21))]
)
def test_the_next_digest_lies_ahead(now: datetime, expected: datetime) -> None:
    assert next_digest(now, (7, 12, 18)) == expected


def test_without_hours_the_digest_is_the_next_full_hour() -> None:
    assert next_digest(at(9, 20), ()) == at(10)


@pytest.mark.parametrize(
    ("level", "colour", "gets"),
    [
        (Level.COUNTY, Colour.BLUE, True),
        (Level.TOWNSHIP, Colour.BLUE, True),
        (Level.VILLAGE, Colour.BLUE, False),
        (Level.GRID, Colour.YELLOW, False),
        (Level.VILLAGE, Colour.ORANGE, True),
        (None, Colour.BLUE, True),
    ],
)
def test_who_gets_it_without_a_township(level: Level | None, colour: Colour, gets: bool) -> None:
    assert goes_by_itself(level, colour, (Colour.ORANGE, Colour.RED)) is gets


def test_of_several_graver_ones_the_gravest_counts() -> None:
    graver = [(5, Colour.RED, {ONE}), (3, Colour.ORANGE, {ONE, TWO})]
    assert outranked({ONE, TWO}, graver) == {ONE: 5, TWO: 3}
    assert outranked({ONE, TWO}, []) == {}


def test_a_township_is_outranked_only_when_all_its_warned_villages_are() -> None:
    assert is_outranked(TREE, ONE, {ONE, TWO}, {ONE: 5})
    assert is_outranked(TREE, POND, {ONE, TWO}, {ONE: 5})
    assert not is_outranked(TREE, TOWN, {ONE, TWO}, {ONE: 5})
    assert is_outranked(TREE, TOWN, {ONE}, {ONE: 5})
    assert not is_outranked(TREE, COUNTY, {ONE, TWO}, {})


def notice(colour: Colour = Colour.RED, *areas: Area) -> Notice:
    return Notice(
        source="t", sender="a", identifier="x", sent=at(8), status=Status.ACTUAL, msg_type=MsgType.ALERT,
        scope=Scope.PUBLIC, colour=colour, areas=areas, raw_hash="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("new", "current", "kind"),
    [
        (Colour.RED, Colour.ORANGE, RelationKind.RAISED),
        (Colour.BLUE, Colour.ORANGE, RelationKind.LOWERED),
        (Colour.RED, Colour.RED, RelationKind.CHANGED_AREA),
    ],
)
def test_what_waited_is_compared_when_it_is_let_out(new: Colour, current: Colour, kind: RelationKind) -> None:
    found = change(notice(new), notice(current), frozenset({ONE}), frozenset({TWO}))
    assert (found.kind, found.added, found.dropped) == (kind, {ONE}, {TWO})


def test_a_pond_inside_a_circle_brings_its_village() -> None:
    match = resolve_places(notice(Colour.RED, Area(circles=(Circle(Point(28.50, 119.60), 1.0),))), TREE)
    assert (match.codes, match.how) == ({ONE}, How.CIRCLE)
