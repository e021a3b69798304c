"""Workbooks for WPS and Excel, written line by line: as large as may be, and never all in memory.

First line: {"sheets": [{"title", "columns": [{"title", "kind", "width"}], "lazy"}]}; a lazy sheet is only there when it
has lines. Further lines: [sheet, rows]. Kinds of
columns: text, id (a text that looks like a number: telephone, code), number, date, time. Instants come as ISO texts on
the county's clock.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from messages.cells import safe_cell

_MOST_ROWS = 1_000_000
"""Excel ends at 1,048,576"""
_FORMATS = {"id": "@", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}
_WIDTHS = {"text": 24.0, "id": 18.0, "number": 10.0, "date": 12.0, "time": 17.0}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_TITLE = 31
_A4 = 9
_LINE, _HIGHEST = 17.0, 400.0
_NARROW = "\u2e80"
_READABLE = 200
"""characters across a printed page; more are too small for tired eyes"""


class _Sheet:
    """One kind of lines: a sheet, and another one when it is full."""

    def __init__(self, book: Workbook, told: dict[str, Any], taken: set[str]) -> None:
        self._book, self._told, self._taken = book, told, taken
        self._kinds: Sequence[str] = [column.get("kind", "text") for column in told["columns"]]
        self._rows = 0
        self.parts: list[Any] = []
        if not told.get("lazy"):
            self._begin()

    def _begin(self) -> None:
        self._rows = 0
        self._sheet = self._book.create_sheet(sheet_title(self._told["title"], self._taken))
        self.parts.append(self._sheet)
        self._sheet.freeze_panes = "A2"
        self._styles = {kind: self._style_of(kind) for kind in _WIDTHS}
        columns = self._told["columns"]
        widths = [
            column.get("width") or max(_WIDTHS[kind], len(column["title"]) * 2.2 + 2)
            for column, kind in zip(columns, self._kinds, strict=True)
        ]
        self._columns = widths
        for at, width in enumerate(widths, 1):
            self._sheet.column_dimensions[get_column_letter(at)].width = width
        self._for_paper(self._sheet, -(-int(sum(widths)) // _READABLE))
        self._put(1, [self._head(column["title"]) for column in columns])

    def _for_paper(self, sheet: Any, pages: int) -> None:
        """A4 across, as wide as the paper, the headings on every page, the pages numbered. What would become too small
        to read goes over several pages side by side, each with the first column."""
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = max(1, pages), 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
        sheet.print_options.gridLines = True
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.6, header=0.3, footer=0.3)
        sheet.oddHeader.center.text = "&A"
        sheet.oddFooter.center.text = "&P / &N"

    def _head(self, title: str) -> Any:
        cell = WriteOnlyCell(self._sheet, value=safe_cell(title))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.fill = PatternFill("solid", start_color="E2EFDA")
        return cell

    def add(self, values: Sequence[Any]) -> None:
        if not self.parts or self._rows >= _MOST_ROWS:
            self.close()
            self._begin()
        self._rows += 1
        cells = [self._cell(kind, value) for kind, value in zip(self._kinds, values, strict=True)]
        self._put(self._rows + 1, cells)

    def _put(self, row: int, cells: Sequence[Any]) -> None:
        """High enough for its longest text: LibreOffice and WPS do not see to it when they open a file."""
        lines = max(_lines_of(cell, width) for cell, width in zip(cells, self._columns, strict=True))
        if lines > 1:
            self._sheet.row_dimensions[row].height = min(_HIGHEST, lines * _LINE)
        self._sheet.append(cells)
        self._sheet.row_dimensions.pop(row, None)

    def _cell(self, kind: str, value: Any) -> Any:
        if value is None or value == "":
            return None
        if kind in {"date", "time"} and isinstance(value, str):
            value = date.fromisoformat(value[:10]) if kind == "date" else datetime.fromisoformat(value[:19])
        elif kind == "id":
            value = safe_cell(str(value))
        else:
            value = safe_cell(value)
        cell = WriteOnlyCell(self._sheet, value=value)
        cell._style = self._styles[kind]  # type: ignore[attr-defined]
        return cell

    def _style_of(self, kind: str) -> Any:
        """One style for all cells of a kind: making it anew for each doubles the time."""
        cell = WriteOnlyCell(self._sheet)
        cell.number_format = _FORMATS.get(kind, "General")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        return cell._style  # type: ignore[attr-defined]

    def close(self) -> None:
        if self.parts:
            last = get_column_letter(max(1, len(self._kinds)))
            self._sheet.auto_filter.ref = f"A1:{last}{self._rows + 1}"


def _lines_of(cell: Any, width: float) -> int:
    """Into how many lines a text is broken; a Chinese letter is as wide as two figures."""
    text = None if cell is None else cell.value
    if not isinstance(text, str):
        return 1
    return sum(max(1, -(-sum(1 + (one > _NARROW) for one in part) // int(width))) for part in text.split("\n"))


def sheet_title(wanted: str, taken: set[str]) -> str:
    """A title that Excel takes: no forbidden signs, 31 characters, each once."""
    base = wanted.translate(_FORBIDDEN).strip("' ") or "Sheet"
    title, number = base[:_TITLE], 1
    while title.casefold() in taken:
        number += 1
        ending = f" {number}"
        title = base[: _TITLE - len(ending)] + ending
    taken.add(title.casefold())
    return title


def write(lines: Iterator[Any], out: Path) -> None:
    book = Workbook(write_only=True)
    taken: set[str] = set()
    sheets = [_Sheet(book, told, taken) for told in next(lines)["sheets"]]
    for number, rows in lines:
        for values in rows:
            sheets[number].add(values)
    for sheet in sheets:
        sheet.close()
    order = [part.title for sheet in sheets for part in sheet.parts]  # as told, not as needed
    for at, title in enumerate(order):
        book.move_sheet(title, at - book.sheetnames.index(title))
    book.save(out)
