"""When daily draws fall: by the county's clock, also around midnight, the start of a response and long standstills."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.check_hours import slots
from domain.check_plans import BodyKind, Slot, moment_of
from domain.check_policy import CheckWindow, DailyCheckPolicy, DailyChecks
from domain.response import ResponseLevel

ZONE = ZoneInfo("Asia/Shanghai")
POLICY = DailyCheckPolicy()
COUNTY, TOWNSHIP = BodyKind.COUNTY, BodyKind.TOWNSHIP


def at(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 6, day, int(hour), int(minute), tzinfo=ZONE)


def found(
    level: ResponseLevel, since: datetime, until: datetime, kind: BodyKind = COUNTY, *, began: datetime | None = None
) -> list[tuple[int, str]]:
    soon = (since if began is None else began) + timedelta(minutes=15)
    plan = POLICY.of(level)
    return [(one.day.day, one.name) for one in slots(plan, kind, ZONE, not_before=soon, since=since, until=until)]


def test_one_draw_a_day_under_level_four_and_three() -> None:
    assert found(ResponseLevel.IV, at(20, "08:00"), at(22, "08:00")) == [(20, "day"), (21, "day")]
    assert found(ResponseLevel.III, at(20, "08:00"), at(20, "08:29")) == []


def test_at_night_only_the_county_and_only_under_two_and_one() -> None:
    evening, morning = at(20, "21:00"), at(21, "06:00")
    assert found(ResponseLevel.II, evening, morning) == [(20, "night")]
    assert found(ResponseLevel.I, evening, morning, TOWNSHIP) == []
    assert found(ResponseLevel.III, evening, morning) == []


@pytest.mark.parametrize(("clock", "expected"), [("17:10", [(20, "day")]), ("17:16", []), ("17:29", []), ("23:59", [])])
def test_a_response_that_starts_late_in_the_window_draws_tomorrow(clock: str, expected: list[tuple[int, str]]) -> None:
    assert found(ResponseLevel.III, at(20, clock), at(20, "23:59")) == expected


def test_a_response_that_starts_at_a_minute_to_midnight_is_drawn_that_night_and_not_at_once() -> None:
    began, plan = at(20, "23:59"), POLICY.of(ResponseLevel.I)
    soon, later = began + timedelta(minutes=15), began + timedelta(minutes=20)
    assert list(slots(plan, COUNTY, ZONE, not_before=soon, since=began, until=began)) == []
    (slot,) = slots(plan, COUNTY, ZONE, not_before=soon, since=began, until=later)
    assert slot == Slot("night", date(2026, 6, 20), at(21, "00:14"), at(21, "05:30"))


def test_after_a_standstill_of_days_every_window_that_passed_is_there_once() -> None:
    assert found(ResponseLevel.II, at(20, "21:00"), at(22, "09:00"), began=at(19, "08:00")) == [
        (20, "night"),
        (21, "day"),
        (21, "night"),
        (22, "day"),
    ]


def test_the_minute_is_in_the_window_spread_over_it_and_found_again_from_the_seed() -> None:
    opens, closes = at(20, "08:30"), at(20, "17:30")
    minutes = {moment_of(seed, opens, closes) for seed in range(3000)}
    assert all(opens <= one < closes for one in minutes)
    assert len(minutes) > 500
    assert moment_of(7, opens, closes) == moment_of(7, opens.astimezone(UTC), closes.astimezone(UTC))


@pytest.mark.parametrize("level", [ResponseLevel.IV, ResponseLevel.III])
def test_a_county_cannot_set_a_night_draw_under_a_lower_level_or_of_other_posts(level: ResponseLevel) -> None:
    night = CheckWindow(name="late", opens=time(21), closes=time(23), duty_only=True)
    with pytest.raises(ValueError, match="only duty posts"):
        DailyCheckPolicy(levels={level: DailyChecks(windows=(night,))})
    anybody = night.model_copy(update={"duty_only": False})
    with pytest.raises(ValueError, match="only duty posts"):
        DailyCheckPolicy(levels={ResponseLevel.I: DailyChecks(windows=(anybody,))})
