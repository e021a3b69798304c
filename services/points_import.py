"""The register of risk points comes in: all of a file or nothing of it. A point that is there already gets a new
version where the file says something else; who is missing in the file stays. Points are told apart by their number,
else by name and village.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.geometry import distance_km
from domain.people import Person, PersonId
from domain.places import PlaceTree
from domain.point_rows import Entry, Reading, read_points
from domain.points import PointAct, PointDuty, PointStatus, RiskLevel, RiskPoint
from domain.tables import Line, Problem
from domain.text import Html
from services.roster_gaps import Note
from services.roster_lookup import Roster
from services.table_imports import Imported, imported_card, left_out
from services.work import Work

_FAR_KM = 15.0
"""so far from its village's marked position a point is worth a look"""
_FIELD_OF: Mapping[PointDuty, str] = {
    PointDuty.PATROL: "patrollers",
    PointDuty.WARN: "warners",
    PointDuty.EVACUATE: "evacuators",
}


_PIECE = 500
Progress = Callable[[int, int], None]


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class _Done:
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    ungraded: int = 0
    restored: list[str] = field(default_factory=list)
    new: list[RiskPoint] = field(default_factory=list)
    """not yet in the table"""


@dataclass(frozen=True, slots=True)
class _Matched:
    """Who of the roster is meant, and who could not be found: (line, key of the text, its facts)."""

    persons: Mapping[tuple[int, PointDuty], tuple[PersonId, ...]]
    unknown: tuple[Problem, ...]


async def import_points(
    work: Work, rows: Sequence[Line], *, leave_unknown: bool = False, progress: Progress = _unseen
) -> Imported:
    """Bring a file in. `progress` is called now and then with how many lines of how many are done.

    1. Read every line; look for the persons in the roster. Any problem: nothing is changed. With `leave_unknown` a
       person whom the roster does not have is left out and named in the notes.
    2. Add what is new; where the file says something else, a new version; leave alone what is the same.
    3. Say what is worth looking at: exchanged positions, map services, points far from their village, no level.
    """
    tree = await work.tree()
    reading = read_points(rows, tree, work.county)
    matched = _match(reading.entries, await work.rows.people.all(), tree)
    problems = [*reading.problems, *(() if leave_unknown else matched.unknown)]
    if problems:
        return Imported(problems=tuple(sorted(problems, key=lambda one: one.line)))
    known = _Known(await work.rows.points.all(), reading.entries)
    done = _Done()
    total = len(reading.entries)
    for at, entry in enumerate(reading.entries, 1):
        await _bring_in(work, entry, known, _fields(entry, matched), done)
        if at % _PIECE == 0 or at == total:
            await work.rows.points.add_many(done.new)
            done.new.clear()
            progress(at, total)
    await work.note(
        "points.imported", "points", None, added=len(done.added), updated=len(done.updated), unchanged=done.unchanged
    )
    notes = (*_look_at(reading, tree, done), *left_out(matched.unknown if leave_unknown else ()))
    return Imported(tuple(done.added), tuple(done.updated), done.unchanged, (), notes)


class _Known:
    """The points that are there, by number and by name and village."""

    def __init__(self, points: Iterable[RiskPoint], entries: Iterable[Entry]) -> None:
        everything = list(points)
        self._by_number = {one.number: one for one in everything}
        numbered = {entry.number for entry in entries if entry.number}
        self._taken = self._by_number.keys() | numbered
        self._by_name = {(one.name, one.place): one for one in everything if one.number not in numbered}

    def of(self, entry: Entry) -> RiskPoint | None:
        found = self._by_number.get(entry.number) if entry.number else None
        return found or self._by_name.get((entry.name, entry.place))

    async def free_number(self, work: Work) -> str:
        """One that neither the register nor the file has."""
        while (number := await _next_number(work)) in self._taken:
            pass
        return number


async def _bring_in(work: Work, entry: Entry, known: _Known, fields: dict[str, Any], done: _Done) -> None:
    before = known.of(entry)
    if before is None:
        done.ungraded += "level" not in fields
        done.new.append(await _new(work, entry, fields, known))
        done.added.append(entry.name)
        return
    changed = {name: value for name, value in fields.items() if getattr(before, name) != value}
    if not before.active:
        changed["status"] = PointStatus.ACTIVE
        done.restored.append(entry.name)
    if not changed:
        done.unchanged += 1
        return
    act = PointAct.CHANGE if before.active else PointAct.RESTORE
    await work.rows.points.change(before, author=None, at=work.now, act=act, **changed)
    done.updated.append(entry.name)


async def _new(work: Work, entry: Entry, fields: dict[str, Any], known: "_Known") -> RiskPoint:
    owners = work.policy.hazards.owners_of(fields["category"])
    values = {
        "level": RiskLevel.GENERAL,
        "department": owners[0] if owners else "",
        **fields,
        "number": entry.number or await known.free_number(work),
    }
    return RiskPoint(id=0, version=1, updated_at=work.now, confirmed_at=work.now, **values)


async def new_number(work: Work) -> str:
    """For a point that has none of the county's own register."""
    while True:
        number = await _next_number(work)
        if await work.rows.points.by_number(number) is None:
            return number


async def _next_number(work: Work) -> str:
    return f"FX{await work.rows.counters.next('point'):04d}"


def _fields(entry: Entry, matched: _Matched) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": entry.name, "place": entry.place, **entry.fields}
    if entry.number:
        fields["number"] = entry.number
    for duty in entry.persons:
        fields[_FIELD_OF[duty]] = matched.persons[entry.line, duty]
    return fields


# -- who is meant -----------------------------------------------------------------------------------------------------


def _match(entries: Sequence[Entry], everybody: Iterable[Person], tree: PlaceTree) -> _Matched:
    roster = Roster(everybody, tree)
    found: dict[tuple[int, PointDuty], tuple[PersonId, ...]] = {}
    unknown: list[Problem] = []
    for entry in entries:
        for duty, wanted in entry.persons.items():
            known: list[PersonId] = []
            for one in wanted:
                who = roster.find(one, entry.place)
                if isinstance(who, Person):
                    known.append(who.id)
                else:
                    unknown.append(Problem(entry.line, who.key, who.facts))
            found[entry.line, duty] = tuple(dict.fromkeys(known))
    return _Matched(found, tuple(unknown))


# -- what is worth looking at -----------------------------------------------------------------------------------------


def _look_at(reading: Reading, tree: PlaceTree, done: _Done) -> Iterable[Note]:
    if reading.swapped:
        yield Note("points.note.swapped", {"lines": list(reading.swapped)})
    if reading.converted:
        yield Note("points.note.converted", {"count": reading.converted})
    if reading.no_datum:
        yield Note("points.note.no_datum", {"count": reading.no_datum})
    if far := [str(entry.line) for entry in reading.entries if _is_far(entry, tree)]:
        yield Note("points.note.far", {"lines": far, "km": int(_FAR_KM)})
    if without := sum("lat" not in entry.fields for entry in reading.entries):
        yield Note("points.note.no_position", {"count": without})
    if unwatched := [one.name for one in reading.entries if not one.persons.get(PointDuty.PATROL)]:
        yield Note("points.note.no_patroller", {"names": unwatched})
    if done.ungraded:
        yield Note("points.note.ungraded", {"count": done.ungraded})
    if done.restored:
        yield Note("points.note.restored", {"names": done.restored})
    if reading.unused:
        yield Note("roster.note.unused", {"columns": list(reading.unused)})


def _is_far(entry: Entry, tree: PlaceTree) -> bool:
    village = tree.village_of(entry.place) or tree.get(entry.place)
    marked = None if village is None else village.position
    if marked is None or "lat" not in entry.fields:
        return False
    return distance_km(marked, type(marked)(entry.fields["lat"], entry.fields["lon"])) > _FAR_KM


# -- in words ---------------------------------------------------------------------------------------------------------


def report(work: Work, result: Imported, lang: str = "zh") -> Html:
    """The result for the one who brought the file: every problem with its line, else what was done."""
    return imported_card(work, "points", result, lang)
