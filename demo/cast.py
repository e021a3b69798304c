"""Who plays in the typhoon: one township seen closely, one that loses its network, and the county above them.

Taken from any roster by posts and places, so that the sample county and the large one of the acceptance play the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from demo.players import Somebody, holding
from domain.people import Role
from domain.places import Level, Place, PlaceCode


@dataclass(frozen=True, slots=True)
class Village:
    code: PlaceCode
    name: str
    head: int
    officer: int
    grid: int
    walker: int
    """who looks after the pond; the grid member where the village has no patroller"""


@dataclass(frozen=True, slots=True)
class Township:
    code: PlaceCode
    name: str
    principal: int
    in_charge: int
    station: int
    duty: int
    cadre: int
    """of the first village"""
    villages: tuple[Village, ...]
    dike: int | None
    """who walks a dike; None where no dike is in the register"""


@dataclass(frozen=True, slots=True)
class Cast:
    county: PlaceCode
    duty: int
    leader: int
    water: int
    near: Township
    """石梁镇 of the script"""
    far: Township
    """云坑乡: cut off in the second night"""
    townships: tuple[tuple[PlaceCode, str], ...]


def cast_of(people: Sequence[Somebody], places: Sequence[Place], dikes: Mapping[PlaceCode, int]) -> Cast:
    """`dikes`: village → the account of who walks its dike. KeyError where a part cannot be given to anybody."""
    county = next(one.code for one in places if one.level is Level.COUNTY)
    townships = tuple((one.code, one.name) for one in places if one.level is Level.TOWNSHIP)
    first = _first(people)
    return Cast(
        county,
        first(Role.COUNTY_DUTY, county),
        first(Role.COUNTY_LEADER, county),
        first(Role.DEPARTMENT, county, "水利"),
        _township(people, places, dikes, townships[0]),
        _township(people, places, dikes, townships[1]),
        townships,
    )


def _first(people: Sequence[Somebody]) -> Callable[..., int]:
    def first(role: Role, place: PlaceCode, department: str = "") -> int:
        found = holding(people, role, place, department)
        if not found:
            raise KeyError((role, place))
        return found[0]

    return first


def _township(
    people: Sequence[Somebody], places: Sequence[Place], dikes: Mapping[PlaceCode, int], which: tuple[PlaceCode, str]
) -> Township:
    first, (code, name) = _first(people), which
    villages = tuple(_village(people, one) for one in places if one.parent == code and one.level is Level.VILLAGE)
    return Township(
        code,
        name,
        first(Role.PRINCIPAL, code),
        first(Role.LEADER_IN_CHARGE, code),
        first(Role.STATION, code),
        first(Role.DUTY, code),
        first(Role.CONTACT_CADRE, villages[0].code),
        villages,
        next((dikes[one.code] for one in villages if one.code in dikes), None),
    )


def _village(people: Sequence[Somebody], place: Place) -> Village:
    first = _first(people)
    grid = first(Role.GRID_MEMBER, place.code)
    walkers = holding(people, Role.PATROLLER, place.code)
    return Village(
        place.code,
        place.name,
        first(Role.VILLAGE_HEAD, place.code),
        first(Role.EMERGENCY_OFFICER, place.code),
        grid,
        walkers[0] if walkers else grid,
    )
