"""The phone list: exactly the silent, several desks at once, each result with who, when and how."""

import pytest

from domain.calling import CallResult
from domain.people import Post, Role
from services import warning_voice
from tests.support.county import CADRE, DUTY, GRID, HEAD, LEADER, OFFICER, PATROLLER, STATION, VILLAGE, County, Someone


async def silent_but(county: County, *silent: Someone) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    for one in (DUTY, LEADER, STATION, CADRE, HEAD, OFFICER, GRID, PATROLLER):
        if one not in silent:
            await county.press(one, "收到")
            await county.press(one, "已到岗")
    county.seen_all()


async def attempts(county: County, who: Someone) -> list[tuple[CallResult, int | None]]:
    number = county.ids[who.user_id]
    return [(a.result, a.by) for a in await county.run(lambda w: w.rows.answers.attempts_of(1, [number]))]


async def test_the_desk_gets_exactly_the_silent_and_the_most_urgent_first(county: County) -> None:
    number = county.ids[PATROLLER.user_id]
    await county.run(lambda w: w.rows.people.set_posts(number, [Post(Role.PATROLLER, VILLAGE)]))
    await silent_but(county, GRID, PATROLLER)
    await county.pass_time(minutes=8)
    said = county.last(STATION)
    assert "2 人未应答" in said
    assert said.index("1. 石梁镇·上坞村 山塘老徐") < said.index("2. 石梁镇·上坞村 王大爷")
    assert "李书记" not in said
    county.seen_all()


async def test_a_result_is_one_tap_and_shows_on_every_list(county: County) -> None:
    await silent_but(county, GRID)
    await county.pass_time(minutes=8)
    await county.press(STATION, "没接")
    assert "☎ 08:08 无人接听·吴站长" in county.last(STATION)
    assert "☎ 08:08 无人接听·吴站长" in county.last(HEAD)
    await county.press(HEAD, "上门")
    assert "王大爷 13800000008 ✅ 08:08 敲门" in county.last(STATION)
    assert "名单上的都联系上了" in county.last(STATION)
    people = county.ids
    assert await attempts(county, GRID) == [
        (CallResult.NO_ANSWER, people[STATION.user_id]),
        (CallResult.AT_THE_DOOR, people[HEAD.user_id]),
    ]
    county.seen_all()


async def test_no_answer_and_switched_off_keep_the_ladder_going(county: County) -> None:
    await silent_but(county, GRID)
    await county.pass_time(minutes=8)
    await county.press(STATION, "关机")
    county.seen_all()
    await county.pass_time(minutes=7)
    assert "王大爷 13800000008（已送到，没有回音） ☎ 08:08 关机·吴站长" in county.last(DUTY)
    county.seen_all()


async def test_a_number_not_in_use_is_a_task_of_the_roster(county: County) -> None:
    await silent_but(county, GRID)
    await county.pass_time(minutes=8)
    county.seen_all()
    await county.press(STATION, "空号")
    assert [text for text in county.new(STATION) if "号码" in text]
    county.seen_all()


async def test_his_own_late_answer_takes_him_off_the_list(county: County) -> None:
    await silent_but(county, GRID)
    await county.pass_time(minutes=8)
    await county.press(GRID, "收到", county.village_group)
    assert "王大爷 13800000008 ✅ 08:08 按钮" in county.last(STATION)
    county.seen_all()


async def test_a_village_helper_gets_his_own_villages_list_on_request(county: County) -> None:
    await silent_but(county, GRID, PATROLLER)
    await county.say(HEAD, "/missing")
    assert "应答 3/5，未应答" in county.last(HEAD)
    await county.press(HEAD, "上门")
    await county.press(HEAD, "上门")
    assert "应答 5/5" in county.last(HEAD)
    county.seen_all()


async def test_the_list_is_nobodys_who_may_not_record(county: County) -> None:
    await silent_but(county, GRID)
    pressed = await county.forge(PATROLLER, f"w:rec:1:{county.ids[GRID.user_id]}:p")
    assert pressed.alert
    assert await attempts(county, GRID) == []
    county.seen_all()


async def test_the_county_is_told_numbers_where_very_many_are_silent(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warning_voice, "MOST_NAMED", 2)
    await county.warn(colour="红色", places=[VILLAGE])
    county.seen_all()
    await county.pass_time(minutes=16)
    told = [text for text in county.new(DUTY) if "按乡镇列数" in text]
    assert len(told) == 1
    assert "1. 石梁镇 6 人（应急站 吴站长 13800000004）" in told[0]
    assert "王大爷" not in told[0]
    assert any("王大爷" in text for text in county.new(STATION))
    county.seen_all()
