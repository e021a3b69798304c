"""Nothing is older than a year: asked once a month, in one message, within working hours, some at a time."""

from datetime import UTC, datetime, timedelta

from domain.point_policy import PointPolicy
from tests.points.register import now, pond
from tests.support.county import FAR_STATION, START, STATION, County

LONG_AGO = START - timedelta(days=400)


def test_only_working_days_and_hours_are_used() -> None:
    policy = PointPolicy()
    hours = {hour: policy.may_ask(datetime(2026, 6, 22, hour, tzinfo=UTC)) for hour in (8, 9, 16, 17, 22)}
    assert hours == {8: False, 9: True, 16: True, 17: False, 22: False}
    assert not policy.may_ask(datetime(2026, 6, 20, 10, tzinfo=UTC))  # a Saturday


async def test_a_station_is_asked_on_monday_and_says_so_with_one_tap(county: County) -> None:
    old = [await pond(county, number=f"SL-{n:03d}", confirmed_at=LONG_AGO) for n in range(1, 11)]
    fresh = await pond(county, number="SL-099")
    await county.pass_time(timedelta(hours=1), hours=48)  # from Saturday morning to Monday morning
    county.seen_all()
    await county.pass_time(timedelta(hours=1), hours=3)
    (asked,) = county.new(STATION)
    assert "10 处一年没有看过了" in asked
    assert county.new(FAR_STATION) == []
    await county.press(STATION, "这 8 处都没变")
    assert "2 处一年没有看过了" in county.last(STATION)
    await county.press(STATION, "这 2 处都没变")
    assert "都核对过了" in county.last(STATION)
    assert [(await now(county, one)).version for one in (*old, fresh)] == [2] * 10 + [1]
    await county.pass_time(timedelta(hours=6), hours=48)
    assert county.new(STATION) == []
    county.seen_all()


async def test_what_was_not_shown_is_not_confirmed(county: County) -> None:
    point = await pond(county, confirmed_at=LONG_AGO)
    await county.say(STATION, "/points")
    await county.forge(STATION, f"pt:same:{point.place}:12345")
    assert (await now(county, point)).version == 1
    county.seen_all()
