"""Risk points (风险点): what can do harm at a place, whom it threatens and who looks after it. Pure.

A point is a line of the register; whatever is changed makes a new version of it, and a point that is no more is
retired, never deleted. The level of a risk (红橙黄蓝) is a type of its own: it is neither the colour of a warning nor
the level of a response, and a hazard (隐患) is graded otherwise again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from domain.geometry import Point
from domain.hazards import Category
from domain.people import PersonId
from domain.places import PlaceCode


class RiskLevel(StrEnum):
    """重大 红 · 较大 橙 · 一般 黄 · 低 蓝. Ordered by `severity`, never as text."""

    MAJOR = "major"
    LARGER = "larger"
    GENERAL = "general"
    LOW = "low"

    @property
    def severity(self) -> int:
        """4 is the gravest."""
        return _SEVERITY[self]


_SEVERITY: Final[Mapping[RiskLevel, int]] = MappingProxyType(
    {RiskLevel.MAJOR: 4, RiskLevel.LARGER: 3, RiskLevel.GENERAL: 2, RiskLevel.LOW: 1}
)


class PointStatus(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class PointDuty(StrEnum):
    """For what somebody is in charge of a point."""

    PATROL = "patrol"
    WARN = "warn"
    EVACUATE = "evacuate"


class PointAct(StrEnum):
    """What made a version of a point."""

    ADD = "add"
    CHANGE = "change"
    CONFIRM = "confirm"
    """looked at and still right"""
    RETIRE = "retire"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """One line of the register as it stands now. How it came there is in its versions."""

    id: int
    number: str
    """what people say on the telephone, from the county's own register where it has one"""
    version: int
    name: str
    category: Category
    level: RiskLevel
    place: PlaceCode
    updated_at: datetime
    confirmed_at: datetime
    """when somebody last said that it is right: a change says so too"""
    lat: float | None = None
    lon: float | None = None
    households: int | None = None
    people: int | None = None
    """threatened; None is not known, never nil"""
    patrollers: tuple[PersonId, ...] = ()
    warners: tuple[PersonId, ...] = ()
    evacuators: tuple[PersonId, ...] = ()
    department: str = ""
    threshold: str = ""
    """in words, as the county's register has it: 警戒水位32.0米"""
    warning_level: Decimal | None = None
    """the figure of the threshold, where readings are compared with it"""
    route: str = ""
    shelter: str = ""
    status: PointStatus = PointStatus.ACTIVE
    updated_by: PersonId | None = None
    """None: an import at the console"""

    @property
    def position(self) -> Point | None:
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)

    @property
    def active(self) -> bool:
        return self.status is PointStatus.ACTIVE

    @property
    def subject(self) -> str:
        return f"point:{self.id}"

    def in_charge(self, duty: PointDuty) -> tuple[PersonId, ...]:
        return {
            PointDuty.PATROL: self.patrollers,
            PointDuty.WARN: self.warners,
            PointDuty.EVACUATE: self.evacuators,
        }[duty]

    @property
    def everybody(self) -> tuple[PersonId, ...]:
        """All who are in charge of something here, each once."""
        return tuple(dict.fromkeys((*self.patrollers, *self.warners, *self.evacuators)))


@dataclass(frozen=True, slots=True)
class PointVersion:
    """One version of a point: who made it, when, what it did and how the whole line stood after it."""

    point_id: int
    version: int
    at: datetime
    author: PersonId | None
    act: PointAct
    reason: str
    point: RiskPoint


_BOOKKEEPING = frozenset({"id", "version", "updated_at", "updated_by", "confirmed_at"})
FIELDS: Final[tuple[str, ...]] = tuple(one.name for one in fields(RiskPoint) if one.name not in _BOOKKEEPING)
"""what a person can see change"""


def _persons(ids: Iterable[int]) -> tuple[PersonId, ...]:
    return tuple(PersonId(one) for one in ids)


_KINDS: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "category": Category,
        "level": RiskLevel,
        "place": PlaceCode,
        "status": PointStatus,
        "warning_level": Decimal,
        **dict.fromkeys(("patrollers", "warners", "evacuators"), _persons),
    }
)


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a point as they come out of JSON, made what they are."""
    made = dict(values)
    for name in _KINDS.keys() & made.keys():
        if made[name] is not None:
            made[name] = _KINDS[name](made[name])
    return made


def differing(before: RiskPoint, after: RiskPoint) -> tuple[str, ...]:
    """The fields that are not the same in both, in the order of the line."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def gravest_first(points: Iterable[RiskPoint]) -> list[RiskPoint]:
    """By level, then by how many are threatened, then by number."""
    return sorted(points, key=lambda one: (-one.level.severity, -(one.people or 0), one.number))
