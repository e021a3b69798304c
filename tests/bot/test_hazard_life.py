"""A hazard's life by four hands: decided by a desk, fixed by one, closed by another."""

from domain.hazards import Grade, HazardState
from tests.support.county import (
    CADRE,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    WATER,
    County,
)
from tests.support.hazards import events, hazard, report, said_to_be_fixed

# -- deciding -------------------------------------------------------------------------------------------------------


async def test_a_whole_life_by_four_hands(county: County) -> None:
    await report(county)
    county.seen_all()

    await county.press(STATION, "接办")
    assert "乡镇已接办" in county.last(GRID)
    assert "已接办" in county.last(LEADER)  # the other desk's card follows

    await county.press(STATION, "山塘老徐")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "人工清理")
    await county.press(STATION, "3天")
    await county.press(STATION, "确认提交")
    assert "已交山塘老徐，6月23日 18:00前整改。已发到本人。" in county.last(STATION)
    assert "已交上坞村处理，6月23日 18:00前" in county.last(GRID)
    assert "请您整改 2026-0001" in county.last(PATROLLER)
    row = await hazard(county)
    assert (row.unit, row.measure, row.assignee) == ("上坞村", "人工清理", county.ids[PATROLLER.user_id])

    await county.press(PATROLLER, "已整改")
    await county.say(PATROLLER, "通了")
    assert "需要一张照片" in county.last(PATROLLER)  # without a photo it is not fixed
    await county.photo(PATROLLER, data=b"clear", caption="通了")
    await county.press(PATROLLER, "确认提交")
    assert "已报整改，正等复查" in county.last(GRID)
    assert any("请您复查 2026-0001" in text for text in county.texts(CADRE))
    assert any("photo" in m.payload for m in county.messages(CADRE.user_id, CADRE))

    refused = await county.forge(PATROLLER, f"h:close:1:{(await hazard(county)).version}")
    assert refused.alert
    assert refused.text == "您整改的，要由别人来复查销号。"
    assert (await hazard(county)).state is HazardState.FIXED

    pressed = await county.press(CADRE, "合格销号")
    assert pressed.text == "2026-0001 号已销号。"
    await county.pass_time(seconds=5)  # one message a second in a chat
    assert "复查合格，已销号" in county.last(GRID)
    assert "复查合格，已销号。辛苦了" in county.last(PATROLLER)
    done = await hazard(county)
    assert (done.state, done.closed_by) == (HazardState.CLOSED, county.ids[CADRE.user_id])
    assert [one.move for one in await events(county)] == ["report", "take", "assign", "fix", "close"]
    assert len({one.author for one in await events(county)}) == 4
    county.seen_all()


async def test_a_village_head_who_fixed_it_himself_does_not_close_it(county: County) -> None:
    await said_to_be_fixed(county, HEAD)
    county.seen_all()
    refused = await county.forge(HEAD, f"h:close:1:{(await hazard(county)).version}")
    assert refused.text == "您整改的，要由别人来复查销号。"
    sent_back = await county.forge(HEAD, f"h:back:1:{(await hazard(county)).version}")
    assert sent_back.text == "您整改的，要由别人来复查销号。"
    await county.press(CADRE, "合格销号")
    assert (await hazard(county)).state is HazardState.CLOSED
    county.seen_all()


async def test_what_did_not_pass_goes_back_with_the_reason(county: County) -> None:
    await said_to_be_fixed(county)
    await county.press(CADRE, "不合格退回")
    await county.say(CADRE, "还有一半没清完")
    await county.press(CADRE, "确认提交")
    assert "复查没通过" in county.last(GRID)
    assert "复查不合格，请继续整改" in county.last(PATROLLER)
    assert "还有一半没清完" in county.last(PATROLLER)
    assert (await hazard(county)).state is HazardState.ASSIGNED
    await county.press(PATROLLER, "已整改")
    await county.photo(PATROLLER, data=b"clear again")
    await county.press(PATROLLER, "跳过")
    await county.press(PATROLLER, "确认提交")
    await county.press(CADRE, "合格销号")
    assert (await hazard(county)).state is HazardState.CLOSED
    county.seen_all()


async def test_who_reported_it_may_say_that_it_is_not_over(county: County) -> None:
    await said_to_be_fixed(county)
    await county.press(CADRE, "合格销号")
    county.seen_all()
    await county.say(OFFICER, "/help")
    other = await county.forge(OFFICER, "h:again:1:4")
    assert other.text == "只有报过这条的人才能说还没好。"
    await county.press(GRID, "还没好")
    row = await hazard(county)
    assert row.state is HazardState.REPORTED
    assert "还没好，重新打开" in county.last(STATION)
    assert [one.move for one in await events(county)][-2:] == ["close", "reopen"]
    await county.press(STATION, "看详情")
    await county.pass_time(seconds=5)
    assert any("销号 包村小刘" in text for text in county.texts(STATION))
    county.seen_all()


async def test_what_is_not_so_is_told_with_its_reason(county: County) -> None:
    await report(county)
    await county.press(STATION, "不属实")
    await county.press(STATION, "看过，没有问题")
    assert "来人核查：看过，没有问题" in county.last(GRID)
    assert (await hazard(county)).state is HazardState.REJECTED
    await county.press(GRID, "还没好")
    assert (await hazard(county)).state is HazardState.REPORTED
    county.seen_all()


async def test_what_is_not_the_townships_goes_to_the_department(county: County) -> None:
    await report(county, threatened="3户")
    county.seen_all()
    await county.press(STATION, "转部门")
    await county.press(STATION, "水利")
    await county.press(STATION, "不归我们管")
    assert "已转水利" in county.last(GRID)
    assert "转来的隐患 2026-0001" in county.last(WATER)
    assert (await hazard(county)).department == "水利"
    await county.press(WATER, "接办")
    assert (await hazard(county)).state is HazardState.TAKEN
    county.seen_all()


async def test_only_humans_grade_and_a_major_one_needs_interim_measures(county: County) -> None:
    await report(county, threatened="3户11人")
    await county.press(LEADER, "看详情")
    await county.press(LEADER, "定为重大")
    await county.press(LEADER, "淹房淹人")
    assert "怎么保证人的安全" in county.last(LEADER)
    await county.say(LEADER, "下游3户先撤到村礼堂")
    await county.press(LEADER, "确认提交")
    assert (await hazard(county)).grade is Grade.MAJOR
    await county.press(STATION, "接办")
    await county.press(STATION, "李书记")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "抢修加固")
    await county.say(STATION, "县里排危资金2万")
    await county.press(STATION, "包村小刘")
    await county.press(STATION, "7天")
    await county.press(STATION, "确认提交")
    assert (await hazard(county)).interim == "下游3户先撤到村礼堂"
    await county.press(HEAD, "已整改")
    await county.photo(HEAD, data=b"x")
    await county.press(HEAD, "跳过")
    await county.press(HEAD, "确认提交")
    county.seen_all()
