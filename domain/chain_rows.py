"""The 包保 chain as a file: who answers for which township, village or households. Pure; who of the roster is meant and
whether his post lets him, services/chain_import.py looks at.

Several lines of one person and place are one assignment: many lists have a line for each household.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.place_finding import Named, find_place
from domain.places import Level, PlaceCode, PlaceTree
from domain.table_persons import NOTHING, Wanted, read_persons
from domain.tables import CellError, Cells, Column, Line, Problem, Row, read_table

COLUMNS = (
    Column(
        "person",
        "包保人",
        ("包保责任人", "包保干部", "包保领导", "包保人姓名", "包联人", "包联干部", "结对干部", "挂联领导"),
        required=True,
    ),
    Column("phone", "手机", ("电话", "联系电话", "手机号", "包保人手机", "包保人电话", "联系方式")),
    Column("township", "乡镇", ("乡镇街道", "所属乡镇", "镇", "街道")),
    Column("village", "村", ("行政村", "村社区", "村(社区)", "社区", "村名", "所在村")),
    Column("grid", "网格", ("网格名称", "所在网格")),
    Column("code", "行政区划代码", ("区划代码", "代码", "code")),
    Column("households", "包保户", ("包保对象", "包保农户", "户主", "户名", "转移对象")),
)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class ChainLine:
    line: int
    person: Wanted
    place: PlaceCode
    households: str | None = None
    """None: the cell is blank, which leaves alone what is there"""


@dataclass(frozen=True, slots=True)
class Reading:
    """With problems nothing may be imported."""

    entries: tuple[ChainLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    unused: tuple[str, ...] = ()


def read_chain(lines: Sequence[Line], tree: PlaceTree, county: PlaceCode) -> Reading:
    """Every line read and judged; problems in the order of the lines, all of them."""
    table, problems = read_table(lines, COLUMNS)
    if problems:
        return Reading(problems=problems)
    found: list[ChainLine] = []
    wrong: list[Problem] = []
    for row in table.rows:
        cells = Cells(row)
        found += _entries(cells, tree, county)
        wrong += cells.problems
    if not table.rows:
        wrong.append(Problem(lines[0].number, "table.no_rows"))
    return Reading(_merged(found), tuple(wrong), table.unused)


def _entries(cells: Cells, tree: PlaceTree, county: PlaceCode) -> list[ChainLine]:
    row = cells.row
    persons = cells.read(lambda phones: read_persons(row["person"], phones), row["phone"])
    place = cells.read(lambda _: _place(row, tree, county), "")
    if not persons and not cells.problems:
        cells.complain(CellError("chain.table.nobody"))
    households = cells.read(_households, row["households"]) if row["households"].strip() else None
    if cells.problems or not persons or place is None:
        return []
    return [ChainLine(row.line, one, place, households) for one in persons]


def _place(row: Row, tree: PlaceTree, county: PlaceCode) -> PlaceCode:
    place = find_place(Named(row["code"], row["township"], row["village"], row["grid"]), tree, county)
    if place.level is Level.COUNTY:
        raise CellError("points.problem.place_wide", place=place.name)
    return place.code


def _households(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > _LONGEST:
        raise CellError("chain.table.too_long", most=_LONGEST)
    return "" if words in NOTHING else words


def _merged(entries: Sequence[ChainLine]) -> tuple[ChainLine, ...]:
    found: dict[tuple[Wanted, PlaceCode], ChainLine] = {}
    for entry in entries:
        key = (entry.person, entry.place)
        first = found.setdefault(key, entry)
        if first is not entry and entry.households:
            told = (first.households or "").split("、") + entry.households.split("、")
            both = dict.fromkeys(one for one in told if one)
            found[key] = replace(first, households="、".join(both))
    return tuple(found.values())
