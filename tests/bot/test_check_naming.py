"""Naming somebody in a group: one leader's confirmed decision after a verdict, and never anything else."""

from pathlib import Path

import pytest

from domain.checks import Reason, Result, Topic
from services.check_verdicts import judge
from tests.support.checks import named
from tests.support.county import GRID, HEAD, LEADER, STATION, County, Someone, small_county


async def judged(county: County, result: Result, version: int = 0, by: Someone = STATION) -> None:
    person = await county.person(by)
    reasons = [Reason.OTHER] if result in {Result.OFF_POST, Result.SILENT, Result.UNFAMILIAR} else []
    other = "没有到岗" if reasons else ""
    number = county.ids[HEAD.user_id]
    await county.run(lambda work: judge(work, person, 1, number, result, version=version, reasons=reasons, other=other))


async def against(county: County) -> None:
    """李书记 answered late in the day and was judged not to be on post."""
    await named(county, STATION, HEAD, Topic.PRESENCE)
    await county.say(HEAD, "在家里")
    await judged(county, Result.OFF_POST)
    await county.say(LEADER, "/me")
    county.seen_all()


@pytest.fixture
def naming() -> str:
    return "【通报】6月20日抽查（2026-001）：石梁镇·上坞村 村书记 李书记，未及时到岗。郑分管决定通报。"


async def look(county: County, who: Someone) -> None:
    await county.forge(who, f"c:see:1:{county.ids[HEAD.user_id]}")


async def test_a_leader_names_somebody_after_seeing_the_words_and_it_is_on_record(tmp_path: Path, naming: str) -> None:
    async with small_county(tmp_path) as county:
        await against(county)
        await look(county, LEADER)
        await county.press(LEADER, "在群里点名通报")
        assert naming in county.last(LEADER)
        assert county.new(county.township_group) == []
        await county.press(LEADER, "确定通报")
        assert county.new(county.township_group) == [naming]
        assert county.new(county.village_group) == []
        assert HEAD.phone not in naming
        lines = await county.run(lambda work: work.rows.timeline.of("check:1"))
        (decided,) = [(actor, facts["person"]) for _, actor, what, facts in lines if what == "check.named"]
        assert decided == (county.ids[LEADER.user_id], county.ids[HEAD.user_id])
        await county.forge(LEADER, f"c:nameyes:1:{county.ids[HEAD.user_id]}:1")
        assert "已经通报过李书记" in county.last(LEADER)
        assert county.new(county.township_group) == []
        county.seen_all()


async def test_a_verdict_that_changes_afterwards_is_said_below_the_post(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await against(county)
        await look(county, LEADER)
        await county.press(LEADER, "在群里点名通报")
        await county.press(LEADER, "确定通报")
        county.seen_all()
        await judged(county, Result.ON_POST, version=1)
        (said,) = county.new(county.township_group)
        assert said.startswith("【更正】")
        assert "李书记没有问题，前面的通报作废。" in said
        county.seen_all()


async def test_nobody_is_named_by_default_nor_by_whoever_is_no_leader(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await against(county)
        await look(county, STATION)
        assert not any("点名" in one["text"] for row in county.messages(STATION.user_id)[-1].buttons for one in row)
        for who in (STATION, GRID, HEAD):
            await county.say(who, "/me")
            assert (await county.forge(who, f"c:nameyes:1:{county.ids[HEAD.user_id]}:1")).alert
        await county.pass_time(minutes=30)
        assert county.new(county.township_group) == []
        county.seen_all()


async def test_an_explanation_is_read_first_and_a_good_verdict_names_nobody(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await against(county)
        await county.press(HEAD, "说明")
        await county.say(HEAD, "在隔壁村帮忙转移")
        await county.press(HEAD, "提交")
        county.seen_all()
        pressed = await county.forge(LEADER, f"c:name:1:{county.ids[HEAD.user_id]}")
        assert pressed.alert
        await judged(county, Result.ON_POST, version=1)
        assert (await county.forge(LEADER, f"c:name:1:{county.ids[HEAD.user_id]}")).alert
        assert county.new(county.township_group) == []
        county.seen_all()
