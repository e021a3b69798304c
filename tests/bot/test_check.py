"""The spot check on the whole bot: drawn or named, answered or telephoned, judged by a human, explained, revised."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.checks import Reason, Result, Topic, drawn_again
from domain.errors import DomainError, NotAllowed
from domain.people import Leave, Person, Post, Role
from services.check_verdicts import judge
from services.checks import Order, issue
from services.ports import CheckRow, VerdictRow
from services.work import Work
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_HEAD,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    WATER,
    County,
    Someone,
    small_county,
)

VILLAGE_PEOPLE = (HEAD, OFFICER, GRID, PATROLLER, NEIGHBOUR_HEAD)


async def named(county: County, checker: Someone, whom: Someone, topic: Topic, **more: bool) -> CheckRow:
    """A check of one person, issued without the dialogue."""
    by = await county.person(checker)
    order = Order(topic, person_id=county.ids[whom.user_id], **more)
    check = await county.run(lambda work: issue(work, by, order))
    assert isinstance(check, CheckRow)
    return check


async def drawn(county: County, checker: Someone, size: int, topic: Topic = Topic.HAZARDS) -> CheckRow:
    by = await county.person(checker)
    check = await county.run(lambda work: issue(work, by, Order(topic, by.posts[0].place, size=size)))
    assert isinstance(check, CheckRow)
    return check


async def verdicts(county: County, check: CheckRow) -> list[VerdictRow]:
    return list(await county.run(lambda work: work.rows.checks.verdicts(check.id)))


async def asked_of(county: County, check: CheckRow) -> set[Someone]:
    rows = await county.run(lambda work: work.rows.checks.asked(check.id))
    people = {county.ids[who.user_id]: who for who in (*VILLAGE_PEOPLE, CADRE, STATION, LEADER, DUTY, FAR_HEAD)}
    return {people[row.person_id] for row in rows}


def overview(county: County, checker: Someone) -> str:
    return next(text for text in reversed(county.texts(checker)) if text.startswith("抽查 2026") and "应答 " in text)


# -- the whole life -----------------------------------------------------------------------------------------------


async def test_a_draw_by_dialogue_shows_the_question_asks_and_reports_in_one_message(county: County) -> None:
    await county.say(STATION, "/check")
    assert "没有事先通知" in county.last(STATION)
    await county.press(STATION, "随机抽")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "不限")
    assert "可抽 4 位。" in county.last(STATION)
    await county.say(STATION, "2")
    await county.press(STATION, "装备到位完好")  # 轮换 is the first button, and would be 人员到岗履职
    review = county.last(STATION)
    assert "会这样问：“村里这五样哪样不能用？" in review
    assert "10 分钟内答复" in review
    for who in VILLAGE_PEOPLE:
        assert county.new(who) == []  # nobody hears of it beforehand
    await county.press(STATION, "确认提交")
    seen = county.new(STATION)
    assert "抽查 2026-001　装备到位完好" in seen[-1]
    assert "应答 0/2" in seen[-1]
    asked = [who for who in VILLAGE_PEOPLE if county.new(who)]
    assert len(asked) == 2
    assert NEIGHBOUR_HEAD not in asked
    assert "【抽查】吴站长请您回答" in county.last(asked[0])
    assert len(county.last(asked[0])) < 120
    await county.say(asked[0], "都好")
    assert "已记下 08:00，谢谢" in county.last(asked[0])
    assert "✅ 抽查答复已记下 08:00" in county.texts(asked[0])[-2]
    await county.press(asked[1], "0 都好")
    assert "✅ 抽查答复已记下" in county.last(asked[1])
    await county.pass_time(seconds=5)
    assert county.new(STATION) == []  # the overview is edited, nobody gets a message for each answer
    assert "应答 2/2" in overview(county, STATION)


async def test_from_the_question_to_a_result_revised_after_an_explanation(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.HAZARDS)
    await county.say(HEAD, "还有2处，最急的是后山")
    county.seen_all()
    await county.press(STATION, "看答复并判定：李书记")
    card = county.last(STATION)
    assert "08:00 答：还有2处，最急的是后山" in card
    assert "台账：没有未销号的隐患。" in card  # the bot's own record, beside the answer
    assert "请判定：" in card
    await county.press(STATION, "在岗但不熟悉职责")
    await county.press(STATION, "填好了")  # 职责表述不清晰 is ticked already
    assert "职责表述不清晰" in county.last(STATION)
    await county.press(STATION, "确认提交")
    assert "已判定李书记：在岗但不熟悉职责。只发给了他本人。" in county.last(STATION)
    told = county.new(HEAD)
    assert len(told) == 1
    assert "您在岗，自己的职责请再熟悉一下。" in told[0]
    assert "只告诉您本人" in told[0]
    await county.press(HEAD, "我要说明")
    await county.say(HEAD, "当时在后山，信号不好，没写全")
    await county.press(HEAD, "确认提交")
    assert "吴站长会看到" in county.last(HEAD)
    card = county.last(STATION)
    assert "本人说明：当时在后山，信号不好，没写全" in card
    await county.press(STATION, "改判")
    pressed = await county.press(STATION, "在岗")
    assert pressed.text == "已判定李书记：在岗。只发给了他本人。"
    assert "第 2 次判定" in county.last(STATION)
    assert "重新看过，结果有更正" in county.last(HEAD)
    versions = await verdicts(county, check)
    assert [(v.version, v.result, v.by) for v in versions] == [
        (1, Result.UNFAMILIAR, county.ids[STATION.user_id]),
        (2, Result.ON_POST, county.ids[STATION.user_id]),
    ]
    for group in (county.county_group, county.township_group, county.village_group):
        assert county.new(group) == []  # nothing of it ever reaches a group by itself


async def test_an_explanation_that_changes_nothing_is_answered_too(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.RISKS)
    await county.pass_time(minutes=21)
    await county.press(STATION, "无人接听")
    await county.press(STATION, "未应答")
    await county.press(STATION, "填好了")
    await county.press(STATION, "确认提交")
    county.seen_all()
    await county.press(HEAD, "我要说明")
    await county.say(HEAD, "手机没电")
    await county.press(HEAD, "确认提交")
    await county.press(STATION, "维持原判")
    assert "您的说明吴站长看过了，结果不变" in county.last(HEAD)
    assert [(v.version, v.result, v.upheld) for v in await verdicts(county, check)] == [
        (1, Result.SILENT, False),
        (2, Result.SILENT, True),
    ]
    county.seen_all()


# -- answers ------------------------------------------------------------------------------------------------------


async def test_a_second_message_asks_again_and_a_late_answer_counts_and_is_marked(county: County) -> None:
    await named(county, STATION, GRID, Topic.PATROL)
    assert len(county.new(GRID)) == 1
    await county.pass_time(minutes=10)
    assert ["第二次问" in text for text in county.new(GRID)] == [True]
    await county.pass_time(minutes=1)
    await county.say(GRID, "后山，裂缝没变")
    assert "超过了时间，照样算数" in county.last(GRID)
    assert "已答，迟到 08:11" in overview(county, STATION)
    await county.pass_time(minutes=15)
    assert not [text for text in county.new(STATION) if "请打电话" in text]
    await county.press(STATION, "看答复并判定")
    assert "08:11 答（超时）：后山，裂缝没变" in county.last(STATION)
    assert "没有他的巡查打卡" in county.last(STATION)


async def test_the_first_answer_stays_and_what_follows_is_kept_beside_it(county: County) -> None:
    check = await named(county, STATION, OFFICER, Topic.EQUIPMENT)
    await county.say(OFFICER, "2")
    await county.say(OFFICER, "其实发电机只是没油")
    assert "补充已记下" in county.last(OFFICER)
    await county.photo(OFFICER, data=b"\xff\xd8\xff a picture")
    await county.forge(OFFICER, f"c:a:{check.id}:fine")
    entries = await county.run(lambda work: work.rows.checks.entries(check.id))
    assert [(e.kind, e.text, e.codes) for e in entries] == [
        ("answer", "2", ("power",)),
        ("supplement", "其实发电机只是没油", ()),
        ("supplement", "", ()),
        ("supplement", "", ("fine",)),
    ]
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    card = county.last(STATION)
    assert "答：选了发电机。" in card
    assert "补充：[照片]" in card
    assert "陈应急 08:00 发来的。" in county.texts(STATION)[-2]
    county.seen_all()


async def test_a_button_pressed_twice_is_one_answer(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    await county.press(GRID, "1 在岗")
    pressed = await county.forge(GRID, f"c:a:{check.id}:here")
    assert "已经回过了" in pressed.text
    assert len(await county.run(lambda work: work.rows.checks.entries(check.id))) == 1
    county.seen_all()


async def test_a_choice_that_wants_a_word_more_is_asked_for_it(county: County) -> None:
    await named(county, STATION, GRID, Topic.PRESENCE)
    await county.press(GRID, "3 请假，有人顶岗")
    assert "由谁顶岗" in county.last(GRID)
    await county.say(GRID, "由村里老徐顶岗")
    assert "补充已记下" in county.last(GRID)
    county.seen_all()


async def test_a_bare_acknowledgement_is_no_answer_to_a_question_of_substance(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.say(GRID, "收到")
    assert "还请回答这个问题" in county.last(GRID)
    assert "今天巡查到了哪个点" in county.last(GRID)
    assert await county.run(lambda work: work.rows.checks.entries(check.id)) == []
    county.seen_all()


async def test_a_warning_is_acknowledged_first_and_the_question_stays_open(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.warn(places=[VILLAGE])
    await county.say(GRID, "收到")
    assert "号预警" in county.last(GRID)
    await county.say(GRID, "后山，没有变化")
    assert "已记下" in county.last(GRID)
    entries = await county.run(lambda work: work.rows.checks.entries(check.id))
    assert [(e.kind, e.text) for e in entries] == [("answer", "后山，没有变化")]
    county.seen_all()


async def test_an_open_dialogue_goes_first_unless_the_question_itself_is_replied_to(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.HAZARDS)
    question = county.messages(HEAD.user_id)[-1].id
    await county.say(HEAD, "/leave")
    before = len(county.texts(HEAD))
    await county.say(HEAD, "两处，最急的是后山")
    assert await county.run(lambda work: work.rows.checks.entries(check.id)) == []
    assert len(county.texts(HEAD)) > before
    await county.say(HEAD, "两处，最急的是后山", reply_to=question)
    entries = await county.run(lambda work: work.rows.checks.entries(check.id))
    assert [(e.kind, e.text) for e in entries] == [("answer", "两处，最急的是后山")]
    county.seen_all()


async def test_a_position_is_compared_with_the_post_and_only_marked(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.PRESENCE)
    await county.location(HEAD, 28.60, 119.30)
    entry = (await county.run(lambda work: work.rows.checks.entries(check.id)))[0]
    assert (entry.kind, entry.late, entry.vouched) == ("answer", False, False)
    assert 20_000 < entry.metres < 30_000
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    assert "公里，不是实时位置，不能当在场依据" in county.last(STATION)


async def test_the_last_warning_stands_beside_the_answer_as_it_was_then(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.press(HEAD, "收到")
    await county.pass_time(minutes=5)
    county.seen_all()
    await named(county, STATION, HEAD, Topic.WARNINGS)
    await county.say(HEAD, "黄色，8点10分，都传到了")
    await county.warn(colour="橙色", kind="台风", places=[TOWNSHIP])
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    card = county.last(STATION)
    assert "暴雨黄色" in card
    assert "他应答这条预警：6月20日 08:00。" in card
    assert "台风" not in card


# -- the telephone ------------------------------------------------------------------------------------------------


async def test_silence_comes_back_to_the_checker_with_the_number_and_the_call_is_recorded(county: County) -> None:
    check = await named(county, CADRE, GRID, Topic.RISKS)
    await county.pass_time(minutes=21)
    asked = county.new(CADRE)[-1]
    assert "请打电话核实" in asked
    assert f"王大爷 {GRID.phone}（没有回音）" in asked
    assert not any("电话" in text for text in county.new(STATION))  # not the desk: whoever asked
    pressed = await county.press(CADRE, "接通，在岗")
    assert "已登记王大爷的电话结果" in pressed.text
    card = county.last(CADRE)
    assert "包村小刘打电话：接通，在岗" in card
    assert "请判定：" in card
    await county.press(CADRE, "在岗")
    assert "在岗，情况清楚" in county.last(GRID)
    assert [(v.result, v.reasons) for v in await verdicts(county, check)] == [(Result.ON_POST, ())]
    assert "已全部判定" in overview(county, CADRE)
    owed = await county.run(lambda work: work.rows.obligations.of_subject(check.subject))
    assert [(o.state.value, o.channel.value, o.answered_by) for o in owed] == [
        ("answered", "phone", county.ids[CADRE.user_id])
    ]


async def test_several_silent_people_are_one_message_with_a_button_each(county: County) -> None:
    await drawn(county, STATION, 5)
    await county.say(HEAD, "一处")
    county.seen_all()
    await county.pass_time(minutes=21)
    lists = [text for text in county.new(STATION) if "请打电话核实" in text]
    assert len(lists) == 1
    assert "李书记" not in lists[0]
    assert all(f"{who.name} {who.phone}" in lists[0] for who in (OFFICER, GRID, PATROLLER, NEIGHBOUR_HEAD))
    await county.press(STATION, "登记电话：岭下书记")
    await county.press(STATION, "接通，不在岗")
    assert "吴站长打电话：接通，不在岗" in county.last(STATION)
    assert "岭下书记：电话接通，不在岗 08:21" in overview(county, STATION)
    county.seen_all()


async def test_a_wrong_number_is_a_task_for_the_roster_and_no_fault(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    await county.pass_time(minutes=21)
    county.seen_all()
    await county.press(STATION, "空号")
    assert "王大爷" in "".join(county.new(STATION)[:1])
    await county.press(STATION, "号码错误")
    assert "不算您的问题" in county.last(GRID)
    assert [(v.result, v.reasons) for v in await verdicts(county, check)] == [(Result.WRONG_NUMBER, ())]
    noted = [
        what
        for _, _, what, _ in await county.run(lambda work: work.rows.timeline.of(f"person:{county.ids[GRID.user_id]}"))
    ]
    assert noted.count("roster.wrong_number") == 1
    assert any("号码" in text and GRID.phone in text for text in county.texts(STATION))
    assert "应答 0/0" in overview(county, STATION)  # he does not count against anybody


async def test_without_a_private_chat_the_telephone_comes_at_once_and_no_clock_runs_against_him(
    county: County,
) -> None:
    county.world.block_bot(GRID.user_id)
    await county.settle()
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.pass_time(seconds=1)
    assert "（没有私聊）" in county.new(STATION)[-1]
    await county.pass_time(minutes=45)
    await county.press(STATION, "接通，在岗")
    owed = await county.run(lambda work: work.rows.obligations.of_subject(check.subject))
    assert [o.late for o in owed] == [False]
    pressed = await county.press(STATION, "在岗")
    assert f"他没有私聊，请打电话 {GRID.phone} 告诉他" in pressed.text
    county.seen_all()


async def test_whoever_opens_his_chat_later_is_asked_then_and_is_not_late(county: County) -> None:
    county.world.block_bot(GRID.user_id)
    await county.settle()
    await named(county, STATION, GRID, Topic.PATROL)
    await county.pass_time(minutes=30)
    county.world.unblock_bot(GRID.user_id)
    await county.say(GRID, "/start")
    assert any("今天巡查到了哪个点" in text for text in county.new(GRID))
    await county.say(GRID, "后山，没有变化")
    assert "已记下 08:30，谢谢" in county.last(GRID)
    county.seen_all()


async def test_nobody_is_judged_silent_before_he_was_telephoned(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.HAZARDS)
    by, head = await county.person(STATION), county.ids[HEAD.user_id]
    pressed = await county.forge(STATION, f"c:set:{check.id}:{head}:silent:0")
    assert "没到打电话的时间" in pressed.text
    with pytest.raises(DomainError):
        await county.bot.doors.run(
            lambda work: judge(work, by, check.id, head, Result.SILENT, version=0, reasons=[Reason.UNREACHED])
        )
    assert await verdicts(county, check) == []
    await county.say(HEAD, "没有")
    pressed = await county.forge(STATION, f"c:set:{check.id}:{head}:network:0")
    assert "已判定李书记：网络中断" in pressed.text  # a human may excuse whenever he knows
    assert [v.by for v in await verdicts(county, check)] == [by.id]
    county.seen_all()


# -- who is left alone --------------------------------------------------------------------------------------------


async def test_whoever_is_on_leave_is_left_alone_and_his_stand_in_answers(county: County) -> None:
    head, officer = await county.person(HEAD), await county.person(OFFICER)

    async def leave(work: Work) -> None:
        await work.rows.people.add_leave(Leave(head.id, officer.id, work.now, work.now + timedelta(days=1)), head.id)

    await county.run(leave)
    check = await named(county, STATION, HEAD, Topic.PRESENCE)
    assert county.new(HEAD) == []
    assert "（您替李书记顶岗）" in county.last(OFFICER)
    await county.press(OFFICER, "1 在岗")
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    assert "（替李书记顶岗）" in county.last(STATION)
    await county.press(STATION, "请假已顶岗")
    assert [(v.person_id, v.leave_missing) for v in await verdicts(county, check)] == [(officer.id, False)]
    county.seen_all()


async def test_in_a_draw_the_stand_in_takes_the_place_of_the_absent_one(county: County) -> None:
    head, cadre = await county.person(NEIGHBOUR_HEAD), await county.person(CADRE)

    async def leave(work: Work) -> None:
        await work.rows.people.add_leave(Leave(head.id, cadre.id, work.now, work.now + timedelta(days=1)), head.id)

    await county.run(leave)
    check = await drawn(county, STATION, 10)
    assert await asked_of(county, check) == {HEAD, OFFICER, GRID, PATROLLER, CADRE}
    assert "请假，由顶岗人参加：1 人（岭下书记）" in overview(county, STATION)
    county.seen_all()


async def test_a_leave_nobody_recorded_is_noted_to_be_recorded(county: County) -> None:
    check = await named(county, DUTY, HEAD, Topic.PRESENCE)
    await county.say(HEAD, "3 请假，由应急员顶")
    county.seen_all()
    await county.press(DUTY, "看答复并判定")
    await county.press(DUTY, "请假已顶岗")
    assert "请假记录待补登" in county.last(DUTY)
    assert [v.leave_missing for v in await verdicts(county, check)] == [True]
    assert "名册里还没有请假记录。请补登" in county.last(STATION)
    assert "不算您的问题" in county.last(HEAD)
    county.seen_all()


async def test_whoever_answered_a_red_warning_a_moment_ago_counts_as_on_post(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(OFFICER, "收到")
    await county.pass_time(minutes=3)
    county.seen_all()
    check = await drawn(county, STATION, 10)
    assert OFFICER not in await asked_of(county, check)
    assert "【抽查】" not in "".join(county.new(OFFICER))
    assert "刚有应答或打卡、视为在岗：1 人（陈应急）" in overview(county, STATION)
    await county.say(STATION, "/check")
    await county.press(STATION, "点名问一位")
    await county.say(STATION, "陈应急")
    await county.press(STATION, "轮换")
    pressed = await county.press(STATION, "确认提交")
    assert pressed.text == "陈应急 08:00 刚有应答或打卡，视为在岗，不再打扰。"
    county.seen_all()


async def test_an_orange_answer_or_one_given_by_a_helper_is_no_presence(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    await county.press(OFFICER, "收到")
    county.seen_all()
    check = await drawn(county, STATION, 10)
    assert OFFICER in await asked_of(county, check)
    county.seen_all()


async def test_the_checker_himself_is_never_drawn(county: County) -> None:
    cadre = await county.person(CADRE)
    both = (*cadre.posts, Post(Role.GRID_MEMBER, VILLAGE))
    await county.run(lambda work: work.rows.people.set_posts(cadre.id, both))
    check = await drawn(county, CADRE, 10)
    assert await asked_of(county, check) == {HEAD, OFFICER, GRID, PATROLLER}
    assert "抽查人本人：1 人" in overview(county, CADRE)
    county.seen_all()


async def test_nobody_is_asked_by_two_checks_at_once(county: County) -> None:
    first = await named(county, STATION, HEAD, Topic.RISKS)
    second = await drawn(county, LEADER, 10)
    assert HEAD in await asked_of(county, first)
    assert HEAD not in await asked_of(county, second)
    assert "正在答另一次抽查：1 人（李书记）" in overview(county, LEADER)
    county.seen_all()


async def test_the_draw_can_be_made_again_from_its_record_and_spares_who_was_drawn(county: County) -> None:
    first = await drawn(county, STATION, 3)
    assert first.draw is not None
    assert drawn_again(first.draw) == first.draw.chosen
    for who in await asked_of(county, first):
        await county.say(who, "没有隐患")
    second = await drawn(county, LEADER, 2)
    assert second.draw is not None
    assert set(second.draw.spent) == set(first.draw.chosen)
    assert await asked_of(county, first) | await asked_of(county, second) == set(VILLAGE_PEOPLE)
    assert f"{second.draw.seed:016x}" in overview(county, LEADER)
    county.seen_all()


# -- rights -------------------------------------------------------------------------------------------------------


async def test_a_village_head_cannot_check_anybody(county: County) -> None:
    await county.say(HEAD, "/check")
    assert "不在您名册登记的职责之内" in county.last(HEAD)
    await county.forge(HEAD, "c:new")
    assert await county.run(lambda work: work.rows.checks.open_of(county.ids[HEAD.user_id])) == []


async def test_nobody_checks_outside_his_area_or_above_himself(county: County) -> None:
    for checker, name in ((STATION, "坑头书记"), (STATION, "郑分管"), (CADRE, "岭下书记"), (WATER, "山塘老徐")):
        await county.say(checker, "/check")
        await county.press(checker, "点名问一位")
        await county.say(checker, name)
        assert "请从下面的选项里选一个" in county.last(checker)
        await county.say(checker, "/cancel")
    far = await county.person(FAR_HEAD)
    station = await county.person(STATION)
    for order in (Order(None, person_id=far.id), Order(None, far.posts[0].place)):
        with pytest.raises(NotAllowed):
            await county.bot.doors.run(lambda work, order=order: issue(work, station, order))
    county.seen_all()


async def test_a_department_checks_the_patrollers_of_its_own_trade(county: County) -> None:
    patroller = await county.person(PATROLLER)
    await county.run(lambda work: work.rows.people.set_posts(patroller.id, [Post(Role.PATROLLER, VILLAGE, "水利")]))
    await county.say(WATER, "/check")
    await county.press(WATER, "随机抽")
    await county.press(WATER, "松阳县")
    await county.press(WATER, "不限")
    assert "可抽 1 位" in county.last(WATER)
    await county.press(WATER, "不改，下一步")
    await county.press(WATER, "网格员到岗巡查")
    await county.press(WATER, "确认提交")
    assert "水利员请您回答" in county.last(PATROLLER)
    county.seen_all()


async def test_the_person_himself_cannot_judge_whatever_his_rights(county: County) -> None:
    station = await county.person(STATION)
    await county.run(
        lambda work: work.rows.people.set_posts(station.id, [*station.posts, Post(Role.VILLAGE_HEAD, VILLAGE)])
    )
    check = await named(county, LEADER, STATION, Topic.PRESENCE)
    await county.press(STATION, "1 在岗")
    for data in (
        f"c:see:{check.id}:{station.id}",
        f"c:set:{check.id}:{station.id}:on_post:0",
        f"c:call:{check.id}:{station.id}:on_post",
        f"c:keep:{check.id}:{station.id}:0",
    ):
        pressed = await county.forge(STATION, data)
        assert "不能由自己判定" in pressed.text
    assert await verdicts(county, check) == []
    county.seen_all()


async def test_forged_presses_change_nothing_and_are_answered(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    grid = county.ids[GRID.user_id]
    forgeries = (
        (HEAD, f"c:a:{check.id}:here", "另一位同志"),
        (HEAD, f"c:see:{check.id}:{grid}", "职责之内"),
        (HEAD, f"c:set:{check.id}:{grid}:on_post:0", "职责之内"),
        (FAR_STATION, f"c:set:{check.id}:{grid}:on_post:0", "职责之内"),
        (HEAD, f"c:end:{check.id}", "别的同志发起"),
        (LEADER, f"c:end:{check.id}", "别的同志发起"),
        (LEADER, f"c:post:{check.id}", "别的同志发起"),
        (HEAD, f"c:explain:{check.id}", "另一位同志"),
        (GRID, f"c:explain:{check.id}", "已过期"),
        (GRID, f"c:a:{check.id}:nonsense", "已过期"),
        (STATION, f"c:set:{check.id}:{grid}:splendid:0", "已过期"),
        (STATION, f"c:set:{check.id}:{grid}:on_post:7", "已经有人判定过了"),
        (STATION, f"c:set:{check.id}:{grid}:on_post:0", "对不上"),
        (STATION, "c:see:99:1", "已过期"),
        (STATION, "c:see:x", "已过期"),
        (STATION, "c:what", "已过期"),
        (STATION, "c:", "已过期"),
    )
    for who in (HEAD, LEADER, FAR_STATION):
        await county.say(who, "/help")  # a press needs a message to come from
    county.seen_all()
    for who, data, expected in forgeries:
        assert expected in (await county.forge(who, data)).text, data
    assert await verdicts(county, check) == []
    assert await county.run(lambda work: work.rows.checks.entries(check.id)) == []
    county.seen_all()


async def test_two_leaders_who_judge_at_once_leave_one_verdict(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    await county.press(GRID, "1 在岗")
    grid = county.ids[GRID.user_id]
    await county.say(LEADER, "/help")  # a press needs a message to come from
    county.seen_all()
    assert "已判定" in (await county.forge(LEADER, f"c:set:{check.id}:{grid}:on_post:0")).text
    assert "已经有人判定过了" in (await county.forge(STATION, f"c:set:{check.id}:{grid}:covered:0")).text
    assert [(v.result, v.by) for v in await verdicts(county, check)] == [(Result.ON_POST, county.ids[LEADER.user_id])]
    county.seen_all()


async def test_other_as_a_reason_wants_its_words(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.say(GRID, "不知道")
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    await county.press(STATION, "未及时到岗")
    assert "现在是：未及时到岗" in county.last(STATION)
    await county.press(STATION, "其他，要写明")
    await county.press(STATION, "填好了")
    assert "“其他”是什么" in county.last(STATION)
    await county.say(STATION, "在县城办事")
    await county.press(STATION, "确认提交")
    assert [(v.reasons, v.other) for v in await verdicts(county, check)] == [
        ((Reason.LATE, Reason.OTHER), "在县城办事")
    ]
    assert "记为没有及时到岗（在县城办事）。" in county.last(GRID)
    county.seen_all()


# -- the end, the group, the clock --------------------------------------------------------------------------------


async def test_cancelling_closes_what_is_open_and_tells_those_who_were_asked(county: County) -> None:
    check = await drawn(county, STATION, 5)
    await county.say(HEAD, "一处")
    county.seen_all()
    await county.press(STATION, "取消抽查")
    await county.press(STATION, "确定取消")
    assert "已取消" in overview(county, STATION)
    for who in VILLAGE_PEOPLE:
        assert "吴站长 08:00 的抽查已取消，不用再答复。" in county.new(who)
    owed = await county.run(lambda work: work.rows.obligations.of_subject(check.subject))
    assert {o.state.value for o in owed} == {"answered", "closed"}
    county.seen_all()
    await county.pass_time(minutes=30)
    await county.forge(GRID, f"c:a:{check.id}:here")
    assert len(await county.run(lambda work: work.rows.checks.entries(check.id))) == 1


async def test_only_figures_reach_the_group_and_only_when_the_checker_says_so(county: County) -> None:
    await drawn(county, STATION, 5)
    for who in (HEAD, OFFICER, GRID):
        await county.say(who, "没有隐患")
    county.seen_all()
    await county.press(STATION, "通报数字到群")
    assert "将发到群里：石梁镇抽查，应答 3/5。" in county.last(STATION)
    assert county.new(county.township_group) == []
    await county.press(STATION, "发到群里")
    assert county.new(county.township_group) == ["【抽查】6月20日石梁镇抽查：应答 3/5。"]
    await county.press(STATION, "通报数字到群")
    await county.press(STATION, "发到群里")
    assert "已经发过了" in county.last(STATION)
    assert county.new(county.township_group) == []


async def test_figures_about_two_people_would_name_them_and_are_not_posted(county: County) -> None:
    await drawn(county, STATION, 2)
    county.seen_all()
    await county.press(STATION, "通报数字到群")
    await county.press(STATION, "发到群里")
    assert county.new(county.township_group) == []
    county.seen_all()


async def test_own_checks_are_listed_with_their_present_state(county: County) -> None:
    await named(county, STATION, HEAD, Topic.HAZARDS)
    await named(county, LEADER, GRID, Topic.PATROL)
    await county.say(HEAD, "一处")
    county.seen_all()
    await county.say(STATION, "/checks")
    shown = county.new(STATION)
    assert len(shown) == 1
    assert "李书记：已答 08:00" in shown[0]
    await county.say(HEAD, "补一句")
    await county.say(FAR_STATION, "/checks")
    assert "没有进行中的抽查" in county.last(FAR_STATION)
    county.seen_all()


async def test_at_night_nobody_is_asked_unless_the_checker_confirms(tmp_path: Path) -> None:
    night = datetime(2026, 6, 20, 15, 0, tzinfo=UTC)  # 23:00 in the county
    async with small_county(tmp_path, start=night) as county:
        await county.say(CADRE, "/check")
        await county.press(CADRE, "点名问一位")
        await county.say(CADRE, "王大爷")
        await county.press(CADRE, "轮换")
        assert "现在是夜里" in county.last(CADRE)
        assert county.new(GRID) == []
        await county.press(CADRE, "确实要现在问")
        await county.press(CADRE, "确认提交")
        assert "【抽查】" in county.last(GRID)
        by = await county.person(CADRE)
        order = Order(Topic.RISKS, person_id=county.ids[HEAD.user_id])
        with pytest.raises(DomainError) as refused:
            await county.bot.doors.run(lambda work: issue(work, by, order))
        assert refused.value.key == "check.refused.night"
        county.seen_all()


async def test_a_restart_neither_loses_nor_repeats_the_second_attempt(county: County) -> None:
    await named(county, STATION, GRID, Topic.PATROL)
    county.seen_all()
    await county.pass_time(minutes=1)
    await county.restart()
    await county.pass_time(minutes=12)
    assert ["第二次问" in text for text in county.new(GRID)] == [True]
    await county.pass_time(minutes=10)
    assert sum("请打电话核实" in text for text in county.new(STATION)) == 1
    county.seen_all()


async def test_whoever_answers_after_the_verdict_is_heard_and_the_judge_learns_of_it(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    question = county.messages(GRID.user_id)[-1].id
    await county.pass_time(minutes=21)
    by, grid = await county.person(STATION), county.ids[GRID.user_id]
    await county.run(lambda work: judge(work, by, check.id, grid, Result.SILENT, version=0, reasons=[Reason.UNREACHED]))
    county.seen_all()
    await county.say(GRID, "在后山巡查，没有信号", reply_to=question)
    assert "照样算数" in county.last(GRID) or "已记下" in county.last(GRID)
    assert "判定以后又来了答复" in county.last(STATION)
    county.seen_all()


async def test_the_subject_in_turn_is_the_one_used_least_recently(county: County) -> None:
    by: Person = await county.person(STATION)
    topics = []
    for whom in (HEAD, OFFICER, GRID, PATROLLER, NEIGHBOUR_HEAD):
        order = Order(None, person_id=county.ids[whom.user_id])
        topics.append((await county.run(lambda work, order=order: issue(work, by, order))).topic)
    assert topics == [*Topic][:5]
    county.seen_all()


async def test_an_answer_by_voice_can_be_heard_by_the_judge(county: County) -> None:
    await named(county, STATION, GRID, Topic.PATROL)
    await county.world.send_voice(GRID.user_id, GRID.user_id, b"OggS a voice", duration=8)
    await county.settle()
    assert "已记下" in county.last(GRID)
    county.seen_all()
    before = len(county.messages(STATION.user_id))
    await county.press(STATION, "看答复并判定")
    assert "[语音 8 秒]" in county.last(STATION)
    sent = county.messages(STATION.user_id)[before:]
    assert ["voice" in one.payload for one in sent] == [True, False]


async def test_after_a_call_that_nobody_took_one_can_call_again(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.pass_time(minutes=21)
    county.seen_all()
    await county.press(STATION, "无人接听")
    assert "吴站长打电话：无人接听" in county.last(STATION)
    await county.pass_time(minutes=5)
    await county.press(STATION, "登记打电话的结果")
    assert GRID.phone in county.last(STATION)
    await county.press(STATION, "接通，在岗")
    calls = [e.text for e in await county.run(lambda work: work.rows.checks.entries(check.id)) if e.kind == "call"]
    assert calls == ["no_answer", "on_post"]
    owed = await county.run(lambda work: work.rows.obligations.of_subject(check.subject))
    assert [(o.state.value, o.late) for o in owed] == [("answered", True)]
    county.seen_all()


async def test_a_check_lives_the_same_on_postgresql(county_on_postgresql: County) -> None:
    await test_from_the_question_to_a_result_revised_after_an_explanation(county_on_postgresql)
    await test_the_draw_can_be_made_again_from_its_record_and_spares_who_was_drawn(county_on_postgresql)
