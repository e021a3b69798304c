"""Rounds of a response: their times, that they never double, and in which order the points are walked."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.action_cards import Family
from domain.checklists import PointKind
from domain.geometry import Point
from domain.hazards import Category
from domain.obligations import Rung, check_plan
from domain.patrol_plans import (
    is_graver,
    most_dangerous_first,
    phase_at,
    recheck_due,
    round_at,
    rounds_of,
    to_recheck,
)
from domain.patrol_policy import PatrolPolicy, Rounds, grace, round_ladder
from domain.patrols import Phase
from domain.places import PlaceCode
from domain.points import RiskLevel, RiskPoint

CHINA = timezone(timedelta(hours=8))
POLICY = PatrolPolicy()
DAY = datetime(2026, 6, 20, tzinfo=CHINA)
LONG_AGO = DAY - timedelta(days=3)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return DAY + timedelta(days=days, hours=hour, minutes=minute)


def due(level: str, now: datetime, kind: PointKind = PointKind.POND, since: datetime = LONG_AGO, **more: bool):
    rounds = rounds_of(POLICY, level, Family.TYPHOON, kind, **more)
    assert rounds is not None
    found = round_at(POLICY, rounds, kind, now, since)
    return None if found is None else found.due_at


def test_under_level_four_there_is_one_round_a_day_by_the_evening():
    assert due("IV", at(9)) == at(18)
    assert due("IV", at(6)) is None
    assert due("IV", at(19)) is None


def test_under_level_three_there_are_two_and_the_second_begins_in_the_afternoon():
    assert due("III", at(7)) == at(12)
    assert due("III", at(11, 59)) == at(12)
    assert due("III", at(13)) is None
    assert due("III", at(15)) == at(18)
    assert due("III", at(18, 1)) is None


def test_under_level_two_and_one_they_go_on_through_the_night():
    assert due("II", at(2)) == at(4)
    assert due("II", at(5)) is None
    assert due("I", at(1)) == at(2)
    assert due("I", at(3, 10), kind=PointKind.SITE) == at(4)


def test_a_response_that_has_just_begun_does_not_wait_for_the_next_round():
    assert due("III", at(9), since=at(9)) == at(12)
    assert due("II", at(9), since=at(9)) == at(12)
    assert due("III", at(13), since=at(13)) == at(18)


def test_nobody_is_sent_out_with_ten_minutes_left():
    assert due("IV", at(17, 30), since=at(17, 30)) is None
    assert due("II", at(11, 50), since=at(11, 50)) == at(16)


def test_a_response_that_begins_at_night_sends_nobody_out_before_the_morning_under_level_three():
    assert due("III", at(22, 30), since=at(22, 30)) is None
    assert due("III", at(6, 59, days=1), since=at(22, 30)) is None
    assert due("III", at(7, 0, days=1), since=at(22, 30)) == at(12, days=1)


def test_a_red_warning_makes_the_rounds_of_danger_areas_dense_and_of_others_not():
    assert due("III", at(23, 40), kind=PointKind.GEOHAZARD, since=at(23, 40), red=True) == at(2, days=1)
    assert rounds_of(POLICY, "III", Family.TYPHOON, PointKind.SITE, red=True) == POLICY.rounds["III"][PointKind.SITE]
    assert rounds_of(POLICY, "I", Family.TYPHOON, PointKind.POND, red=True) == POLICY.rounds["I"][PointKind.POND]


def test_a_dike_at_high_water_is_walked_every_half_hour_day_and_night():
    times = {due("II", at(2) + timedelta(minutes=5 * n), kind=PointKind.DIKE, dense=True) for n in range(24)} - {None}
    assert times == {at(2) + timedelta(minutes=30 * n) for n in range(5)}


def test_the_times_that_are_never_skipped_are_rounds_of_a_dike():
    found = {due("II", at(0) + timedelta(minutes=10 * n), kind=PointKind.DIKE) for n in range(6 * 24)} - {None}
    assert {at(5, 30), at(11, 30), at(17, 30), at(19)} <= found
    assert at(12) not in found  # half an hour after another one


def test_a_fire_sends_nobody_to_the_ponds_and_a_typhoon_nobody_to_the_woods():
    assert rounds_of(POLICY, "II", Family.FIRE, PointKind.POND) is None
    assert rounds_of(POLICY, "II", Family.FIRE, PointKind.FOREST) is not None
    assert rounds_of(POLICY, "II", Family.TYPHOON, PointKind.FOREST) is None


def test_before_during_and_the_order_of_levels():
    assert phase_at("IV", "IV") is Phase.BEFORE
    assert phase_at("III", "III") is Phase.DURING
    assert phase_at("III", "II") is Phase.AFTER
    assert is_graver("I", "II")
    assert is_graver("III", "IV")
    assert not is_graver("IV", "III")
    assert not is_graver("II", "II")


@given(
    st.sampled_from(["IV", "III", "II", "I"]),
    st.sampled_from([PointKind.POND, PointKind.DIKE, PointKind.SITE, PointKind.GEOHAZARD]),
    st.booleans(),
    st.integers(0, 60 * 24 * 2),
    st.integers(0, 60 * 24),
)
def test_a_round_asked_for_twice_is_the_same_round(level, kind, dense, minute, since):
    rounds = rounds_of(POLICY, level, Family.TYPHOON, kind, dense=dense)
    assert rounds is not None
    now = DAY + timedelta(minutes=minute)
    began = now - timedelta(minutes=since)
    one = round_at(POLICY, rounds, kind, now, began)
    if one is None:
        return
    assert one.opens_at <= now <= one.due_at
    later = now + (one.due_at - now) / 2
    other = round_at(POLICY, rounds, kind, later, began)
    assert other is not None
    assert other.due_at == one.due_at


@pytest.mark.parametrize("minutes", [15, 30, 60, 120, 240, 720])
def test_the_ladder_of_a_round_ends_before_the_next_one_begins(minutes):
    ladder = round_ladder(minutes, minutes // 2)
    assert check_plan(ladder) == []
    assert ladder.answer_within == minutes // 2 * 60
    after = {step.rung: step.after - ladder.answer_within for step in ladder.steps}
    assert after[Rung.REMIND] == grace(min(minutes, 240)) * 60
    assert after[Rung.REMIND] < after[Rung.VILLAGE_HEAD] <= after[Rung.DESK] <= after[Rung.LAPSE]
    assert after[Rung.LAPSE] <= min(minutes, 240) * 60 * 0.6


def point(number: int, **more: object) -> RiskPoint:
    base = RiskPoint(
        number, f"P{number}", 1, f"点{number}", Category.POND, RiskLevel.GENERAL, PlaceCode("331124001001"),
        datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def test_the_most_dangerous_is_walked_first_and_of_equals_the_nearest():
    home = Point(28.45, 119.48)
    near, far = point(1, lat=28.451, lon=119.48), point(2, lat=28.6, lon=119.3)
    red, crowded = point(3, level=RiskLevel.MAJOR), point(4, people=40)
    assert [one.id for one in most_dangerous_first([far, near, crowded, red], home)] == [3, 4, 1, 2]


def test_only_what_was_warned_is_looked_at_again():
    points = [point(1), point(2), point(3)]
    assert [p.id for p in to_recheck(points, {1, 2}, [points[1], points[2]])] == [2]
    assert [p.id for p in to_recheck(points, {1, 2}, [])] == [1, 2]
    assert to_recheck(points, set(), []) == []


def test_what_is_looked_at_again_has_a_day():
    assert recheck_due(POLICY, at(8)) == at(18, days=1)
    assert recheck_due(PatrolPolicy(recheck_hours=8), at(8)) == at(18)
    assert recheck_due(PatrolPolicy(recheck_hours=2), at(19)) == at(18, days=1)


def test_a_county_changes_one_figure_and_keeps_the_others():
    own = PatrolPolicy.model_validate({"rounds": {"III": {"pond": {"by": ["09:00"]}}}})
    assert own.rounds["III"][PointKind.POND] == Rounds(by=(time(9),))
    assert own.rounds["III"][PointKind.DIKE] == POLICY.rounds["III"][PointKind.DIKE]
    assert own.rounds["II"] == POLICY.rounds["II"]
