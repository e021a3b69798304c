"""The rehearsal: once, silently, by day; one tap; the holes in private to whoever began it."""

from datetime import timedelta
from pathlib import Path

from domain.people import PrivateChat, Role
from tests.support.county import (
    CADRE,
    GRID,
    HEAD,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    START,
    STATION,
    VILLAGE,
    County,
    small_county,
    someone,
)

NEVER = someone(110, "还没登记", (Role.MONITOR, VILLAGE))


async def begun(county: County) -> None:
    await county.say(STATION, "/rehearsal")
    await county.press(STATION, "石梁镇")
    await county.press(STATION, "发测试")


async def test_every_village_is_tested_once_and_the_holes_are_told_in_private(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.join(NEVER, enrolled=False)
        blocked = county.ids[PATROLLER.user_id]
        await county.run(lambda work: work.rows.people.set_private_chat(blocked, PrivateChat.BLOCKED))
        await begun(county)
        assert "已发给 5 人；2 人没有登记或收不到" in county.last(STATION)
        for who in (HEAD, OFFICER, GRID, CADRE, NEIGHBOUR_HEAD):
            assert len(county.new(who)) == 1
            assert county.last(who).startswith("【通联测试】")
            assert county.last(who).endswith("【通联测试】")
        await county.press(HEAD, "看到了")
        assert county.last(HEAD) == "【通联测试】收到，谢谢。没有别的事。【通联测试】"
        await county.pass_time(timedelta(minutes=30), minutes=90)
        await county.press(GRID, "看到了")
        county.seen_all()
        await county.pass_time(timedelta(minutes=30), hours=3)
        report = county.last(STATION)
        assert "找到 2 人，共 7 人" in report
        assert "一个人都没找到的村 1 个：石梁镇·岭下村" in report
        assert "没有登记 1 · 停用机器人 1 · 账号注销 0 · 没有回 3" in report
        assert "超过 60 分钟才回 1" in report
        await county.press(STATION, "没有登记")
        assert "还没登记" in county.last(STATION)
        assert county.unseen() == {}


async def test_at_night_nothing_is_sent(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=START.replace(hour=14)) as county:
        await county.say(STATION, "/rehearsal")
        await county.press(STATION, "石梁镇")
        pressed = await county.press(STATION, "发测试")
        assert pressed.text == "通联测试只在白天做，请白天再发。"
        county.texts(STATION)
        assert county.unseen() == {}


async def test_a_second_one_over_the_same_villages_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await begun(county)
        county.seen_all()
        pressed = await county.forge(STATION, "rt:go:331124001")
        assert "正在测试" in (pressed.text or "")
        assert county.unseen() == {}


async def test_nobody_below_the_station_begins_one_or_reads_its_holes(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await begun(county)
        county.seen_all()
        for data in ("rt:go:331124001", "rt:list:1:silent:0"):
            pressed = await county.forge(GRID, data)
            assert pressed.alert
        assert county.unseen() == {}


async def test_it_closes_once_over_a_restart(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await begun(county)
        county.seen_all()
        county.clock.advance(timedelta(hours=5))
        await county.restart()
        await county.pass_time(minutes=2)
        assert sum("已结束" in text for text in county.new(STATION)) == 1
        county.seen_all()
