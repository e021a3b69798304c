"""A response and its spot checks word for word, as each of their people reads them, and as the groups do.
`--update-golden` writes them anew: read what changed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.checks import Topic
from domain.people import Leave, PersonId
from domain.response import ResponseLevel
from tests.bot.test_daily_check import draw_at_once
from tests.response.test_moves import levels
from tests.support.checks import named
from tests.support.county import (
    COUNTY,
    DUTY,
    ELSEWHERE,
    FAR_HEAD,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    someone,
)
from tests.support.periods import a_period
from tests.support.transcripts import Screen, Story, hold_to_transcript

GOLDEN = Path(__file__).parent / "transcripts"
QUARTER = timedelta(minutes=15)


async def response_from_a_warning_to_its_review(county: County) -> tuple[Screen, ...]:
    """Proposed, started, widened, raised, a spot check, lowered, narrowed, ended; the next morning only the review."""
    await county.warn(kind="暴雨", colour="橙色", places=[TOWNSHIP])
    await county.pass_time(minutes=1)
    await county.press(LEADER, "启动Ⅲ级")
    await county.press(HEAD, "收到")
    await county.say(DUTY, "响应")
    await county.press(DUTY, "调整或结束 2026-01")
    await county.press(DUTY, "扩大范围")
    await county.press(DUTY, "云坑乡")
    await county.press(DUTY, "填好了")
    await county.say(DUTY, "云坑乡雨量已过100毫米")
    await county.press(DUTY, "确认提交")
    await county.say(DUTY, "/response")
    await county.press(DUTY, "调整或结束 2026-01")
    await county.press(DUTY, "升级或降级")
    await county.say(DUTY, "二级")
    await county.say(DUTY, "上游水库泄洪")
    await county.press(DUTY, "确认提交")
    await named(county, STATION, HEAD, Topic.RISKS)
    await county.say(HEAD, "两处，5户16人，转到村小学，老陈负责")
    await county.press(STATION, "看答复并判定：李书记")
    await county.press(STATION, "在岗")
    await county.pass_time(step=QUARTER, hours=2)
    await county.say(DUTY, "/response")
    await county.press(DUTY, "调整或结束 2026-01")
    await county.press(DUTY, "升级或降级")
    await county.say(DUTY, "Ⅲ")
    await county.say(DUTY, "雨势减弱")
    await county.press(DUTY, "确认提交")
    await county.say(DUTY, "/response")
    await county.press(DUTY, "调整或结束 2026-01")
    await county.press(DUTY, "缩小范围")
    await county.press(DUTY, "云坑乡")
    await county.press(DUTY, "填好了")
    await county.say(DUTY, "云坑乡雨停")
    await county.press(DUTY, "确认提交")
    assert await levels(county, TOWNSHIP, ELSEWHERE) == [ResponseLevel.III, None]
    await named(county, STATION, GRID, Topic.PATROL)
    await county.say(LEADER, "/response")
    await county.press(LEADER, "调整或结束 2026-01")
    await county.press(LEADER, "结束响应")
    await county.say(LEADER, "暴雨已过")
    await county.press(LEADER, "确认提交")
    await county.pass_time(step=QUARTER, hours=22)
    return DUTY, LEADER, STATION, HEAD, GRID, ("石梁镇群", county.township_group), ("云坑乡群", county.far_group)


async def check_of_one_person_by_dialogue(county: County) -> tuple[Screen, ...]:
    await county.say(STATION, "/check")
    await county.press(STATION, "点名问一位")
    await county.say(STATION, "王大爷")
    await county.press(STATION, "王大爷")
    await county.press(STATION, "轮换")
    await county.press(STATION, "确认提交")
    await county.say(GRID, "收到")
    await county.press(GRID, "2 在途")
    await county.say(GRID, "骑车还要十分钟")
    await county.press(STATION, "看答复并判定：王大爷")
    await county.press(STATION, "在岗")
    return STATION, GRID


async def check_drawn_from_an_area_by_dialogue(county: County) -> tuple[Screen, ...]:
    await county.say(LEADER, "抽查")
    await county.press(LEADER, "随机抽")
    await county.say(LEADER, "上坞")
    await county.press(LEADER, "上坞村")
    await county.press(LEADER, "不限")
    await county.say(LEADER, "两位")
    await county.press(LEADER, "隐患排查治理")
    await county.press(LEADER, "确认提交")
    return (LEADER,)


async def check_of_a_whole_list_by_dialogue(county: County) -> tuple[Screen, ...]:
    """Everybody of a village: more than can be asked at once is not taken."""
    await county.say(STATION, "/check")
    await county.press(STATION, "随机抽")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "不限")
    await county.say(STATION, "全部")
    await county.press(STATION, "人员到岗履职")
    await county.press(STATION, "确认提交")
    for who in (HEAD, OFFICER, GRID):
        await county.press(who, "1 在岗")
    await county.press(PATROLLER, "3 请假")
    await county.say(PATROLLER, "我儿子替我")
    await county.press(STATION, "记录一致的 3 人，一起判")
    await county.press(STATION, "都判为在岗")
    await county.press(STATION, "看答复并判定：山塘老徐")
    await county.press(STATION, "请假已顶岗")
    return STATION, PATROLLER


async def check_explained_and_reviewed(county: County) -> tuple[Screen, ...]:
    await named(county, STATION, HEAD, Topic.RISKS)
    await county.pass_time(minutes=21)
    await county.press(STATION, "无人接听")
    await county.press(STATION, "未应答")
    await county.press(STATION, "填好了")
    await county.press(STATION, "确认提交")
    await county.press(HEAD, "我要说明")
    await county.say(HEAD, "在后山转移群众，手机没电了")
    await county.press(HEAD, "确认提交")
    await county.press(STATION, "改判")
    await county.press(STATION, "在岗")
    return STATION, HEAD


async def check_where_the_network_is_dead(county: County) -> tuple[Screen, ...]:
    await named(county, STATION, GRID, Topic.PATROL)
    await county.pass_time(minutes=21)
    await county.press(STATION, "断网")
    await county.press(STATION, "网络中断（免责）")
    return STATION, GRID


async def check_of_somebody_on_leave_goes_to_his_stand_in(county: County) -> tuple[Screen, ...]:
    stand_in = someone(100, "坑头副书记")
    await county.join(stand_in)
    absent, instead = (PersonId(county.ids[who.user_id]) for who in (FAR_HEAD, stand_in))
    now = county.clock.now()
    await county.run(
        lambda work: work.rows.people.add_leave(Leave(absent, instead, now, now + timedelta(days=1)), absent)
    )
    period = await a_period(county, ResponseLevel.III, FAR_VILLAGE)
    await draw_at_once(county, period, ELSEWHERE)
    await county.say(stand_in, "都好")
    await county.press(FAR_STATION, "看答复并判定：坑头副书记")
    await county.press(FAR_STATION, "在岗")
    return FAR_STATION, stand_in, FAR_HEAD


async def check_answered_by_a_reply_in_the_group(county: County) -> tuple[Screen, ...]:
    await named(county, STATION, GRID, Topic.PATROL)
    await county.warn(places=[VILLAGE])
    post = county.messages(county.village_group)[-1]
    await county.say(GRID, "后山，裂缝没变化", county.village_group, reply_to=post.id)
    return STATION, GRID, ("上坞村群", county.village_group)


async def check_by_draw_that_the_end_of_the_response_overtakes(county: County) -> tuple[Screen, ...]:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await draw_at_once(county, period, COUNTY)
    await county.say(FAR_HEAD, "在岗，没事")
    await county.say(DUTY, "/response")
    await county.press(DUTY, "调整或结束 2026-01")
    await county.press(DUTY, "结束响应")
    await county.say(DUTY, "雨停了")
    await county.press(DUTY, "确认提交")
    await county.pass_time(minutes=1)
    return DUTY, FAR_STATION, FAR_HEAD


STORIES: tuple[Story, ...] = (
    response_from_a_warning_to_its_review,
    check_of_one_person_by_dialogue,
    check_drawn_from_an_area_by_dialogue,
    check_of_a_whole_list_by_dialogue,
    check_explained_and_reviewed,
    check_where_the_network_is_dead,
    check_of_somebody_on_leave_goes_to_his_stand_in,
    check_answered_by_a_reply_in_the_group,
    check_by_draw_that_the_end_of_the_response_overtakes,
)
DRAWS = {check_of_somebody_on_leave_goes_to_his_stand_in, check_by_draw_that_the_end_of_the_response_overtakes}


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.__name__)
async def test_word_for_word(story: Story, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    suggests = story is response_from_a_warning_to_its_review
    await hold_to_transcript(story, GOLDEN, tmp_path, request, suggests=suggests, draws=story in DRAWS)


@pytest.mark.parametrize("story", [response_from_a_warning_to_its_review, check_of_one_person_by_dialogue])
async def test_word_for_word_though_the_bot_begins_anew_after_every_step(
    story: Story, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a response lives in the process alone: nothing lost, nothing said twice, no word another."""
    for name in ("press", "say"):
        monkeypatch.setattr(County, name, _and_a_restart(getattr(County, name)))
    suggests = story is response_from_a_warning_to_its_review
    await hold_to_transcript(story, GOLDEN, tmp_path, request, suggests=suggests)


def _and_a_restart(act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def then(county: County, *arguments: Any, **named: Any) -> Any:
        result = await act(county, *arguments, **named)
        # What is written every fifteen real seconds: here hours pass in less.
        await county.run(lambda work: work.rows.heartbeats.heard("heard", work.now))
        await county.restart()
        return result

    return then
