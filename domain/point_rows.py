"""The register of risk points as a file: one line a point, read and judged line by line. Pure.

A column that the file does not have leaves what is there alone, and so does a blank cell; "无" takes it away. Who is in
charge is written by name, with the mobile number in the same cell or in the column beside it; which person of the
roster that is, the import decides (services/points_import.py).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from domain.hazards import Category
from domain.phones import is_rounded, whole_number
from domain.place_finding import Named, find_place
from domain.places import Level, PlaceCode, PlaceTree
from domain.point_positions import is_shifted, read_position, to_wgs84
from domain.point_words import category_named, level_named
from domain.points import PointDuty, RiskLevel
from domain.posts import department_named
from domain.table_persons import NOTHING, Wanted, read_persons
from domain.tables import CellError, Cells, Column, Line, Problem, Row, read_table

COLUMNS = (
    Column("number", "编号", ("序列号", "统一编号", "隐患点编号", "风险点编号", "野外编号", "number")),
    Column("name", "名称", ("风险点名称", "危险区名称", "隐患点名称", "水库名称", "山塘名称", "name"), required=True),
    Column("category", "类别", ("危险区类型", "风险点类别", "类型", "灾种", "灾害类型"), required=True),
    Column("level", "风险等级", ("等级", "风险级别", "危险等级", "防控等级")),
    Column("township", "乡镇", ("乡镇街道", "乡(镇)", "镇", "街道", "所属乡镇")),
    Column("village", "村", ("行政村", "所在村", "村社区", "村(社区)", "社区", "村名")),
    Column("grid", "网格", ("所在网格", "网格名称")),
    Column("code", "行政区划代码", ("区划代码", "代码", "code")),
    Column("lat", "纬度", ("lat", "latitude", "北纬", "坐标纬度")),
    Column("lon", "经度", ("lon", "lng", "longitude", "东经", "坐标经度")),
    Column("datum", "坐标系", ("坐标系统", "坐标来源", "datum")),
    Column("households", "威胁户数", ("户数", "受威胁户数", "影响户数")),
    Column("people", "威胁人数", ("人数", "受威胁人数", "影响人数", "居住人数")),
    Column("patrol", "巡查责任人", ("巡查员", "监测责任人", "群测群防员", "监测员", "巡查人")),
    Column("patrol_phone", "巡查责任人手机", ("巡查员手机", "监测责任人手机", "群测群防员手机", "监测员手机")),
    Column("warn", "预警责任人", ("预警员",)),
    Column("warn_phone", "预警责任人手机", ("预警员手机",)),
    Column("evacuate", "转移责任人", ("人员转移责任人",)),
    Column("evacuate_phone", "转移责任人手机", ("人员转移责任人手机",)),
    Column("department", "主管部门", ("部门", "行业主管部门", "责任部门", "行业部门")),
    Column("threshold", "阈值", ("警戒水位", "预警阈值", "临界雨量", "阈值/警戒水位", "警戒值")),
    Column("route", "转移路线", ("撤离路线", "避险路线")),
    Column("shelter", "避灾场所", ("安置点", "避灾安置点", "安置场所")),
)
_DUTY_COLUMNS: Mapping[PointDuty, str] = {
    PointDuty.PATROL: "patrol",
    PointDuty.WARN: "warn",
    PointDuty.EVACUATE: "evacuate",
}
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_NUMBER = 40, 200, 40
_COUNT = re.compile(r"(\d{1,6})(?:\.0+)?[户人名个]?")
_METRES = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)(?:米|m|M)?")
_FIGURE = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*(?:米|m\b|M\b)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One point as the file has it. `fields` are the columns that say something; `persons` likewise."""

    line: int
    number: str
    name: str
    place: PlaceCode
    fields: Mapping[str, Any]
    persons: Mapping[PointDuty, tuple[Wanted, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """With problems nothing may be imported."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    unused: tuple[str, ...] = ()
    swapped: tuple[int, ...] = ()
    """lines whose latitude and longitude were exchanged and have been put right"""
    converted: int = 0
    """positions that came from a map service"""
    no_datum: int = 0
    """positions of which the file does not say in which system they are"""


@dataclass(slots=True)
class _Marks:
    swapped: list[int] = field(default_factory=list)
    converted: int = 0
    no_datum: int = 0


def read_points(lines: Sequence[Line], tree: PlaceTree, county: PlaceCode) -> Reading:
    """Every line read and judged; problems in the order of the lines, all of them."""
    table, problems = read_table(lines, COLUMNS)
    if problems:
        return Reading(problems=problems)
    found: list[Entry] = []
    wrong: list[Problem] = []
    marks = _Marks()
    for row in table.rows:
        cells = Cells(row)
        entry = _entry(cells, tree, county, marks)
        wrong += cells.problems
        if entry is not None:
            found.append(entry)
    if not table.rows:
        wrong.append(Problem(lines[0].number, "table.no_rows"))
    wrong += _twice(found)
    every = tuple(sorted(wrong, key=lambda problem: problem.line))
    return Reading(tuple(found), every, table.unused, tuple(marks.swapped), marks.converted, marks.no_datum)


def _twice(entries: Sequence[Entry]) -> list[Problem]:
    numbers: dict[str, int] = {}
    names: dict[tuple[str, PlaceCode], int] = {}
    wrong: list[Problem] = []
    for one in entries:
        first = numbers.setdefault(one.number, one.line) if one.number else one.line
        if first != one.line:
            facts = {"number": one.number, "first_line": first}
            wrong.append(Problem(one.line, "points.problem.number_twice", facts))
            continue
        first = names.setdefault((one.name, one.place), one.line)
        if first != one.line and not one.number:
            wrong.append(Problem(one.line, "points.problem.name_twice", {"name": one.name, "first_line": first}))
    return wrong


def _entry(cells: Cells, tree: PlaceTree, county: PlaceCode, marks: _Marks) -> Entry | None:
    row = cells.row
    name = cells.read(read_name, row["name"])
    number = cells.read(read_number, row["number"])
    place = cells.read(lambda _: _place(row, tree, county), "")
    fields: dict[str, Any] = {}
    for column, reader in _READERS.items():
        if row[column].strip():
            fields[column] = cells.read(reader, row[column])
    if not row["category"].strip():
        cells.complain(CellError("points.problem.category_missing"))
    fields |= _position(cells, marks)
    if figure := threshold_figure(fields.get("threshold")):
        fields["warning_level"] = figure
    persons = _persons(cells)
    if cells.problems or name is None or number is None or place is None:
        return None
    return Entry(row.line, number, name, place, fields, persons)


def _persons(cells: Cells) -> dict[PointDuty, tuple[Wanted, ...]]:
    found: dict[PointDuty, tuple[Wanted, ...]] = {}
    for duty, column in _DUTY_COLUMNS.items():
        told = cells.read(partial(read_persons, cells.row[column]), cells.row[f"{column}_phone"])
        if told is not None:
            found[duty] = told
    return found


def _place(row: Row, tree: PlaceTree, county: PlaceCode) -> PlaceCode:
    place = find_place(Named(row["code"], row["township"], row["village"], row["grid"]), tree, county)
    if place.level is Level.COUNTY:
        raise CellError("points.problem.place_wide", place=place.name)
    return place.code


def _position(cells: Cells, marks: _Marks) -> dict[str, float]:
    row = cells.row
    read = cells.read(lambda _: read_position(row["lat"], row["lon"]), "")
    if read is None:
        return {}
    before = len(cells.problems)
    shifted = cells.read(is_shifted, row["datum"])
    if len(cells.problems) > before:
        return {}
    if read.swapped:
        marks.swapped.append(row.line)
    if shifted is None:
        marks.no_datum += 1
    if shifted:
        marks.converted += 1
    at = to_wgs84(read.point) if shifted else read.point
    return {"lat": round(at.lat, 6), "lon": round(at.lon, 6)}


# -- single cells ----------------------------------------------------------------------------------------------------


def read_name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not name:
        raise CellError("points.problem.name_missing")
    if not 2 <= len(name) <= _LONGEST_NAME or name.replace(".", "").isdigit():
        raise CellError("points.problem.name", written=text)
    return name


def read_number(text: str) -> str:
    """ "" where there is none."""
    number = "".join(unicodedata.normalize("NFKC", whole_number(text)).split()).upper()
    if is_rounded(number):
        raise CellError("points.problem.number_rounded", written=number)
    if len(number) > _LONGEST_NUMBER:
        raise CellError("points.problem.number", written=text)
    return number


def read_category(text: str) -> Category:
    category = category_named(text)
    if category is None:
        raise CellError("points.problem.category", written=text)
    return category


def read_level(text: str) -> RiskLevel:
    level = level_named(text)
    if level is None:
        raise CellError("points.problem.level", written=text)
    return level


def read_count(text: str) -> int | None:
    """ "12", "12户", "12.0"; "不详" is not known and not nil."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    if bare in {"不详", "不清楚", "未知", "待查", "unknown"}:
        return None
    if bare in NOTHING:
        return 0
    found = _COUNT.fullmatch(bare)
    if found is None:
        raise CellError("points.problem.count", written=text)
    return int(found[1])


def read_text(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFKC", text).split())
    return "" if words in NOTHING else words[:_LONGEST_TEXT]


def read_threshold(text: str) -> str:
    """A bare figure is metres of water."""
    words = read_text(text)
    return f"{words}米" if re.fullmatch(r"\d{1,4}(?:\.\d{1,3})?", words) else words


def threshold_figure(threshold: str | None) -> Decimal | None:
    """The one figure in metres of a threshold; None where there are several, or another unit."""
    found = _FIGURE.findall(threshold or "")
    return read_metres(found[0]) if len(set(found)) == 1 else None


def read_metres(text: str) -> Decimal | None:
    found = _METRES.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    try:
        return None if found is None else Decimal(found[1])
    except InvalidOperation:
        return None


def read_department(text: str) -> str:
    words = read_text(text)
    return department_named(words) if words else ""


_READERS: Mapping[str, Callable[[str], Any]] = {
    "category": read_category,
    "level": read_level,
    "households": read_count,
    "people": read_count,
    "department": read_department,
    "threshold": read_threshold,
    "route": read_text,
    "shelter": read_text,
}
