"""Which person of the roster a table means: by number and name, by name alone where only one of the area has it."""

from collections.abc import Collection, Iterable

from domain.people import Person, PersonStatus
from domain.phones import last_four
from domain.places import PlaceCode, PlaceTree, is_within
from domain.table_persons import Wanted
from services.roster_gaps import Note


class Roster:
    """Those in office, looked up by number and by name."""

    def __init__(self, everybody: Iterable[Person], tree: PlaceTree) -> None:
        self._tree = tree
        active = [one for one in everybody if one.status is PersonStatus.ACTIVE]
        self._by_phone = {one.phone: one for one in active}
        self._by_name: dict[str, list[Person]] = {}
        for one in active:
            self._by_name.setdefault(one.name, []).append(one)

    def find(self, wanted: Wanted, place: PlaceCode, among: Collection[int] = ()) -> Person | Note:
        """The person who is meant; else why not. Of several with one name those `among` go first."""
        named = self._by_name.get(wanted.name, [])
        if wanted.phone:
            held = self._by_phone.get(wanted.phone)
            if held is not None and held.name == wanted.name:
                return held
            facts = {"name": wanted.name, "tail": last_four(wanted.phone)}
            if held is not None:
                return Note("table.person.other_name", facts | {"other": held.name})
            if len(named) == 1:
                return Note("table.person.other_phone", facts | {"before": last_four(named[0].phone)})
            return Note("table.person.unknown_person", facts)
        township = self._tree.township_of(place)
        near = [one for one in named if township is None or _works_in(one, township.code)] or named
        near = [one for one in near if one.id in among] or near
        if len(near) == 1:
            return near[0]
        key = "table.person.several_persons" if near else "table.person.unknown_name"
        return Note(key, {"name": wanted.name})


def _works_in(person: Person, township: PlaceCode) -> bool:
    return any(is_within(post.place, township) or is_within(township, post.place) for post in person.posts)
