"""The roster of shifts as a file (值班表): one line a shift, or one line a person of it. Pure: lines in, shifts and
problems out. Which person of the roster is meant and what is planned already, services/duty_import.py looks at.

A line says the day, from when to when, who leads and who answers the telephone. Without hours it is a whole day from
the county's hour of changing; an end that is not after the beginning is on the next day. A line without a unit is about
the unit of whoever brings the file.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from domain.place_finding import Named, find_place
from domain.places import Level, PlaceCode, PlaceTree
from domain.table_persons import Wanted, read_persons
from domain.tables import CellError, Cells, Column, Line, Problem, Row, read_table

COLUMNS = (
    Column("day", "日期", ("值班日期", "时间", "值班时间", "date"), required=True),
    Column("begins", "开始", ("开始时间", "班次", "时段", "起", "上班时间")),
    Column("ends", "结束", ("结束时间", "止", "下班时间")),
    Column("township", "单位", ("乡镇", "乡镇街道", "值班单位", "所属乡镇")),
    Column("code", "行政区划代码", ("区划代码", "代码", "code")),
    Column("leader", "带班领导", ("带班", "带班人", "值班领导", "带班负责人"), required=True),
    Column("leader_phone", "带班领导手机", ("带班领导电话", "带班电话", "带班手机")),
    Column("officers", "值班员", ("值班人员", "值班人", "值守人员", "值班干部"), required=True),
    Column("officers_phone", "值班员手机", ("值班员电话", "值班人员电话", "值班电话", "联系电话")),
)
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_HOUR = re.compile(r"(\d{1,2})(?:[:点时](\d{1,2})?分?)?(?::\d{2})?")
_SPAN = re.compile(r"(.+?)\s*[-—–~至到]+\s*(.+)")
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?$")
_NAMED: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"白班": (8, 20), "日班": (8, 20), "夜班": (20, 8), "晚班": (20, 8)}
)
_FAR = timedelta(days=183)
"""a day without a year is the one nearest to now"""


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """One shift as the file has it, on the county's clock."""

    line: int
    place: PlaceCode
    starts: datetime
    ends: datetime
    leader: tuple[Wanted, ...]
    officers: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """With problems nothing may be imported."""

    entries: tuple[ShiftLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    unused: tuple[str, ...] = ()


def read_shifts(
    lines: Sequence[Line], tree: PlaceTree, county: PlaceCode, own: PlaceCode, now: datetime, changes_at: time
) -> Reading:
    """Every line read and judged. `own`: the unit of lines that name none; `now` on the county's clock."""
    table, problems = read_table(lines, COLUMNS)
    if problems:
        return Reading(problems=problems)
    found: list[ShiftLine] = []
    wrong: list[Problem] = []
    for row in table.rows:
        cells = Cells(row)
        entry = _entry(cells, tree, county, own, now, changes_at)
        wrong += cells.problems
        if entry is not None:
            found.append(entry)
    if not table.rows:
        wrong.append(Problem(lines[0].number, "table.no_rows"))
    merged, conflicts = _merged(found)
    every = tuple(sorted([*wrong, *conflicts], key=lambda problem: problem.line))
    return Reading(merged, every, table.unused)


def _entry(
    cells: Cells, tree: PlaceTree, county: PlaceCode, own: PlaceCode, now: datetime, changes_at: time
) -> ShiftLine | None:
    row = cells.row
    place = cells.read(lambda _: _place(row, tree, county, own), "")
    day = cells.read(lambda text: read_day(text, now.date()), row["day"])
    hours = cells.read(lambda _: read_hours(row["begins"], row["ends"], changes_at), "")
    leader = cells.read(lambda phones: read_persons(row["leader"], phones), row["leader_phone"]) or ()
    officers = cells.read(lambda phones: read_persons(row["officers"], phones), row["officers_phone"]) or ()
    if len(leader) > 1:
        cells.complain(CellError("duty.table.leaders"))
    if not (leader or officers or cells.problems):
        cells.complain(CellError("duty.wrong.nobody"))
    if cells.problems or place is None or day is None or hours is None:
        return None
    begins, ends = hours
    starts = datetime.combine(day, begins, now.tzinfo)
    until = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, now.tzinfo)
    return ShiftLine(row.line, place, starts, until, leader, officers)


def _place(row: Row, tree: PlaceTree, county: PlaceCode, own: PlaceCode) -> PlaceCode:
    named = Named(row["code"], row["township"])
    if named.empty:
        return own
    place = find_place(named, tree, county)
    if place.level not in {Level.COUNTY, Level.TOWNSHIP}:
        raise CellError("duty.table.place", place=place.name)
    return place.code


def read_day(text: str, today: date) -> date:
    """2026-11-28, 2026年11月28日, 11月28日(周六), 11.28, or what a spreadsheet makes of it. Raises CellError."""
    bare = _WEEKDAY.sub("", "".join(unicodedata.normalize("NFKC", text).split("T")[0].split()))
    found = _DAY.fullmatch(bare)
    if found is None:
        raise CellError("duty.table.day" if bare else "duty.table.day_missing", written=text)
    year, month, day = found.groups()
    years = [int(year)] if year else [today.year, today.year + 1, today.year - 1]
    days = [one for one in (_day(number, int(month), int(day)) for number in years) if one is not None]
    if not days:
        raise CellError("duty.table.day", written=text)
    return next((one for one in days if abs(one - today) <= _FAR), days[0])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_hours(begins: str, ends: str, changes_at: time) -> tuple[time, time]:
    """Both blank: from one changing to the next. A span in one cell and 白班, 夜班 are read too. Raises CellError."""
    first, last = (unicodedata.normalize("NFKC", text).strip() for text in (begins, ends))
    if not first and not last:
        return changes_at, changes_at
    if not last and (named := _NAMED.get(first)) is not None:
        return time(named[0]), time(named[1])
    if not last and first in {"全天", "全日", "24小时"}:
        return changes_at, changes_at
    if not last and (span := _SPAN.fullmatch(first)) is not None:
        first, last = span.groups()
    if not first or not last:
        raise CellError("duty.table.half")
    return _hour(first), _hour(last)


def _hour(text: str) -> time:
    bare = "".join(text.removeprefix("次日").removeprefix("次").split())
    found = _HOUR.fullmatch(bare)
    hour, minute = (int(part or 0) for part in found.groups()) if found else (99, 0)
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        raise CellError("duty.table.hour", written=text)
    return time(hour, minute)


def _merged(entries: Sequence[ShiftLine]) -> tuple[tuple[ShiftLine, ...], list[Problem]]:
    """Lines of the same hours are one shift: many forms have a line for each officer. Hours that run into each other
    are a mistake."""
    shifts: dict[tuple[PlaceCode, datetime, datetime], ShiftLine] = {}
    wrong: list[Problem] = []
    for entry in entries:
        key = (entry.place, entry.starts, entry.ends)
        first = shifts.get(key)
        if first is None:
            clash = next((one for one in shifts.values() if _clash(one, entry)), None)
            if clash is not None:
                wrong.append(Problem(entry.line, "duty.table.clash", {"first_line": clash.line}))
                continue
            shifts[key] = entry
        elif first.leader and entry.leader and first.leader[0].name != entry.leader[0].name:
            wrong.append(Problem(entry.line, "duty.table.two_leaders", {"first_line": first.line}))
        else:
            officers = tuple(dict.fromkeys((*first.officers, *entry.officers)))
            shifts[key] = replace(first, leader=first.leader or entry.leader, officers=officers)
    return tuple(shifts.values()), wrong


def _clash(one: ShiftLine, other: ShiftLine) -> bool:
    return one.place == other.place and one.starts < other.ends and other.starts < one.ends
