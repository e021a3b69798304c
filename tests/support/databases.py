"""Databases for tests: every test gets its own, on SQLite and on PostgreSQL, so that tests may run beside each other.

PostgreSQL is looked for at TEST_POSTGRES_URL (default: 127.0.0.1:5432, database `test`, user `postgres`, who may make
databases). Where there is none, its tests are skipped visibly; in CI (CI=true) they fail instead.

Migrating takes longer than most tests, so it is done once for each run; every test starts from a copy of the result.
"""

import asyncio
import itertools
import os
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import URL, make_url

from storage.schema import upgrade
from storage.store import SqlStore

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
    """Makes databases, empty or migrated, and takes them away again. One for each run of the tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._sqlite_template: Path | None = None
        self._postgres_template: str | None = None

    @contextmanager
    def fresh(self, dialect: str, folder: Path, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a database of its own; it is gone afterwards."""
        if dialect == "sqlite":
            yield self._sqlite(folder, migrated=migrated)
            return
        name = self._create(self._migrated_postgres() if migrated else "template1")
        try:
            yield _url(name)
        finally:
            _run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        if self._postgres_template is not None:
            _run(f'DROP DATABASE "{self._postgres_template}" WITH (FORCE)')

    def _sqlite(self, folder: Path, *, migrated: bool) -> str:
        path = folder / f"shouwang-{next(self._numbers)}.db"
        if migrated:
            if self._sqlite_template is None:
                self._sqlite_template = self._folder / "template.db"
                _apart(upgrade(sqlite_url(self._sqlite_template)))
            shutil.copyfile(self._sqlite_template, path)
        return sqlite_url(path)

    def _migrated_postgres(self) -> str:
        if self._postgres_template is None:
            name = self._create("template1")
            self._postgres_template = name
            _apart(upgrade(_url(name)))
        return self._postgres_template

    def _create(self, template: str) -> str:
        name = f"shouwang_test_{os.getpid()}_{next(self._numbers)}"
        try:
            _run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        except (OSError, asyncpg.PostgresError) as error:
            missing = f"no PostgreSQL for tests ({type(error).__name__}); set TEST_POSTGRES_URL"
            if os.environ.get("CI") == "true":
                pytest.fail(missing)
            pytest.skip(missing)
        return name


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _server() -> URL:
    return make_url(os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test"))


def _url(name: str) -> str:
    return _server().set(database=name).render_as_string(hide_password=False)


def _run(statement: str) -> None:
    """One statement on the server, outside any transaction."""
    server = _server()

    async def run() -> None:
        connection = await asyncpg.connect(server.set(drivername="postgresql").render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    _apart(run())


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run it on a loop and a thread of its own: some fixtures are on a loop already, some are not."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
