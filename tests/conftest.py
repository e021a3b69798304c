"""What every test gets: no error in the log goes unnoticed, and golden transcripts can be written anew."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.county import County, small_county
from tests.support.databases import Databases


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden transcripts anew")


@pytest.fixture(autouse=True)
def no_error_in_the_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error-level line fails the test, unless the test is about it (marker `logs_errors`)."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    lines = [
        f"{r.name}: {r.getMessage()}"
        for when in ("setup", "call")
        for r in caplog.get_records(when)
        if r.levelno >= logging.ERROR
    ]
    assert not lines, f"errors in the log: {lines}"


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.close()


@pytest.fixture
async def county(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> AsyncIterator[County]:
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url, draws=_draws(request)) as made:
            yield made


@pytest.fixture
async def county_on_postgresql(
    request: pytest.FixtureRequest, tmp_path: Path, databases: Databases
) -> AsyncIterator[County]:
    """The same county on PostgreSQL; skipped visibly where none answers, a failure in CI."""
    with databases.fresh("postgresql", tmp_path) as url:
        async with small_county(tmp_path, database_url=url, draws=_draws(request)) as made:
            yield made


def _draws(request: pytest.FixtureRequest) -> bool:
    """Whether a response makes the bot draw people by itself (marker `draws`): at minutes that chance decides, so that
    tests about other things leave it out."""
    return request.node.get_closest_marker("draws") is not None
