"""复盘: what a response period came to, as sums over its rows. Pure: the same rows give the same figures in the
message, in the document and in the sheets, and to anybody who counts again. Nobody is ranked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from domain.checks import UNQUALIFIED, Reason, Result
from domain.patrols import TaskState
from domain.people import PersonId
from domain.places import PlaceCode, is_within


@dataclass(frozen=True, slots=True)
class Called:
    """One acknowledgement that was owed (叫应)."""

    warning_id: int
    person: PersonId
    place: PlaceCode
    asked_at: datetime
    answered_at: datetime | None
    late: bool
    excused: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """One round of patrol of one person."""

    task_id: int
    point: str
    """its name; "" where the place as a whole was to be looked at"""
    person: PersonId
    place: PlaceCode
    due_at: datetime
    state: TaskState
    late: bool = False
    filled_in: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One hazard reported meanwhile."""

    number: str
    place: PlaceCode
    state: str
    created_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    counts: bool = True
    """False: not so, or merged into another"""


@dataclass(frozen=True, slots=True)
class Checked:
    """One person asked in a spot check."""

    number: str
    person: PersonId
    place: PlaceCode
    asked_at: datetime
    answered: bool
    result: Result | None
    """None: nobody has judged it"""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Manned:
    """One person on one shift."""

    shift_id: int
    place: PlaceCode
    starts_at: datetime
    person: PersonId
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A village that was cut off."""

    place: PlaceCode
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewRows:
    since: datetime
    until: datetime
    called: Sequence[Called] = ()
    walked: Sequence[Walked] = ()
    found: Sequence[Found] = ()
    checked: Sequence[Checked] = ()
    manned: Sequence[Manned] = ()
    lost: Sequence[Lost] = ()
    deaf_seconds: float = 0.0

    def within(self, areas: Iterable[PlaceCode]) -> "ReviewRows":
        """What belongs to these areas; shifts of above are not."""
        wide = tuple(areas)

        def here(place: PlaceCode) -> bool:
            return any(is_within(place, area) for area in wide)

        return ReviewRows(
            self.since,
            self.until,
            tuple(one for one in self.called if here(one.place)),
            tuple(one for one in self.walked if here(one.place)),
            tuple(one for one in self.found if here(one.place)),
            tuple(one for one in self.checked if here(one.place)),
            tuple(one for one in self.manned if here(one.place)),
            tuple(one for one in self.lost if here(one.place)),
            self.deaf_seconds,
        )


class Advice(StrEnum):
    """What should be better next time, each made by a rule from rows."""

    SILENT_VILLAGES = "silent_villages"
    """no one answered there in at least two warnings"""
    WRONG_NUMBERS = "wrong_numbers"
    MISSED_POINTS = "missed_points"
    """points whose rounds were missed twice or more"""
    OVERDUE_HAZARDS = "overdue_hazards"
    UNJUDGED = "unjudged"
    UNCONFIRMED = "unconfirmed"
    """nobody said that he was on his shift"""
    DEAF = "deaf"


@dataclass(frozen=True, slots=True)
class Review:
    warnings: int = 0
    called: int = 0
    """acknowledgements owed; who was excused is not among them"""
    answered: int = 0
    in_time: int = 0
    called_excused: int = 0
    median_minutes: float | None = None
    rounds: int = 0
    """rounds owed; what gave way, ended with the response or was excused is not among them"""
    walked: int = 0
    abnormal: int = 0
    unable: int = 0
    missed: int = 0
    walked_late: int = 0
    filled_in: int = 0
    rounds_excused: int = 0
    hazards: int = 0
    hazards_closed: int = 0
    hazards_overdue: int = 0
    asked: int = 0
    results: Mapping[Result, int] = field(default_factory=dict)
    reasons: Mapping[Reason, int] = field(default_factory=dict)
    unjudged: int = 0
    on_shift: int = 0
    confirmed: int = 0
    villages_lost: int = 0
    deaf_minutes: int = 0
    advice: tuple[tuple[Advice, tuple[str, ...]], ...] = ()
    """what, and the places, points or numbers it is about; without names of persons"""

    @property
    def qualified(self) -> int:
        return self.results.get(Result.ON_POST, 0) + self.results.get(Result.COVERED, 0)

    @property
    def unqualified(self) -> int:
        return sum(self.results.get(one, 0) for one in UNQUALIFIED)

    @property
    def not_counted(self) -> int:
        """号码错误 and 网络中断: nobody's fault"""
        return self.results.get(Result.WRONG_NUMBER, 0) + self.results.get(Result.NETWORK, 0)


_WALKED = frozenset({TaskState.NORMAL, TaskState.ABNORMAL, TaskState.UNABLE})
_DEAF_MINUTES = 10


def review(rows: ReviewRows) -> Review:
    """All the figures."""
    owed = [one for one in rows.called if one.answered_at is not None or not one.excused]
    answered = [one for one in owed if one.answered_at is not None]
    spans = [(one.answered_at - one.asked_at) / timedelta(minutes=1) for one in answered if one.answered_at]
    walked = [one for one in rows.walked if one.state in _WALKED]
    missed = [one for one in rows.walked if one.state is TaskState.MISSED]
    found = [one for one in rows.found if one.counts]
    states = Counter(one.state for one in walked)
    deaf = round(rows.deaf_seconds / 60)
    return Review(
        warnings=len({one.warning_id for one in rows.called}),
        called=len(owed),
        answered=len(answered),
        in_time=sum(not one.late for one in answered),
        called_excused=len(rows.called) - len(owed),
        median_minutes=round(median(spans), 1) if spans else None,
        rounds=len(walked) + len(missed),
        walked=len(walked),
        abnormal=states[TaskState.ABNORMAL],
        unable=states[TaskState.UNABLE],
        missed=len(missed),
        walked_late=sum(one.late for one in walked),
        filled_in=sum(one.filled_in for one in walked),
        rounds_excused=sum(one.state is TaskState.EXCUSED for one in rows.walked),
        hazards=len(found),
        hazards_closed=sum(one.closed_at is not None for one in found),
        hazards_overdue=len(_overdue(rows)),
        asked=len(rows.checked),
        results=Counter(one.result for one in rows.checked if one.result is not None),
        reasons=Counter(reason for one in rows.checked for reason in one.reasons),
        unjudged=sum(one.result is None for one in rows.checked),
        on_shift=len(rows.manned),
        confirmed=sum(one.confirmed_at is not None for one in rows.manned),
        villages_lost=len({one.place for one in rows.lost}),
        deaf_minutes=deaf,
        advice=_advice(rows, deaf),
    )


def _overdue(rows: ReviewRows) -> list[Found]:
    """Still open at the end, and due before it."""
    return [
        one
        for one in rows.found
        if one.counts and one.closed_at is None and one.due_at is not None and one.due_at <= rows.until
    ]


def _advice(rows: ReviewRows, deaf: int) -> tuple[tuple[Advice, tuple[str, ...]], ...]:
    twice = Counter(one.point for one in rows.walked if one.state is TaskState.MISSED and one.point)
    wrong = [one for one in rows.checked if one.result is Result.WRONG_NUMBER]
    found: list[tuple[Advice, tuple[str, ...]]] = [
        (Advice.SILENT_VILLAGES, silent_villages(rows)),
        (Advice.WRONG_NUMBERS, tuple(str(one) for one in dict.fromkeys(one.place for one in wrong))),
        (Advice.MISSED_POINTS, tuple(sorted(point for point, times in twice.items() if times > 1))),
        (Advice.OVERDUE_HAZARDS, tuple(one.number for one in _overdue(rows))),
        (Advice.UNJUDGED, tuple(dict.fromkeys(one.number for one in rows.checked if one.result is None))),
        (Advice.UNCONFIRMED, tuple(dict.fromkeys(str(one.place) for one in rows.manned if one.confirmed_at is None))),
        (Advice.DEAF, (str(deaf),) if deaf >= _DEAF_MINUTES else ()),
    ]
    return tuple(one for one in found if one[1])


def silent_villages(rows: ReviewRows) -> tuple[str, ...]:
    """Villages in which at least two warnings were owed an answer and nobody gave one to any, by code."""
    asked: dict[PlaceCode, set[int]] = defaultdict(set)
    heard: set[PlaceCode] = set()
    for one in rows.called:
        if one.answered_at is not None:
            heard.add(one.place)
        elif not one.excused:
            asked[one.place].add(one.warning_id)
    return tuple(sorted(str(place) for place, of in asked.items() if len(of) > 1 and place not in heard))


def coverage(rows: ReviewRows) -> dict[PlaceCode, tuple[int, int]]:
    """Place → (answered, owed), for the map."""
    counted: dict[PlaceCode, tuple[int, int]] = {}
    for one in rows.called:
        if one.answered_at is None and one.excused:
            continue
        done, owed = counted.get(one.place, (0, 0))
        counted[one.place] = done + (one.answered_at is not None), owed + 1
    return counted


def answered_within(rows: ReviewRows, minutes: Sequence[int]) -> list[tuple[int, int]]:
    """(minutes, answers that had come by then), for the chart."""
    spans = [(one.answered_at - one.asked_at) / timedelta(minutes=1) for one in rows.called if one.answered_at]
    return [(limit, sum(span <= limit for span in spans)) for limit in minutes]
