"""Ledgers (台账): which lines, which columns, in which view. Pure.

A view divides the same lines by area, by kind of disaster or by trade (004 六: 分区域、分灾种、分行业领域). Columns are
the ledger's fields; a county may put its own form in their place (domain/ledger_policy.py), so that nobody types twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.hazards import Category, Grade, HazardState
from domain.places import PlaceCode


class LedgerView(StrEnum):
    AREA = "area"
    DISASTER = "disaster"
    TRADE = "trade"


class Disaster(StrEnum):
    """What a hazard would come to, coarser than its category."""

    FLOOD = "flood"
    GEOLOGY = "geology"
    FIRE = "fire"
    HOUSE = "house"
    TRAFFIC = "traffic"
    INDUSTRY = "industry"
    OTHER = "other"


_C = Category
DISASTER_OF: Final[Mapping[Category, Disaster]] = MappingProxyType(
    {
        **dict.fromkeys((_C.LOW_SPOT, _C.UNDERGROUND, _C.DIKE, _C.POND, _C.FLASH_FLOOD, _C.SLUICE), Disaster.FLOOD),
        **dict.fromkeys((_C.GEOHAZARD, _C.TAILINGS), Disaster.GEOLOGY),
        **dict.fromkeys((_C.WILDFIRE, _C.FIRE, _C.SMALL_PREMISES, _C.FARM_STAY, _C.GAS), Disaster.FIRE),
        **dict.fromkeys((_C.OLD_HOUSE, _C.BUSINESS_HOUSE, _C.CONSTRUCTION, _C.OUTDOOR), Disaster.HOUSE),
        **dict.fromkeys((_C.ROAD, _C.BRIDGE), Disaster.TRAFFIC),
        **dict.fromkeys((_C.CHEMICALS, _C.MINE, _C.FACTORY, _C.EQUIPMENT), Disaster.INDUSTRY),
        _C.OTHER: Disaster.OTHER,
    }
)


class Span(StrEnum):
    """Which lines, as people ask for them."""

    OPEN = "open"
    OVERDUE = "overdue"
    MAJOR = "major"
    YEAR = "year"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Everything that is given must hold. Nothing given is everything."""

    places: tuple[PlaceCode, ...] = ()
    """these and what is below them"""
    department: str = ""
    """passed on to it, or of a category it owns: one of `owns`"""
    owns: frozenset[Category] = frozenset()
    states: frozenset[HazardState] | None = None
    grade: Grade | None = None
    overdue_at: datetime | None = None
    """past their deadline at this instant, and still open"""
    since: datetime | None = None
    until: datetime | None = None
    """found in [since, until)"""
    numbers: tuple[str, ...] = ()
    """any of these, whole: 2026-0012"""
    words: tuple[str, ...] = ()
    """each of them somewhere in what, where, unit or measure"""


def both(one: LedgerFilter, other: LedgerFilter) -> LedgerFilter:
    """What fits the two; places and departments are `one`'s, unless it names none."""
    states = one.states if other.states is None else other.states if one.states is None else one.states & other.states
    since = [at for at in (one.since, other.since) if at is not None]
    until = [at for at in (one.until, other.until) if at is not None]
    return LedgerFilter(
        places=one.places or other.places,
        department=one.department or other.department,
        owns=one.owns or other.owns,
        states=states,
        grade=one.grade or other.grade,
        overdue_at=one.overdue_at or other.overdue_at,
        since=max(since, default=None),
        until=min(until, default=None),
        numbers=one.numbers or other.numbers,
        words=(*one.words, *other.words),
    )


class FieldKind(StrEnum):
    """How a workbook shows it."""

    TEXT = "text"
    ID = "id"
    """a text that looks like a number"""
    NUMBER = "number"
    DATE = "date"
    TIME = "time"


HAZARD_FIELDS: Final[Mapping[str, FieldKind]] = MappingProxyType(
    {
        "number": FieldKind.ID,
        "found_at": FieldKind.TIME,
        "township": FieldKind.TEXT,
        "village": FieldKind.TEXT,
        "spot": FieldKind.TEXT,
        "point": FieldKind.TEXT,
        "category": FieldKind.TEXT,
        "disaster": FieldKind.TEXT,
        "trade": FieldKind.TEXT,
        "what": FieldKind.TEXT,
        "grade": FieldKind.TEXT,
        "consequence": FieldKind.TEXT,
        "households": FieldKind.NUMBER,
        "people": FieldKind.NUMBER,
        "state": FieldKind.TEXT,
        "unit": FieldKind.TEXT,
        "assignee": FieldKind.TEXT,
        "assignee_phone": FieldKind.ID,
        "measure": FieldKind.TEXT,
        "treatment": FieldKind.TEXT,
        "fund": FieldKind.TEXT,
        "interim": FieldKind.TEXT,
        "due": FieldKind.DATE,
        "overdue": FieldKind.TEXT,
        "extensions": FieldKind.NUMBER,
        "listed": FieldKind.TEXT,
        "reporter": FieldKind.TEXT,
        "taken_by": FieldKind.TEXT,
        "fixed_by": FieldKind.TEXT,
        "recheck_by": FieldKind.TEXT,
        "closed_by": FieldKind.TEXT,
        "closed_at": FieldKind.TIME,
        "closed_how": FieldKind.TEXT,
        "reported_at": FieldKind.TIME,
        "point_number": FieldKind.ID,
        "lat": FieldKind.NUMBER,
        "lon": FieldKind.NUMBER,
        "place_code": FieldKind.ID,
        "category_code": FieldKind.ID,
    }
)
"""F6, in the order of the default form."""

PATROL_FIELDS: Final[Mapping[str, FieldKind]] = MappingProxyType(
    {
        "seen_at": FieldKind.TIME,
        "said_at": FieldKind.TIME,
        "township": FieldKind.TEXT,
        "village": FieldKind.TEXT,
        "patroller": FieldKind.TEXT,
        "recorder": FieldKind.TEXT,
        "phase": FieldKind.TEXT,
        "finding": FieldKind.TEXT,
        "hindrance": FieldKind.TEXT,
        "words": FieldKind.TEXT,
        "late": FieldKind.TEXT,
        "filled_in": FieldKind.TEXT,
        "hazard": FieldKind.ID,
        "place_code": FieldKind.ID,
    }
)
"""F5, in the order of the default form."""

POINT_FIELDS: Final[Mapping[str, FieldKind]] = MappingProxyType(
    {
        "number": FieldKind.ID,
        "name": FieldKind.TEXT,
        "category": FieldKind.TEXT,
        "disaster": FieldKind.TEXT,
        "level": FieldKind.TEXT,
        "township": FieldKind.TEXT,
        "village": FieldKind.TEXT,
        "households": FieldKind.NUMBER,
        "people": FieldKind.NUMBER,
        "patrollers": FieldKind.TEXT,
        "patroller_phones": FieldKind.TEXT,
        "warners": FieldKind.TEXT,
        "evacuators": FieldKind.TEXT,
        "department": FieldKind.TEXT,
        "threshold": FieldKind.TEXT,
        "route": FieldKind.TEXT,
        "shelter": FieldKind.TEXT,
        "confirmed_at": FieldKind.DATE,
        "lat": FieldKind.NUMBER,
        "lon": FieldKind.NUMBER,
        "place_code": FieldKind.ID,
        "category_code": FieldKind.ID,
    }
)
"""F2, in the order of the default form."""

LETTER_FIELDS: Final[Mapping[str, FieldKind]] = MappingProxyType(
    {
        "number": FieldKind.TEXT,
        "kind": FieldKind.TEXT,
        "state": FieldKind.TEXT,
        "issuer": FieldKind.TEXT,
        "unit": FieldKind.TEXT,
        "addressee": FieldKind.TEXT,
        "matter": FieldKind.TEXT,
        "signer": FieldKind.TEXT,
        "signed": FieldKind.TIME,
        "receiver": FieldKind.TEXT,
        "received": FieldKind.TIME,
        "how": FieldKind.TEXT,
        "due": FieldKind.TIME,
        "hazard": FieldKind.ID,
        "replaces": FieldKind.TEXT,
    }
)
"""F16, in the order of the default form."""

FIELDS: Final[Mapping[str, Mapping[str, FieldKind]]] = MappingProxyType(
    {"hazards": HAZARD_FIELDS, "patrols": PATROL_FIELDS, "points": POINT_FIELDS, "letters": LETTER_FIELDS}
)

WIDTHS: Final[Mapping[str, float]] = MappingProxyType(
    {
        **dict.fromkeys(("grade", "overdue", "late", "extensions", "listed", "households", "people"), 7.0),
        **dict.fromkeys(("assignee", "reporter", "taken_by", "fixed_by", "recheck_by", "closed_by"), 9.0),
        **dict.fromkeys(("disaster", "state", "level", "fund", "phase", "finding", "filled_in", "how"), 9.0),
        **dict.fromkeys(("patroller", "recorder", "addressee", "signer", "receiver"), 9.0),
        **dict.fromkeys(("patrollers", "warners", "evacuators", "treatment", "due", "closed_how"), 11.0),
        **dict.fromkeys(("number", "township", "village", "category", "trade", "department", "hazard"), 12.0),
        **dict.fromkeys(("point", "unit", "kind", "name", "patroller_phones", "assignee_phone"), 14.0),
        **dict.fromkeys(("spot", "consequence", "interim", "hindrance", "threshold", "shelter", "issuer"), 16.0),
    }
)
"""in characters, so that a default form is still read on a printed page; what is not named is as wide as its kind"""

NOT_BY_DEFAULT: Final = frozenset({"lat", "lon", "place_code", "category_code", "reported_at", "point_number"})
"""fields for counties whose form wants them"""
