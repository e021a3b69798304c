"""The empty register of risk points as a workbook."""

from collections.abc import Sequence

from domain.hazards import Category
from domain.point_rows import COLUMNS
from domain.point_words import CATEGORY_WORDS
from messages.blank_tables import BlankTable
from messages.keyboards import Labels

_AS_TEXT = frozenset({"number", "code", "patrol_phone", "warn_phone", "evacuate_phone"})
_WIDTHS = {"name": 22, "number": 16, "code": 18, "route": 28, "threshold": 18, "shelter": 18}


def points_template(words: Labels, lang: str = "zh") -> bytes:
    lines: list[Sequence[str]] = [
        (words.label(f"points.template.{part}", lang),)
        for part in ("lines", "again", "persons", "position", "counts", "levels", "categories")
    ]
    lines += [(), (words.label("roster.template.code", lang), words.label("report_hazard.category.label", lang))]
    lines += [(category.value, CATEGORY_WORDS[category][0]) for category in Category]
    return BlankTable(
        title=words.label("points.template.sheet", lang),
        columns=COLUMNS,
        help_title=words.label("points.template.help_sheet", lang),
        help_lines=lines,
        as_text=_AS_TEXT,
        widths=_WIDTHS,
    ).workbook()
