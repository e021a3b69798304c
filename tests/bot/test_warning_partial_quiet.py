"""A night in which part of the county is under Ⅱ: there a yellow notice comes at once, elsewhere it waits."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.response import ResponseLevel
from services.warning_night import Night
from tests.support.county import (
    COUNTY,
    DUTY,
    ELSEWHERE,
    FAR_HEAD,
    FAR_VILLAGE,
    HEAD,
    NEIGHBOUR,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    small_county,
)
from tests.support.periods import a_period

NIGHT = datetime(2026, 6, 20, 15, tzinfo=UTC)
"""23:00 in the county"""
MORNING = datetime(2026, 6, 20, 22, 30, tzinfo=UTC)


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[County]:
    """石梁镇 stands at Ⅱ, 云坑乡 does not."""
    async with small_county(tmp_path, start=NIGHT) as county:
        await a_period(county, ResponseLevel.II, TOWNSHIP)
        county.seen_all()
        yield county


async def quiet_elsewhere(county: County) -> None:
    """Nothing came where no response is."""
    for chat in (county.county_group, county.far_group, county.far_village_group):
        assert county.new(chat) == []
    assert county.new(FAR_HEAD) == []


def test_a_place_is_awake_where_the_quiet_is_lifted_and_its_township_with_it() -> None:
    here = Night(MORNING, COUNTY, frozenset({VILLAGE}), holds=True)
    assert [here.awake(one) for one in (VILLAGE, TOWNSHIP, NEIGHBOUR, ELSEWHERE, COUNTY)] == [
        *(True, True, False, False, False)
    ]
    assert [here.not_before(one) for one in (VILLAGE, FAR_VILLAGE)] == [None, MORNING]
    assert Night(MORNING, COUNTY, frozenset({VILLAGE})).not_before(FAR_VILLAGE) is None
    assert Night(MORNING, COUNTY, frozenset({VILLAGE}), whole=True, holds=True).awake(COUNTY)


async def test_where_a_response_lifts_the_quiet_it_comes_at_once_and_elsewhere_in_the_morning(night: County) -> None:
    await night.warn(colour="黄色", places=[COUNTY])
    assert "暴雨黄色预警" in night.last(night.township_group)
    assert not night.messages(night.township_group)[-1].silent
    assert "暴雨黄色预警" in night.last(HEAD)
    assert not night.messages(HEAD.user_id)[-1].silent
    assert "暴雨黄色预警" in night.last(DUTY)
    await quiet_elsewhere(night)
    night.seen_all()
    await night.pass_time(timedelta(minutes=15), hours=7)
    await quiet_elsewhere(night)
    night.seen_all()
    await night.pass_time(timedelta(minutes=10), minutes=40)
    assert "暴雨黄色预警" in night.last(night.far_group)
    assert "暴雨黄色预警" in night.last(FAR_HEAD)
    owed = await night.run(
        lambda work: work.rows.obligations.find("warning:1", night.ids[FAR_HEAD.user_id], "acknowledge")
    )
    assert owed.opened_at == MORNING
    await night.press(FAR_HEAD, "收到")
    answered = await night.run(
        lambda work: work.rows.obligations.find("warning:1", night.ids[FAR_HEAD.user_id], "acknowledge")
    )
    assert answered.answered_at is not None
    assert not answered.late
    night.seen_all()


async def test_reminders_of_the_night_go_only_where_the_response_is(night: County) -> None:
    await night.warn(colour="黄色", places=[COUNTY])
    night.seen_all()
    await night.pass_time(timedelta(minutes=5), hours=3)
    assert any(night.new(who) for who in (HEAD, STATION))
    await quiet_elsewhere(night)
    night.seen_all()


async def test_what_is_lifted_in_the_night_is_never_heard_of_where_it_waited(night: County) -> None:
    first = night.clock.now()
    identifier = await night.warn(colour="黄色", places=[COUNTY])
    night.seen_all()
    night.clock.advance(timedelta(minutes=30))
    await night.warn(places=[COUNTY], follows=(identifier, first), cancel=True)
    assert night.new(night.township_group)
    await quiet_elsewhere(night)
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=9)
    await quiet_elsewhere(night)
    night.seen_all()


async def test_a_graver_one_in_the_night_takes_the_place_of_what_waited(night: County) -> None:
    first = night.clock.now()
    identifier = await night.warn(colour="黄色", places=[COUNTY])
    night.seen_all()
    night.clock.advance(timedelta(minutes=30))
    await night.warn(colour="橙色", places=[COUNTY], follows=(identifier, first))
    assert "暴雨橙色预警" in night.last(night.far_group)
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=9)
    assert not any("黄色" in text for text in night.texts(night.far_group))
    night.seen_all()


async def test_a_restart_in_the_night_keeps_what_waits(night: County) -> None:
    await night.warn(colour="黄色", places=[COUNTY])
    night.seen_all()
    await night.restart()
    await quiet_elsewhere(night)
    night.clock.advance(timedelta(hours=8))
    await night.pass_time(seconds=30)
    assert len([text for text in night.texts(night.far_group) if "暴雨黄色预警" in text]) == 1
    night.seen_all()
