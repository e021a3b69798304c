"""An empty table to fill in, as a workbook: the columns, a second sheet that says how to fill them, nothing else.

Numbers and codes are formatted as text all the way down, because a spreadsheet that takes them for numbers loses their
digits.
"""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.tables import Column
from messages.cells import safe_cell

_TEXT = "@"
_ROWS = 1000
"""lines that are formatted in advance"""
_WIDTH = 14


@dataclass(frozen=True, slots=True)
class BlankTable:
    """`help_lines` go to a sheet of their own, cell by cell. The header is Chinese in every language: that is what the
    import reads."""

    title: str
    columns: Sequence[Column]
    help_title: str
    help_lines: Sequence[Sequence[str]]
    as_text: Collection[str] = ()
    widths: Mapping[str, int] = field(default_factory=dict)

    def workbook(self) -> bytes:
        book = Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.title = self.title
        for at, column in enumerate(self.columns, 1):
            _header(sheet, at, column.title, required=column.required)
            sheet.column_dimensions[get_column_letter(at)].width = self.widths.get(column.name, _WIDTH)
            if column.name in self.as_text:
                for row in range(2, _ROWS + 2):
                    sheet.cell(row, at).number_format = _TEXT
        sheet.freeze_panes = "A2"
        self._explain(book.create_sheet(self.help_title))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def _explain(self, sheet: Worksheet) -> None:
        for line in self.help_lines:
            sheet.append([safe_cell(text) for text in line])
        sheet.column_dimensions["A"].width = 12
        sheet.column_dimensions["B"].width = 24


def _header(sheet: Worksheet, at: int, title: str, *, required: bool) -> None:
    cell = sheet.cell(1, at, title)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center")
    cell.fill = PatternFill("solid", start_color="FFF2CC" if required else "EDEDED")
