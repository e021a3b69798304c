"""The rounds of a response: which point is to be walked by when, and in which order. Pure.

A round belongs to the clock and not to the moment of its making: whoever asks twice gets the same time, so that a beat
too many, a restart or a level raised and lowered again never doubles it. Its message begins halfway between the round
before and its own time, when the ladder of that one has ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from domain.action_cards import Family
from domain.checklists import PointKind, kind_of
from domain.geometry import Point, distance_km
from domain.patrol_policy import LevelName, PatrolPolicy, Rounds
from domain.patrols import Phase
from domain.places import PlaceCode
from domain.points import RiskPoint
from domain.response import Period

LEVELS: tuple[LevelName, ...] = ("IV", "III", "II", "I")
"""from the lightest to the gravest: never compared as text"""


@dataclass(frozen=True, slots=True)
class Round:
    """On the county's clock. `minutes`: to the next one."""

    opens_at: datetime
    due_at: datetime
    minutes: int


def gravest(one: str, other: str) -> str:
    return max(one, other, key=lambda level: LEVELS.index(level) if level in LEVELS else -1)


def is_graver(one: str, other: str) -> bool:
    return one != other and gravest(one, other) == one


def phase_at(level: str, highest: str) -> Phase:
    """事前 while a response has never been graver than Ⅳ, then 事中; once it is lowered, 事后复查."""
    if is_graver(highest, level):
        return Phase.AFTER
    return Phase.BEFORE if level == "IV" else Phase.DURING


def rounds_of(
    policy: PatrolPolicy, level: str, disaster: Family, kind: PointKind, *, red: bool = False, dense: bool = False
) -> Rounds | None:
    """The strictest that holds for a point of this kind; None where the response does not ask for it."""
    if dense:
        return policy.dense
    if level not in LEVELS or kind not in policy.walked[disaster]:
        return None
    usual = policy.rounds[level].get(kind)
    if red and kind in policy.danger_kinds and (usual is None or policy.red.dense < usual.dense):
        return policy.red
    return usual


def asking(policy: PatrolPolicy, periods: Iterable[Period], place: PlaceCode, kind: PointKind) -> Period | None:
    """Of the responses that hold at the place the one by whose table the point is walked: the densest rounds, then the
    graver level. One that does not ask for points of this kind (a fire for ponds) takes them from nobody."""
    asked = [
        (rounds.dense, -one.level.severity, one.started_at, one.id, one)
        for one in periods
        if one.active
        and one.holds_at(place)
        and (rounds := rounds_of(policy, str(one.level), one.hazard_kind, kind)) is not None
    ]
    return min(asked)[-1] if asked else None


def round_at(policy: PatrolPolicy, rounds: Rounds, kind: PointKind, now: datetime, since: datetime) -> Round | None:
    """The round that is to be walked at this moment; None where none has begun. `since`: when these rounds came into
    force, which begin at once with whatever time is left."""
    least = timedelta(minutes=min(policy.least_minutes, rounds.dense // 2))
    for before, due in pairwise(_times(policy, rounds, kind, now)):
        if due < now or due < since + least:
            continue
        opens = since if before < since + least else before + (due - before) / 2
        if rounds.every_minutes is None:
            opens = max(opens, _at(due, policy.day_from))
        minutes = rounds.every_minutes or max(1, round((due - opens).total_seconds() / 60))
        return Round(opens, due, minutes) if opens <= now else None
    return None


def _at(day: datetime, clock: time) -> datetime:
    return day.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def _times(policy: PatrolPolicy, rounds: Rounds, kind: PointKind, now: datetime) -> list[datetime]:
    """The times of yesterday, today and tomorrow."""
    midnight = _at(now, time())
    days = [midnight + timedelta(days=offset) for offset in (-1, 0, 1)]
    if rounds.every_minutes is None:
        return sorted(_at(day, clock) for day in days for clock in rounds.by)
    step = timedelta(minutes=rounds.every_minutes)
    grid = [day + step * number for day in days for number in range(24 * 60 // rounds.every_minutes)]
    if kind is not PointKind.DIKE:
        return grid
    fixed = [_at(day, clock) for day in days for clock in policy.never_skip]
    kept = [one for one in grid if all(abs(one - other) >= step / 2 for other in fixed)]
    return sorted({*kept, *fixed})


# -- who, and in which order --------------------------------------------------------------------------------------


def most_dangerous_first(points: Iterable[RiskPoint], home: Point | None) -> list[RiskPoint]:
    """By level, then by the persons threatened, then by the way from where he sits."""

    def key(one: RiskPoint) -> tuple[int, int, float, str]:
        far = distance_km(home, one.position) if home is not None and one.position is not None else 0.0
        return (-one.level.severity, -(one.people or 0), far, one.number)

    return sorted(points, key=key)


def to_recheck(points: Iterable[RiskPoint], walked: Iterable[int], warned: Sequence[RiskPoint]) -> list[RiskPoint]:
    """事后复查: of what was walked, the points that were under a warning; all that was walked where no warning came."""
    asked = set(walked)
    hit = {one.id for one in warned}
    found = [one for one in points if one.id in asked]
    return [one for one in found if one.id in hit] or (found if not hit else [])


def recheck_due(policy: PatrolPolicy, now: datetime) -> datetime:
    """By day: at the last hour of the rounds by the clock that still leaves time."""
    due = now + timedelta(hours=policy.recheck_hours)
    evening = _at(due, time(18))
    return evening if evening - now >= timedelta(hours=2) else evening + timedelta(days=1)


def kind_of_point(point: RiskPoint) -> PointKind:
    return kind_of(point.category)
