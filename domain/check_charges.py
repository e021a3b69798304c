"""Which body checks where while response periods last: each period the places that it rules, the stricter before the
lesser. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.check_plans import Body, BodyKind
from domain.places import PlaceCode, PlaceTree, is_within
from domain.response import Period, strictest, touching


@dataclass(frozen=True, slots=True)
class Charge:
    """One body under one period, with the townships and villages in which it draws."""

    period: Period
    body: Body
    townships: tuple[PlaceCode, ...]
    villages: tuple[PlaceCode, ...]


def charges(periods: Sequence[Period], tree: PlaceTree, county: PlaceCode, departments: Iterable[str]) -> list[Charge]:
    """Everybody who has to draw, in a fixed order. A township is ruled by the strictest period that touches it, a
    village by the strictest that holds there; so nobody is drawn under two periods by one body."""
    over: dict[int, tuple[list[PlaceCode], list[PlaceCode]]] = {one.id: ([], []) for one in periods}
    for township in tree.townships_within(county):
        ruling = _strictest_touching(periods, township.code)
        if ruling is not None:
            over[ruling.id][0].append(township.code)
    for village in tree.villages_within(county):
        holding = strictest(periods, village.code)
        if holding is not None:
            over[holding.id][1].append(village.code)
    found: list[Charge] = []
    names = sorted(set(departments))
    for period in sorted(periods, key=lambda one: one.id):
        townships, villages = tuple(over[period.id][0]), tuple(over[period.id][1])
        if not townships and not villages:
            continue
        found.append(Charge(period, Body(BodyKind.COUNTY, county), townships, villages))
        found += [_township(period, place, periods, tree) for place in townships]
        found += [Charge(period, Body(BodyKind.DEPARTMENT, county, name), (), villages) for name in names]
    return found


def _strictest_touching(periods: Sequence[Period], place: PlaceCode) -> Period | None:
    found = touching(periods, place)
    return min(found, key=lambda one: (-one.level.severity, one.id), default=None)


def _township(period: Period, place: PlaceCode, periods: Sequence[Period], tree: PlaceTree) -> Charge:
    """A township draws in all its villages where any period holds, by the figures of the strictest."""
    inside = [village.code for village in tree.villages_within(place) if strictest(periods, village.code) is not None]
    return Charge(period, Body(BodyKind.TOWNSHIP, place), (place,), tuple(inside))


def in_warned(villages: Iterable[PlaceCode], warned: Iterable[PlaceCode]) -> tuple[PlaceCode, ...]:
    """Those that lie in a warned place; all of them where nothing is warned."""
    covered, all_ = tuple(warned), tuple(villages)
    inside = tuple(code for code in all_ if any(is_within(code, place) for place in covered))
    return inside or all_
