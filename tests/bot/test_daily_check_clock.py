"""The daily check and the clock: restarts, standstills, jumps. No draw is lost, none is made twice."""

from datetime import timedelta

import pytest

from domain.check_plans import DailyState
from domain.response import Period, ResponseLevel
from tests.bot.test_daily_check import STEP, rows, until_drawn
from tests.support.county import ELSEWHERE, FAR_STATION, County
from tests.support.periods import a_period

pytestmark = pytest.mark.draws
BODY = "331124002"


async def states(county: County, period: Period) -> list[tuple[int, str]]:
    found = await county.run(lambda work: work.rows.daily_checks.of_period(period.id))
    return [(row.day.day, row.state.value) for row in found if row.body.key == BODY]


async def test_restarts_before_and_after_the_draw_neither_lose_nor_repeat_it(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await county.pass_time(step=STEP, minutes=35)
    seed = (await rows(county, period))[BODY].seed
    await county.restart()
    row = await until_drawn(county, period, BODY)
    assert row.seed == seed
    await county.restart()
    await county.pass_time(step=STEP, minutes=30)
    assert await states(county, period) == [(20, row.state.value)]
    checks = await county.run(lambda work: work.rows.checks.of_daily(row.id))
    assert len(checks) == (1 if row.state is DailyState.DRAWN else 0)
    county.seen_all()


async def test_a_minute_that_passed_while_the_bot_was_down_is_caught_up_within_the_window(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await county.pass_time(step=STEP, minutes=35)
    row = (await rows(county, period))[BODY]
    county.clock.advance(row.closes_at - county.clock.now() - timedelta(minutes=20))
    await county.restart()
    await county.pass_time(minutes=2)
    (after,) = await states(county, period)
    assert after[1] in {"drawn", "empty"}
    county.seen_all()


async def test_a_window_that_passed_is_recorded_as_missed_by_the_bot_and_told_once(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await county.pass_time(minutes=5)
    county.clock.advance(timedelta(days=1, hours=12))  # two whole days' windows
    await county.restart()
    await county.pass_time(minutes=3)
    assert await states(county, period) == [(20, "missed"), (21, "missed")]
    told = [text for text in county.new(FAR_STATION) if "机器人漏抽" in text]
    assert len(told) == 1
    assert "云坑乡 6月20日 08:30至17:30、6月21日 08:30至17:30" in told[0]
    await county.restart()
    await county.pass_time(minutes=3)
    assert not any("机器人漏抽" in text for text in county.new(FAR_STATION))
    county.seen_all()
