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
    categories: frozenset[Category] | None = None
    department: str = ""
    """passed on to it"""
    states: frozenset[HazardState] | None = None
    grade: Grade | None = None
    overdue_at: datetime | None = None
    """past their deadline at this instant, and still open"""
    since: datetime | None = None
    until: datetime | None = None
    """found in [since, until)"""
    words: str = ""
    """a number, or words of what, where, unit or measure"""


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
        "category": FieldKind.TEXT,
        "disaster": FieldKind.TEXT,
        "trade": FieldKind.TEXT,
        "what": FieldKind.TEXT,
        "grade": FieldKind.TEXT,
        "households": FieldKind.NUMBER,
        "people": FieldKind.NUMBER,
        "state": FieldKind.TEXT,
        "unit": FieldKind.TEXT,
        "assignee": FieldKind.TEXT,
        "assignee_phone": FieldKind.ID,
        "measure": FieldKind.TEXT,
        "interim": FieldKind.TEXT,
        "due": FieldKind.DATE,
        "overdue": FieldKind.TEXT,
        "reporter": FieldKind.TEXT,
        "taken_by": FieldKind.TEXT,
        "fixed_by": FieldKind.TEXT,
        "closed_by": FieldKind.TEXT,
        "closed_at": FieldKind.TIME,
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

FIELDS: Final[Mapping[str, Mapping[str, FieldKind]]] = MappingProxyType(
    {"hazards": HAZARD_FIELDS, "patrols": PATROL_FIELDS}
)

NOT_BY_DEFAULT: Final = frozenset({"lat", "lon", "place_code", "category_code"})
"""fields for counties whose form wants them"""
