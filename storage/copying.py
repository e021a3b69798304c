"""Tables as they are, whatever their schema's age: read in pieces, added up, carried from one database to another.

Nothing here knows our tables: they are taken from the database itself, so that a copy of an old schema is as good as
one of the present. Instants are aware UTC on the way, whatever a database makes of them.

The sum of a table is the same on SQLite and PostgreSQL and does not depend on the order of its rows: SHA-256 of each
row, added up modulo 2^256.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import UtcTime
from storage.errors import BackupError
from storage.revisions import VERSION_TABLE
from storage.sqlite_driver import OneTripDriver

MANIFEST = "backup_manifest"
ROWS_AT_ONCE = 500


Progress = Callable[[str, int, int], None]
"""Told after every few hundred rows: stage (copying, checking, restoring), rows done, rows in all (0: not known)."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds, in two figures."""

    rows: int
    digest: str


class _Adder:
    def __init__(self) -> None:
        self._rows = 0
        self._total = 0

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            # SQLite keeps no negative zero
            values = [value + 0.0 if type(value) is float else value for value in row]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_plain)
            self._total += int.from_bytes(sha256(line.encode()).digest(), "big")
        self._total %= 1 << 256
        self._rows += len(rows)

    def sum(self) -> Sum:
        return Sum(self._rows, f"{self._total:064x}")


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


@asynccontextmanager
async def opened_file(path: Path, *, writable: bool = False) -> AsyncIterator[AsyncConnection]:
    """A copy lying about as a file: read as it is, without a journal beside it, unless it is to be written. Never for
    a database in use."""
    engine = create_async_engine(_file_url(path, writable), poolclass=NullPool, module=OneTripDriver())
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _file_url(path: Path, writable: bool) -> URL:
    query = {"uri": "true", "mode": "rw"} if writable else {"uri": "true", "mode": "ro", "immutable": "1"}
    return URL.create("sqlite+aiosqlite", database=path.absolute().as_uri(), query=query)


async def tables_of(connection: AsyncConnection) -> list[sa.Table]:
    """Every table of the database with rows of ours, those first that others refer to."""
    found = await connection.run_sync(_reflected)
    return [table for table in found.sorted_tables if table.name not in {VERSION_TABLE, MANIFEST}]


def _reflected(connection: sa.Connection) -> sa.MetaData:
    """Columns, keys and references, which is all that carrying rows needs; MetaData.reflect() asks for much more."""
    found, look = sa.MetaData(), sa.inspect(connection)
    keys, references = look.get_multi_pk_constraint(), look.get_multi_foreign_keys()
    for where, columns in look.get_multi_columns().items():
        key = set(keys[where]["constrained_columns"])
        sa.Table(
            where[1],
            found,
            *(sa.Column(c["name"], _type(c["type"]), primary_key=c["name"] in key) for c in columns),
            *(
                sa.ForeignKeyConstraint(
                    r["constrained_columns"],
                    [f"{r['referred_table']}.{column}" for column in r["referred_columns"]],
                    name=r["name"],
                )
                for r in references[where]
            ),
        )
    return found


def _type(found: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return UtcTime() if isinstance(found, sa.DateTime) else found


async def count(connection: AsyncConnection, tables: Sequence[sa.Table]) -> int:
    """How many rows there are in all of them together."""
    counted = [await connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    return sum(int(number or 0) for number in counted)


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    """In an order that both databases agree on."""
    return sorted(table.columns, key=lambda column: column.name)


async def _pieces(connection: AsyncConnection, table: sa.Table) -> AsyncIterator[Sequence[sa.Row[Any]]]:
    """The rows of a table in the order of its key, a few hundred at a time."""
    query = sa.select(*_columns(table)).order_by(*table.primary_key.columns)
    async with connection.stream(query, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        async for piece in rows.partitions():
            yield piece


async def add_up(
    connection: AsyncConnection, tables: Sequence[sa.Table], stage: str, progress: Progress
) -> dict[str, Sum]:
    """The sum of every table, by its name."""
    total, done, sums = await count(connection, tables), 0, {}
    for table in tables:
        adder = _Adder()
        async for piece in _pieces(connection, table):
            adder.add(piece)
            done += len(piece)
            progress(stage, done, total)
        sums[table.name] = adder.sum()
    if connection.dialect.name == "postgresql":
        # A cursor that was read to its end still counts as a use of its table, and no migration could change that.
        await connection.execute(sa.text("CLOSE ALL"))
    return sums


async def carry(source: AsyncConnection, target: AsyncConnection, stage: str, progress: Progress) -> dict[str, Sum]:
    """Bring all rows over into empty tables of the same schema, inside the target's open transaction. Returns what
    was read. Rows may refer to rows that come later; all references are checked at the end."""
    tables = await tables_of(source)
    there = {table.name: table for table in await tables_of(target)}
    total, done, sums = await count(source, tables), 0, {}
    await _defer_references(target, there.values())
    for table in tables:
        adder, put = _Adder(), sa.insert(there[table.name])
        names = [column.name for column in _columns(table)]
        async for piece in _pieces(source, table):
            adder.add(piece)
            try:
                await target.execute(put, [dict(zip(names, row, strict=True)) for row in piece])
            except sa.exc.OperationalError:
                raise  # nothing is wrong with the row: a full disk, a line that is down
            except sa.exc.DBAPIError as error:
                raise BackupError("backup.refused", table=table.name, reason=str(error.orig)) from error
            done += len(piece)
            progress(stage, done, total)
        sums[table.name] = adder.sum()
    await _check_references(target, there.values())
    await _go_on_counting(target, there.values())
    return sums


def _references(tables: Iterable[sa.Table]) -> list[tuple[sa.Table, str]]:
    return [(table, str(key.name)) for table in tables for key in table.foreign_key_constraints]


async def _defer_references(target: AsyncConnection, tables: Iterable[sa.Table]) -> None:
    if target.dialect.name == "sqlite":
        await target.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        return
    quote = target.dialect.identifier_preparer.quote
    for table, name in _references(tables):
        change = f"ALTER TABLE {quote(table.name)} ALTER CONSTRAINT {quote(name)} DEFERRABLE INITIALLY DEFERRED"
        await target.execute(sa.text(change))


async def _check_references(target: AsyncConnection, tables: Iterable[sa.Table]) -> None:
    """SQLite looks at the commit; PostgreSQL now, and its constraints become again what the migrations made them."""
    if target.dialect.name == "sqlite":
        return
    await target.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    quote = target.dialect.identifier_preparer.quote
    for table, name in _references(tables):
        await target.execute(sa.text(f"ALTER TABLE {quote(table.name)} ALTER CONSTRAINT {quote(name)} NOT DEFERRABLE"))


async def _go_on_counting(target: AsyncConnection, tables: Iterable[sa.Table]) -> None:
    """PostgreSQL's own counters do not see keys that were brought along; SQLite has none."""
    if target.dialect.name == "sqlite":
        return
    for table in tables:
        key = list(table.primary_key.columns)
        if len(key) == 1 and isinstance(key[0].type, sa.Integer):
            highest = sa.select(sa.func.max(key[0]))
            go_on = sa.text("SELECT setval(pg_get_serial_sequence(:table, :column)::regclass, :highest)")
            if number := await target.scalar(highest):
                named = target.dialect.identifier_preparer.quote(table.name)
                await target.execute(go_on, {"table": named, "column": key[0].name, "highest": number})


def differing(wanted: Mapping[str, Sum], found: Mapping[str, Sum]) -> str | None:
    """The first table that is not the same in both, None when all are."""
    return next((name for name in sorted({*wanted, *found}) if wanted.get(name) != found.get(name)), None)
