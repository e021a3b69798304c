"""Response periods (应急响应): a level, a kind of disaster and places, from a human's start to a human's end. Pure.

Several may run at once. For each place the strictest that holds there counts; what it switches on is in
response_policy.py. The level is a type of its own: neither a warning's colour nor a risk.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.action_cards import Family
from domain.numerals import read_level
from domain.people import PersonId
from domain.places import PlaceCode, PlaceTree, is_within


class ResponseLevel(StrEnum):
    """Ⅳ < Ⅲ < Ⅱ < Ⅰ: ordered by severity, never by spelling. Only levels can be compared."""

    IV = "IV"
    III = "III"
    II = "II"
    I = "I"  # noqa: E741 - its name in the trade

    @property
    def severity(self) -> int:
        """1 (Ⅳ) to 4 (Ⅰ)."""
        return 1 + _ASCENDING.index(self)

    @property
    def sign(self) -> str:
        """As people write it: Ⅳ Ⅲ Ⅱ Ⅰ."""
        return _SIGNS[self.severity - 1]

    def __lt__(self, other: object) -> bool:
        return self.severity < _severity_of(other)

    def __le__(self, other: object) -> bool:
        return self.severity <= _severity_of(other)

    def __gt__(self, other: object) -> bool:
        return self.severity > _severity_of(other)

    def __ge__(self, other: object) -> bool:
        return self.severity >= _severity_of(other)


_ASCENDING = tuple(ResponseLevel)
_SIGNS = "ⅣⅢⅡⅠ"


def _severity_of(other: object) -> int:
    if not isinstance(other, ResponseLevel):
        raise TypeError(f"a response level is not comparable with {other!r}")
    return other.severity


def level_from(text: str) -> ResponseLevel | None:
    """Ⅲ, III, 3级, 三级, "启动防台风Ⅲ级应急响应"; None for what names no level, or two."""
    number = read_level(text)
    return None if number is None else _ASCENDING[4 - number]


class PeriodState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class Move(StrEnum):
    """What a human does with a period."""

    START = "start"
    RAISE = "raise"
    LOWER = "lower"
    WIDEN = "widen"
    NARROW = "narrow"
    END = "end"


@dataclass(frozen=True, slots=True)
class Period:
    """One response period as it stands."""

    id: int
    number: str
    """the county's own running number, as 2026-03"""
    hazard_kind: Family
    places: tuple[PlaceCode, ...]
    level: ResponseLevel
    state: PeriodState
    started_at: datetime
    started_by: PersonId
    basis: str
    """why it was started, in the starter's words"""
    ended_at: datetime | None = None
    version: int = 1
    """counts its changes: whoever acts on an older one is told that somebody was first"""
    events: tuple[int, ...] = ()
    """chains of warnings it stands on"""
    suggested: ResponseLevel | None = None
    """what the warnings in force suggested when a human last decided"""

    @property
    def subject(self) -> str:
        return f"response:{self.id}"

    @property
    def active(self) -> bool:
        return self.state is PeriodState.ACTIVE

    def holds_at(self, place: PlaceCode) -> bool:
        return any(is_within(place, one) for one in self.places)

    def touches(self, place: PlaceCode) -> bool:
        """It holds at the place, above it or anywhere below it."""
        return any(is_within(place, one) or is_within(one, place) for one in self.places)


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """One line of a period's history: what it was after it."""

    period_id: int
    version: int
    move: Move
    level: ResponseLevel
    places: tuple[PlaceCode, ...]
    at: datetime
    by: PersonId
    reason: str
    prepared_by: PersonId | None = None
    """who had drafted it, where another one confirmed"""


def strictest(periods: Iterable[Period], place: PlaceCode) -> Period | None:
    """The gravest active period that holds at the place; of two as grave the older one."""
    here = [one for one in periods if one.active and one.holds_at(place)]
    return min(here, key=lambda one: (-one.level.severity, one.started_at, one.id), default=None)


def touching(periods: Iterable[Period], place: PlaceCode) -> list[Period]:
    """The active periods that hold at the place or anywhere below it, the gravest first."""
    here = [one for one in periods if one.active and one.touches(place)]
    return sorted(here, key=lambda one: (-one.level.severity, one.started_at, one.id))


def level_of(periods: Iterable[Period], place: PlaceCode) -> ResponseLevel | None:
    found = strictest(periods, place)
    return None if found is None else found.level


def tidy(tree: PlaceTree, places: Iterable[PlaceCode]) -> tuple[PlaceCode, ...]:
    """The same area in as few places as possible: none inside another, and all children of one are that one."""
    left = {code for code in places if code in tree}
    for place in reversed(list(tree)):
        below = tree.children(place.code)
        if below and all(child.code in left for child in below) and not _is_village(place.code):
            left.add(place.code)
    return tuple(sorted(c for c in left if not any(c != o and is_within(c, o) for o in left)))


def _is_village(code: PlaceCode) -> bool:
    return len(code) >= 12


def without(tree: PlaceTree, places: Iterable[PlaceCode], taken: Collection[PlaceCode]) -> tuple[PlaceCode, ...]:
    """The area without these places: a place of which only a part is taken is resolved into its children."""
    left: set[PlaceCode] = set()
    waiting = list(tidy(tree, places))
    while waiting:
        code = waiting.pop()
        if any(is_within(code, one) for one in taken):
            continue
        if any(is_within(one, code) for one in taken):
            waiting.extend(child.code for child in tree.children(code))
        else:
            left.add(code)
    return tidy(tree, left)


def covers(tree: PlaceTree, places: Collection[PlaceCode], other: Iterable[PlaceCode]) -> bool:
    """Whether the whole other area lies inside these places, written as it may be."""
    mine = tidy(tree, places)
    return all(any(is_within(code, one) for one in mine) for code in tidy(tree, other))
