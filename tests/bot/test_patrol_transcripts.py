"""Rounds word for word, as their people read them: typed, in a group, several points in one go, a red warning and a
restart in between. `--update-golden` writes them anew: read what changed."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.hazards import Category
from domain.patrols import TaskState
from domain.points import RiskLevel
from domain.response import ResponseLevel
from tests.bot.test_patrol_rounds import begin, point, states
from tests.support.county import DUTY, GRID, OFFICER, PATROLLER, STATION, VILLAGE, WATER, County, Someone, small_county
from tests.support.transcripts import Story, hold_to_transcript

GOLDEN = Path(__file__).parent / "transcripts"


async def round_typed_in_private(county: County) -> tuple[Someone, ...]:
    await point(county, 1, "岭头山塘", PATROLLER, warning_level="31")
    await begin(county)
    await county.say(PATROLLER, "吃了没")
    await county.say(PATROLLER, "没啥问题 水位30米5")
    await county.pass_time(step=timedelta(minutes=15), hours=7)
    await county.say(PATROLLER, "3")
    await county.press(PATROLLER, "路断")
    assert await states(county) == [TaskState.NORMAL, TaskState.UNABLE]
    return PATROLLER, STATION


async def round_several_points_in_one_go(county: County) -> tuple[Someone, ...]:
    await point(county, 1, "岭头山塘", GRID, level=RiskLevel.MAJOR)
    await point(county, 2, "溪口堤防", GRID, category=Category.DIKE)
    await point(county, 3, "上坞后山", GRID, category=Category.GEOHAZARD)
    await begin(county)
    await county.say(GRID, "1有异常，2 3正常")
    await county.say(GRID, "6，水位 31.2")
    await county.say(GRID, "3户11人")
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")
    assert (await states(county)).count(TaskState.NORMAL) == 2
    return GRID, STATION


async def round_a_reply_in_the_group(county: County) -> tuple[Someone, ...]:
    await point(county, 1, "岭头山塘", GRID)
    await county.warn(places=[VILLAGE])
    await begin(county)
    post = county.messages(county.village_group)[-1]
    await county.say(GRID, "山塘正常", county.village_group, reply_to=post.id)
    assert await states(county) == [TaskState.NORMAL]
    return (GRID,)


async def round_a_red_warning_and_a_restart_in_between(county: County) -> tuple[Someone, ...]:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await county.press(GRID, "2 有异常")
    await county.warn(colour="红色", places=[VILLAGE])
    await county.say(GRID, "收到")
    await county.pass_time(seconds=5)
    await county.restart()
    await county.say(GRID, "溢洪道堵了")
    await county.pass_time(seconds=5)
    assert TaskState.ABNORMAL in await states(county)
    return (GRID,)


async def round_by_voice(county: County) -> tuple[Someone, ...]:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await county.world.send_voice(GRID.user_id, GRID.user_id, b"OggS" + b"\0" * 64, duration=8)
    await county.settle()
    await county.say(OFFICER, "1")
    assert await states(county) == [TaskState.NORMAL]
    return GRID, OFFICER


async def round_several_missed_filled_in(county: County) -> tuple[Someone, ...]:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "上坞后山", GRID, category=Category.GEOHAZARD)
    await begin(county, ResponseLevel.II)
    await county.pass_time(step=timedelta(minutes=15), hours=10, minutes=30)
    await county.say(GRID, "补")
    await county.say(GRID, "补9 正常")
    await county.say(GRID, "去抢险了，补1 正常")
    await county.say(GRID, "都补 去不了 路断")
    await county.say(GRID, "补")
    assert TaskState.MISSED not in await states(county)
    return (GRID,)


STORIES: tuple[Story, ...] = (
    round_typed_in_private,
    round_several_points_in_one_go,
    round_a_reply_in_the_group,
    round_a_red_warning_and_a_restart_in_between,
    round_by_voice,
    round_several_missed_filled_in,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.__name__)
async def test_word_for_word(story: Story, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    await hold_to_transcript(story, GOLDEN, tmp_path, request)


async def test_normal_is_one_tap_and_a_checklist_two(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "高山塘", PATROLLER)
    await begin(county)
    told = len(county.messages(GRID.user_id))
    await county.press(GRID, "1 正常")
    assert (await states(county))[0] is TaskState.NORMAL
    assert len(county.messages(GRID.user_id)) == told  # nothing more is asked, the message itself shows it
    await county.press(PATROLLER, "2 有异常")
    await county.say(PATROLLER, "6")
    assert (await states(county))[1] is TaskState.ABNORMAL
    (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(2))
    assert said.items == ("spillway",)
    county.seen_all()


async def test_several_points_are_answered_by_a_reply_in_the_group(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "上坞后山", GRID, category=Category.GEOHAZARD)
    await county.warn(places=[VILLAGE])
    await begin(county)
    post = county.messages(county.village_group)[-1]
    await county.say(GRID, "山塘正常，后山也去不了", county.village_group, reply_to=post.id)
    assert await states(county) == [TaskState.OPEN] * 2  # half understood is not taken
    await county.say(GRID, "取消")
    await county.say(GRID, "都正常", county.village_group, reply_to=post.id)
    assert await states(county) == [TaskState.NORMAL] * 2
    county.seen_all()


async def test_the_same_point_abnormal_again_is_offered_as_the_hazard_that_is_open(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await county.say(GRID, "2 溢洪道堵了")
    await county.say(GRID, "没有")
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")
    await county.pass_time(step=timedelta(minutes=15), hours=7)
    await county.say(GRID, "2 溢洪道堵了")
    await county.press(GRID, "2026-0001")
    await county.press(GRID, "确认提交")
    reports = await county.run(lambda work: work.rows.hazards.reports_of(1))
    assert [one.what for one in reports] == ["岭头山塘：溢洪道堵塞；溢洪道堵了"] * 2  # nothing had to be said twice
    for who in (WATER, DUTY, STATION, GRID):
        county.texts(who)
    county.seen_all()


async def test_a_county_may_want_the_level_of_every_pond(tmp_path: Path) -> None:
    file = tmp_path / "county.toml"
    file.write_text(f'[patrols]\nmust_measure = ["{Category.POND.value}"]\n', "utf-8")
    async with small_county(tmp_path, county_file=file) as county:
        await point(county, 1, "岭头山塘", GRID)
        await point(county, 2, "上坞后山", PATROLLER, category=Category.GEOHAZARD)
        await begin(county)
        await county.press(PATROLLER, "1 正常")
        assert "水位" not in county.last(PATROLLER)
        await county.press(GRID, "1 正常")
        assert "水位" in county.last(GRID)
        assert await states(county) == [TaskState.NORMAL] * 2  # what is said counts, with a figure or without
        await county.say(GRID, "30米5")
        (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(1))
        assert said.reading == Decimal("30.5")
        county.seen_all()
