"""Which tables can be brought in by whoever they are the task of, each listed once. A newcomer adds one line here, its
empty table in services/blank_papers.py, and its words in messages/*/table.toml."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from domain import chain_rows, duty_rows
from domain.people import Action
from domain.tables import Column, Line, header_of
from services.chain_import import import_chain
from services.duty_import import import_duty
from services.table_imports import Imported

BringIn = Callable[..., Awaitable[Imported]]
"""(work, lines, author, dry=…): all of it or nothing"""


@dataclass(frozen=True, slots=True)
class TableKind:
    name: str
    columns: Sequence[Column]
    bring_in: BringIn
    action: Action
    """whose task it is; where, each line says"""


TABLES: Mapping[str, TableKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            TableKind("duty", duty_rows.COLUMNS, import_duty, Action.PLAN_DUTY),
            TableKind("chain", chain_rows.COLUMNS, import_chain, Action.ASSIGN_CHAIN),
        )
    }
)

Reader = Callable[[Sequence[Column]], tuple[Line, ...]]


def recognised(read: Reader) -> tuple[TableKind, tuple[Line, ...]] | None:
    """The table whose required columns the file has, with its lines. Raises DomainError where it cannot be read."""
    for kind in TABLES.values():
        lines = read(kind.columns)
        head = header_of(lines, kind.columns)
        required = {column.name for column in kind.columns if column.required}
        if head is not None and required <= set(head[1].values()):
            return kind, lines
    return None
