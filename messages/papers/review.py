"""The review of a response as a document: figures in a table, two small charts, what should be better, what follows.

Lines: first {"title", "lead", "rows": [[name, words]], "advice_title", "advice": [words], "conclusion_title",
"conclusion", "font", "times": {"title", "points": [[minutes, answers]], "of"}, "map": {…} or null}; `map` is the first
line of `point_map.coverage`, and the lines after it are that map's.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from docx import Document
from docx.shared import Mm

from messages.papers import point_map
from messages.papers.canvas import INK, LINE, SOFT, Letters, Sheet, Spot
from messages.papers.drill import line_of, table_of

_WIDE, _HIGH = 1500, 620
_LEFT, _RIGHT, _TOP, _BOTTOM = 110, 1440, 90, 540
_BAR = (46, 125, 50)
_PAGE = Mm(156)


def write(lines: Iterator[Any], out: Path) -> None:
    told = next(lines)
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    line_of(document.add_paragraph(), told["title"], title=True)
    line_of(document.add_paragraph(), told["lead"], size=12)
    table_of(document, told["rows"])
    if told["times"]["of"]:
        picture = out.with_name("times.png")
        times(told["times"], told.get("font", ""), picture)
        document.add_picture(str(picture), width=_PAGE)
    if told["map"] is not None:
        picture = out.with_name("map.png")
        point_map.coverage(chain([told["map"]], lines), picture)
        document.add_picture(str(picture), width=_PAGE)
    line_of(document.add_paragraph(), told["advice_title"], size=14)
    for words in told["advice"]:
        line_of(document.add_paragraph(), words, size=12)
    line_of(document.add_paragraph(), told["conclusion_title"], size=14)
    line_of(document.add_paragraph(), told["conclusion"], size=12)
    document.save(str(out))


def times(told: Mapping[str, Any], font: str, out: Path) -> None:
    """How many answers had come after so many minutes, as bars; the dashed line is everybody who was asked."""
    letters = Letters(font)
    sheet = Sheet(_WIDE, _HIGH, letters)
    points, most = told["points"], max(1, int(told["of"]))
    if letters.chinese:
        sheet.text(Spot(_LEFT, 14), told["title"], 36, INK, bold=True)
    step = (_RIGHT - _LEFT) / max(1, len(points))
    for at, (minutes, answers) in enumerate(points):
        left, top = _LEFT + at * step + step * 0.2, _BOTTOM - (_BOTTOM - _TOP) * answers / most
        sheet.box(Spot(left, top), Spot(left + step * 0.6, _BOTTOM), _BAR)
        sheet.text(Spot(left + step * 0.3, top - 8), str(answers), 30, INK, anchor="mb")
        sheet.text(Spot(left + step * 0.3, _BOTTOM + 12), f"≤{minutes}", 30, SOFT, anchor="mt")
    sheet.line([Spot(_LEFT, _BOTTOM), Spot(_RIGHT, _BOTTOM)], INK, 2)
    for dash in range(0, _RIGHT - _LEFT, 24):
        sheet.line([Spot(_LEFT + dash, _TOP), Spot(_LEFT + dash + 12, _TOP)], LINE, 3)
    sheet.text(Spot(_LEFT - 10, _TOP), str(most), 30, SOFT, anchor="rm")
    sheet.save(out)
