"""Every storage test runs on both databases, each test on a database of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.store import SqlStore
from tests.support.databases import DIALECTS, Databases, Each, Hands


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(dialect: str, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A database at the present schema, without a row."""
    with databases.fresh(dialect, tmp_path) as made:
        yield made


@pytest.fixture
def empty_url(dialect: str, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    with databases.fresh(dialect, tmp_path, migrated=False) as made:
        yield made


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await Database.open(url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def store(database: Database, clock: Hands) -> SqlStore:
    return SqlStore(database, clock.now)


@pytest.fixture
def each(store: SqlStore) -> Each:
    """Every call in a transaction of its own."""
    return Each(store)
