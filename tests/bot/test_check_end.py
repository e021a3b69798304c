"""How a check ends, what reaches a group, and what the clock and a restart do to it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.checks import Reason, Result, Topic
from domain.errors import DomainError
from domain.people import Person
from services.check_verdicts import judge
from services.checks import Order, issue
from tests.support.checks import VILLAGE_PEOPLE, drawn, named, overview
from tests.support.county import (
    CADRE,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    County,
    small_county,
)


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
