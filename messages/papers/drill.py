"""The record of a drill as a document: a table of fields, and its course by the minute.

One line comes in: {"title", "mark", "rows": [[name, words]], "course_title", "course": [[time, what]],
"pictures_title", "pictures": [[path, words]]}.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from messages import cleaning

_BODY, _TITLE = "仿宋_GB2312", "方正小标宋简体"
_NAMES_WIDE, _WORDS_WIDE = Mm(34), Mm(122)
_PICTURE = Mm(110)


def write(lines: Iterator[Any], out: Path) -> None:
    told = next(lines)
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    line_of(document.add_paragraph(), told["mark"], size=14, centred=True)
    line_of(document.add_paragraph(), told["title"], title=True)
    table_of(document, told["rows"])
    if told["course"]:
        line_of(document.add_paragraph(), told["course_title"], size=14)
        table_of(document, told["course"])
    if told.get("pictures"):
        line_of(document.add_paragraph(), told["pictures_title"], size=14)
        for path, words in told["pictures"]:
            document.add_picture(path, width=_PICTURE)
            line_of(document.add_paragraph(), words, size=12)
    line_of(document.add_paragraph(), told["mark"], size=14, centred=True)
    document.save(str(out))


def table_of(document: Any, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for column, wide in zip(table.columns, (_NAMES_WIDE, _WORDS_WIDE), strict=True):
        column.width = wide
    for name, words in rows:
        cells = table.add_row().cells
        for cell, text, wide in zip(cells, (name, words), (_NAMES_WIDE, _WORDS_WIDE), strict=True):
            cell.width = wide
            line_of(cell.paragraphs[0], text, size=12)


def line_of(paragraph: Any, text: str, *, size: int = 20, title: bool = False, centred: bool = False) -> None:
    """`title`: the face and place of a title."""
    font = _TITLE if title else _BODY
    run = paragraph.add_run(cleaning.one_line(text, 2000))
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if title or centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
