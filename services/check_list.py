"""A pasted list of names as the subject of a leader's own check: who is meant, who may be meant, and whom nobody knows.

Only people whom the leader may check are looked at: that somebody else of this name exists elsewhere he is not told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.checks import post_for
from domain.name_lists import Pasted, read_names
from domain.people import Person, PersonStatus
from domain.places import PlaceTree
from services.check_pool import scopes
from services.work import Work


@dataclass(frozen=True, slots=True)
class Listed:
    found: tuple[Person, ...] = ()
    several: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    """a name that more than one of them has → all of these: the leader says which"""
    unknown: tuple[str, ...] = ()
    """as they were written"""

    @property
    def to_choose(self) -> list[Person]:
        return list({one.id: one for people in self.several.values() for one in people}.values())


async def read_list(work: Work, checker: Person, text: str) -> Listed:
    """By number first, then by name; among several of a name the one whose village stands in the same entry."""
    mine, tree = await _checkable(work, checker), await work.tree()
    by_phone = {one.phone: one for one in mine}
    by_name: dict[str, list[Person]] = {}
    for one in mine:
        by_name.setdefault(one.name, []).append(one)
    found: dict[int, Person] = {}
    several: dict[str, tuple[Person, ...]] = {}
    unknown: list[str] = []
    for entry in read_names(text):
        people = [by_phone[entry.phone]] if entry.phone in by_phone else _named(entry, by_name, tree)
        if len(people) == 1:
            found[people[0].id] = people[0]
        elif people:
            several[people[0].name] = tuple(people)
        else:
            unknown.append(entry.written)
    several = {name: people for name, people in several.items() if not any(one.id in found for one in people)}
    return Listed(tuple(found.values()), several, tuple(unknown))


async def _checkable(work: Work, checker: Person) -> list[Person]:
    held = await scopes(work, checker)
    people = (one for one in await work.rows.people.all() if one.status is PersonStatus.ACTIVE and one.id != checker.id)
    return [one for one in people if any(post_for(one, [scope], scope.place) is not None for scope in held)]


def _named(entry: Pasted, by_name: Mapping[str, list[Person]], tree: PlaceTree) -> list[Person]:
    for word in entry.words:
        if people := by_name.get(word):
            return _narrowed(people, (other for other in entry.words if other != word), tree)
    return []


def _narrowed(people: list[Person], hints: Iterable[str], tree: PlaceTree) -> list[Person]:
    """上坞 or 上坞村 beside the name says which of two is meant; a hint that fits nobody says nothing."""
    for hint in hints:
        near = [one for one in people if any(hint in tree.path(post.place) for post in one.posts)]
        people = near or people
    return people
