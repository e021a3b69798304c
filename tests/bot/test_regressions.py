"""Faults that were found by looking for them, each held by the test that showed it. What is about the line to Telegram
and to the database is in test_regressions_line.py."""

import pytest

from tests.support.county import (
    DUTY,
    FAR_HEAD,
    GRID,
    HEAD,
    PATROLLER,
    STATION,
    STRANGER,
    VILLAGE,
    County,
    Someone,
)

# -- forged presses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [STRANGER, FAR_HEAD, PATROLLER])
async def test_a_forged_press_never_shows_somebodys_telephone(county: County, who: Someone) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(who, "/help")
    county.seen_all()
    pressed = await county.forge(who, f"w:for:1:{county.ids[GRID.user_id]}")
    assert pressed.alert
    assert county.new(who) == []
    county.seen_all()


@pytest.mark.parametrize("data", ["w:keep:1", "w:lift:1", "w:rec:1:8:p", "w:for:1:8", "r:lang:en", "d:discard"])
async def test_no_forged_press_writes_over_a_warning_in_a_group(county: County, data: str) -> None:
    await county.warn(places=[VILLAGE])
    before = county.texts(county.village_group)
    for who in (GRID, HEAD):
        await county.say(who, "/warn")
        await county.forge(who, data, county.village_group)
    assert county.texts(county.village_group) == before
    county.seen_all()


@pytest.mark.parametrize(
    "data", ["w:ack:{}", "w:rec:1:{}:p", "r:release:{}", "l:yes:{}", "p:ok:{}", "p:ok:²", "g:t:1:²"]
)
async def test_a_forged_number_is_out_of_date_and_no_alarm_for_the_duty_desk(county: County, data: str) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    for who in (GRID, STATION):
        assert (await county.forge(who, data.format("9" * 40))).answered
    assert county.new(DUTY) == []
    county.seen_all()
