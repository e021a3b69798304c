"""The county's divisions as a file: code, name and, where they are given, level, parent and position.

Pure: lines and the tree as it is in, places and problems out. A grid is written with its own code (the village's and a
number, or 331124101201-7). Codes decide what lies in what; level and parent are only checked against them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from domain.phones import is_rounded, whole_number
from domain.places import (
    Level,
    Place,
    PlaceCode,
    PlaceCodeError,
    PlaceTree,
    ancestors,
    is_within,
    level_of,
    normalise_code,
)
from domain.tables import CellError, Cells, Column, Line, Problem, read_table

COLUMNS = (
    Column("code", "代码", ("行政区划代码", "区划代码", "编码", "code", "统计用区划代码"), required=True),
    Column("name", "名称", ("区划名称", "单位名称", "name", "地名", "名"), required=True),
    Column("level", "级别", ("层级", "level", "类型")),
    Column("parent", "上级代码", ("上级", "上级区划代码", "parent", "父级代码")),
    Column("lat", "纬度", ("lat", "latitude", "北纬")),
    Column("lon", "经度", ("lon", "lng", "longitude", "东经")),
)

_LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        **dict.fromkeys(("3", "县", "县级", "区", "市", "county"), Level.COUNTY),
        **dict.fromkeys(("4", "乡镇", "乡镇级", "街道", "乡", "镇", "township"), Level.TOWNSHIP),
        **dict.fromkeys(("5", "村", "村级", "社区", "village"), Level.VILLAGE),
        **dict.fromkeys(("6", "网格", "微网格", "grid"), Level.GRID),
    }
)
"""what files call a level; the figures are those of the national table of divisions"""
_LONGEST_NAME = 40
_CHINA = ((18.0, 54.0), (73.0, 136.0))
"""latitudes and longitudes in which a county of China can lie: swapped columns show at once"""


@dataclass(frozen=True, slots=True)
class PlaceReading:
    places: tuple[Place, ...] = ()
    problems: tuple[Problem, ...] = ()
    unused: tuple[str, ...] = ()


def read_places(lines: Sequence[Line], known: PlaceTree, county: PlaceCode) -> PlaceReading:
    """Every line read and judged against the codes of the file and of the tree that is there already."""
    table, problems = read_table(lines, COLUMNS)
    if problems:
        return PlaceReading(problems=problems)
    wrong: list[Problem] = []
    found: dict[PlaceCode, tuple[int, Place]] = {}
    for row in table.rows:
        cells = Cells(row)
        place = _place(cells, county)
        wrong += cells.problems
        if place is None:
            continue
        line, first = found.setdefault(place.code, (row.line, place))
        if first.name != place.name:
            facts = {"code": place.code, "first_line": line, "other": first.name}
            wrong.append(Problem(row.line, "places.problem.twice", facts))
    if not table.rows:
        wrong.append(Problem(lines[0].number, "table.no_rows"))
    placed, orphans = _under_parents(found, known, county)
    every = sorted([*wrong, *orphans], key=lambda problem: problem.line)
    return PlaceReading(placed, tuple(every), table.unused)


def _place(cells: Cells, county: PlaceCode) -> Place | None:
    row = cells.row
    code = cells.read(lambda text: _code(text, county), row["code"])
    name = cells.read(_name, row["name"])
    at = (cells.read(_degrees, row["lat"]), cells.read(_degrees, row["lon"]))
    if [one is not None for one in at] == [bool(row[name].strip()) for name in ("lat", "lon")]:
        cells.read(lambda _: _check_position(*at), "")  # not again about what could not be read
    if code is None:
        return None
    cells.read(lambda text: _check_level(text, code), row["level"])
    cells.read(lambda text: _check_parent(text, code), row["parent"])
    if name is None or cells.problems:
        return None
    return Place(code, name, level_of(code), None, *at)


def _code(text: str, county: PlaceCode) -> PlaceCode:
    written = whole_number(text)
    if not written:
        raise CellError("places.problem.code_missing")
    if is_rounded(written):
        raise CellError("roster.problem.code_rounded", written=written)
    try:
        code = normalise_code(written)
    except PlaceCodeError:
        raise CellError("roster.problem.code_unreadable", written=written) from None
    if not is_within(code, county):
        raise CellError("places.problem.other_county", code=code)
    return code


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= _LONGEST_NAME or name.replace(".", "").isdigit():
        raise CellError("places.problem.name", written=text)
    return name


def _degrees(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.strip().rstrip("°NnEe"))
    except ValueError:
        raise CellError("places.problem.degrees", written=text) from None
    if not -180 <= value <= 180:
        raise CellError("places.problem.degrees", written=text)
    return value


def _check_position(lat: float | None, lon: float | None) -> None:
    if lat is None and lon is None:
        return
    if lat is None or lon is None:
        raise CellError("places.problem.half_position")
    (south, north), (west, east) = _CHINA
    if south <= lat <= north and west <= lon <= east:
        return
    swapped = south <= lon <= north and west <= lat <= east
    raise CellError("places.problem.swapped" if swapped else "places.problem.far_away", lat=lat, lon=lon)


def _check_level(text: str, code: PlaceCode) -> None:
    written = whole_number(text).lower()
    if written and _LEVELS.get(written) is not level_of(code):
        raise CellError("places.problem.level", written=text, code=code, level=level_of(code).value)


def _check_parent(text: str, code: PlaceCode) -> None:
    written = whole_number(text)
    if not written:
        return
    try:
        parent = normalise_code(written)
    except PlaceCodeError:
        parent = None
    if parent is None or (parent not in ancestors(code) and not is_within(code, parent)):
        raise CellError("places.problem.parent", written=written, code=code)


def _under_parents(
    found: Mapping[PlaceCode, tuple[int, Place]], known: PlaceTree, county: PlaceCode
) -> tuple[tuple[Place, ...], list[Problem]]:
    """Every place under the nearest place above it; one whose upper level is nowhere is a problem."""
    placed: list[Place] = []
    orphans: list[Problem] = []
    for code, (line, place) in found.items():
        above = next((one for one in ancestors(code) if one in found or one in known), None)
        if code != county and (above is None or len(above) != _ABOVE[place.level]):
            orphans.append(Problem(line, "places.problem.no_parent", {"code": code, "name": place.name}))
            continue
        before = known.get(code)
        seen = before if place.lat is None and before is not None else place  # a file without positions takes none away
        placed.append(replace(place, parent=None if code == county else above, lat=seen.lat, lon=seen.lon))
    return tuple(placed), orphans


_ABOVE: Mapping[Level, int] = MappingProxyType({Level.TOWNSHIP: 6, Level.VILLAGE: 9, Level.GRID: 12})
"""length of the code one level up"""
