"""What one change makes of a period, and which changes make no sense. Pure."""

from dataclasses import replace
from datetime import datetime

from domain.errors import DomainError
from domain.places import PlaceCode, PlaceTree
from domain.response import Move, Period, PeriodState, ResponseLevel, covers, tidy, without


def changed(
    tree: PlaceTree,
    period: Period,
    move: Move,
    at: datetime,
    *,
    level: ResponseLevel | None = None,
    places: tuple[PlaceCode, ...] = (),
    events: tuple[int, ...] | None = None,
    suggested: ResponseLevel | None = None,
) -> Period:
    """The period after the change, one version on. DomainError for one that changes nothing or goes the other way."""
    after = replace(period, version=period.version + 1, events=period.events if events is None else events)
    after = replace(after, suggested=suggested)
    match move:
        case Move.RAISE | Move.LOWER:
            if level is None or (level <= period.level if move is Move.RAISE else level >= period.level):
                raise DomainError("response.refused.same_level", level=period.level.sign)
            return replace(after, level=level)
        case Move.WIDEN:
            if covers(tree, period.places, places):
                raise DomainError("response.refused.same_places")
            return replace(after, places=tidy(tree, (*period.places, *places)))
        case Move.NARROW:
            left = without(tree, period.places, places)
            if not left:
                raise DomainError("response.refused.nothing_left")
            if left == tidy(tree, period.places):
                raise DomainError("response.refused.same_places")
            return replace(after, places=left)
        case Move.END:
            return replace(after, state=PeriodState.ENDED, ended_at=at)
        case Move.START:
            raise DomainError("response.refused.same_places")


def level_move(period: Period, level: ResponseLevel) -> Move:
    """Whether the level means up or down; DomainError where it is the same."""
    if level == period.level:
        raise DomainError("response.refused.same_level", level=period.level.sign)
    return Move.RAISE if level > period.level else Move.LOWER
