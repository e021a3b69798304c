"""The rules of duty, without a database: nights, gaps, shifts that are too thin."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.duty import Gap, Shift, ShiftState, Thin, check_shift, gaps, is_night, outlook, overlapping, with_other
from domain.people import PersonId
from domain.places import PlaceCode

ZONE = ZoneInfo("Asia/Shanghai")
PLACE = PlaceCode("331124001")
ONE, TWO, THREE = PersonId(1), PersonId(2), PersonId(3)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, 20 + day, hour, tzinfo=ZONE)


def shift(number: int, since: datetime, until: datetime, *officers: PersonId, leader: PersonId | None = ONE) -> Shift:
    return Shift(number, PLACE, since, until, leader, officers or (TWO, THREE))


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (at(0, 20), at(1, 8), True),
        (at(0, 8), at(1, 8), True),
        (at(0, 8), at(0, 20), False),
        (at(0, 0), at(0, 8), True),
        (at(0, 14), at(0, 23), False),
        (at(0, 22), at(1, 2), False),
    ],
)
def test_a_night_is_worked_by_whoever_sits_through_its_small_hours(
    since: datetime, until: datetime, expected: bool
) -> None:
    assert is_night(since, until) is expected


def test_what_no_shift_covers_is_a_gap_at_both_ends_and_in_the_middle() -> None:
    planned = [shift(1, at(0, 8), at(0, 20)), shift(2, at(1, 8), at(1, 20)), shift(3, at(0, 10), at(0, 12))]
    expected = [Gap(at(0, 6), at(0, 8)), Gap(at(0, 20), at(1, 8)), Gap(at(1, 20), at(2, 0))]
    assert gaps(planned, at(0, 6), at(2, 0)) == expected


def test_a_cancelled_shift_covers_nothing() -> None:
    gone = Shift(1, PLACE, at(0, 8), at(0, 20), ONE, (TWO,), ShiftState.CANCELLED)
    assert gaps([gone], at(0, 8), at(0, 20)) == [Gap(at(0, 8), at(0, 20))]
    assert not gone.covers(at(0, 9))


def test_a_shift_is_thin_with_too_few_officers_without_a_leader_or_with_people_nobody_reaches() -> None:
    full = shift(1, at(0, 8), at(0, 20))
    short = shift(2, at(0, 20), at(1, 8), TWO, leader=None)
    found = outlook([full, short], at(0, 8), at(1, 8), officers=2, silent=[THREE])
    assert found.thin == (Thin(full, silent=(THREE,)), Thin(short, short=1, no_leader=True))
    assert found.gaps == ()
    assert not found.sound


def test_two_shifts_of_a_place_at_one_time_are_noticed_and_one_after_the_other_is_none() -> None:
    first, second = shift(1, at(0, 8), at(0, 20)), shift(2, at(0, 20), at(1, 8))
    assert overlapping(first, [second]) == []
    assert overlapping(shift(3, at(0, 19), at(0, 21)), [first, second]) == [first, second]


def test_a_slip_of_the_pen_is_no_shift() -> None:
    assert check_shift(shift(1, at(0, 8), at(0, 8))) == "ends_too_early"
    assert check_shift(shift(1, at(0, 8), at(4, 8))) == "too_long"
    assert check_shift(Shift(1, PLACE, at(0, 8), at(0, 20))) == "nobody"
    assert check_shift(shift(1, at(0, 8), at(0, 20))) is None


def test_officers_are_called_before_the_leader_and_nobody_twice() -> None:
    both = shift(1, at(0, 8), at(0, 20), ONE, TWO)
    assert both.members == (ONE, TWO)
    assert with_other(both, ONE, THREE).members == (THREE, TWO)
    assert both.ends_at - both.starts_at == timedelta(hours=12)
