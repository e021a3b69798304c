"""The figures of a day, or of a whole response, as sums over what was owed. Pure: the same rows give the same figures,
in a digest and to anybody who counts again. Nobody is ranked; whoever is missing is a name, told privately.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.people import PersonId
from domain.places import PlaceCode, is_within
from domain.review import Manned


class Matter(StrEnum):
    """What is counted, by what is owed (`Obligation.what`)."""

    WARNINGS = "acknowledge"
    PATROLS = "check_in"
    CHECKS = "answer"
    DUTY = "confirm"


@dataclass(frozen=True, slots=True)
class Owing:
    """One thing one person owed."""

    what: str
    person: PersonId
    place: PlaceCode
    opened_at: datetime
    answered_at: datetime | None
    late: bool
    excused: bool
    """nobody's fault: cut off, closed with its subject, handed on"""
    open: bool
    """still within its time, or its ladder still climbs"""


@dataclass(frozen=True, slots=True)
class Share:
    """`done` of `owed`; who is excused is in neither."""

    done: int = 0
    owed: int = 0
    late: int = 0
    excused: int = 0
    missing: tuple[PersonId, ...] = ()
    """each once, in the order of who was asked first"""
    mean_minutes: float | None = None
    """from the question to the answer, of those answered"""

    @property
    def unfinished(self) -> int:
        return self.owed - self.done


def share(rows: Iterable[Owing], what: str, area: PlaceCode) -> Share:
    """What was owed in the area and below it."""
    here = sorted(
        (one for one in rows if one.what == what and is_within(one.place, area)),
        key=lambda one: (one.opened_at, one.person),
    )
    answered = [one for one in here if one.answered_at is not None]
    silent = [one for one in here if one.answered_at is None and not one.excused]
    spans = [(one.answered_at - one.opened_at) / timedelta(minutes=1) for one in answered if one.answered_at]
    return Share(
        done=len(answered),
        owed=len(answered) + len(silent),
        late=sum(one.late for one in answered),
        excused=sum(one.answered_at is None and one.excused for one in here),
        missing=tuple(dict.fromkeys(one.person for one in silent)),
        mean_minutes=sum(spans) / len(spans) if spans else None,
    )


def duty_share(rows: Iterable[Manned], area: PlaceCode) -> Share:
    """Persons on the shifts of the area and below it, and how many of them said that they were there."""
    here = [one for one in rows if is_within(one.place, area)]
    missing = [one.person for one in here if one.confirmed_at is None]
    return Share(done=len(here) - len(missing), owed=len(here), missing=tuple(dict.fromkeys(missing)))


# -- which day ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DigestDay:
    """One day's digest: of the day before its hour; of its first day all, because the warning came before the
    response."""

    at: datetime
    since: datetime

    @property
    def day(self) -> str:
        return self.at.date().isoformat()


def digest_hours(local: datetime, hour: time, kept: int) -> list[datetime]:
    """The last so many instants at which a digest was due, the newest first."""
    newest = datetime.combine(local.date(), hour, local.tzinfo)
    newest -= timedelta(days=1) if newest > local else timedelta()
    return [newest - timedelta(days=number) for number in range(kept)]


def digest_day(at: datetime, began: datetime) -> DigestDay:
    """`began`: when the first of the responses of this day started, on the county's clock."""
    before = at - timedelta(days=1)
    first = began > before
    return DigestDay(at, began.replace(hour=0, minute=0, second=0, microsecond=0) if first else before)


def digest_subject(place: PlaceCode, day: str) -> str:
    """What all messages of one digest are about, to find them again."""
    return f"digest:{day}:{place}"
