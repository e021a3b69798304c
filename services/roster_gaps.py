"""Holes in the roster, shown before the storm: villages and townships without the posts that everything else needs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from domain.people import Person, PersonStatus, Role
from domain.places import Level, PlaceCode, PlaceTree, is_within
from services.work import Work


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth looking at: `key` addresses its text."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The roster of an area at a glance. Lists hold names of places, in the order of the codes."""

    people: int
    enrolled: int
    no_officer: tuple[str, ...]
    """villages without an emergency officer: there must be one at least (001 §3)"""
    no_head: tuple[str, ...]
    no_contact: tuple[str, ...]
    """villages that no township cadre looks after"""
    no_desk: tuple[str, ...]
    """townships without station and duty desk"""


async def coverage(work: Work, area: PlaceCode) -> Coverage:
    """People and holes in the place and everything below it."""
    return _coverage(await work.tree(), await _active(work), area)


async def _active(work: Work) -> list[Person]:
    return [person for person in await work.rows.people.all() if person.status is PersonStatus.ACTIVE]


def _coverage(tree: PlaceTree, active: Sequence[Person], area: PlaceCode) -> Coverage:
    held = {(post.role, post.place) for person in active for post in person.posts}
    here = [person for person in active if any(is_within(post.place, area) for post in person.posts)]

    def without(level: Level, *roles: Role) -> tuple[str, ...]:
        places = (place for place in tree if place.level is level and is_within(place.code, area))
        return tuple(tree.path(place.code) for place in places if not any((role, place.code) in held for role in roles))

    return Coverage(
        people=len(here),
        enrolled=sum(1 for person in here if person.user_id is not None),
        no_officer=without(Level.VILLAGE, Role.EMERGENCY_OFFICER),
        no_head=without(Level.VILLAGE, Role.VILLAGE_HEAD),
        no_contact=without(Level.VILLAGE, Role.CONTACT_CADRE),
        no_desk=without(Level.TOWNSHIP, Role.STATION, Role.DUTY),
    )


async def not_enrolled(work: Work, area: PlaceCode) -> list[Person]:
    """Active persons of the area without an account, by place."""
    found = [
        person
        for person in await _active(work)
        if person.user_id is None and any(is_within(post.place, area) for post in person.posts)
    ]
    return sorted(found, key=lambda person: (min(post.place for post in person.posts), person.id))


async def gap_notes(work: Work, units: Collection[PlaceCode]) -> list[Note]:
    """The holes of these townships, as notes; the county's own code stands for nothing below it."""
    tree, active = await work.tree(), await _active(work)
    found = [_coverage(tree, active, unit) for unit in sorted(units) if unit != work.county]
    parts = (
        ("roster.note.no_officer", [name for one in found for name in one.no_officer]),
        ("roster.note.no_head", [name for one in found for name in one.no_head]),
        ("roster.note.no_contact", [name for one in found for name in one.no_contact]),
        ("roster.note.no_desk", [name for one in found for name in one.no_desk]),
    )
    return [Note(key, {"places": names}) for key, names in parts if names]
