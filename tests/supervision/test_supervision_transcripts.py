"""挂牌督办 and 吹哨报到 word for word, as each of their people reads them. `--update-golden` writes them anew: read
what changed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.supervision.play import MAYOR, assigned, closed, hazard_of, taken
from tests.supervision.test_whistles import HOUSING
from tests.support.county import CADRE, DUTY, LEADER, PATROLLER, STATION, WATER, County
from tests.support.transcripts import Screen, Story, hold_to_transcript

GOLDEN = Path(__file__).parent / "transcripts"
_HOURS = timedelta(hours=6)


async def a_listing_from_proposal_to_lifting(county: County) -> tuple[Screen, ...]:
    await county.join(MAYOR)
    await assigned(county, days=60, major=True)
    await county.press(STATION, "看详情")
    await county.press(STATION, "📣 督办、吹哨")
    await county.press(STATION, "挂牌督办")
    await county.say(STATION, "县安委会")
    await county.say(STATION, "上坞山塘溢洪道隐患")
    await county.press(STATION, "90 天")
    await county.press(STATION, "确认提交")
    await county.press(MAYOR, "挂牌")
    await county.pass_time(seconds=30)
    await county.press(MAYOR, "登记编号")
    await county.press(MAYOR, "公示")
    await county.press(MAYOR, "石梁镇群")
    await county.pass_time(_HOURS, days=7, hours=6)
    await county.press(PATROLLER, "报进展")
    await county.say(PATROLLER, "清了一半")
    await county.press(PATROLLER, "确认提交")
    await county.press(PATROLLER, "申请延期")
    await county.say(PATROLLER, "10月20日")
    await county.say(PATROLLER, "雨太多")
    await county.press(PATROLLER, "确认提交")
    await county.press(MAYOR, "同意延期")
    await closed(county, await hazard_of(county), CADRE)
    await county.pass_time(seconds=30)
    await county.press(MAYOR, "摘牌")
    await county.pass_time(seconds=5)
    return STATION, MAYOR, DUTY, PATROLLER, ("石梁镇群", county.township_group)


async def a_whistle_two_departments_answer(county: County) -> tuple[Screen, ...]:
    await county.join(HOUSING)
    await taken(county)
    await county.forge(STATION, "sv:whistle:1:0")
    await county.say(STATION, "水利、住建")
    await county.press(STATION, "确认提交")
    await county.press(LEADER, "确认吹哨")
    await county.pass_time(timedelta(minutes=4), minutes=4)
    await county.press(WATER, "已派人")
    await county.pass_time(timedelta(minutes=1), minutes=22)
    await county.press(HOUSING, "来不了")
    await county.say(HOUSING, "人都在云坑乡救援")
    await county.press(HOUSING, "确认提交")
    await county.pass_time(seconds=5)
    await county.press(WATER, "已到场")
    await county.pass_time(seconds=5)
    await county.press(STATION, "结束")
    await county.say(STATION, "溢洪道已打开，人已撤离")
    await county.press(STATION, "确认提交")
    await county.pass_time(seconds=5)
    return STATION, LEADER, WATER, HOUSING, DUTY


STORIES: tuple[Story, ...] = (a_listing_from_proposal_to_lifting, a_whistle_two_departments_answer)


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.__name__)
async def test_word_for_word(story: Story, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    await hold_to_transcript(story, GOLDEN, tmp_path, request)
