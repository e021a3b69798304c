"""Stories of a hazard word for word, as each of its people reads them: answers as people type them, a red warning in
between, a restart, two at the same thing. `--update-golden` writes them anew: read what changed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.county import (
    CADRE,
    GRID,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    VILLAGE,
    County,
    Someone,
)
from tests.support.hazards import assigned, hazard, report, said_to_be_fixed
from tests.support.transcripts import Story, hold_to_transcript

GOLDEN = Path(__file__).parent / "transcripts"


async def typed_and_fixed_on_the_spot(county: County) -> tuple[Someone, ...]:
    await county.say(GRID, "/report")
    for answer in ("山塘", "1", "溢洪道堵了 石头", "没得人", "无", "没有", "1"):
        await county.say(GRID, answer)
    if "当场" not in county.last(GRID):
        await county.press(GRID, "确认提交")
    await county.press(GRID, "清理好了")
    await county.pass_time(seconds=5)
    await county.press(OFFICER, "现场看过")
    await county.pass_time(seconds=5)
    return GRID, OFFICER, STATION


async def a_red_warning_and_a_restart_in_between(county: County) -> tuple[Someone, ...]:
    await county.say(GRID, "/report")
    await county.say(GRID, "2")
    await county.say(GRID, "1")
    await county.warn(colour="红色", places=[VILLAGE])
    await county.say(GRID, "收到")
    await county.pass_time(seconds=5)
    await county.restart()
    await county.say(GRID, "溢洪道堵了")
    await county.say(GRID, "3户11人")
    await county.pass_time(seconds=5)
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")
    assert (await hazard(county)).people == 11
    return (GRID,)


async def two_desks_at_once(county: County) -> tuple[Someone, ...]:
    await report(county)
    version = (await hazard(county)).version
    await county.press(STATION, "接办")
    late = await county.forge(LEADER, f"h:take:1:{version}")
    assert late.text == "2026-0001 号已有人接办，没有再改动。"
    await county.pass_time(seconds=5)
    return STATION, LEADER


async def a_reply_in_the_group(county: County) -> tuple[Someone, ...]:
    await county.warn(places=[VILLAGE])
    post = county.messages(county.village_group)[-1]
    await county.say(PATROLLER, "后山裂缝变宽一指", county.village_group, reply_to=post.id)
    await county.press(PATROLLER, "滑坡、崩塌")
    await county.press(PATROLLER, "上坞村")
    await county.say(PATROLLER, "有")
    await county.say(PATROLLER, "跳过")
    await county.press(PATROLLER, "确认提交")
    assert (await hazard(county)).what == "后山裂缝变宽一指"
    return (PATROLLER,)


async def given_out_fixed_and_looked_at(county: County) -> tuple[Someone, ...]:
    await said_to_be_fixed(county)
    await county.pass_time(seconds=5)
    await county.press(CADRE, "不合格退回")
    await county.say(CADRE, "还有石头没清")
    await county.press(CADRE, "确认提交")
    await county.pass_time(seconds=5)
    await county.press(PATROLLER, "已整改")
    await county.photo(PATROLLER, data=b"clear", caption="都清了")
    await county.press(PATROLLER, "确认提交")
    await county.pass_time(seconds=5)
    await county.press(CADRE, "现场看过")
    await county.pass_time(seconds=5)
    return GRID, PATROLLER, STATION, CADRE


async def more_time_refused_and_given(county: County) -> tuple[Someone, ...]:
    await assigned(county)
    for days, answer in (("3天", "不同意"), ("7天", "同意延期")):
        await county.press(PATROLLER, "申请延期")
        await county.press(PATROLLER, days)
        await county.press(PATROLLER, "材料没到")
        await county.press(PATROLLER, "确认提交")
        await county.press(STATION, answer)
        await county.pass_time(seconds=5)
    return PATROLLER, STATION, GRID


async def two_made_one_and_apart_again(county: County) -> tuple[Someone, ...]:
    await report(county)
    await county.say(PATROLLER, "/report")
    for button in ("山塘水库", "上坞村", "不是同一件"):
        await county.press(PATROLLER, button)
    await county.say(PATROLLER, "坝脚渗水")
    for button in ("没有人", "跳过", "确认提交"):
        await county.press(PATROLLER, button)
    for button in ("看详情", "并入另一条", "2026-0001"):
        await county.press(STATION, button)
    await county.pass_time(seconds=5)
    await county.press(STATION, "取消合并")
    await county.pass_time(seconds=5)
    return STATION, PATROLLER, GRID


STORIES: tuple[Story, ...] = (
    typed_and_fixed_on_the_spot,
    a_red_warning_and_a_restart_in_between,
    two_desks_at_once,
    a_reply_in_the_group,
    given_out_fixed_and_looked_at,
    more_time_refused_and_given,
    two_made_one_and_apart_again,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.__name__)
async def test_word_for_word(story: Story, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    await hold_to_transcript(story, GOLDEN, tmp_path, request)


async def test_an_open_question_about_progress_takes_no_word_that_is_for_something_else(county: County) -> None:
    """The question is asked after every other feature: its owner may acknowledge, report and ask as ever."""
    await report(county)
    for button in ("接办", "山塘老徐", "上坞村", "人工清理", "30天", "确认提交"):
        await county.press(STATION, button)
    await county.pass_time(days=15, hours=1, step=timedelta(hours=6))
    assert any("改得怎么样了" in text for text in county.texts(PATROLLER))
    await county.warn(places=[VILLAGE])
    await county.say(PATROLLER, "收到")
    before = len(await county.bot.doors.run(lambda work: work.rows.hazards.events_of(1)))
    await county.say(PATROLLER, "/report")
    await county.say(PATROLLER, "取消")
    await county.say(PATROLLER, "怎么弄？")
    assert len(await county.bot.doors.run(lambda work: work.rows.hazards.events_of(1))) == before
    await county.say(PATROLLER, "没变化")
    moves = await county.bot.doors.run(lambda work: work.rows.hazards.events_of(1))
    assert (moves[-1].move, moves[-1].facts) == ("progress", {"words": ""})
    county.seen_all()
