"""The empty roster as a workbook: the columns, a second sheet that says how to fill them, nothing else.

Telephone numbers and codes are formatted as text all the way down, because a spreadsheet that takes them for numbers
loses their digits.
"""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.people import Role
from domain.roster import COLUMNS
from domain.tables import Column
from messages.cells import safe_cell
from messages.keyboards import Labels

_TEXT = "@"
_ROWS = 1000
"""lines that are formatted in advance"""
_AS_TEXT = frozenset({"phone", "code", "deputy"})
_WIDTHS = {"name": 12, "phone": 16, "posts": 28, "title": 16, "code": 18, "deputy": 16}


def roster_template(words: Labels, lang: str = "zh", further: Sequence[Column] = ()) -> bytes:
    """The workbook as bytes. Its header is Chinese in every language: that is what the import reads. `further` are the
    county's own columns."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = words.label("roster.template.sheet", lang)
    for at, column in enumerate((*COLUMNS, *further), 1):
        letter = get_column_letter(at)
        _header(sheet, at, column.title, required=column.required)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.name, 14)
        if column.name in _AS_TEXT or column in further:
            for row in range(2, _ROWS + 2):
                sheet.cell(row, at).number_format = _TEXT
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(words.label("roster.template.help_sheet", lang)), words, lang)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _header(sheet: Worksheet, at: int, title: str, *, required: bool) -> None:
    cell = sheet.cell(1, at, title)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center")
    cell.fill = PatternFill("solid", start_color="FFF2CC" if required else "EDEDED")


def _explain(sheet: Worksheet, words: Labels, lang: str) -> None:
    lines: list[Sequence[str]] = [
        (words.label(f"roster.template.{part}", lang),)
        for part in ("lines", "phone", "place", "posts", "deputy", "all")
    ]
    lines += [(), (words.label("roster.template.code", lang), words.label("roster.template.name", lang))]
    lines += [(role.value, words.label(f"role.name.{role.value}", lang)) for role in Role if role is not Role.PUBLIC]
    for line in lines:
        sheet.append([safe_cell(text) for text in line])
    sheet.column_dimensions["A"].width = 12
    sheet.column_dimensions["B"].width = 24
