"""What warnings in force suggest about responses. Pure, and asked again and again: the same state gives the same list.

Every suggestion has a cause, so that nobody is asked twice about the same: a chain of warnings suggests a level once,
and a period's version is suggested to go down to a level, or to end, once. A human decides; nothing here does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.action_cards import Family
from domain.places import PlaceCode, PlaceTree, is_within
from domain.response import Move, Period, ResponseLevel, covers, tidy


@dataclass(frozen=True, slots=True)
class Speaking:
    """A warning in force and the level the county's table gives it."""

    event: int
    warning_id: int
    kind: Family
    level: ResponseLevel
    places: tuple[PlaceCode, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    cause: str
    move: Move
    kind: Family
    level: ResponseLevel
    places: tuple[PlaceCode, ...]
    period: Period | None = None
    warning: Speaking | None = None


def suggestions(tree: PlaceTree, warnings: Sequence[Speaking], periods: Sequence[Period]) -> list[Suggestion]:
    active = [one for one in periods if one.active]
    upward = [found for warning in warnings if (found := _up(tree, warning, active)) is not None]
    downward = [found for period in active if (found := _down(period, warnings)) is not None]
    return [*upward, *downward]


def _up(tree: PlaceTree, warning: Speaking, active: Sequence[Period]) -> Suggestion | None:
    """To start, raise or widen; None where what runs is strict enough already, whatever its kind."""
    places = tidy(tree, warning.places)
    strict = [code for one in active if one.level >= warning.level for code in one.places]
    if not places or covers(tree, strict, places):
        return None
    cause = f"event:{warning.event}:{warning.level.value}"
    for one in (period for period in active if period.hazard_kind is warning.kind):
        whole = covers(tree, one.places, places)
        if whole and covers(tree, places, one.places):
            return Suggestion(cause, Move.RAISE, warning.kind, warning.level, places, one, warning)
        if not whole and one.level == warning.level:
            return Suggestion(cause, Move.WIDEN, warning.kind, warning.level, places, one, warning)
    return Suggestion(cause, Move.START, warning.kind, warning.level, places, None, warning)


def _down(period: Period, warnings: Iterable[Speaking]) -> Suggestion | None:
    """To lower or end one that stands on warnings, once they suggest less than when a human last decided. One that a
    human started without a warning is his alone."""
    if period.suggested is None:
        return None
    speaking = [one.level for one in warnings if any(_meet(a, b) for a in one.places for b in period.places)]
    wanted = max(speaking, default=None)
    cause = f"response:{period.id}:{period.version}"
    if wanted is None:
        return Suggestion(f"{cause}:end", Move.END, period.hazard_kind, period.level, period.places, period)
    if wanted < period.suggested and wanted < period.level:
        return Suggestion(f"{cause}:{wanted.value}", Move.LOWER, period.hazard_kind, wanted, period.places, period)
    return None


def _meet(a: PlaceCode, b: PlaceCode) -> bool:
    return is_within(a, b) or is_within(b, a)
