"""The empty roster as a workbook."""

from collections.abc import Sequence

from domain.people import Role
from domain.roster import COLUMNS
from domain.tables import Column
from messages.blank_tables import BlankTable
from messages.keyboards import Labels

_AS_TEXT = frozenset({"phone", "code", "deputy"})
_WIDTHS = {"name": 12, "phone": 16, "posts": 28, "title": 16, "code": 18, "deputy": 16}


def roster_template(words: Labels, lang: str = "zh", further: Sequence[Column] = ()) -> bytes:
    """The workbook as bytes. `further` are the county's own columns."""
    lines: list[Sequence[str]] = [
        (words.label(f"roster.template.{part}", lang),)
        for part in ("lines", "phone", "place", "posts", "deputy", "all")
    ]
    lines += [(), (words.label("roster.template.code", lang), words.label("roster.template.name", lang))]
    lines += [(role.value, words.label(f"role.name.{role.value}", lang)) for role in Role if role is not Role.PUBLIC]
    return BlankTable(
        title=words.label("roster.template.sheet", lang),
        columns=(*COLUMNS, *further),
        help_title=words.label("roster.template.help_sheet", lang),
        help_lines=lines,
        as_text=_AS_TEXT | {column.name for column in further},
        widths=_WIDTHS,
    ).workbook()
