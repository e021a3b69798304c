"""Who is on duty (值班): shifts, what is missing between them, and which of them was a night. Pure.

A shift has one leader (带班领导) and officers (值班员); how many officers are enough is the county's figure. It needs
no duty room: whoever holds the telephone is on duty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.people import PersonId
from domain.places import PlaceCode

LONGEST = timedelta(hours=72)
"""a longer one is a slip of the pen"""
_NIGHT = (time(0), time(5))
"""whoever is on duty through these hours of the county's clock has worked the night"""


class ShiftState(StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """What somebody is in a shift."""

    LEADER = "leader"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of one place as it stands now. Swaps change who is on it, never which shift it is."""

    id: int
    place: PlaceCode
    starts_at: datetime
    ends_at: datetime
    leader: PersonId | None = None
    officers: tuple[PersonId, ...] = ()
    state: ShiftState = ShiftState.PLANNED
    night: bool = False
    made_by: PersonId | None = None
    """empty: an import at the console"""
    made_at: datetime | None = None
    called: bool = False
    """its persons were asked whether they are there"""

    @property
    def members(self) -> tuple[PersonId, ...]:
        """The officers first: they answer the telephone. Each once."""
        led = () if self.leader is None else (self.leader,)
        return tuple(dict.fromkeys((*self.officers, *led)))

    def covers(self, at: datetime) -> bool:
        return self.state is ShiftState.PLANNED and self.starts_at <= at < self.ends_at


def with_other(shift: Shift, old: PersonId, new: PersonId) -> Shift:
    """The shift with somebody else in the same part."""
    leader = new if shift.leader == old else shift.leader
    return replace(shift, leader=leader, officers=tuple(new if one == old else one for one in shift.officers))


def is_night(starts_at: datetime, ends_at: datetime) -> bool:
    """Both on the county's clock. Somebody who sits from 20:00 to 08:00, or for a whole day, works the night."""
    first, last = _NIGHT
    day = starts_at.date()
    while day <= ends_at.date():
        since, until = (datetime.combine(day, one, starts_at.tzinfo) for one in (first, last))
        if starts_at <= since and until <= ends_at:
            return True
        day += timedelta(days=1)
    return False


def check_shift(shift: Shift) -> str | None:
    """What is wrong with a shift by itself, as a key."""
    if shift.ends_at <= shift.starts_at:
        return "ends_too_early"
    if shift.ends_at - shift.starts_at > LONGEST:
        return "too_long"
    if not shift.members:
        return "nobody"
    return None


def overlapping(shift: Shift, others: Iterable[Shift]) -> list[Shift]:
    """Planned shifts of the same place that run at the same time."""
    return [
        one
        for one in others
        if one.id != shift.id
        and one.place == shift.place
        and one.state is ShiftState.PLANNED
        and one.starts_at < shift.ends_at
        and shift.starts_at < one.ends_at
    ]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody is on duty."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Thin:
    """A shift with too few officers, without a leader, or with people whom no message reaches."""

    shift: Shift
    short: int = 0
    no_leader: bool = False
    silent: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """The shifts of one place in a span of time, and what is missing in it."""

    shifts: tuple[Shift, ...] = ()
    gaps: tuple[Gap, ...] = ()
    thin: tuple[Thin, ...] = field(default=())

    @property
    def sound(self) -> bool:
        return not self.gaps and not self.thin


def gaps(shifts: Iterable[Shift], since: datetime, until: datetime) -> list[Gap]:
    """The times between the two instants that no planned shift covers."""
    found, at = [], since
    planned = (one for one in shifts if one.state is ShiftState.PLANNED)
    for one in sorted(planned, key=lambda one: one.starts_at):
        if one.ends_at <= at or one.starts_at >= until:
            continue
        if one.starts_at > at:
            found.append(Gap(at, one.starts_at))
        at = max(at, one.ends_at)
    if at < until:
        found.append(Gap(at, until))
    return found


def outlook(
    shifts: Sequence[Shift], since: datetime, until: datetime, officers: int, silent: Iterable[PersonId] = ()
) -> Outlook:
    """What the span looks like. `officers`: so many a shift needs; `silent`: whom no message reaches."""
    mute = frozenset(silent)
    here = sorted(
        (o for o in shifts if o.state is ShiftState.PLANNED and o.ends_at > since and o.starts_at < until),
        key=lambda one: one.starts_at,
    )
    thin = [
        found
        for one in here
        if (
            found := Thin(
                one,
                max(0, officers - len(one.officers)),
                one.leader is None,
                tuple(member for member in one.members if member in mute),
            )
        ).short
        or found.no_leader
        or found.silent
    ]
    return Outlook(tuple(here), tuple(gaps(here, since, until)), tuple(thin))
