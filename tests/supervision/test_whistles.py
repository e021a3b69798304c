"""吹哨报到 on the whole bot: a township calls, a leader confirms, departments report in by one tap."""

import asyncio
from datetime import timedelta

from domain.people import Post, Role
from domain.whistles import Called, CallState, Whistle, WhistleState
from services.ports import HazardEvent
from services.work import Work
from tests.supervision.play import assigned, closed, hazard_of, reported, taken
from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    FAR_STATION,
    GRID,
    LEADER,
    STATION,
    WATER,
    County,
    someone,
)

HOUSING = someone(111, "住建员", Post(Role.DEPARTMENT, COUNTY, "住建"))


async def whistle(county: County) -> Whistle:
    found = await county.bot.doors.run(lambda work: work.rows.supervision.whistles.get(1))
    assert found is not None
    return found


async def calls(county: County) -> dict[str, Called]:
    found = await county.bot.doors.run(lambda work: work.rows.supervision.called.of(whistle_id=1))
    return {one.department: one for one in found}


async def blown(county: County, departments: str = "水利、住建") -> None:
    """The station asks for two departments on a suspected major hazard, the leader in charge confirms."""
    await county.join(HOUSING)
    await taken(county)
    await county.forge(STATION, "sv:whistle:1:0")
    await county.say(STATION, departments)
    await county.press(STATION, "确认提交")


async def called_out(county: County) -> None:
    await blown(county)
    await county.press(LEADER, "确认吹哨")


async def test_departments_hear_of_it_only_after_a_leader_confirmed(county: County) -> None:
    await blown(county)
    assert county.new(WATER) == []
    assert "请您确认吹哨" in county.last(LEADER)
    await county.press(LEADER, "确认吹哨")
    for officer in (WATER, HOUSING):
        assert "乡镇吹哨，请报到" in county.last(officer)
        assert "3 户 11 人" in county.last(officer)
    county.seen_all()


async def test_one_tap_reports_in_and_the_callers_card_lives(county: County) -> None:
    await called_out(county)
    posts = len(county.messages(STATION.user_id, STATION))
    await county.pass_time(timedelta(minutes=4), minutes=4)
    await county.press(WATER, "已派人")
    assert "✅ 水利 08:04 已派人（4分钟）" in county.last(STATION)
    assert "⏳ 住建　未报到" in county.last(STATION)
    await county.press(HOUSING, "自己说一句")
    await county.say(HOUSING, "老周带队，20分钟到")
    await county.press(HOUSING, "确认提交")
    assert "老周带队，20分钟到" in county.last(LEADER)
    await county.press(WATER, "已到场")
    assert "到场" in county.last(STATION)
    assert len(county.messages(STATION.user_id, STATION)) == posts  # all of it on the one card
    assert {name: one.state for name, one in (await calls(county)).items()} == {
        "水利": CallState.ARRIVED,
        "住建": CallState.REPORTED,
    }
    county.seen_all()


async def test_the_first_of_two_taps_counts_and_nobody_reports_in_for_another_department(county: County) -> None:
    await called_out(county)
    one = (await calls(county))["水利"]
    for other in (HOUSING, GRID, FAR_STATION):
        await county.say(other, "/me")
        assert (await county.forge(other, f"wh:sent:{one.id}:0")).alert
    message, data = county.button(WATER.user_id, "已派人", WATER)
    taps = [asyncio.ensure_future(county.world.press(WATER.user_id, WATER.user_id, message.id, data)) for _ in "12"]
    await asyncio.sleep(0)
    await county.settle()
    await asyncio.wait(taps, timeout=1)
    assert (await calls(county))["水利"].version == 1
    county.seen_all()


async def test_silence_is_asked_again_then_the_caller_then_the_county_and_the_desk_notes_a_call(county: County) -> None:
    await called_out(county)
    await county.press(WATER, "我去")
    county.seen_all()
    await county.pass_time(timedelta(minutes=1), minutes=11)
    assert "还没有报到" in county.last(HOUSING)
    assert county.new(WATER) == []
    await county.pass_time(timedelta(minutes=1), minutes=5)
    assert "有部门没有报到，请打电话" in county.last(STATION)
    await county.pass_time(timedelta(minutes=1), minutes=10)
    assert "有部门没有报到" in county.last(DUTY)
    await county.press(STATION, "代记：住建")
    assert "电话报到" in county.last(STATION)
    county.seen_all()


async def test_who_cannot_come_says_why_and_the_county_sees_it_at_once(county: County) -> None:
    await called_out(county)
    await county.restart()
    county.seen_all()
    await county.press(HOUSING, "来不了")
    await county.say(HOUSING, "人都在云坑乡救援")
    await county.press(HOUSING, "确认提交")
    for told in (STATION, DUTY):
        assert "来不了：人都在云坑乡救援" in county.last(told)
    county.seen_all()


async def test_it_ends_with_a_result_and_asks_nobody_any_more(county: County) -> None:
    await called_out(county)
    await county.press(STATION, "现场已管控")
    assert (await county.forge(STATION, "wh:on_site:1:1")).alert
    await county.press(STATION, "结束")
    await county.say(STATION, "溢洪道已打开，人已撤离")
    await county.press(STATION, "确认提交")
    row = await whistle(county)
    assert (row.state, row.result) == (WhistleState.ENDED, "溢洪道已打开，人已撤离")
    county.seen_all()
    await county.pass_time(timedelta(minutes=10), minutes=40)
    for officer in (WATER, HOUSING, DUTY):
        assert not any("报到" in text or "到场" in text for text in county.new(officer))
    assert any("结果：溢洪道已打开" in text for text in county.texts(WATER))
    assert county.new(county.township_group) == []
    county.seen_all()


async def test_an_ordinary_hazard_needs_a_reason_and_a_closed_one_ends_the_whistle(county: County) -> None:
    row = await assigned(county)

    async def harmless(work: Work) -> None:
        event = HazardEvent(row.id, row.version + 1, work.now, "supplement", row.state.value, row.state.value, None)
        await work.rows.hazards.move(row, event, suspected=False)

    await county.run(harmless)
    await county.say(LEADER, "/me")
    await county.forge(LEADER, "sv:whistle:1:0")
    await county.press(LEADER, "水利")
    assert "为什么要吹哨" in county.last(LEADER)
    await county.say(LEADER, "下午有大雨，要水利现场指导")
    await county.press(LEADER, "确认提交")  # a leader needs no second one
    assert "理由：下午有大雨" in county.last(WATER)
    assert (await county.forge(LEADER, "sv:whistle:1:0")).answered
    await closed(county, await hazard_of(county), CADRE)
    assert (await whistle(county)).result == "隐患已办结"
    county.seen_all()


async def test_who_may_not_cannot_whistle(county: County) -> None:
    await reported(county)
    for other in (GRID, CADRE, FAR_STATION, WATER):
        await county.say(other, "/me")
        assert (await county.forge(other, "sv:whistle:1:0")).alert
        assert (await county.forge(other, "wh:confirm:1:0")).alert
    county.seen_all()


async def test_a_line_typed_is_enough_to_begin(county: County) -> None:
    await county.join(HOUSING)
    await taken(county)
    number = (await hazard_of(county)).number
    await county.say(STATION, f"吹哨 水利、住建 {number}")
    assert "水利、住建" in county.last(STATION)
    await county.press(STATION, "确认提交")
    assert sorted(await calls(county)) == ["住建", "水利"]
    county.seen_all()
    await county.say(STATION, "吹哨 住建 2026-9999")
    assert "没有 2026-9999 号隐患" in county.last(STATION)
    await county.say(GRID, f"吹哨 水利 {number}")
    assert "叫哪些部门" not in county.last(GRID)
    assert len(await calls(county)) == 2
    county.seen_all()
