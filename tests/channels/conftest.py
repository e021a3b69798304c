"""The small county with an SMS gateway on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.gateways import SETTINGS, FakeGateway, fake_gateway
from tests.support.county import TOWNSHIP, County, small_county
from tests.support.databases import Databases


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as made:
        yield made


@pytest.fixture
async def county(tmp_path: Path, databases: Databases, gateway: FakeGateway) -> AsyncIterator[County]:
    (tmp_path / "sms.key").write_text("s3cret\n")
    file = tmp_path / "county.toml"
    file.write_text(SETTINGS.format(url=gateway.url, folder=tmp_path, township=TOWNSHIP), "utf-8")
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url, county_file=file) as made:
            yield made
            made.seen_all()


@pytest.fixture
async def bare_county(tmp_path: Path, databases: Databases) -> AsyncIterator[County]:
    """The same county without any channel."""
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url) as made:
            yield made
