"""Which hazards somebody looks at, and which of them he wants to see. Pure.

What a person may do by the table of rights is put into one `HazardScope`, so that a list is one question to the rows
and not one for each line.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.hazards import Category
from domain.people import RIGHTS, Action, Person, PersonId, Reach
from domain.places import PlaceCode


class HazardTab(StrEnum):
    """What of the open ones. The words people see are texts."""

    ALL = "all"
    MINE = "mine"
    """to do by this person: asked of him, his to fix, his to look at"""
    OVERDUE = "due"
    MAJOR = "major"
    """重大, or suspected and graded by nobody"""
    UNDECIDED = "new"
    FIXING = "fix"
    RECHECK = "look"


@dataclass(frozen=True, slots=True)
class OfDepartment:
    place: PlaceCode
    name: str
    owns: frozenset[Category]


@dataclass(frozen=True, slots=True)
class HazardScope:
    """Any of these. Nothing given is nothing."""

    areas: tuple[PlaceCode, ...] = ()
    """whole"""
    lesser: tuple[PlaceCode, ...] = ()
    """but for the grave ones"""
    at_once: tuple[PlaceCode, ...] = ()
    """what was fixed on the spot, but for the grave ones"""
    departments: tuple[OfDepartment, ...] = ()
    people: tuple[PersonId, ...] = ()
    """what is theirs by name"""


@dataclass(frozen=True, slots=True)
class HazardWish:
    tab: HazardTab = HazardTab.ALL
    place: PlaceCode | None = None
    """it and what is below it"""
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class PageEnd:
    """Where a page ended: the urgency of its last line, and its id."""

    urgency: int
    id: int


_SEEN_BY = (Action.ASSIGN_HAZARD, Action.CLOSE_HAZARD, Action.ROUTE_HAZARD, Action.CONFIRM_AT_ONCE)


def scope_of(people: Iterable[Person], owns: Callable[[str], frozenset[Category]]) -> HazardScope:
    """What these may decide about: a person, and whomever he stands in for."""
    areas, lesser, at_once, departments, ids = [], [], [], [], []
    for person in people:
        ids.append(person.id)
        for post in person.posts:
            reach = {action: RIGHTS[action].get(post.role) for action in _SEEN_BY}
            if Reach.AREA in reach.values():
                areas.append(post.place)
            elif Reach.DEPARTMENT in reach.values() and post.department:
                departments.append(OfDepartment(post.place, post.department, owns(post.department)))
            elif reach[Action.CLOSE_HAZARD] is Reach.LESSER:
                lesser.append(post.place)
            elif reach[Action.CONFIRM_AT_ONCE] is Reach.LESSER:
                at_once.append(post.place)
    return HazardScope(
        areas=tuple(dict.fromkeys(areas)),
        lesser=tuple(dict.fromkeys(lesser)),
        at_once=tuple(dict.fromkeys(at_once)),
        departments=tuple(dict.fromkeys(departments)),
        people=tuple(dict.fromkeys(ids)),
    )
