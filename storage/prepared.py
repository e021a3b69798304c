"""Statements that run for every update or message: written with SQLAlchemy like all others, compiled once.

On the way through SQLAlchemy a small statement costs ten times what SQLite takes to run it. Inside an open transaction
on SQLite its SQL therefore goes to the driver as it was compiled, with the types' own conversions of parameters and
results; everywhere else, and always on PostgreSQL, SQLAlchemy runs it. Errors are SQLAlchemy's on both ways and count
for the commit on both; whoever listens to what a cursor executes hears both.

For statements whose parameters are single values: every one is a `sa.bindparam` of its own name. Lists of varying
length (`expanding`) are left to SQLAlchemy.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engines import AN_ERROR, plainly

_Convert = Callable[[Any], Any]


class _Compiled:
    """A statement as one dialect's driver takes it."""

    def __init__(self, statement: Any, columns: Collection[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a list of varying length cannot be compiled once")
        self.sql: str = compiled.string
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        self.needs = frozenset(bind.key for bind in binds if bind.required)
        self.takes: list[tuple[str, Any, _Convert | None]] = [
            (bind.key, bind.value, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds
        ]
        results: Sequence[Any] = compiled._result_columns
        row: Any = namedtuple("Row", [one.keyname for one in results], rename=True)  # type: ignore[misc]
        self._make: Callable[[Sequence[Any]], Any] = row._make
        converts = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in results]
        self.converts: list[tuple[int, _Convert]] = [(n, one) for n, one in enumerate(converts) if one is not None]

    def parameters(self, given: Mapping[str, Any]) -> list[Any]:
        values = [(given.get(name, fixed), convert) for name, fixed, convert in self.takes]
        return [value if convert is None else convert(value) for value, convert in values]

    def rows(self, fetched: Sequence[Sequence[Any]]) -> list[Any]:
        made = self._make
        if not self.converts:
            return [made(one) for one in fetched]
        found = []
        for one in fetched:
            values = list(one)
            for position, convert in self.converts:
                values[position] = convert(values[position])
            found.append(made(values))
        return found


class Prepared:
    """One statement. Made where the table is defined; nothing is compiled before its first use. `columns`: which ones
    an INSERT without values of its own is given."""

    def __init__(self, statement: Any, columns: Collection[str] = ()) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: _Compiled | None = None

    async def all(self, connection: AsyncConnection, **given: Any) -> Sequence[Any]:
        """The rows, as SQLAlchemy would give them: converted, with the columns' names."""
        raw = _raw(connection)
        if raw is None:
            return (await connection.execute(self._statement, given)).all()
        compiled, cursor = self._run(connection, raw, given)
        return compiled.rows(cursor.fetchall())

    async def first(self, connection: AsyncConnection, **given: Any) -> Any:
        """The first row or None; the statement says that there is no other, or which one comes first."""
        found = await self.all(connection, **given)
        return found[0] if found else None

    async def scalar(self, connection: AsyncConnection, **given: Any) -> Any:
        found = await self.all(connection, **given)
        return found[0][0] if found else None

    async def run(self, connection: AsyncConnection, **given: Any) -> int:
        """How many rows it touched."""
        raw = _raw(connection)
        if raw is None:
            return int((await connection.execute(self._statement, given)).rowcount)
        return int(self._run(connection, raw, given)[1].rowcount)

    def _run(self, connection: AsyncConnection, raw: Any, given: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        sync: Any = connection.sync_connection
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = _Compiled(self._statement, self._columns, sync.dialect)
        if not compiled.needs <= given.keys():
            raise sa.exc.InvalidRequestError(f"a value is required for {sorted(compiled.needs - given.keys())}")
        parameters = compiled.parameters(given)
        if sync.dispatch.before_cursor_execute:
            sync.dispatch.before_cursor_execute(sync, None, compiled.sql, tuple(parameters), None, False)
        try:
            cursor = raw.execute(compiled.sql, parameters)
        except sync.dialect.dbapi.Error as error:
            sync.info[AN_ERROR] = True
            driver = sync.dialect.dbapi
            raise sa.exc.DBAPIError.instance(
                compiled.sql, parameters, error, driver.Error, dialect=sync.dialect
            ) from error
        if sync.dispatch.after_cursor_execute:
            sync.dispatch.after_cursor_execute(sync, cursor, compiled.sql, tuple(parameters), None, False)
        return compiled, cursor


async def at_once(connection: AsyncConnection, statement: str) -> None:
    """A statement of the transaction itself, without parameters and without anybody listening."""
    raw = _raw(connection)
    if raw is None:
        await connection.run_sync(plainly, statement)
        return
    dialect: Any = connection.dialect
    try:
        raw.execute(statement)
    except dialect.dbapi.Error as error:
        driver = dialect.dbapi
        raise sa.exc.DBAPIError.instance(statement, None, error, driver.Error, dialect=dialect) from error


def _raw(connection: AsyncConnection) -> Any:
    """SQLite's own connection while it is inside a transaction; None: SQLAlchemy does it."""
    sync: Any = connection.sync_connection
    if sync is None or sync.dialect.name != "sqlite":
        return None
    raw = getattr(sync.connection.driver_connection, "_conn", None)
    return raw if raw is not None and raw.in_transaction else None
