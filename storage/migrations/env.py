"""Run by Alembic for every command. It is handed an open connection inside a transaction and never opens one itself,
so that a migration is done whole or not at all on both databases."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

import storage.store  # noqa: F401 - so that every family of tables is known
from storage.database import Json, UtcTime, metadata


def _render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Scripts name the column types of the database, never our own, which may change while the past may not."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    if kind == "server_default" and isinstance(item, sa.DefaultClause) and isinstance(item.arg, sa.False_):
        return "sa.false()"  # SQLite's own 0 would be no boolean to PostgreSQL
    return False


def _default_differs(
    _context: Any, _found: Any, _wanted: Any, found: str | None, _default: Any, wanted: str | None
) -> bool:
    """Each database has its own way of writing the same default; Alembic's comparison trips over empty strings."""
    return _plain(found) != _plain(wanted)


def _plain(default: str | None) -> str | None:
    if default is None:
        return None
    bare = default.split("::")[0].strip("()'\"")
    return {"false": "0", "true": "1"}.get(bare, bare)


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    compare_type=True,
    compare_server_default=_default_differs,
    render_item=_render_item,
    render_as_batch=bool(context.config.attributes.get("batch")),
)
with context.begin_transaction():
    context.run_migrations()
