"""How an engine is made: SQLite's settings and its BEGIN IMMEDIATE, and what a commit never does on either database.

Nothing here opens a connection; storage.database does.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from storage.sqlite_driver import OneTripDriver

_PATIENCE = "PRAGMA busy_timeout=5000"
_SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    _PATIENCE,
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-32000",
)
AN_ERROR = "an error since the begin"


def engine_for(url: str | sa.URL) -> AsyncEngine:
    """One connection for SQLite, a pool for PostgreSQL."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_async_engine(url, poolclass=StaticPool, module=OneTripDriver())
        _set_up_sqlite(engine.sync_engine)
    else:
        engine = create_async_engine(url, pool_size=8, max_overflow=4, pool_pre_ping=True)
    _refuse_half_commits(engine.sync_engine)
    return engine


def plainly(connection: sa.Connection, statement: str) -> None:
    """Past SQLAlchemy's own bookkeeping, for what runs in every transaction; errors are what they always are."""
    driver: Any = connection.dialect.dbapi
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    except driver.Error as error:
        raise sa.exc.DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _set_up_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        try:
            connection.isolation_level = None  # we say BEGIN ourselves
            cursor = connection.cursor()
            for setting in _SQLITE_SETTINGS:
                cursor.execute(setting)
            cursor.close()
        except BaseException:
            connection.close()  # nobody else knows of it yet, and an open one hangs the exit
            raise

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.in_transaction:
            plainly(connection, "ROLLBACK")  # left open by a commit that failed, on a full disk for example
        if not _begun_at_once(driver._conn):
            plainly(connection, "BEGIN IMMEDIATE")


def _begun_at_once(raw: sqlite3.Connection) -> bool:
    """Nobody else has the file as a rule, and then a begin waits for nothing: it is tried without a trip to the
    database's thread. False when somebody does; the begin that may wait, or says what is wrong, is made as ever."""
    raw.execute("PRAGMA busy_timeout=0").close()
    try:
        raw.execute("BEGIN IMMEDIATE").close()
    except sqlite3.Error:
        return False
    finally:
        raw.execute(_PATIENCE).close()
    return True


def _refuse_half_commits(engine: sa.Engine) -> None:
    """A closure that catches an error of the database and goes on would be told that all is well: PostgreSQL answers
    the COMMIT of a broken transaction by quietly rolling it back, and SQLite, after a full disk, has rolled back
    already and takes what follows one by one."""

    @sa.event.listens_for(engine, "handle_error")
    def _remember(context: ExceptionContext) -> None:
        if context.connection is not None and not context.connection.closed:
            context.connection.info[AN_ERROR] = True

    @sa.event.listens_for(engine, "begin")
    def _forget(connection: sa.Connection) -> None:
        connection.info.pop(AN_ERROR, None)

    @sa.event.listens_for(engine, "commit")
    def _look(connection: sa.Connection) -> None:
        if not connection.info.pop(AN_ERROR, False):
            return
        if connection.dialect.name != "sqlite":
            plainly(connection, "SELECT 1")  # refused in a broken transaction
            return
        driver: Any = connection.connection.driver_connection
        if not driver.in_transaction:
            raise sqlite3.OperationalError("the transaction was rolled back by the database")
