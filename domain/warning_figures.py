"""What a report says of the answers to a warning. Pure: rows in, figures out; every figure can be counted again.

asked = in time + late + excused + not told + not due + silent, always. Whoever the message did not reach, and whoever
still had time when it ended, is no failure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class Owed:
    """One acknowledgement, as far as a report looks at it."""

    asked_at: datetime
    """the clock's stops added"""
    answered_at: datetime | None
    late: bool
    helped: bool
    """recorded by somebody else's mouth"""
    excused: bool
    cut_off: bool
    told: bool
    """at least one private message arrived"""
    had_time: bool = False
    """his time had not run out when the warning ended"""


@dataclass(frozen=True, slots=True)
class Figures:
    asked: int
    in_time: int
    late: int
    excused: int
    cut_off: int
    """part of the excused"""
    not_told: int
    not_due: int
    silent: int
    helped: int
    """part of those who answered"""
    median_minutes: float | None
    """of those who answered themselves; None for nobody"""

    @property
    def answered(self) -> int:
        return self.in_time + self.late


def figures(owed: Iterable[Owed]) -> Figures:
    rows = list(owed)
    answered = [one for one in rows if one.answered_at is not None]
    without = [one for one in rows if one.answered_at is None]
    excused = [one for one in without if one.excused]
    waited = [one for one in without if not one.excused]
    late = sum(1 for one in answered if one.late)
    own = [
        max(one.answered_at - one.asked_at, timedelta()) / timedelta(minutes=1)
        for one in answered
        if one.answered_at is not None and not one.helped
    ]
    return Figures(
        asked=len(rows),
        in_time=len(answered) - late,
        late=late,
        excused=len(excused),
        cut_off=sum(1 for one in excused if one.cut_off),
        not_told=sum(1 for one in waited if not one.told),
        not_due=sum(1 for one in waited if one.told and one.had_time),
        silent=sum(1 for one in waited if one.told and not one.had_time),
        helped=sum(1 for one in answered if one.helped),
        median_minutes=round(median(own), 1) if own else None,
    )
