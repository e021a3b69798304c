"""What a leader ticked takes part as well: the level above, other channels. Nothing else does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.channels.gateways import SETTINGS, FakeGateway, fake_gateway
from tests.channels.test_silent_person import close_chat
from tests.drills.support import drill_warning, heard_so_far, is_framed, open_drill, unmarked
from tests.support.county import DUTY, FAR_STATION, GRID, LEADER, PATROLLER, TOWNSHIP, WATER, County, small_county


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as made:
        yield made


@pytest.fixture
async def county(tmp_path: Path, gateway: FakeGateway) -> AsyncIterator[County]:
    (tmp_path / "sms.key").write_text("s3cret\n")
    file = tmp_path / "county.toml"
    file.write_text(SETTINGS.format(url=gateway.url, folder=tmp_path, township=TOWNSHIP), "utf-8")
    async with small_county(tmp_path, county_file=file) as made:
        yield made
        made.seen_all()


async def silent(county: County) -> None:
    await close_chat(county, GRID)
    await drill_warning(county)
    for _ in range(40):
        await county.pass_time(minutes=1)
        await county.bot.channels.run_once()


async def test_the_level_above_takes_part_where_it_was_wanted(county: County) -> None:
    await open_drill(county, also="报到上一级")
    since = heard_so_far(county)
    await drill_warning(county)
    await county.pass_time(timedelta(minutes=1), minutes=40)
    assert "暴雨橙色预警 2026-1001" in "".join(county.texts(DUTY)).replace("　", " ")
    assert "暴雨橙色预警" in county.last(county.county_group)
    assert unmarked(county, since) == []
    assert county.new(FAR_STATION) == []


async def test_no_sms_goes_out_in_a_drill(county: County, gateway: FakeGateway) -> None:
    await open_drill(county)
    await silent(county)
    assert gateway.taken == []
    assert county.new(DUTY) == county.new(WATER) == []


async def test_an_sms_of_a_drill_is_marked_where_it_was_wanted(county: County, gateway: FakeGateway) -> None:
    await open_drill(county, also="用短信等渠道")
    await silent(county)
    assert gateway.texts(GRID.phone)
    assert gateway.texts(PATROLLER.phone)
    for sent in gateway.taken:
        text = sent["content"].strip()
        assert is_framed(text), text
    assert gateway.texts(FAR_STATION.phone) == []
    await county.press(LEADER, "结束演练")
