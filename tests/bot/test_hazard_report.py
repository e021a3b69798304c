"""A hazard is reported by anybody, in a few answers, and once."""

from domain.hazards import Grade
from domain.places import PlaceCode
from tests.support.county import (
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    VILLAGE,
    WATER,
    County,
)
from tests.support.hazards import hazard, report, reports

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
