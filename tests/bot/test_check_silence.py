"""A check that nobody answers, and those whom a check leaves alone."""

from datetime import timedelta

import pytest

from domain.checks import Reason, Result, Topic, drawn_again
from domain.errors import DomainError
from domain.people import Leave, Post, Role
from services.check_verdicts import judge
from services.work import Work
from tests.support.checks import VILLAGE_PEOPLE, asked_of, drawn, named, overview, verdicts
from tests.support.county import (
    CADRE,
    DUTY,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    VILLAGE,
    County,
)


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


async def test_where_the_network_is_down_nobody_is_at_fault_and_nobody_counts(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    await county.pass_time(minutes=21)
    county.seen_all()
    await county.press(STATION, "断网")
    owed = await county.run(lambda work: work.rows.obligations.of_subject(check.subject))
    assert [one.state.value for one in owed] == ["excused"]
    await county.press(STATION, "网络中断（免责）")
    assert [(v.result, v.reasons) for v in await verdicts(county, check)] == [(Result.NETWORK, ())]
    assert "应答 0/0" in overview(county, STATION)
    await county.press(GRID, "我要说明")  # whoever is excused may still say how it was
    await county.say(GRID, "那天我请假，有人替我")
    await county.press(GRID, "确认提交")
    await county.press(STATION, "改判")
    await county.press(STATION, "请假已顶岗")
    assert [v.result for v in await verdicts(county, check)] == [Result.NETWORK, Result.COVERED]
    county.seen_all()


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
