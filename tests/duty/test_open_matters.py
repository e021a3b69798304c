"""What a hand-over says besides warnings and hazards: the level, who is still to be phoned, unanswered checks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.checks import Topic
from domain.places import PlaceCode
from domain.response import ResponseLevel
from services.duty_open import open_lines
from tests.duty.support import DAY_OFFICER, NIGHT_OFFICER, officers, planned
from tests.support.checks import named
from tests.support.county import COUNTY, ELSEWHERE, GRID, HEAD, STATION, TOWNSHIP, VILLAGE, County, small_county
from tests.support.periods import a_period


async def lines_of(county: County, place: PlaceCode, what: str) -> list[dict[str, Any]]:
    found = await county.run(lambda work: open_lines(work, place))
    return [one for one in found if one["what"] == what]


async def test_the_level_in_force_stands_first_and_below_it_only_what_is_graver(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        assert await lines_of(county, TOWNSHIP, "level") == []
        await a_period(county, ResponseLevel.III)
        await a_period(county, ResponseLevel.IV, ELSEWHERE)
        await a_period(county, ResponseLevel.II, VILLAGE)
        told = [(one["level"], one["places"]) for one in await lines_of(county, COUNTY, "level")]
        assert told == [("Ⅱ", ["石梁镇·上坞村"]), ("Ⅲ", [])]
        assert [one["level"] for one in await lines_of(county, ELSEWHERE, "level")] == ["Ⅲ", "Ⅳ"]


async def test_unanswered_checks_are_counted_in_their_place_and_not_after_the_answer(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await named(county, STATION, HEAD, Topic.PRESENCE)
        await named(county, STATION, GRID, Topic.PRESENCE)
        assert await lines_of(county, TOWNSHIP, "checks") == [{"what": "checks", "count": 2}]
        assert await lines_of(county, ELSEWHERE, "checks") == []
        await county.say(HEAD, "在岗，在村委会")
        assert await lines_of(county, TOWNSHIP, "checks") == [{"what": "checks", "count": 1}]
        county.seen_all()


async def test_whoever_is_on_a_phone_list_and_not_reached_is_counted_and_handed_over(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(hours=-6), 8, None, DAY_OFFICER)
        await planned(county, timedelta(hours=2), 12, None, NIGHT_OFFICER)
        await county.warn(colour="橙色", places=[VILLAGE])
        assert await lines_of(county, TOWNSHIP, "phone_list") == []
        await county.pass_time(minutes=50)
        (before,) = await lines_of(county, TOWNSHIP, "phone_list")
        assert before["count"] > 1
        await county.press(HEAD, "收到")
        (after,) = await lines_of(county, TOWNSHIP, "phone_list")
        assert after["count"] == before["count"] - 1
        assert await lines_of(county, ELSEWHERE, "phone_list") == []
        await county.pass_time(timedelta(minutes=1), hours=1)
        handed_over = [text for text in county.texts(NIGHT_OFFICER) if "未完事项" in text]
        assert "☎️ 预警 2026-001：电话名单上还有" in handed_over[0]
        county.seen_all()
