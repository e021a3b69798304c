"""SQLite in fewer steps: SQLAlchemy's aiosqlite adapter with one trip to the database thread for each statement.

The stock adapter makes four (open a cursor, execute, fetch, close), each of them a wake-up of another thread and one
of the event loop, which cost several times what SQLite itself takes for a small statement. Results come back exactly
as from the stock adapter; streaming keeps its own cursor and its own trips. Passed to `create_async_engine(module=…)`.

aiosqlite has no public call that runs a closure on its thread, so `Connection._execute` is used, the one behind all
its public calls; the locked version and the tests that compare both adapters hold it in place.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)

Answer = tuple[Any, int | None, int, list[Any]]
"""description, lastrowid, rowcount, rows"""


def _execute(raw: sqlite3.Connection, statement: str, parameters: Any) -> Answer:
    cursor = raw.cursor()
    try:
        cursor.execute(statement, () if parameters is None else parameters)
        if cursor.description:
            return cursor.description, -1, -1, cursor.fetchall()
        return None, cursor.lastrowid, cursor.rowcount, []
    finally:
        cursor.close()


def _execute_many(raw: sqlite3.Connection, statement: str, parameters: Sequence[Any]) -> Answer:
    cursor = raw.cursor()
    try:
        cursor.executemany(statement, parameters)
        return None, cursor.lastrowid, cursor.rowcount, []
    finally:
        cursor.close()


class OneTripCursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement and brings its whole result along."""

    __slots__ = ()

    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._run(_execute, operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._run(_execute_many, operation, seq_of_parameters)

    def _run(self, what: Callable[[sqlite3.Connection, str, Any], Answer], operation: str, parameters: Any) -> None:
        try:
            driver: Any = self._connection
            self.description, self.lastrowid, self.rowcount, rows = self.await_(
                driver._execute(what, driver._conn, operation, parameters)
            )
            self._rows = deque(rows)
        except Exception as error:  # noqa: BLE001 - sorted out by the adapter, as for every other call
            self._adapt_connection._handle_exception(error)


class OneTripConnection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()

    def cursor(self, server_side: bool = False) -> AsyncAdapt_aiosqlite_cursor:
        return super().cursor(server_side=True) if server_side else OneTripCursor(self)


class OneTripDriver(AsyncAdapt_aiosqlite_dbapi):
    """The DBAPI module for `create_async_engine(module=…)`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        stock = super().connect(*arguments, **options)
        return OneTripConnection(self, stock._connection)
