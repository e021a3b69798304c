"""Warnings suggest, humans decide: once for each level of a chain, silenced by a stricter response, down at the end."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.response import Move, ResponseLevel
from tests.response.test_moves import levels, moved, started
from tests.support.county import (
    COUNTY,
    DUTY,
    ELSEWHERE,
    HEAD,
    LEADER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
    small_county,
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path, suggests=True) as made:
        yield made
        made.seen_all()


def asked(county: County, who: Someone = DUTY) -> list[str]:
    return [text for text in county.new(who) if "建议，请您决定" in text]


async def test_a_typhoon_makes_the_bot_suggest_and_one_tap_starts_it(county: County) -> None:
    await county.warn(kind="台风", colour="蓝色", places=[COUNTY])
    await county.pass_time(minutes=1)
    (card,) = asked(county)
    assert "启动防台风Ⅳ级应急响应" in card
    assert "依据：台风蓝色预警" in card
    assert "默认值，非法定" in card
    await county.pass_time(minutes=5)
    await county.restart()
    await county.pass_time(minutes=1)
    county.seen_all()
    await county.pass_time(minutes=1)
    assert asked(county) == []  # once, whatever happens
    assert await levels(county, COUNTY) == [None]  # nothing is started by itself
    county.seen_all()
    await county.press(DUTY, "启动Ⅳ级")
    assert "已启动：防台风Ⅳ级应急响应（2026-01），已发到 3 个群" in "".join(county.texts(DUTY))
    assert "签发：周值班" in county.last(county.township_group)
    assert await levels(county, VILLAGE) == [ResponseLevel.IV]


async def test_it_is_answered_by_typing_too(county: County) -> None:
    await county.warn(kind="台风", colour="蓝色", places=[COUNTY])
    await county.pass_time(minutes=1)
    await county.say(DUTY, "启动 Ⅳ")
    assert "已启动：防台风Ⅳ级应急响应" in county.last(DUTY)
    assert await levels(county, COUNTY) == [ResponseLevel.IV]


async def test_a_refusal_is_recorded_and_a_graver_warning_asks_anew(county: County) -> None:
    at = county.clock.now()
    first = await county.warn(kind="台风", colour="蓝色", places=[COUNTY])
    await county.pass_time(minutes=1)
    await county.say(DUTY, "不启动")
    assert "已记下是您决定的" in county.last(DUTY)
    await county.pass_time(minutes=5)
    assert asked(county) == []
    await county.warn(kind="台风", colour="黄色", places=[COUNTY], follows=(first, at))
    await county.pass_time(minutes=1)
    assert any("启动防台风Ⅲ级" in text for text in asked(county))
    assert await levels(county, COUNTY) == [None]
    decided = await county.run(lambda work: work.rows.responses.proposal(1))
    assert (decided.state, decided.decided_by) == ("refused", county.ids[DUTY.user_id])


async def test_a_stricter_response_silences_the_suggestion(county: County) -> None:
    await started(county, level=ResponseLevel.II)
    county.seen_all()
    await county.warn(kind="暴雨", colour="橙色", places=[TOWNSHIP])
    await county.pass_time(minutes=1)
    assert asked(county) == []


async def test_a_townships_warning_is_put_to_its_leaders_and_the_county(
    county: County,
) -> None:
    await county.warn(kind="暴雨", colour="红色", places=[TOWNSHIP])
    await county.pass_time(minutes=1)
    assert len(asked(county, LEADER)) == len(asked(county, DUTY)) == 1
    assert asked(county, STATION) == []
    await county.press(LEADER, "启动Ⅱ级")
    assert "郑分管已同意：启动（Ⅱ级）" in "".join(county.texts(DUTY))
    assert await levels(county, TOWNSHIP, ELSEWHERE) == [ResponseLevel.II, None]


async def test_when_the_warning_is_over_it_suggests_to_end(county: County) -> None:
    await county.warn(kind="台风", colour="蓝色", places=[COUNTY], hours=2)
    await county.pass_time(minutes=1)
    await county.press(DUTY, "启动Ⅳ级")
    county.seen_all()
    await county.pass_time(hours=3, step=timedelta(minutes=10))
    (card,) = asked(county)
    assert "结束防台风Ⅳ级应急响应" in card
    assert await levels(county, COUNTY) == [ResponseLevel.IV]  # a human ends it
    await county.press(DUTY, "结束响应")
    assert await levels(county, COUNTY) == [None]
    await county.pass_time(minutes=5)
    assert asked(county) == []


async def test_one_that_stands_on_no_warning_is_never_suggested_to_end(county: County) -> None:
    await started(county)
    county.seen_all()
    await county.pass_time(hours=2, step=timedelta(minutes=10))
    assert asked(county) == []


@pytest.mark.parametrize("who", [HEAD, STATION], ids=["head", "station"])
async def test_nobody_else_takes_a_suggestion(county: County, who: Someone) -> None:
    await county.warn(kind="台风", colour="蓝色", places=[COUNTY])
    await county.pass_time(minutes=1)
    await county.forge(who, "rsp:take:1")
    await county.forge(who, "rsp:refuse:1")
    assert await levels(county, COUNTY) == [None]
    proposal = await county.run(lambda work: work.rows.responses.proposal(1))
    assert proposal.state == "open"


# -- what the level switches -------------------------------------------------------------------------------------------

NIGHT = datetime(2026, 6, 20, 15, tzinfo=UTC)
"""23:00 in the county"""


async def test_the_quiet_of_the_night_is_lifted_only_where_the_level_says_so(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=NIGHT) as county:
        period = await started(county, LEADER, ResponseLevel.II, TOWNSHIP)
        county.seen_all()
        await county.warn(kind="大风", colour="黄色", places=[TOWNSHIP])
        assert "大风黄色预警" in county.last(county.township_group)
        county.clock.advance(timedelta(minutes=2))
        await county.warn(kind="大雾", colour="黄色", places=[ELSEWHERE])
        assert county.new(county.far_group) == []  # no response there: it waits for the morning
        await moved(county, LEADER, period, Move.END)
        county.seen_all()
        county.clock.advance(timedelta(minutes=2))
        await county.warn(kind="高温", colour="黄色", places=[TOWNSHIP])
        assert county.new(county.township_group) == []  # back by itself
        county.seen_all()


async def test_the_levels_cap_of_posts_takes_the_colours_place(county: County) -> None:
    period = await started(county, LEADER, ResponseLevel.I, TOWNSHIP)
    kinds = [f"灾种{number}" for number in range(6)]
    for kind in kinds:
        county.clock.advance(timedelta(minutes=2))
        await county.warn(kind=kind, colour="蓝色", places=[TOWNSHIP])
    posts = "".join(county.texts(county.township_group))
    assert [kind for kind in kinds if f"{kind}蓝色预警" not in posts] == []  # three a day would be the colour's cap
    assert period.level is ResponseLevel.I
