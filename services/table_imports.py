"""What imports of tables have in common: the result, how it is told, and who may bring in what.

An import is all of a file or nothing of it. It reads every line, judges it against what is there, and only then writes;
`dry` stops before that and says what would be done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.errors import NotAllowed
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.tables import Problem
from domain.text import Html
from services.roster_gaps import Note
from services.work import Work

_EVERY = 100_000
_LEFT_OUT = "table.note.left_out"


@dataclass(frozen=True, slots=True)
class Imported:
    """With problems nothing was changed. Names stand in the order of the file."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    """what is worth looking at; nothing that keeps the file out"""
    dry: bool = False
    """nothing was written: this is what would be done"""

    @property
    def done(self) -> bool:
        return not self.problems


@dataclass(slots=True)
class Rights:
    """Whether somebody may do this at a place, asked once for each place. Nobody is the console, which may."""

    work: Work
    author: Person | None
    action: Action
    _known: dict[PlaceCode, bool] = field(default_factory=dict)

    async def at(self, place: PlaceCode) -> bool:
        if self.author is None:
            return True
        if place not in self._known:
            try:
                await self.work.require(self.author, self.action, place)
                self._known[place] = True
            except NotAllowed:
                self._known[place] = False
        return self._known[place]


def left_out(unknown: Iterable[Problem]) -> Iterable[Note]:
    """Lines whose persons were left out, each with the reason."""
    for one in unknown:
        yield Note(_LEFT_OUT, {"line": one.line, "key": one.key, "facts": one.facts})


def imported_card(
    work: Work, kind: str, result: Imported, lang: str, most: int = _EVERY, *, again: bool = False
) -> Html:
    """The result for the one who brought the file: every problem with its line, else what was done. `most` problems
    are named, the rest is counted."""
    problems = [
        {"line": one.line, "text": work.words.text(one.key, lang, **one.facts)} for one in result.problems[:most]
    ]
    return work.words.card(
        "table_imported",
        lang,
        what=work.words.label(f"table.kind.{kind}", lang),
        unit=work.words.label(f"table.unit.{kind}", lang),
        dry=result.dry,
        again=again,
        added=list(result.added),
        updated=list(result.updated),
        unchanged=result.unchanged,
        problems=problems,
        found=len(result.problems),
        further=len(result.problems) - len(problems),
        notes=[_note(work, one, lang) for one in result.notes],
    )


def _note(work: Work, note: Note, lang: str) -> Html:
    if note.key != _LEFT_OUT:
        return work.words.text(note.key, lang, **note.facts)
    facts = note.facts["facts"]
    assert isinstance(facts, Mapping)
    why = work.words.text(str(note.facts["key"]), lang, **facts)
    return work.words.text(note.key, lang, line=note.facts["line"], why=why)
