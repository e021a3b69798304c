"""The rehearsal's other ways: other channels where they are wanted, calls with their results, the table of holes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from domain.people import PrivateChat, Role
from tests.channels.gateways import SETTINGS, FakeGateway, fake_gateway
from tests.rehearsal.test_rehearsal import begun
from tests.support.county import (
    CADRE,
    FAR_STATION,
    GRID,
    HEAD,
    NEIGHBOUR_HEAD,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    small_county,
    someone,
)

SMS = "【通联测试】这只是测试，不是预警，不用回，也不用做别的。看到了说明这条路通。【通联测试】"
"""one SMS: not more than 70 characters"""
NEVER = someone(110, "还没登记", (Role.MONITOR, VILLAGE))


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
        await made.join(NEVER, enrolled=False)
        yield made
        made.seen_all()


async def test_other_channels_are_used_where_they_are_wanted_and_only_there(
    county: County, gateway: FakeGateway
) -> None:
    await begun(county)
    await county.bot.channels.run_once()
    assert gateway.texts(GRID.phone) == []
    await county.pass_time(timedelta(hours=1), hours=5)
    await county.say(STATION, "/rehearsal")
    await county.press(STATION, "石梁镇")
    await county.press(STATION, "短信、政务微信也发")
    await county.bot.channels.run_once()
    for who in (GRID, HEAD, NEVER):
        assert gateway.texts(who.phone) == [SMS]
    assert gateway.texts(FAR_STATION.phone) == []


async def test_a_call_through_finds_somebody_and_a_wrong_number_becomes_a_task_of_the_roster(county: County) -> None:
    await county.run(lambda work: work.rows.people.set_private_chat(county.ids[PATROLLER.user_id], PrivateChat.BLOCKED))
    await begun(county)
    await county.press(HEAD, "看到了")
    await county.pass_time(timedelta(minutes=30), hours=5)
    await county.press(STATION, "没有登记")
    pressed = await county.press(STATION, "1 号码不对")
    assert pressed.text == "记下了：还没登记的号码不对，已请管名册的人核对"
    assert NEVER.phone in county.last(STATION)
    assert "号码" in county.last(STATION)
    await county.press(STATION, "停用了机器人")
    pressed = await county.press(STATION, "1 打通了")
    assert pressed.text == "记下了：打通了山塘老徐"
    await county.say(STATION, "/rehearsal")
    report = next(text for text in county.new(STATION) if "已结束" in text)
    assert "找到 2 人，共 7 人；其中打电话找到 1 人" in report
    assert "没有登记 0 · 停用机器人 0 · 账号注销 0 · 没有回 4 · 号码不对 1" in report


async def test_nobody_else_records_a_call_or_gets_the_table(county: County) -> None:
    await begun(county)
    county.seen_all()
    number = county.ids[GRID.user_id]
    for data in (f"rt:call:1:{number}:w", f"rt:call:1:{number}:t", "rt:sheet:1"):
        pressed = await county.forge(CADRE, data)
        assert pressed.text
    pressed = await county.forge(STATION, f"rt:call:1:{county.ids[FAR_STATION.user_id]}:w")
    assert pressed.text
    assert await county.bot.doors.read(lambda work: work.rows.rehearsals.calls_of(1)) == {}


async def test_the_table_of_holes_tells_village_by_village_by_which_way(county: County) -> None:
    await county.say(STATION, "/rehearsal")
    await county.press(STATION, "石梁镇")
    await county.press(STATION, "也发")
    await county.bot.channels.run_once()
    await county.press(HEAD, "看到了")
    await county.pass_time(timedelta(minutes=30), hours=5)
    await county.press(STATION, "没有登记")
    await county.press(STATION, "1 没接")
    await county.say(STATION, "/rehearsal")
    await county.press(STATION, "缺口表")
    await county.make_papers()
    await county.pass_time(timedelta(seconds=10), minutes=1)
    ((name, content),) = county.files(STATION)
    assert name == "通联测试缺口表20260620.xlsx"
    book = load_workbook(BytesIO(content), read_only=True)
    villages = [list(row) for row in book["按村"].iter_rows(values_only=True)]
    assert villages[1] == ["石梁镇", "上坞村", 6, 1, "机器人。", "找得到"]
    assert villages[2][1:4] == ["岭下村", 1, 0]
    assert villages[2][5] == "一个人都没找到"
    people = {row[2]: list(row) for row in book["按人"].iter_rows(min_row=2, values_only=True)}
    assert people[HEAD.name][5] == "回了"
    assert people[NEVER.name][3:6] == [NEVER.phone, "群测群防员。", "没有登记"]
    assert people[NEVER.name][7:] == ["短信已发出。", "没接"]
    assert people[NEIGHBOUR_HEAD.name][5] == "没有回"
