"""Bytes of a spreadsheet or CSV file to numbered lines of text: what Excel, WPS and county platforms hand over.

Read: .xlsx of any make, and CSV or tab-separated text in UTF-8 (with or without mark), UTF-16 with mark, or GB18030,
whatever the file is called. Not here: what the cells mean (domain/tables.py and those that use it).
"""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import DomainError
from domain.tables import Column, Line, header_of

MAX_BYTES = 10_000_000
MAX_UNPACKED = 200_000_000
"""bytes of a workbook's parts together: more is no roster but a bomb"""
MAX_LINES = 50_000
MAX_CELLS = 64
"""columns that are looked at"""
MAX_CELL = 500
"""characters of one cell that are kept"""

_LAST_ROW = 1_048_576
"""of any sheet of Excel; a made-up higher number would be counted to"""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""the container of .xls, .et and of workbooks with a password"""
_ZIP = b"PK\x03\x04"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SPAN = re.compile(r"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class FileError(DomainError):
    """The file as a whole cannot be used; the key says why."""


def read_lines(data: bytes, columns: Sequence[Column], *, most_unpacked: int = MAX_UNPACKED) -> tuple[Line, ...]:
    """Every line of the one table in the file, blank ones left out, numbered as the spreadsheet shows them.

    Of a workbook the visible sheet is taken whose header names the columns; sheets of notes beside it are passed
    over, a second such sheet is refused rather than left out silently. Raises FileError.
    """
    if len(data) > MAX_BYTES:
        raise FileError("table.file.too_big", megabytes=MAX_BYTES // 1_000_000)
    if not data.strip():
        raise FileError("table.file.empty")
    if data.startswith(_OLD_EXCEL):
        raise FileError("table.file.old_excel")
    if data.startswith(_ZIP):
        return _of_workbook(data, columns, most_unpacked)
    return tuple(_of_text(data))


def read_small(data: bytes, columns: Sequence[Column]) -> tuple[Line, ...]:
    """The same for a file from the chat: nothing that swells, for it is read inside the running bot."""
    return read_lines(data, columns, most_unpacked=MAX_UNPACKED // 10)


# -- workbooks --------------------------------------------------------------------------------------------------


def _of_workbook(data: bytes, columns: Sequence[Column], most_unpacked: int) -> tuple[Line, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and validations that it does not keep
            if sum(part.file_size for part in archive.infolist()) > most_unpacked:
                raise FileError("table.file.too_big", megabytes=MAX_BYTES // 1_000_000)
            sheets = dict(_sheets(data, archive))
    except FileError:
        raise
    except _UNREADABLE as error:
        raise FileError("table.file.unreadable") from error
    if len(sheets) < 2:
        return next(iter(sheets.values()), ())
    required = {column.name for column in columns if column.required}
    named = {name: set(head[1].values()) for name, lines in sheets.items() if (head := header_of(lines, columns))}
    tables = [name for name, found in named.items() if required <= found]
    if len(tables) > 1:
        raise FileError("table.file.several_sheets", sheets=tables)
    return sheets[next(iter([*tables, *named, *sheets]))]


_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, etree.XMLSyntaxError, SyntaxError, RuntimeError),
    *(ArithmeticError, LookupError),
    *(ValueError, TypeError, AttributeError, OSError, EOFError),
)
"""what zipfile, openpyxl and the XML parsers raise for files that only look like workbooks"""


def _sheets(data: bytes, archive: zipfile.ZipFile) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Name and lines of every visible sheet that has any."""
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        paths = _paths(archive)
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            lines = tuple(_lines(sheet.iter_rows(values_only=True, max_col=MAX_CELLS, max_row=_LAST_ROW)))
            if lines:
                yield sheet.title, _filled_down(lines, _merged(archive, paths.get(sheet.title, "")))
    finally:
        workbook.close()


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[Line]:
    kept = 0
    for number, row in enumerate(rows, 1):
        cells = tuple(_text(value) for value in row)
        while cells and not cells[-1]:
            cells = cells[:-1]
        if not cells:
            continue
        kept += 1
        if kept > MAX_LINES:
            raise FileError("table.file.too_long", most=MAX_LINES)
        yield Line(number, cells)


def _text(value: object) -> str:
    """A cell as a person reads it. Numbers in full: a telephone number that Excel took for a number loses nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return _CONTROLS.sub("", str(value)).strip()[:MAX_CELL]


def _paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Title of every sheet → its part in the archive. openpyxl keeps merged cells from those who only read."""
    targets = {
        str(one.get("Id")): str(one.get("Target"))
        for one in _parsed(archive.read("xl/_rels/workbook.xml.rels"))
        if isinstance(one.tag, str)
    }
    found = {}
    for one in _parsed(archive.read("xl/workbook.xml")).iter(f"{_SHEET}sheet"):
        target = targets.get(str(one.get(_LINK)), "")
        found[str(one.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(body, parser)


def _merged(archive: zipfile.ZipFile, path: str) -> list[tuple[int, int, int]]:
    """(column from 0, first row, last row) of every merged span of several rows."""
    if path not in archive.namelist():
        return []
    spans = []
    with archive.open(path) as part:
        events = etree.iterparse(
            part, tag=(f"{_SHEET}mergeCell", f"{_SHEET}row"), resolve_entities=False, no_network=True, load_dtd=False
        )
        for _, element in events:
            if found := _SPAN.fullmatch(element.get("ref") or ""):
                first, top, _, bottom = found.groups()
                spans.append((_column(first), int(top), int(bottom)))
            element.clear()
    return [span for span in spans if span[2] > span[1]]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _filled_down(lines: tuple[Line, ...], spans: Sequence[tuple[int, int, int]]) -> tuple[Line, ...]:
    """The value of a cell merged over several rows stands in each of them: a township written once beside its
    villages. Cells merged along a row (titles) stay where they are."""
    if not spans:
        return lines
    cells = {line.number: list(line.cells) for line in lines}
    for column, top, bottom in spans:
        source = cells.get(top, [])
        value = source[column] if column < len(source) else ""
        for number in range(top + 1, min(bottom, top + MAX_LINES) + 1):
            if value and number in cells and column < MAX_CELLS:
                row = cells[number]
                row.extend([""] * (column + 1 - len(row)))
                row[column] = row[column] or value
    return tuple(Line(line.number, tuple(cells[line.number])) for line in lines)


# -- text -------------------------------------------------------------------------------------------------------


def _of_text(data: bytes) -> Iterator[Line]:
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    begins = 1
    kept = 0
    try:
        for row in reader:
            cells = tuple(_text(cell) for cell in row[:MAX_CELLS])
            if any(cells):
                kept += 1
                if kept > MAX_LINES:
                    raise FileError("table.file.too_long", most=MAX_LINES)
                yield Line(begins, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileError("table.file.broken_line", line=begins) from error


def _decoded(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    candidates: tuple[str, ...] = ("utf-16",) if marked else ("utf-8-sig", "gb18030")
    for encoding in candidates:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError("table.file.encoding")


def _delimiter(text: str) -> str:
    """What separates the cells of the first lines: comma, semicolon, tab, or a full-width comma."""
    head = text[:4000]
    return max((",", "\t", ";", "，"), key=head.count)
