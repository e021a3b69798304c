"""The database: one closure, all of it or nothing. What differs between SQLite and PostgreSQL is here or in engines.py.

SQLite, the default, is used over one connection for everything, with WAL, synchronous=FULL (NORMAL loses
acknowledged commits on power loss) and BEGIN IMMEDIATE (a deferred transaction that turns into a writer loses
updates). A second connection is never opened: the WAL-reset bug of SQLite before 3.51.3 needs two.

On PostgreSQL reads run beside the writer; writes still queue one behind the other, because one process leads at a
time and its services were written for that.

Closures that have queued up while a transaction ran share the next one, each inside a savepoint of its own, so that
under load one flush of the disk serves many. Nobody is told that his is done before the commit; one that fails is
undone alone.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.engines import engine_for
from storage.prepared import at_once

T = TypeVar("T")
log = logging.getLogger(__name__)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 64-bit key that counts up by itself on both databases."""


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An instant. Refuses naive values; gives back aware UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone was about to be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(sa.types.TypeDecorator[Any]):
    """A JSON value in a text column, written compactly and with Chinese readable."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


def one_of(column: str, values: Sequence[str]) -> sa.CheckConstraint:
    """A CHECK that holds a state column to its states."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def is_fixed(column: sa.ColumnElement[Any], *values: str) -> sa.ColumnElement[bool]:
    """The column holds one of these values, which are written into the SQL itself: with parameters in their place
    SQLite would never use an index that covers only those rows. Only for constants of the code."""
    written: list[sa.ColumnElement[Any]] = [sa.literal_column(f"'{value}'") for value in values]
    return column == written[0] if len(written) == 1 else column.in_(written)


def insert_new(table: sa.Table, dialect: str) -> Any:
    """INSERT that leaves rows alone whose key exists already."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing()


def insert_or_update(
    table: sa.Table, dialect: str, key: Sequence[str], columns: Sequence[str], **computed: sa.ColumnElement[Any]
) -> Any:
    """INSERT that overwrites `columns`, and computes others from what they were, where the key exists already."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in columns} | computed
    )


_LEADER_LOCK = 0x53574C44
"""the advisory lock of the process that leads"""


_MOST_TOGETHER = 64
_LONGEST_TOGETHER = 0.03
"""seconds after which a shared transaction takes in no more: who waits for a claim or a reply shall not wait long"""


@dataclass(slots=True)
class _Turn:
    """A closure that waits for its transaction, and the future of whoever handed it in."""

    work: Callable[[AsyncConnection], Awaitable[Any]]
    told: "asyncio.Future[Any]"
    writes: bool


class Database:
    """An open database. `await Database.open(url)` … `await close()`; an open one would hang the exit."""

    def __init__(self, engine: AsyncEngine, connection: AsyncConnection | None) -> None:
        self._engine = engine
        self._only = connection
        self._lock = asyncio.Lock()
        self._turns: deque[_Turn] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._lead: AsyncConnection | None = None
        self._leads = False
        self.dialect = engine.dialect.name
        self.url = engine.url

    @classmethod
    async def open(cls, url: str | sa.URL) -> "Database":
        """url: sqlite+aiosqlite:///path or postgresql+asyncpg://…; raises whatever the driver raises."""
        engine = engine_for(url)
        if engine.dialect.name != "sqlite":
            return cls(engine, None)
        try:
            return cls(engine, await engine.connect())
        except BaseException:
            await engine.dispose()
            raise

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run the closure inside a transaction, one after the other; returns after the commit. Whoever waits may be
        cancelled; what was handed in always runs to its end, so that nothing is left half open on the connection."""
        return await self._in_turn(work, writes=True)

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run a closure that only reads. On SQLite it waits its turn, on PostgreSQL it runs beside the writer."""
        if self._only is not None:
            return await self._in_turn(work, writes=False)
        return await self._shielded(self._read(work))

    async def _in_turn(self, work: Callable[[AsyncConnection], Awaitable[T]], *, writes: bool) -> T:
        self._refuse_nesting()
        told: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        told.add_done_callback(_seen)
        self._turns.append(_Turn(work, told, writes))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work_off())
            self._running.add(self._worker)
            self._worker.add_done_callback(self._running.discard)
        return await asyncio.shield(told)

    async def _shielded(self, doing: Coroutine[Any, Any, T]) -> T:
        try:
            self._refuse_nesting()
        except RuntimeError:
            doing.close()
            raise
        task = asyncio.create_task(doing)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(_seen)
        return await asyncio.shield(task)

    def _refuse_nesting(self) -> None:
        if asyncio.current_task() in self._running:
            raise RuntimeError("a transaction inside a transaction would wait for itself for ever")

    async def _work_off(self) -> None:
        try:
            while self._turns:
                async with self._lock:
                    await self._together()
        finally:
            self._worker = None

    async def _together(self) -> None:
        """One transaction for all that wait; whoever fails alone is undone alone, and who shares a transaction that
        fails as a whole is told that it did."""
        turns = [self._turns.popleft() for _ in range(min(len(self._turns), _MOST_TOGETHER))]
        taken: list[tuple[_Turn, Any, BaseException | None]] = []
        until = time.monotonic() + _LONGEST_TOGETHER
        try:
            async with self._connection() as connection, connection.begin():
                if len(turns) == 1:
                    taken.append((turns[0], await turns[0].work(connection), None))
                else:
                    while len(taken) < len(turns) and (not taken or time.monotonic() < until):
                        taken.append(await _apart(connection, turns[len(taken)]))
        except BaseException as error:
            for turn in turns[: len(taken) + 1]:
                _tell(turn, None, error)
            if not isinstance(error, Exception):
                raise
        else:
            for turn, result, failure in taken:
                _tell(turn, result, failure)
        finally:
            self._turns.extendleft(reversed([turn for turn in turns if not turn.told.done()]))

    async def _read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._connection() as connection, connection.begin():
            return await work(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        if self._only is not None:
            yield self._only
        else:
            async with self._engine.connect() as connection:
                yield connection

    async def close(self) -> None:
        """Wait for what runs, then let go of every connection. Safe to call twice."""
        if self._running:
            await asyncio.wait(set(self._running))
        for connection in (self._lead, self._only):
            if connection is not None:
                await connection.close()
        self._lead = self._only = None
        await self._engine.dispose()

    # -- one process leads ------------------------------------------------------------------------------------

    async def try_to_lead(self) -> bool:
        """PostgreSQL: take the advisory lock that makes this process the one that works. SQLite: always True, the
        composition root holds a file lock instead."""
        if self.dialect == "sqlite":
            return True
        if self._lead is None:
            self._lead = await self._engine.connect()
        got = await self._lead.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEADER_LOCK})
        await self._lead.commit()
        self._leads = bool(got)
        return self._leads

    async def still_leads(self) -> bool:
        """False when the connection that holds the lock is gone: then another process may lead already."""
        if self.dialect == "sqlite":
            return True
        if self._lead is None or not self._leads:
            return False
        try:
            await self._lead.scalar(sa.text("SELECT 1"))
            await self._lead.commit()
        except (sa.exc.DBAPIError, OSError):
            # never to be used again: it would quietly connect anew, without the lock
            lost, self._lead, self._leads = self._lead, None, False
            await lost.invalidate()
            await lost.close()
        return self._leads

    # -- health and copies ------------------------------------------------------------------------------------

    async def version(self) -> str:
        """The engine's own version, as "sqlite 3.40.1"."""
        query = "SELECT sqlite_version()" if self.dialect == "sqlite" else "SHOW server_version"

        async def ask(connection: AsyncConnection) -> str:
            return f"{self.dialect} {await connection.scalar(sa.text(query))}"

        return await self.read(ask)

    async def copy_sqlite_to(self, path: str) -> None:
        """A consistent copy of a running SQLite database, through the one connection; everybody else waits for as
        long as the disk takes. `path` must not exist. Not made durable: whoever keeps the copy does that."""
        await self._shielded(self._copy_sqlite_to(path))

    async def _copy_sqlite_to(self, path: str) -> None:
        async with self._lock:
            assert self._only is not None, "only SQLite is copied as a file"
            raw = await self._only.get_raw_connection()
            driver: Any = raw.driver_connection
            async with driver.execute("VACUUM INTO ?", (path,)):
                pass


async def _apart(connection: AsyncConnection, turn: _Turn) -> tuple[_Turn, Any, BaseException | None]:
    """One of several in a transaction: what it did stands or falls alone."""
    if turn.writes:
        await at_once(connection, "SAVEPOINT apart")
    try:
        result = await turn.work(connection)
        if turn.writes:
            await at_once(connection, "RELEASE SAVEPOINT apart")
    except Exception as error:  # noqa: BLE001 - it is handed to whoever waits for this one
        if turn.writes:
            await at_once(connection, "ROLLBACK TO SAVEPOINT apart")
            await at_once(connection, "RELEASE SAVEPOINT apart")
        return turn, None, error
    return turn, result, None


def _tell(turn: _Turn, result: Any, failure: BaseException | None) -> None:
    if turn.told.done():
        return
    if failure is None:
        turn.told.set_result(result)
    else:
        turn.told.set_exception(failure)


def _seen(future: "asyncio.Future[Any]") -> None:
    """It has been seen by whoever waited, or nobody waits any more."""
    if not future.cancelled():
        future.exception()


@asynccontextmanager
async def opened(url: str | sa.URL) -> AsyncIterator[Database]:
    """A database for the length of a block, closed on every way out."""
    database = await Database.open(url)
    try:
        yield database
    finally:
        await database.close()


def sqlite_url(path: Path) -> sa.URL:
    """For a path of any characters, which a URL as text could not hold."""
    return sa.URL.create("sqlite+aiosqlite", database=str(path))


def sqlite_path(url: str | sa.URL) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    made = make_url(url)
    return Path(made.database or "") if made.get_backend_name() == "sqlite" else None
