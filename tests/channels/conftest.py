"""The small county with an SMS gateway on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.gateways import FakeGateway, fake_gateway
from tests.support.county import TOWNSHIP, County, small_county
from tests.support.databases import Databases

SETTINGS = """
[[channels]]
name = "sms"
label = "短信"
kind = "sms_json"
url = "{url}"
body = '{{"mobile": "{{phone}}", "content": "{{text}}", "key": "{{key}}"}}'
accepted = {{ code = 0 }}
secret_file = "{folder}/sms.key"
timeout_seconds = 1

[[channels]]
name = "work"
label = "政务微信"
kind = "sms_json"
url = "{url}/person/{{address}}"
body = '{{"mobile": "{{address}}", "content": "{{text}}"}}'
column = "政务微信"
longest = 2000
colours = ["orange"]
timeout_seconds = 1

[[channels]]
name = "robot"
label = "石梁镇企业微信群"
kind = "sms_json"
url = "{url}/robot"
body = '{{"mobile": "robot", "content": "{{text}}"}}'
reaches = "{township}"
costs = false
longest = 2000
timeout_seconds = 1
"""


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
