"""The empty roster of shifts and the empty list of assignments as workbooks."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from domain import chain_rows, duty_rows
from messages.blank_tables import BlankTable
from messages.keyboards import Labels


def duty_template(words: Labels, lang: str = "zh") -> bytes:
    return BlankTable(
        title=words.label("duty.template.sheet", lang),
        columns=duty_rows.COLUMNS,
        help_title=words.label("duty.template.help_sheet", lang),
        help_lines=[
            (words.label(f"duty.template.{part}", lang),) for part in ("lines", "hours", "unit", "persons", "again")
        ],
        as_text=frozenset({"day", "begins", "ends", "code", "leader_phone", "officers_phone"}),
        widths={"officers": 28, "leader_phone": 16, "officers_phone": 28, "code": 18},
    ).workbook()


def chain_template(words: Labels, lang: str = "zh") -> bytes:
    lines: Sequence[Sequence[str]] = [
        (words.label(f"chain.template.{part}", lang),) for part in ("lines", "persons", "households", "again")
    ]
    return BlankTable(
        title=words.label("chain.template.sheet", lang),
        columns=chain_rows.COLUMNS,
        help_title=words.label("chain.template.help_sheet", lang),
        help_lines=lines,
        as_text=frozenset({"phone", "code"}),
        widths={"phone": 16, "code": 18, "households": 36},
    ).workbook()


TEMPLATES: Mapping[str, Callable[[Labels, str], bytes]] = MappingProxyType(
    {"duty": duty_template, "chain": chain_template}
)
"""by the name of the table (services/table_kinds.py)"""
