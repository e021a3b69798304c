"""Databases for tests: every test gets its own, on SQLite and on PostgreSQL, so that tests may run beside each other.

PostgreSQL is looked for at TEST_POSTGRES_URL (default: 127.0.0.1:5432, database `test`, user `postgres`, who may make
databases). Where there is none, its tests are skipped visibly; in CI (CI=true) they fail instead.

Migrating takes longer than most tests, so it is done once for each run; every test starts from a copy of the result.
"""

import asyncio
import itertools
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy.engine import URL, make_url

from storage.schema import upgrade
from storage.store import SqlStore

T = TypeVar("T")
DIALECTS = ("sqlite", "postgresql")
START = datetime(2026, 6, 20, 0, 0, tzinfo=UTC)


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


class Each:
    """The rows of a store with every call in a transaction of its own: `await each.outbox.put(message)`."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getattr__(self, family: str) -> "_Family":
        return _Family(self._store, family)


class _Family:
    def __init__(self, store: SqlStore, name: str) -> None:
        self._store = store
        self._name = name

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        def call(*arguments: Any, **named: Any) -> Awaitable[Any]:
            return self._store.write(lambda rows: getattr(getattr(rows, self._name), method)(*arguments, **named))

        return call


class Databases:
    """Makes databases, empty or migrated, and takes them away again. One for each run of the tests.

    PostgreSQL takes a second to make or drop a database, so those that tests are done with are swept and used again.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._postgres: list[str] = []
        self._empty: list[str] = []
        self._migrated: list[str] = []
        self._as_migrated = ""

    @contextmanager
    def fresh(self, dialect: str, folder: Path, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a database of its own; it is gone afterwards."""
        if dialect == "sqlite":
            yield self._sqlite(folder, migrated=migrated)
            return
        name = self._take_migrated() if migrated else self._take_empty()
        try:
            yield _url(name)
        finally:
            self._sweep(name)

    def close(self) -> None:
        for name in self._postgres:
            _run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _sqlite(self, folder: Path, *, migrated: bool) -> str:
        path = folder / f"shouwang-{next(self._numbers)}.db"
        if migrated:
            path.write_bytes(migrated_sqlite())
        return sqlite_url(path)

    def _take_empty(self) -> str:
        if self._empty:
            return self._empty.pop()
        name = f"shouwang_test_{os.getpid()}_{next(self._numbers)}"
        try:
            _run(f'CREATE DATABASE "{name}"')
        except (OSError, asyncpg.PostgresError) as error:
            missing = f"no PostgreSQL for tests ({type(error).__name__}); set TEST_POSTGRES_URL"
            if os.environ.get("CI") == "true":
                pytest.fail(missing)
            pytest.skip(missing)
        self._postgres.append(name)
        _run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # no test cuts the server's power
        return name

    def _take_migrated(self) -> str:
        if self._migrated:
            return self._migrated.pop()
        name = self._take_empty()
        _apart(upgrade(_url(name)))
        self._as_migrated = _run(_LOOKS, name)
        return name

    def _sweep(self, name: str) -> None:
        """Take the rows away; where a test has changed the tables too, all of it."""
        if self._as_migrated and _run(_LOOKS, name) == self._as_migrated:
            _run(_EMPTY_TABLES, name)
            self._migrated.append(name)
        else:
            _run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
            self._empty.append(name)


_LOOKS = """
    SELECT string_agg(line, ';' ORDER BY line) FROM (
        SELECT relname || relkind::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT conname || condeferrable::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT (xpath('//version_num/text()',
            query_to_xml('SELECT * FROM ' || oid::regclass, true, true, '')))[1]::text
        FROM pg_class WHERE relname = 'alembic_version'
    ) AS lines
"""
"""everything by which a test may have changed more than rows"""

_EMPTY_TABLES = """
    DO $$
    DECLARE one record; filled boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one.tablename) INTO filled;
            IF filled THEN EXECUTE format('DELETE FROM %I', one.tablename); END IF;
        END LOOP;
        FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', one.sequencename);
        END LOOP;
    END $$
"""
"""Deleted and not truncated, which would make every file of a table and of its indexes anew. As a replica does it: no
trigger that keeps rows from being deleted is asked, and no order of the tables matters."""


@cache
def migrated_sqlite() -> bytes:
    """A SQLite file at the present schema, without a row. Made once for each process."""
    with TemporaryDirectory(prefix="shouwang-template-") as folder:
        path = Path(folder) / "template.db"
        _apart(upgrade(sqlite_url(path)))
        return path.read_bytes()


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _server() -> URL:
    return make_url(os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test"))


def _url(name: str) -> str:
    return _server().set(database=name).render_as_string(hide_password=False)


def _run(statement: str, database: str | None = None) -> str:
    """One statement outside any transaction; returns its first value, where it has one."""
    url = _server().set(drivername="postgresql")
    url = url if database is None else url.set(database=database)

    async def run() -> str:
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            if statement.lstrip().startswith("SELECT"):
                return str(await connection.fetchval(statement))
            return str(await connection.execute(statement))
        finally:
            await connection.close()

    return _apart(run())


def _apart(work: Coroutine[Any, Any, T]) -> T:
    """Run it on a loop and a thread of its own: some fixtures are on a loop already, some are not."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
