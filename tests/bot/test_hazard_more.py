"""More of a hazard's life: more time, how it goes, whose it is, two of one thing, and who may know who reported it."""

from datetime import timedelta

import pytest

from domain.errors import DomainError, Stale
from domain.hazards import Grade, HazardState, Move
from services import hazards as moves
from services.hazard_same import merge
from tests.support.county import DUTY, FAR_VILLAGE, GRID, LEADER, PATROLLER, STATION, STRANGER, VILLAGE, WATER, County
from tests.support.hazards import assigned, events, hazard, report, reports, said_to_be_fixed

# -- time -----------------------------------------------------------------------------------------------------------


async def test_more_time_is_asked_before_the_deadline_and_given_by_the_desk(county: County) -> None:
    await assigned(county)
    before = (await hazard(county)).due_at
    county.seen_all()
    await county.press(PATROLLER, "申请延期")
    await county.press(PATROLLER, "7天")
    await county.press(PATROLLER, "材料没到")
    await county.press(PATROLLER, "确认提交")
    assert "等答复" in county.last(PATROLLER)
    assert "申请延期，请答复" in county.last(STATION)
    assert "材料没到" in county.last(STATION)
    assert (await hazard(county)).due_at == before  # asking alone moves nothing
    pressed = await county.press(STATION, "同意延期")
    assert pressed.text == "2026-0001 号已同意延期。"
    row = await hazard(county)
    assert before is not None
    assert (row.due_at, row.extensions, row.extension_until) == (before + timedelta(days=7), 1, None)
    await county.pass_time(seconds=5)
    assert "同意延期，6月30日 18:00前" in "".join(county.texts(PATROLLER))
    assert "整改延到6月30日 18:00前" in county.last(GRID)
    assert [one.move for one in await events(county)][-2:] == ["ask_extension", "extend"]
    county.seen_all()


async def test_asked_too_late_it_is_written_down_and_politely_refused(county: County) -> None:
    await assigned(county)
    county.seen_all()
    county.clock.advance(timedelta(days=4))
    await county.press(PATROLLER, "申请延期")
    await county.press(PATROLLER, "3天")
    await county.say(PATROLLER, "一直下雨")
    await county.press(PATROLLER, "确认提交")
    assert "已经过了期限，不能再延" in county.last(PATROLLER)
    row, last = await hazard(county), (await events(county))[-1]
    assert (row.extension_until, row.extensions) == (None, 0)
    assert (last.move, last.facts["late"], last.facts["words"]) == ("ask_extension", True, "一直下雨")
    county.seen_all()


async def test_how_it_goes_is_asked_by_day_and_answered_in_one_line(county: County) -> None:
    await assigned(county)
    station = await county.person(STATION)
    leader = await county.person(LEADER)
    row = await hazard(county)
    row = await county.run(lambda work: moves.grade(work, leader, 1, row.version, Grade.MAJOR, "先撤人", "淹房"))
    said = moves.Assignment("上坞村", county.ids[PATROLLER.user_id], "清理", county.clock.now() + timedelta(days=40))
    await county.run(lambda work: moves.assign(work, station, 1, said))
    county.seen_all()
    await county.pass_time(step=timedelta(hours=12), days=7, hours=1)
    assert "改得怎么样了" in county.last(PATROLLER)
    await county.say(PATROLLER, "挖机明天到")
    assert "进度记下了：挖机明天到" in county.last(PATROLLER)
    await county.pass_time(step=timedelta(hours=12), days=7, hours=1)
    assert "改得怎么样了" in county.last(PATROLLER)
    await county.say(PATROLLER, "0")
    assert "没变化" in county.last(PATROLLER)
    told = [one.facts["words"] for one in await events(county) if one.move == "progress"]
    assert told == ["挖机明天到", ""]
    county.seen_all()


async def test_nothing_is_major_without_what_keeps_people_safe(county: County) -> None:
    await report(county)
    leader = await county.person(LEADER)
    with pytest.raises(DomainError, match="needs_interim"):
        await county.run(lambda work: moves.grade(work, leader, 1, 0, Grade.MAJOR))
    assert (await hazard(county)).grade is Grade.OPEN
    county.seen_all()


# -- whose it is ----------------------------------------------------------------------------------------------------


async def test_what_is_passed_on_twice_is_for_the_county_to_say(county: County) -> None:
    await report(county)
    await county.press(STATION, "转部门")
    await county.press(STATION, "水利")
    await county.press(STATION, "不归我们管")
    county.seen_all()
    await county.press(WATER, "转部门")
    assert "再转就报县防指值班来定" in county.last(WATER)
    await county.press(WATER, "没有人手设备")
    assert "由县里定归谁管" in county.last(WATER)
    assert "请县里定归谁管" in county.last(DUTY)
    assert "归谁管要县里定" in county.last(GRID)
    county.seen_all()
    await county.press(DUTY, "定归谁管")
    await county.press(DUTY, "归乡镇")
    assert "县里定了：2026-0001 归您这里管" in county.last(STATION)
    row = await hazard(county)
    assert (row.state, row.department, row.with_county) == (HazardState.REPORTED, "", False)
    await county.press(STATION, "接办")
    assert (await hazard(county)).state is HazardState.TAKEN
    county.seen_all()


# -- two of one thing -----------------------------------------------------------------------------------------------


async def second(county: County) -> None:
    await county.say(PATROLLER, "/report")
    await county.press(PATROLLER, "山塘水库")
    await county.press(PATROLLER, "上坞村")
    await county.press(PATROLLER, "不是同一件")
    await county.say(PATROLLER, "坝脚渗水")
    await county.press(PATROLLER, "没有人")
    await county.press(PATROLLER, "跳过")
    await county.press(PATROLLER, "确认提交")


async def test_two_are_merged_by_the_desk_with_both_reporters_and_taken_apart_again(county: County) -> None:
    await report(county)
    await second(county)
    county.seen_all()
    await county.press(STATION, "看详情")
    await county.press(STATION, "并入另一条")
    await county.press(STATION, "2026-0001")
    assert "2026-0002 号已并入 2026-0001 号" in "".join(county.texts(STATION))
    assert "和 2026-0001 号是同一处" in county.last(PATROLLER)
    with pytest.raises(AssertionError):
        county.button(PATROLLER.user_id, "还没好")  # it goes on under the other number
    row = await hazard(county, 2)
    assert (row.state, row.merged_into) == (HazardState.MERGED, 1)
    assert [one.name for one in await reports(county)] == ["王大爷", "山塘老徐"]
    assert [one.move for one in await events(county, 2)] == ["report", "merge"]
    county.seen_all()
    station = await county.person(STATION)
    main = await hazard(county)
    await county.run(lambda work: moves.take(work, station, 1, main.version))
    for reporter in (GRID, PATROLLER):
        assert "乡镇已接办" in county.last(reporter)
    county.seen_all()
    pressed = await county.press(STATION, "取消合并")
    assert pressed.text == "2026-0002 号已单独处理。"
    row = await hazard(county, 2)
    assert (row.state, row.merged_into) == (HazardState.REPORTED, None)
    assert [one.name for one in await reports(county)] == ["王大爷"]
    assert "改为单独办" in "".join(county.texts(PATROLLER))
    county.seen_all()


async def test_nothing_is_merged_into_itself_or_round_about(county: County) -> None:
    await report(county)
    await second(county)
    station = await county.person(STATION)
    with pytest.raises(Stale):
        await county.run(lambda work: merge(work, station, 1, 0, 1))
    await county.run(lambda work: merge(work, station, 2, 0, 1))
    with pytest.raises(Stale):
        await county.run(lambda work: merge(work, station, 1, 1, 2))
    assert (await hazard(county)).state is HazardState.REPORTED
    county.seen_all()


# -- reporters ------------------------------------------------------------------------------------------------------


async def test_who_is_not_of_the_roster_is_named_to_the_desk_alone_until_he_says_so(county: County) -> None:
    await county.open_link(STRANGER, f"h_{VILLAGE}")
    await county.press(STRANGER, "道路")
    await county.say(STRANGER, "路面塌了一块")
    await county.press(STRANGER, "没有人")
    await county.press(STRANGER, "跳过")
    await county.press(STRANGER, "确认提交")
    assert "只有应急站知道" in county.last(STRANGER)
    assert "外地游客" in county.last(STATION)
    assert "群众" in county.last(LEADER)
    assert "外地游客" not in "".join(county.texts(LEADER))
    await county.press(STRANGER, "可以告诉整改的人")
    await county.press(LEADER, "看详情")
    assert "外地游客" in "".join(county.texts(LEADER))
    county.seen_all()


async def test_long_after_it_was_closed_it_is_reported_anew(county: County) -> None:
    await said_to_be_fixed(county)
    cadre = next(one for one in await county.run(lambda work: work.rows.people.all()) if one.name == "包村小刘")
    row = await hazard(county)
    await county.run(lambda work: moves.close(work, cadre, 1, row.version))
    await county.pass_time(seconds=5)
    county.clock.advance(timedelta(days=31))
    refused = await county.press(GRID, "还没好")
    assert "超过 30 天" in (refused.text or "")
    assert (await hazard(county)).state is HazardState.CLOSED
    assert Move.REOPEN.value not in [one.move for one in await events(county)]
    county.seen_all()


async def test_nobody_merges_into_what_is_another_townships(county: County) -> None:
    await report(county)
    await county.open_link(STRANGER, f"h_{FAR_VILLAGE}")
    await county.press(STRANGER, "山塘水库")
    await county.say(STRANGER, "坝脚渗水")
    await county.press(STRANGER, "没有人")
    await county.press(STRANGER, "跳过")
    await county.press(STRANGER, "确认提交")
    refused = await county.forge(STATION, "h:merge:1:0:2")
    assert refused.alert
    assert (await hazard(county)).state is HazardState.REPORTED
    county.seen_all()
