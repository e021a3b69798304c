"""A hazard's life on the whole bot: reported by anybody, decided by a desk, fixed by one, closed by another."""

import asyncio
from datetime import timedelta

import pytest

from domain.errors import NotAllowed, Stale
from domain.hazards import Grade, HazardState
from domain.places import PlaceCode
from services import hazards as moves
from services.handover import hand_over
from services.ports import HazardEvent, HazardReport, HazardRow
from services.work import Work
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    VILLAGE,
    WATER,
    County,
    Someone,
)


async def hazard(county: County, number: int = 1) -> HazardRow:
    row = await county.bot.doors.run(lambda work: work.rows.hazards.get(number))
    assert row is not None
    return row


async def reports(county: County, number: int = 1) -> list[HazardReport]:
    return await county.bot.doors.run(lambda work: work.rows.hazards.reports_of(number))


async def events(county: County, number: int = 1) -> list[HazardEvent]:
    return await county.bot.doors.run(lambda work: work.rows.hazards.events_of(number))


async def report(county: County, who: Someone = GRID, what: str = "溢洪道堵了", threatened: str = "没有人") -> None:
    """A pond's overflow at the reporter's own village, told in five answers."""
    await county.say(who, "/report")
    await county.press(who, "山塘水库")
    await county.press(who, "上坞村")
    await county.say(who, what)
    await county.say(who, threatened)
    await county.press(who, "跳过")
    await county.press(who, "确认提交")


async def assigned(county: County, fixer: str = "山塘老徐", by: Someone = STATION) -> None:
    """Reported, taken and given to somebody, three days to go."""
    await report(county)
    await county.press(by, "接办")
    await county.press(by, fixer)
    await county.press(by, "上坞村")
    await county.press(by, "人工清理")
    await county.press(by, "3天")
    await county.press(by, "确认提交")


async def said_to_be_fixed(county: County, fixer: Someone = PATROLLER) -> None:
    await assigned(county, fixer.name)
    await county.press(fixer, "已整改")
    await county.photo(fixer, data=b"clear", caption="通了")
    await county.press(fixer, "确认提交")


# -- reporting ----------------------------------------------------------------------------------------------------


async def test_a_hazard_is_told_in_five_answers(county: County) -> None:
    said_before = len(county.messages(GRID.user_id, GRID))
    await report(county, threatened="下面3户11人")
    assert "报上去了，编号 2026-0001" in county.last(GRID)
    assert len(county.messages(GRID.user_id, GRID)) - said_before <= 6
    row = await hazard(county)
    assert (row.place, row.what, row.households, row.people) == (VILLAGE, "溢洪道堵了", 3, 11)
    assert row.suspected  # a pond above people: a mark, not a grade
    assert row.grade is Grade.OPEN
    for desk in (STATION, LEADER, WATER):
        assert len(county.new(desk)) == 1
        assert "疑似重大" in county.last(desk)
    assert "2026-0001" in county.last(DUTY)  # a suspected major one is shown to the county
    county.seen_all()


async def test_what_is_typed_by_number_is_as_good_as_a_button(county: County) -> None:
    await county.say(GRID, "/report")
    await county.say(GRID, "2")
    await county.say(GRID, "1")
    await county.say(GRID, "溢洪道堵了")
    await county.say(GRID, "无")
    await county.say(GRID, "无")
    await county.say(GRID, "1")
    row = await hazard(county)
    assert (row.category.value, row.households, row.people) == ("H09", 0, 0)
    county.seen_all()


async def test_not_known_is_never_nil(county: County) -> None:
    await report(county, threatened="有")
    row = await hazard(county)
    assert (row.households, row.people) == (None, None)
    assert "受威胁人数：未知" in county.last(STATION)
    county.seen_all()


async def test_a_stranger_reports_in_words_and_is_told_every_step(county: County) -> None:
    await county.open_link(STRANGER, "h")
    await county.press(STRANGER, "滑坡、崩塌")
    await county.say(STRANGER, "上坞村后山")
    await county.say(STRANGER, "裂缝变宽一指")
    await county.press(STRANGER, "说不准")
    await county.photo(STRANGER, data=b"crack")
    await county.press(STRANGER, "确认提交")
    row = await hazard(county)
    assert (row.place, row.place_words) == (VILLAGE, "上坞村后山")
    told = await reports(county)
    assert (told[0].person_id, told[0].user_id, len(told[0].photos)) == (None, STRANGER.user_id, 1)
    county.seen_all()
    await county.press(STATION, "接办")
    assert "乡镇已接办" in county.last(STRANGER)
    county.seen_all()


async def test_a_place_nobody_knows_goes_to_the_county_who_routes_it(county: County) -> None:
    await county.say(STRANGER, "/report")
    await county.press(STRANGER, "道路")
    await county.say(STRANGER, "大桥头拐弯处")
    await county.say(STRANGER, "路面塌了一块")
    await county.press(STRANGER, "没有人")
    await county.press(STRANGER, "跳过")
    await county.press(STRANGER, "确认提交")
    assert (await hazard(county)).place == PlaceCode("331124")
    assert "原话地点：大桥头拐弯处" in county.last(DUTY)
    county.seen_all()
    await county.press(DUTY, "改地点")
    await county.press(DUTY, "云坑乡")
    assert "已改到云坑乡" in county.last(DUTY)
    assert "改到您这里的隐患 2026-0001" in county.last(FAR_STATION)
    assert county.new(STATION) == []
    await county.press(FAR_STATION, "接办")
    county.seen_all()


async def test_a_position_is_enough_to_say_where(county: County) -> None:
    await county.say(STRANGER, "/report")
    await county.press(STRANGER, "滑坡、崩塌")
    await county.location(STRANGER, 28.601, 119.301)
    await county.say(STRANGER, "山上掉石头")
    await county.press(STRANGER, "没有人")
    await county.press(STRANGER, "跳过")
    await county.press(STRANGER, "确认提交")
    row = await hazard(county)
    assert (row.place, row.place_guessed) == (FAR_VILLAGE, True)
    assert "地点是推断的" in county.last(FAR_STATION)
    county.seen_all()


async def test_a_voice_is_kept_and_heard_at_the_desk(county: County) -> None:
    await county.say(GRID, "/report")
    await county.press(GRID, "下一页")
    await county.press(GRID, "工地、工棚")
    await county.press(GRID, "上坞村")
    await county.world.send_voice(GRID.user_id, GRID.user_id, b"voice", duration=8)
    await county.settle()
    await county.press(GRID, "没有人")
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")
    told = (await reports(county))[0]
    assert (told.what, bool(told.voice), told.seconds) == ("", True, 8)
    spoken = [m for m in county.messages(STATION.user_id, STATION) if "voice" in m.payload]
    assert len(spoken) == 1
    assert "王大爷的语音" in spoken[0].payload["caption"]
    county.seen_all()


async def test_a_photo_out_of_the_blue_begins_a_report(county: County) -> None:
    await county.photo(OFFICER, data=b"slope", caption="后山裂缝变宽")
    assert "是哪一类" in county.last(OFFICER)
    await county.press(OFFICER, "滑坡、崩塌")
    await county.press(OFFICER, "上坞村")
    assert "有没有人受威胁" in county.last(OFFICER)  # what it is stood under the photo
    await county.press(OFFICER, "没有人")
    await county.photo(OFFICER, data=b"another")
    await county.press(OFFICER, "确认提交")
    told = (await reports(county))[0]
    assert (told.what, len(told.photos)) == ("后山裂缝变宽", 2)
    county.seen_all()


async def test_a_reply_in_the_group_is_gone_on_with_in_private(county: County) -> None:
    await county.warn(places=[VILLAGE])
    post = county.messages(county.village_group)[-1]
    county.seen_all()
    await county.photo(GRID, county.village_group, data=b"slope", caption="后山塌了一块", reply_to=post.id)
    assert county.new(county.village_group) == []
    assert "是哪一类" in county.last(GRID)
    await county.say(PATROLLER, "几点集合？", county.village_group, reply_to=post.id)
    await county.say(PATROLLER, "收到", county.village_group, reply_to=post.id)
    assert county.new(PATROLLER) == []  # neither a question nor an acknowledgement is a report
    county.seen_all()


async def test_who_never_opened_the_private_chat_goes_on_in_the_group(county: County) -> None:
    county.world.add_member(county.village_group, STRANGER.user_id)
    await county.warn(places=[VILLAGE])
    post = county.messages(county.village_group)[-1]
    county.seen_all()
    await county.say(STRANGER, "后山塌了一块", county.village_group, reply_to=post.id)
    asked = county.messages(county.village_group)[-1]
    assert "是哪一类" in asked.text
    refused = await county.press(GRID, "滑坡、崩塌", county.village_group)
    assert refused.alert  # another's dialogue
    await county.press(STRANGER, "滑坡、崩塌", county.village_group)
    county.seen_all()


# -- the same thing twice -------------------------------------------------------------------------------------------


async def test_the_same_thing_becomes_one_more_report_and_both_reporters_are_kept(county: County) -> None:
    await report(county)
    county.seen_all()
    await county.say(PATROLLER, "/report")
    await county.press(PATROLLER, "山塘水库")
    await county.press(PATROLLER, "上坞村")
    assert "是同一件吗" in county.last(PATROLLER)
    await county.press(PATROLLER, "2026-0001")
    await county.say(PATROLLER, "水已经漫出来了")
    await county.press(PATROLLER, "确认提交")
    assert "已有 2026-0001 号" in county.last(PATROLLER)
    assert [one.name for one in await reports(county)] == ["王大爷", "山塘老徐"]
    assert "有人补充" in county.last(STATION)
    assert "水已经漫出来了" in county.last(STATION)
    assert (await hazard(county)).what == "溢洪道堵了"  # the first words stay
    county.seen_all()
    await county.press(STATION, "接办")
    for reporter in (GRID, PATROLLER):
        assert "乡镇已接办" in county.last(reporter)
    county.seen_all()


async def test_who_says_that_it_is_something_else_gets_a_number_of_his_own(county: County) -> None:
    await report(county)
    await county.say(PATROLLER, "/report")
    await county.press(PATROLLER, "山塘水库")
    await county.press(PATROLLER, "上坞村")
    await county.press(PATROLLER, "不是同一件")
    await county.say(PATROLLER, "坝脚渗水")
    await county.press(PATROLLER, "没有人")
    await county.press(PATROLLER, "跳过")
    await county.press(PATROLLER, "确认提交")
    assert "编号 2026-0002" in county.last(PATROLLER)
    county.seen_all()


async def test_another_hazard_cannot_be_joined_by_forgery(county: County) -> None:
    await report(county)
    await county.say(FAR_STATION, "/report")
    await county.press(FAR_STATION, "山塘水库")
    session = county.button(FAR_STATION.user_id, "云坑乡", FAR_STATION)[1].split(":")[1]
    await county.forge(FAR_STATION, f"f:{session}:c:1")
    assert len(await reports(county)) == 1
    county.seen_all()


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
    assert (await hazard(county)).grade is Grade.MAJOR
    await county.press(STATION, "接办")
    await county.press(STATION, "李书记")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "抢修加固")
    assert "怎么保证人的安全" in county.last(STATION)
    await county.say(STATION, "下游3户先撤到村礼堂")
    await county.press(STATION, "7天")
    await county.press(STATION, "确认提交")
    assert (await hazard(county)).interim == "下游3户先撤到村礼堂"
    await county.press(HEAD, "已整改")
    await county.photo(HEAD, data=b"x")
    await county.press(HEAD, "跳过")
    await county.press(HEAD, "确认提交")
    county.seen_all()


# -- presses that change nothing ---------------------------------------------------------------------------------------


async def test_two_at_once_and_the_second_is_told_who_was_faster(county: County) -> None:
    await report(county)
    station, data = county.button(STATION.user_id, "接办", STATION)
    leader, same = county.button(LEADER.user_id, "接办", LEADER)
    assert data == same
    pressing = [
        asyncio.ensure_future(county.world.press(who.user_id, who.user_id, message.id, data))
        for who, message in ((STATION, station), (LEADER, leader))
    ]
    await asyncio.sleep(0)
    await county.settle()
    first, second = [await one for one in pressing]
    assert first.text == "2026-0001 号由您接办，请接着交办。"
    assert second.text == "2026-0001 号已有人接办，没有再改动。"
    assert (await hazard(county)).taken_by == county.ids[STATION.user_id]
    assert [one.move for one in await events(county)] == ["report", "take"]
    county.seen_all()


async def test_the_wrong_person_is_refused_before_anything_happens(county: County) -> None:
    await report(county)
    county.seen_all()
    for who in (GRID, HEAD, CADRE, PATROLLER, FAR_STATION, DUTY, STRANGER):
        await county.say(who, "/help")
        for data in ("h:take:1:0", "h:reject_for:1:0:fine", "h:refer_to:1:0:水利", "h:grade:1:0:major", "h:assign:1:0"):
            assert (await county.forge(who, data)).alert
    row = await hazard(county)
    assert (row.state, row.version) == (HazardState.REPORTED, 0)
    county.seen_all()


async def test_a_stale_button_says_how_it_stands_now(county: County) -> None:
    await assigned(county)
    county.seen_all()
    stale = await county.forge(LEADER, "h:take:1:0")
    assert stale.alert
    assert "已经交办，正在整改" in (stale.text or "")
    county.seen_all()


@pytest.mark.parametrize(
    "data",
    [
        *(
            "h",
            "h:",
            "h:take",
            "h:take:",
            "h:take:1",
            "h:take:x:0",
            "h:take:1:x",
            "h:take:99:0",
            "h:take:1:-1",
            "h:zz:1:0",
        ),
        *("h:reject_for:1:0:zz", "h:refer_to:1:0:没有的部门", "h:refer_to:1:0:", "h:place:1:0:zz", "h:grade:1:0:open"),
        *("h:close:1:0", "h:again:1:0", "h:back:1:0", "h:fix:1:0", "h:take:²:0", "h:take:" + "9" * 30 + ":0"),
    ],
)
async def test_forged_data_changes_nothing_and_is_answered(county: County, data: str) -> None:
    await report(county)
    answered = await county.forge(STATION, data)
    assert answered.answered
    assert answered.alert
    assert (await hazard(county)).version == 0
    county.seen_all()


async def test_nothing_is_decided_in_a_group_and_nothing_said_there(county: County) -> None:
    await said_to_be_fixed(county)
    await county.press(CADRE, "合格销号")
    for group in (county.village_group, county.township_group, county.county_group):
        assert county.new(group) == []
    await county.warn(places=[VILLAGE])
    assert (await county.forge(STATION, "h:see:1:4", county.township_group)).alert
    await county.say(STATION, "/hazards", county.township_group)
    await county.pass_time(seconds=5)
    assert "私聊" in county.last(county.township_group)
    county.seen_all()


async def test_details_are_for_those_it_concerns(county: County) -> None:
    await report(county)
    await county.press(STATION, "看详情")
    assert "13800000008" in "".join(county.texts(STATION))  # the desk may call the reporter
    county.seen_all()
    await county.say(FAR_STATION, "/help")
    assert (await county.forge(FAR_STATION, "h:see:1:0")).alert
    await county.forge(GRID, "h:see:1:0")
    assert "现在：待核实" in county.last(GRID)
    county.seen_all()


# -- what is between -------------------------------------------------------------------------------------------------


async def test_an_assignment_needs_all_four(county: County) -> None:
    await report(county)
    await county.press(STATION, "接办")
    await county.press(STATION, "山塘老徐")
    await county.press(STATION, "取消")
    assert (await hazard(county)).state is HazardState.TAKEN
    station = await county.person(STATION)
    later = county.clock.now() + timedelta(days=3)
    for said in (
        moves.Assignment("", 9, "清理", later),
        moves.Assignment("上坞村", 9, " ", later),
        moves.Assignment("上坞村", 9, "清理", county.clock.now()),
        moves.Assignment("上坞村", 999, "清理", later),
    ):
        with pytest.raises(Exception, match="assignment_not_whole"):
            await county.run(lambda work, said=said: moves.assign(work, station, 1, said))
    assert (await hazard(county)).state is HazardState.TAKEN
    county.seen_all()


async def test_somebody_is_found_by_his_name_and_a_deadline_typed(county: County) -> None:
    await report(county)
    await county.press(STATION, "接办")
    await county.say(STATION, "岭下书记")
    await county.say(STATION, "石梁镇应急站")
    await county.say(STATION, "先围起来，再清理")
    await county.say(STATION, "昨天18点")
    assert "已经过去" in county.last(STATION)
    await county.say(STATION, "明天18点")
    await county.press(STATION, "确认提交")
    row = await hazard(county)
    assert (row.unit, row.measure) == ("石梁镇应急站", "先围起来，再清理")
    assert row.due_at is not None
    assert row.due_at.isoformat() == "2026-06-21T10:00:00+00:00"
    county.seen_all()


async def test_a_warning_in_between_does_not_lose_what_was_told(county: County) -> None:
    await county.say(GRID, "/report")
    await county.press(GRID, "山塘水库")
    await county.press(GRID, "上坞村")
    await county.warn(places=[VILLAGE], colour="红色")
    await county.press(GRID, "✅ 收到")
    await county.pass_time(seconds=5)
    assert "预警优先" in county.last(GRID)
    assert "什么情况" in county.last(GRID)
    await county.say(GRID, "溢洪道堵了")
    await county.press(GRID, "没有人")
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")
    assert (await hazard(county)).what == "溢洪道堵了"
    county.seen_all()


async def test_a_restart_in_between_does_not_lose_it_either(county: County) -> None:
    await county.say(GRID, "/report")
    await county.press(GRID, "山塘水库")
    await county.photo(GRID, data=b"pond")
    await county.restart()
    await county.press(GRID, "上坞村")
    assert "照片收到 1 张" in county.last(GRID)
    await county.say(GRID, "溢洪道堵了")
    await county.press(GRID, "没有人")
    await county.press(GRID, "确认提交")
    assert len((await reports(county))[0].photos) == 1
    await county.restart()
    await county.press(STATION, "接办")
    assert (await hazard(county)).state is HazardState.TAKEN
    county.seen_all()


async def test_a_desk_that_does_nothing_is_reminded(county: County) -> None:
    await report(county)
    county.seen_all()
    await county.pass_time(step=timedelta(minutes=5), minutes=35)
    assert "还没有处理" in county.last(STATION)
    county.seen_all()


async def test_a_deadline_that_passes_is_asked_after_and_then_shown_to_the_desk(county: County) -> None:
    await assigned(county)
    county.seen_all()
    await county.pass_time(step=timedelta(hours=1), hours=82)
    assert county.new(PATROLLER) == []
    await county.pass_time(step=timedelta(minutes=30), hours=1.5)
    assert "到期了，整改好了吗" in county.last(PATROLLER)
    await county.pass_time(step=timedelta(minutes=30), hours=3)
    assert "到期没有整改" in county.last(STATION)
    assert "山塘老徐 13800000009" in county.last(STATION)
    await county.say(STATION, "/hazards")
    assert "⏰ 2026-0001" in county.last(STATION)
    county.seen_all()


async def test_a_stand_in_fixes_what_was_given_to_the_absent(county: County) -> None:
    await assigned(county)
    person, officer = await county.person(PATROLLER), await county.person(OFFICER)

    async def deputy(work: Work) -> None:
        await work.rows.people.update(person.id, deputy_id=officer.id)

    await county.run(deputy)
    await county.run(lambda work: moves.fixed(work, officer, 1, ("AgACAgIAAxkBAAIBphoto",), ""))
    row = await hazard(county)
    assert (row.state, row.fixed_by) == (HazardState.FIXED, officer.id)
    for hand in (person, officer):
        with pytest.raises(NotAllowed, match="own_work"):
            await county.run(lambda work, hand=hand: moves.close(work, hand, 1, row.version))
    county.seen_all()


async def test_what_was_given_to_somebody_who_leaves_is_the_others_to_fix(county: County) -> None:
    await assigned(county)
    person, other = await county.person(PATROLLER), await county.person(GRID)
    county.seen_all()
    await county.run(lambda work: hand_over(work, person, other, "left"))
    assert "请您整改 2026-0001" in county.last(GRID)
    await county.press(GRID, "已整改")
    await county.photo(GRID, data=b"clear")
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")
    row = await hazard(county)
    assert (row.state, row.fixed_by) == (HazardState.FIXED, other.id)
    county.seen_all()


async def test_the_ledger_shows_each_what_is_his(county: County) -> None:
    await assigned(county)
    for who, shown in ((STATION, True), (PATROLLER, True), (CADRE, True), (GRID, False), (FAR_STATION, False)):
        await county.say(who, "/hazards")
        assert ("2026-0001" in county.last(who)) is shown, who.name
    county.seen_all()


async def test_an_officer_who_began_before_another_assigned_it_is_told(county: County) -> None:
    await assigned(county)
    leader = await county.person(LEADER)
    said = moves.Assignment("上坞村", county.ids[HEAD.user_id], "清理", county.clock.now() + timedelta(days=1))
    with pytest.raises(Stale, match=r"hazard\.moved\.assigned"):
        await county.run(lambda work: moves.assign(work, leader, 1, said, was=("taken", None)))
    county.seen_all()


async def test_a_report_of_a_neighbour_place_is_no_duplicate(county: County) -> None:
    await report(county)
    await county.open_link(PATROLLER, f"h_{NEIGHBOUR}")
    await county.press(PATROLLER, "山塘水库")
    assert "什么情况" in county.last(PATROLLER)
    county.seen_all()
