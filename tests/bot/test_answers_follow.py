"""The township's first reply and the villages' households."""

from domain.households import Means
from domain.obligations import ObligationState
from domain.places import PlaceCode
from services.handover import hand_over
from services.work import Work
from tests.support.county import (
    COUNTY,
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR,
    OFFICER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
)


async def first_replies(county: County) -> dict[PlaceCode, tuple[str, int | None, int | None]]:
    found = await county.run(lambda w: w.rows.answers.first_replies(1))
    return {place: (one.commander, one.villages, one.moved) for place, one in found.items()}


async def households(county: County) -> dict[PlaceCode, tuple[int, int]]:
    found = await county.run(lambda w: w.rows.answers.households_of(1))
    return {place: (one.reached, one.total) for place, one in found.items()}


# -- the first reply --------------------------------------------------------------------------------------------


async def test_the_commander_answers_three_questions_and_the_county_sees_them(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(LEADER, "收到")
    assert "请在 08:15 前报首次回复" in county.last(LEADER)
    county.seen_all()
    await county.press(LEADER, "首次回复")
    await county.press(LEADER, "我在指挥")
    await county.say(LEADER, "3个")
    await county.say(LEADER, "38人")
    await county.press(LEADER, "提交")
    assert await first_replies(county) == {TOWNSHIP: ("郑分管", 3, 38)}
    assert "首次回复 1/1" in county.last(DUTY)
    assert "郑分管指挥，受影响 3 村，转移 38 人" in county.last(DUTY)
    county.seen_all()


async def test_not_known_is_an_answer_and_not_zero(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(LEADER, "收到")
    await county.press(LEADER, "首次回复")
    await county.say(LEADER, "镇长王强")
    await county.say(LEADER, "不清楚")
    await county.say(LEADER, "没有")
    await county.press(LEADER, "提交")
    assert await first_replies(county) == {TOWNSHIP: ("镇长王强", None, 0)}
    assert "受影响 不清楚，转移 0 人" in county.last(DUTY)
    county.seen_all()


async def test_the_county_is_told_who_is_missing_and_may_reply_for_him(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    county.seen_all()
    await county.pass_time(minutes=15)
    assert [text for text in county.new(LEADER) if "县里还没有收到石梁镇的首次回复" in text]
    await county.pass_time(minutes=5)
    missing = [text for text in county.new(DUTY) if "1 个乡镇没有首次回复" in text]
    assert len(missing) == 1
    assert "石梁镇 郑分管 13800000003" in missing[0]
    await county.press(DUTY, "代报：石梁镇")
    for said in ("郑分管", "不清楚", "不清楚"):
        await county.say(DUTY, said)
    await county.press(DUTY, "提交")
    owed = await county.run(lambda w: w.rows.obligations.find("reply:1", county.ids[LEADER.user_id], "first_reply"))
    assert (owed.state, owed.answered_by, owed.late) == (ObligationState.ANSWERED, county.ids[DUTY.user_id], True)
    county.seen_all()


async def test_the_list_is_one_message_that_is_edited(county: County) -> None:
    await county.warn(colour="红色", places=[COUNTY])
    for commander, moved in ((LEADER, "5"), (LEADER, "8")):
        if moved == "5":
            await county.press(commander, "收到")
        await county.press(commander, "首次回复")
        for said in ("郑分管", "1", moved):
            await county.say(commander, said)
        await county.press(commander, "提交")
    lists = [text for text in county.texts(DUTY) if "首次回复 1/2" in text]
    assert len(lists) == 1
    assert "转移 8 人" in lists[0]
    assert "⏳ 云坑乡　名册里没有分管和主要负责人" in lists[0]
    county.seen_all()


async def test_yellow_asks_no_township_for_a_first_reply(county: County) -> None:
    await county.warn(colour="黄色", places=[VILLAGE])
    await county.press(LEADER, "收到")
    assert "首次回复" not in county.last(LEADER)
    county.seen_all()


async def test_another_townships_desk_replies_for_nobody(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE, PlaceCode("331124002")])
    pressed = await county.forge(FAR_STATION, f"w:first:1:{TOWNSHIP}")
    assert pressed.alert
    county.seen_all()


# -- households -------------------------------------------------------------------------------------------------


async def test_one_line_is_taken_as_it_is_typed(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(OFFICER, "收到")
    await county.say(OFFICER, "32/35 大喇叭 敲门")
    assert county.last(OFFICER) == "已记录：石梁镇·上坞村 32/35 户（敲门、大喇叭）。还差 3 户。有变化请再报。"
    assert await households(county) == {VILLAGE: (32, 35)}
    await county.pass_time(seconds=30)
    assert "到户 32/35（1/1 村）" in county.last(county.township_group)
    county.seen_all()


async def test_the_newest_counts_and_the_history_stays(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.say(OFFICER, "20/35 大喇叭")
    await county.say(OFFICER, "35/35 大喇叭 敲门")
    assert await households(county) == {VILLAGE: (35, 35)}
    history = await county.run(lambda w: w.rows.answers.household_history(1, VILLAGE))
    assert [one.reached for one in history] == [20, 35]
    county.seen_all()


async def test_what_the_line_leaves_open_is_asked(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.say(OFFICER, "32/35")
    assert "用了哪些办法" in county.last(OFFICER)
    await county.say(OFFICER, "大喇叭、微信群")
    assert "还差哪几户" in county.last(OFFICER)
    await county.say(OFFICER, "后山老王、阿婆、小李")
    await county.press(OFFICER, "提交")
    found = await county.run(lambda w: w.rows.answers.households_of(1))
    assert found[VILLAGE].means == {Means.LOUDSPEAKER, Means.CHAT}
    assert found[VILLAGE].left == "后山老王、阿婆、小李"
    county.seen_all()


async def test_which_households_are_left_is_for_the_village_and_its_township_only(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.say(OFFICER, "32/35 敲门 还差后山老王")
    await county.pass_time(seconds=30)
    for reader in (STATION, HEAD, DUTY):
        await county.say(reader, "/missing")
        await county.press(reader, "到户情况")
    assert "还差：后山老王" in county.last(STATION)
    assert "还差：后山老王" in county.last(HEAD)
    assert "32/35 户" in county.last(DUTY)
    assert "后山老王" not in county.last(DUTY)
    groups = (county.county_group, county.township_group, county.village_group)
    assert not [text for group in groups for text in county.texts(group) if "老王" in text]
    county.seen_all()


async def test_a_village_is_reminded_at_orange_and_red_only(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    await county.press(OFFICER, "收到")
    await county.press(OFFICER, "已到岗")
    county.seen_all()
    await county.pass_time(minutes=60)
    assert [text for text in county.new(OFFICER) if "上坞村通知到多少户了" in text]
    county.seen_all()


async def test_at_yellow_numbers_are_taken_and_nobody_is_reminded(county: County) -> None:
    await county.warn(colour="黄色", places=[VILLAGE])
    await county.press(OFFICER, "收到")
    county.seen_all()
    await county.pass_time(minutes=30)
    assert county.new(OFFICER) == []
    await county.say(OFFICER, "35/35 大喇叭")
    assert await households(county) == {VILLAGE: (35, 35)}
    county.seen_all()


async def test_a_grid_member_reports_for_no_village(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    pressed = await county.forge(GRID, f"w:homes:1:{VILLAGE}")
    assert pressed.alert
    pressed = await county.forge(OFFICER, f"w:homes:1:{NEIGHBOUR}")
    assert pressed.alert
    assert await households(county) == {}
    county.seen_all()


async def test_a_stand_in_gives_the_first_reply_that_was_handed_on_to_him(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])

    async def hand_on(work: Work) -> None:
        leader = await work.rows.people.get(county.ids[LEADER.user_id])
        assert leader is not None
        await hand_over(work, leader, await work.rows.people.get(county.ids[STATION.user_id]), "on_leave")

    await county.run(hand_on)
    await county.press(STATION, "首次回复")
    for said in ("吴站长", "2", "不清楚"):
        await county.say(STATION, said)
    await county.press(STATION, "提交")
    owed = await county.run(lambda w: w.rows.obligations.find("reply:1", county.ids[STATION.user_id], "first_reply"))
    assert (owed.state, owed.answered_by) == (ObligationState.ANSWERED, county.ids[STATION.user_id])
    county.seen_all()
