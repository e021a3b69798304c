"""How many are needed on duty follows the level that holds there; whoever plans is told once what is short."""

from datetime import timedelta
from pathlib import Path

from domain.response import Move, ResponseLevel
from services.duty import look_ahead
from tests.duty.support import DAY_OFFICER, NIGHT_OFFICER, officers, planned
from tests.response.test_moves import moved, started
from tests.support.county import DUTY, ELSEWHERE, LEADER, STATION, TOWNSHIP, County, small_county
from tests.support.periods import a_period, end

_SHORT = "值班还有空缺"


async def short_of(county: County) -> list[int]:
    found = await county.run(lambda work: look_ahead(work, TOWNSHIP, 24))
    return [one.short for one in found.thin]


async def test_the_strength_of_a_shift_follows_the_level_of_the_place_and_goes_back_by_itself(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(minutes=-30), 24, LEADER, DAY_OFFICER, NIGHT_OFFICER)
        assert await short_of(county) == []
        elsewhere = await a_period(county, ResponseLevel.I, ELSEWHERE)
        assert await short_of(county) == []
        here = await a_period(county, ResponseLevel.II, TOWNSHIP)
        assert await short_of(county) == [1]
        await a_period(county, ResponseLevel.I)
        assert await short_of(county) == [2]
        await end(county, here)
        await end(county, elsewhere)
        assert await short_of(county) == [2]


async def test_a_raised_level_tells_whoever_plans_once_what_is_short(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(minutes=-30), 7 * 24 / 3, LEADER, DAY_OFFICER, NIGHT_OFFICER)
        await planned(county, timedelta(hours=55.5), 7 * 24 / 3, LEADER, DAY_OFFICER, NIGHT_OFFICER)
        await planned(county, timedelta(hours=111.5), 7 * 24 / 3 + 2, LEADER, DAY_OFFICER, NIGHT_OFFICER)
        period = await started(county, level=ResponseLevel.III)
        assert not any(_SHORT in text for text in county.texts(STATION))
        period = await moved(county, DUTY, period, Move.RAISE, level=ResponseLevel.II)
        told = [text for text in county.texts(STATION) if _SHORT in text]
        assert len(told) == 1
        assert "现在是Ⅱ级响应，每班值班员至少 3 人。" in told[0]
        assert "差 1 名值班员" in told[0]
        await moved(county, DUTY, period, Move.LOWER, level=ResponseLevel.III)
        await county.pass_time(minutes=2)
        assert len([text for text in county.texts(STATION) if _SHORT in text]) == 1
        assert not any(_SHORT in text for text in county.texts(DUTY))
        county.seen_all()


async def test_a_body_that_plans_no_shifts_is_told_nothing(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await started(county, level=ResponseLevel.I)
        assert not any(_SHORT in text for text in county.texts(STATION))
        county.seen_all()
