"""The engine of everything that somebody owes, rule by rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.obligations import (
    Climb,
    ObligationState,
    Plan,
    Rung,
    Standing,
    Step,
    Wait,
    check_plan,
    decide,
    due_at,
    is_late,
)

START = datetime(2026, 6, 20, 8, 0, tzinfo=UTC)
PLAN = Plan(
    answer_within=300,
    steps=(
        Step(rung=Rung.REMIND, after=180),
        Step(rung=Rung.STAND_IN, after=300),
        Step(rung=Rung.DESK, after=480),
        Step(rung=Rung.LAPSE, after=3600),
    ),
)
OPEN = Standing(START, timedelta(), 0, ObligationState.OPEN, reachable=True)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_nothing_is_due_before_its_time() -> None:
    assert decide(PLAN, OPEN, at(179)) == Wait(at(180))


def test_the_first_rung_is_climbed_at_its_time_and_the_next_keeps_its_own() -> None:
    assert decide(PLAN, OPEN, at(180)) == Climb(Rung.REMIND, 1, at(300))


def test_after_a_long_sleep_one_rung_is_climbed_and_the_others_keep_their_distance() -> None:
    first = decide(PLAN, OPEN, at(3000))
    assert first == Climb(Rung.REMIND, 1, at(3120))
    second = decide(PLAN, replace(OPEN, step=1), at(3120))
    assert second == Climb(Rung.STAND_IN, 2, at(3300))


def test_who_cannot_be_written_to_is_not_reminded_but_handed_up_in_the_reminders_place() -> None:
    assert decide(PLAN, replace(OPEN, reachable=False), at(180)) == Climb(Rung.STAND_IN, 2, at(480))


WITH_CHANNEL = Plan(
    answer_within=300,
    steps=(
        Step(rung=Rung.REMIND, after=180),
        Step(rung=Rung.CHANNEL, after=240),
        Step(rung=Rung.STAND_IN, after=300),
        Step(rung=Rung.LAPSE, after=3600),
    ),
)


def test_another_channel_comes_between_the_reminder_and_the_stand_in() -> None:
    reminded = replace(OPEN, step=1, elsewhere=True)
    assert decide(WITH_CHANNEL, reminded, at(239)) == Wait(at(240))
    assert decide(WITH_CHANNEL, reminded, at(240)) == Climb(Rung.CHANNEL, 2, at(300))


def test_without_an_address_the_channel_is_passed_over_and_the_others_keep_their_times() -> None:
    assert decide(WITH_CHANNEL, replace(OPEN, step=1), at(240)) == Wait(at(300))
    assert decide(WITH_CHANNEL, replace(OPEN, step=1), at(300)) == Climb(Rung.STAND_IN, 3, at(3600))
    assert WITH_CHANNEL.without(Rung.CHANNEL).steps == (
        WITH_CHANNEL.steps[0],
        WITH_CHANNEL.steps[2],
        WITH_CHANNEL.steps[3],
    )


def test_who_cannot_be_written_to_here_is_written_to_elsewhere_at_once() -> None:
    closed = replace(OPEN, reachable=False, elsewhere=True)
    assert decide(WITH_CHANNEL, closed, at(0)) == Climb(Rung.CHANNEL, 2, at(300))
    assert decide(WITH_CHANNEL, replace(closed, elsewhere=False), at(180)) == Climb(Rung.STAND_IN, 3, at(3600))


def test_stopped_time_moves_every_rung() -> None:
    stopped = replace(OPEN, stopped=timedelta(minutes=20))
    assert decide(PLAN, stopped, at(180)) == Wait(at(1380))
    assert due_at(PLAN, START, timedelta(minutes=20)) == at(1500)


@pytest.mark.parametrize("state", [s for s in ObligationState if s is not ObligationState.OPEN])
def test_what_is_not_open_climbs_no_more(state: ObligationState) -> None:
    assert decide(PLAN, replace(OPEN, state=state), at(99999)) == Wait(None)


def test_above_the_top_there_is_nothing() -> None:
    assert decide(PLAN, replace(OPEN, step=3), at(3600)) == Climb(Rung.LAPSE, 4, None)
    assert decide(PLAN, replace(OPEN, step=4), at(9999)) == Wait(None)


def test_an_answer_at_the_last_second_is_in_time() -> None:
    assert not is_late(at(300), at(300))
    assert is_late(at(300), at(300.001))


def test_a_ladder_whose_rungs_do_not_ascend_is_refused() -> None:
    wrong = Plan(answer_within=60, steps=(Step(rung=Rung.DESK, after=60), Step(rung=Rung.REMIND, after=30)))
    assert check_plan(wrong) == ["not_ascending"]
    over = Plan(answer_within=60, steps=(Step(rung=Rung.LAPSE, after=60), Step(rung=Rung.DESK, after=90)))
    assert check_plan(over) == ["after_lapse"]


plans = st.lists(st.integers(0, 5000), min_size=1, max_size=6).map(
    lambda times: Plan(
        answer_within=60,
        steps=tuple(
            Step(rung=rung, after=after)
            for rung, after in zip(
                (Rung.REMIND, Rung.REMIND, Rung.STAND_IN, Rung.VILLAGE_HEAD, Rung.DESK, Rung.LAPSE),
                sorted(times),
                strict=False,
            )
        ),
    )
)


@given(plans, st.lists(st.integers(1, 4000), min_size=1, max_size=40), st.booleans())
def test_every_ladder_is_climbed_once_rung_by_rung_and_ends(plan: Plan, gaps: list[int], reachable: bool) -> None:
    """However the clock jumps: steps only go up, none twice, never early, and time enough leads to the top."""
    standing, now, climbed = replace(OPEN, reachable=reachable), START, []
    for gap in [*gaps, *[10_000] * (len(plan.steps) + 1)]:
        now += timedelta(seconds=gap)
        decision = decide(plan, standing, now)
        if isinstance(decision, Climb):
            assert decision.next_step > standing.step
            assert decision.next_at is None or decision.next_at >= now
            climbed.append(decision.next_step)
            standing = replace(standing, step=decision.next_step)
    assert climbed == sorted(set(climbed))
    rest = plan.steps[standing.step :]
    assert all(step.rung is Rung.REMIND for step in rest) if not reachable else not rest
