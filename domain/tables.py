"""Tables that people filled in: lines of cells in, named values out, every line that is wrong reported with its number.

What the columns mean is the business of roster.py and place_rows.py; how bytes become lines, of feeds/roster_files.py.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from domain.errors import DomainError

T = TypeVar("T")

_LOOKED_AT = 20
"""the header stands within so many filled lines, under titles and remarks"""
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_HEADER_NOISE = re.compile(r"[\s*:：、.。]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file. `number` as the spreadsheet shows it, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line: `key` addresses the text that says so, `facts` are its variables."""

    line: int
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


class CellError(DomainError):
    """A cell that cannot be read. Caught by whoever reads the line and kept as a Problem."""


@dataclass(frozen=True, slots=True)
class Column:
    """`title` is what we write over it, `aliases` is what others write."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        return (self.title, *self.aliases)


@dataclass(frozen=True, slots=True)
class Row:
    """One line under the header. A column that is absent reads as ""."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(slots=True)
class Cells:
    """Reads the cells of one line and keeps every complaint instead of stopping at the first."""

    row: Row
    problems: list[Problem] = field(default_factory=list)

    def complain(self, error: CellError) -> None:
        self.problems.append(Problem(self.row.line, error.key, error.facts))

    def read(self, reader: Callable[[str], T], text: str) -> T | None:
        """What the reader makes of the text; None where it raised CellError."""
        try:
            return reader(text)
        except CellError as error:
            self.complain(error)
            return None


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are the names found, `unused` the titles over columns that nobody knows."""

    columns: frozenset[str]
    rows: tuple[Row, ...]
    unused: tuple[str, ...] = ()


def folded_title(text: str) -> str:
    """联系电话 * (11位) and 联系 电话 are the same title: half-width, without blanks, stars and brackets."""
    bare = _HEADER_NOISE.sub("", unicodedata.normalize("NFKC", text))
    return _BRACKETS.sub("", bare) or bare


def titles_of(cells: Sequence[str], columns: Iterable[Column]) -> dict[int, str]:
    """position → name of every cell that is the title of a column."""
    known = {folded_title(title): column.name for column in columns for title in column.titles}
    found = ((at, known.get(folded_title(cell))) for at, cell in enumerate(cells) if cell)
    return {at: name for at, name in found if name is not None}


def header_of(lines: Sequence[Line], columns: Sequence[Column]) -> tuple[Line, dict[int, str]] | None:
    """The line that names the columns: the one with the most titles among the first, two at least."""
    filled = [line for line in lines if any(line.cells)][:_LOOKED_AT]
    named = [(line, titles_of(line.cells, columns)) for line in filled]
    best = max(named, key=lambda one: len(set(one[1].values())), default=None)
    return best if best is not None and len(set(best[1].values())) >= 2 else None


def read_table(lines: Sequence[Line], columns: Sequence[Column]) -> tuple[Table, tuple[Problem, ...]]:
    """The rows under the header. Titles above it, blank lines, lines without anything in a known column, and the
    header repeated on the next printed page are passed over; a missing or doubled column is a problem."""
    header = header_of(lines, columns)
    nothing = Table(frozenset(), ())
    if header is None:
        wanted = [column.title for column in columns if column.required]
        return nothing, (Problem(lines[0].number if lines else 1, "table.no_header", {"columns": wanted}),)
    head, named = header
    problems = [
        Problem(head.number, "table.column_missing", {"column": column.title})
        for column in columns
        if column.required and column.name not in named.values()
    ]
    problems += [
        Problem(head.number, "table.column_twice", {"columns": [head.cells[at] for at in places]})
        for column in columns
        if len(places := [at for at, name in named.items() if name == column.name]) > 1
    ]
    if problems:
        return nothing, tuple(problems)
    rows = [
        Row(line.number, {name: line.cells[at] for at, name in named.items() if at < len(line.cells)})
        for line in lines
        if line.number > head.number and titles_of(line.cells, columns) != named
    ]
    unused = tuple(cell for at, cell in enumerate(head.cells) if cell and at not in named)
    return Table(frozenset(named.values()), tuple(row for row in rows if any(row.values.values())), unused), ()
