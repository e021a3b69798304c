"""SQLite in fewer steps: SQLAlchemy's aiosqlite adapter without trips to another thread where none is needed.

The stock adapter makes four trips for each statement (open a cursor, execute, fetch, close), each of them a wake-up of
the database's thread and one of the event loop, which cost many times what SQLite itself takes for a small statement.
Here a statement inside an open transaction runs where it is asked for: the transaction began as a writer, so it waits
for no lock, and nothing is flushed before the commit. Whatever may wait takes one trip: a BEGIN behind another process,
COMMIT for the disk, and every statement outside a transaction (settings, VACUUM). Results come back exactly as from
the stock adapter; streaming keeps its own cursor and its own trips. Passed to `create_async_engine(module=…)`.

The connection is used from two threads, never at once: whoever owns it lets one transaction follow the other, and a
transaction awaits each of its trips.

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


async def _no_trip(answer: Answer) -> Answer:
    """SQLAlchemy wants to see something awaited, as proof that it runs where that is possible."""
    return answer


class OneTripCursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement, with one trip or none, and brings its whole result along."""

    __slots__ = ()

    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._run(_execute, operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._run(_execute_many, operation, seq_of_parameters)

    def _run(self, what: Callable[[sqlite3.Connection, str, Any], Answer], operation: str, parameters: Any) -> None:
        try:
            driver: Any = self._connection
            raw: sqlite3.Connection = driver._conn
            if raw.in_transaction:
                answer = self.await_(_no_trip(what(raw, operation, parameters)))
            else:
                answer = self.await_(driver._execute(what, raw, operation, parameters))
            self.description, self.lastrowid, self.rowcount, rows = answer  # type: ignore[assignment]
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
        stock = super().connect(*arguments, **(options | {"check_same_thread": False}))
        return OneTripConnection(self, stock._connection)
