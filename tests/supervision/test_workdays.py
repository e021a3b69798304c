"""Workdays are counted with the county's holidays and the weekends made up for them."""

from datetime import date, timedelta

import pytest

from domain.workdays import Calendar, is_workday, workdays_after, workdays_between

PLAIN = Calendar()
# a made-up holiday of five days, with the Saturday before it worked
MAY = Calendar(holidays=frozenset(date(2026, 5, day) for day in range(1, 6)), made_up=frozenset({date(2026, 5, 9)}))


@pytest.mark.parametrize(
    ("start", "count", "calendar", "expected"),
    [
        (date(2026, 6, 19), 1, PLAIN, date(2026, 6, 22)),  # a Friday
        (date(2026, 6, 20), 3, PLAIN, date(2026, 6, 24)),  # a Saturday
        (date(2026, 6, 22), 0, PLAIN, date(2026, 6, 22)),
        (date(2026, 4, 30), 1, MAY, date(2026, 5, 6)),
        (date(2026, 4, 30), 4, MAY, date(2026, 5, 9)),  # the worked Saturday counts
        (date(2026, 5, 6), -1, MAY, date(2026, 4, 30)),
        (date(2026, 12, 31), 3, PLAIN, date(2027, 1, 5)),
    ],
)
def test_the_day_that_is_so_many_workdays_away(start: date, count: int, calendar: Calendar, expected: date) -> None:
    assert workdays_after(start, count, calendar) == expected


def test_counting_there_and_back_agrees_for_every_day_of_three_years() -> None:
    for n in range(3 * 365):
        day = date(2026, 1, 1) + timedelta(days=n)
        for count in (1, 3, 20):
            there = workdays_after(day, count, MAY)
            assert is_workday(there, MAY)
            assert workdays_between(day, there, MAY) == count


def test_a_day_is_not_both_a_holiday_and_worked() -> None:
    with pytest.raises(ValueError, match="2026-05-09"):
        Calendar(holidays=frozenset({date(2026, 5, 9)}), made_up=frozenset({date(2026, 5, 9)}))


def test_a_calendar_in_which_nobody_ever_works_still_ends() -> None:
    never = Calendar(holidays=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(2000)))
    assert workdays_after(date(2026, 1, 1), 1, never) > date(2026, 1, 1)


def test_a_year_without_holidays_is_known_to_be_unknown() -> None:
    assert MAY.knows(2026)
    assert not MAY.knows(2027)
