"""What comes between: two at once, stale and forged presses, warnings, restarts, silence, absence."""

import asyncio
from datetime import timedelta

import pytest

from domain.errors import NotAllowed, Stale
from domain.hazards import HazardState
from services import hazards as moves
from services.handover import hand_over
from services.work import Work
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    VILLAGE,
    County,
)
from tests.support.hazards import assigned, events, hazard, report, reports, said_to_be_fixed

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
        for data in ("h:take:1:0", "h:reject_for:1:0:fine", "h:rw:1:0:水利:0", "h:grade:1:0:major", "h:assign:1:0"):
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
    await county.press(STATION, "立即整改")
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
    await county.pass_time(step=timedelta(hours=1), hours=57)
    assert county.new(PATROLLER) == []
    await county.pass_time(step=timedelta(hours=1), hours=25)
    (early,) = county.new(PATROLLER)
    assert "快到期了" in early
    await county.pass_time(step=timedelta(minutes=30), hours=1.5)
    assert "到期了，整改好了吗" in county.last(PATROLLER)
    await county.pass_time(step=timedelta(minutes=30), hours=13)  # nobody is woken: in the morning
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
