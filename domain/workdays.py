"""Workdays (工作日): Monday to Friday without the public holidays, and the weekend days made up for them. Pure.

Public holidays are announced anew each year, so they are a setting; a year without any is counted by weekends alone and
said to be so.
"""

from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, model_validator

_SATURDAY = 5
_LONGEST = 3 * 366
"""no deadline of ours lies farther away; a calendar in which nobody ever works ends the count here"""


class Calendar(BaseModel):
    """`[workdays]` in county.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    holidays: frozenset[date] = frozenset()
    """放假 on what would be a workday"""
    made_up: frozenset[date] = frozenset()
    """调休上班: Saturdays and Sundays on which people work"""

    @model_validator(mode="after")
    def _no_day_is_both(self) -> "Calendar":
        if both := self.holidays & self.made_up:
            raise ValueError(f"both a holiday and a workday: {min(both).isoformat()}")
        return self

    def knows(self, year: int) -> bool:
        """Whether somebody has entered this year's holidays."""
        return any(day.year == year for day in self.holidays)


def is_workday(day: date, calendar: Calendar) -> bool:
    if day in calendar.made_up:
        return True
    return day.weekday() < _SATURDAY and day not in calendar.holidays


def workdays_after(day: date, count: int, calendar: Calendar) -> date:
    """The day that is `count` workdays after this one; the day itself never counts. Backwards for a negative count."""
    step = timedelta(days=1 if count >= 0 else -1)
    left, at = abs(count), day
    for _ in range(_LONGEST):
        if left == 0:
            break
        at += step
        left -= is_workday(at, calendar)
    return at


def workdays_between(since: date, until: date, calendar: Calendar) -> int:
    """How many workdays lie after `since`, up to and including `until`; 0 when that is earlier."""
    days = min((until - since).days, _LONGEST)
    return sum(is_workday(since + timedelta(days=n), calendar) for n in range(1, days + 1))
