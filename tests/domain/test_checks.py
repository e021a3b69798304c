"""Rules of the spot check: scopes, the draw and its record, choices typed, verdicts."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks import (
    CHECKED_BY,
    EXCUSED,
    UNQUALIFIED,
    USUAL_REASON,
    Draw,
    Exclusion,
    Reason,
    Result,
    Scope,
    Topic,
    Why,
    check_verdict,
    choices_of,
    codes_in,
    draw,
    drawn_again,
    is_night,
    make_draw,
    next_topic,
    post_for,
    proposed_size,
    results_for,
    scopes_of,
    spent_of,
)
from domain.errors import DomainError
from domain.obligations import Rung
from domain.people import RIGHTS, Action, Person, PersonId, Post, Role
from domain.places import PlaceCode
from domain.policy import CheckPolicy

COUNTY, TOWN, VILLAGE = PlaceCode("331124"), PlaceCode("331124001"), PlaceCode("331124001001")
OTHER_TOWN, OTHER_VILLAGE = PlaceCode("331124002"), PlaceCode("331124002001")
GRID = PlaceCode("33112400100103")

pools = st.sets(st.integers(1, 10**6), max_size=40)
seeds = st.integers(0, 2**64 - 1)
sizes = st.integers(0, 12)


def somebody(*posts: Post, number: int = 7) -> Person:
    return Person(PersonId(number), "某人", "13800000000", posts=posts)


# -- whom ---------------------------------------------------------------------------------------------------------


def test_who_may_issue_a_check_has_a_scope_and_nobody_else() -> None:
    assert set(CHECKED_BY) == set(RIGHTS[Action.ISSUE_CHECK])


@pytest.mark.parametrize(
    ("checker", "checked", "may"),
    [
        (Post(Role.COUNTY_DUTY, COUNTY), Post(Role.STATION, TOWN), True),
        (Post(Role.COUNTY_LEADER, COUNTY), Post(Role.GRID_MEMBER, GRID), True),
        (Post(Role.COUNTY_DUTY, COUNTY), Post(Role.COUNTY_LEADER, COUNTY), False),
        (Post(Role.STATION, TOWN), Post(Role.VILLAGE_HEAD, VILLAGE), True),
        (Post(Role.STATION, TOWN), Post(Role.VILLAGE_HEAD, OTHER_VILLAGE), False),
        (Post(Role.PRINCIPAL, TOWN), Post(Role.STATION, TOWN), False),
        (Post(Role.CONTACT_CADRE, VILLAGE), Post(Role.GRID_MEMBER, GRID), True),
        (Post(Role.CONTACT_CADRE, VILLAGE), Post(Role.GRID_MEMBER, OTHER_VILLAGE), False),
        (Post(Role.DEPARTMENT, COUNTY, "水利"), Post(Role.PATROLLER, VILLAGE, "水利"), True),
        (Post(Role.DEPARTMENT, COUNTY, "水利"), Post(Role.PATROLLER, VILLAGE, "林业"), False),
        (Post(Role.DEPARTMENT, COUNTY, "水利"), Post(Role.PATROLLER, VILLAGE), False),
        (Post(Role.DEPARTMENT, COUNTY), Post(Role.PATROLLER, VILLAGE), False),
        (Post(Role.DEPARTMENT, COUNTY, "水利"), Post(Role.VILLAGE_HEAD, VILLAGE, "水利"), False),
        (Post(Role.VILLAGE_HEAD, VILLAGE), Post(Role.GRID_MEMBER, VILLAGE), False),
    ],
)
def test_each_checks_his_own_people(checker: Post, checked: Post, may: bool) -> None:
    found = post_for(somebody(checked), scopes_of(somebody(checker)), COUNTY)
    assert (found is not None) is may


def test_of_several_posts_the_highest_place_is_asked_about() -> None:
    person = somebody(Post(Role.GRID_MEMBER, GRID), Post(Role.EMERGENCY_OFFICER, VILLAGE))
    found = post_for(person, [Scope(frozenset(Role), TOWN)], TOWN)
    assert found is not None
    assert found[0] == Post(Role.EMERGENCY_OFFICER, VILLAGE)
    only = post_for(person, [Scope(frozenset(Role), TOWN)], TOWN, {Role.GRID_MEMBER})
    assert only is not None
    assert only[0].place == GRID


# -- the draw -----------------------------------------------------------------------------------------------------


@given(pools, sizes, seeds, st.data())
def test_a_draw_takes_nobody_twice_nobody_excluded_and_as_many_as_there_are(
    pool: set[int], size: int, seed: int, data: st.DataObject
) -> None:
    excluded = data.draw(st.sets(st.sampled_from(sorted(pool)))) if pool else set()
    spent = data.draw(st.sets(st.sampled_from(sorted(pool)))) if pool else set()
    chosen = draw(pool, size, seed, excluded=excluded, spent=spent)
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= pool - excluded
    assert len(chosen) == min(size, len(pool - excluded))
    fresh = pool - excluded - spent
    assert len(set(chosen) & fresh) == min(size, len(fresh))


@given(pools, st.integers(1, 10), seeds, st.lists(st.integers(1, 10**6), max_size=60))
def test_the_record_alone_gives_the_same_draw_again(pool: set[int], size: int, seed: int, history: list[int]) -> None:
    excluded = {person: Exclusion(Why.ACTIVE, datetime(2026, 6, 20, tzinfo=UTC)) for person in sorted(pool)[::4]}
    record = make_draw(pool, excluded, history, size, seed)
    assert drawn_again(record) == record.chosen
    assert set(record.excluded) <= set(record.pool)
    assert draw(sorted(pool, reverse=True), size, seed, excluded=excluded, spent=record.spent) == record.chosen


def test_a_record_that_was_tampered_with_shows() -> None:
    record = make_draw(range(1, 20), {}, [], 5, 0x5EED)
    forged = Draw(record.seed, 5, record.pool, record.excluded, record.spent, tuple(sorted(record.pool)[:5]))
    assert drawn_again(forged) != forged.chosen


def test_the_draw_is_the_published_one() -> None:
    """Anybody can check it with sha256sum; a change of the rule must not go unnoticed."""
    assert draw([1, 2, 3, 4, 5], 3, 0x0123456789ABCDEF) == (4, 3, 5)


@given(st.sets(st.integers(1, 500), min_size=1, max_size=25), st.lists(seeds, min_size=60, max_size=60), sizes)
def test_nobody_is_drawn_twice_before_everybody_was_drawn_once(pool: set[int], chain: list[int], size: int) -> None:
    history: list[int] = []
    for seed in chain:
        history += make_draw(pool, {}, history, size, seed).chosen
    for start in range(0, len(history) - len(pool) + 1, len(pool)):
        assert set(history[start : start + len(pool)]) == pool


@given(st.sets(st.integers(1, 200), min_size=3, max_size=12), seeds)
def test_whoever_could_not_be_asked_is_the_first_of_the_next_draw(pool: set[int], seed: int) -> None:
    absent = min(pool)
    first = make_draw(pool, {absent: Exclusion(Why.LEAVE)}, [], len(pool), seed)
    assert absent not in first.chosen
    assert make_draw(pool, {}, first.chosen, 1, seed ^ 1).chosen == (absent,)


def test_a_newcomer_is_drawn_once_and_does_not_make_up_for_the_years_before() -> None:
    history = [1, 2, 3] * 5
    assert make_draw([1, 2, 3, 4], {}, history, 1, 99).chosen == (4,)
    after = Counter(make_draw([1, 2, 3, 4], {}, [*history, 4], 1, seed).chosen[0] for seed in range(400))
    assert set(after) == {1, 2, 3, 4}


def test_every_person_has_the_same_chance() -> None:
    """20 people, 2,000 draws of 3: each is expected 300 times; six standard deviations are 96."""
    counts = Counter(person for seed in range(2000) for person in draw(range(20), 3, seed * 0x9E3779B97F4A7C15 % 2**64))
    assert set(counts) == set(range(20))
    assert all(abs(count - 300) < 96 for count in counts.values())


def test_every_pair_has_the_same_chance() -> None:
    pairs = Counter(tuple(sorted(draw(range(6), 2, seed))) for seed in range(3000))
    assert len(pairs) == 15
    assert all(abs(count - 200) < 82 for count in pairs.values())


def test_a_round_that_is_complete_begins_anew() -> None:
    assert spent_of([1, 2, 3], [1, 2]) == {1, 2}
    assert spent_of([1, 2, 3], [1, 2, 3]) == frozenset()
    assert spent_of([1, 2, 3], [1, 2, 3, 2, 99]) == {2}
    assert spent_of([], [1, 2]) == frozenset()


@pytest.mark.parametrize(
    ("villages", "share", "size"), [(0, 0.2, 1), (1, 0.2, 1), (3, 0.2, 2), (16, 0.2, 4), (203, 0.2, 10), (30, 0.1, 3)]
)
def test_the_proposed_size_is_the_share_two_at_least_ten_at_most(villages: int, share: float, size: int) -> None:
    assert proposed_size(villages, share, 10) == size


# -- the question -------------------------------------------------------------------------------------------------


def test_subjects_take_turns_and_the_longest_unused_comes_first() -> None:
    used: list[Topic] = []
    for _ in range(18):
        used.insert(0, next_topic(used))
    assert used[::-1] == [*Topic] * 3
    assert next_topic([Topic.PATROL, Topic.WARNINGS, Topic.PRESENCE]) is Topic.EQUIPMENT


@pytest.mark.parametrize(
    ("topic", "text", "codes"),
    [
        (Topic.PRESENCE, "1", ("here",)),
        (Topic.PRESENCE, "１。", ("here",)),
        (Topic.PRESENCE, "在岗", ("here",)),
        (Topic.PRESENCE, "②", ("way",)),
        (Topic.PRESENCE, "3", ("leave",)),
        (Topic.PRESENCE, "在村部值班，水位正常", ()),
        (Topic.EQUIPMENT, "0", ("fine",)),
        (Topic.EQUIPMENT, "都好", ("fine",)),
        (Topic.EQUIPMENT, "1 3", ("phone", "pump")),
        (Topic.EQUIPMENT, "发电机、扩音器", ("power", "horn")),
        (Topic.EQUIPMENT, "发电机没油了", ()),
        (Topic.HAZARDS, "1", ()),
    ],
)
def test_typed_answers_name_choices_where_there_are_any(topic: Topic, text: str, codes: tuple[str, ...]) -> None:
    assert codes_in(topic, text) == codes


def test_the_numbers_of_the_choices_are_those_in_the_question() -> None:
    equipment = choices_of(Topic.EQUIPMENT)
    assert [choice.number for choice in equipment] == [0, 1, 2, 3, 4, 5]
    assert [choice.code for choice in choices_of(Topic.PRESENCE)] == ["here", "way", "leave"]


@pytest.mark.parametrize(("hour", "asleep"), [(21, False), (22, True), (0, True), (5, True), (6, False), (12, False)])
def test_night_goes_over_midnight(hour: int, asleep: bool) -> None:
    local = datetime(2026, 6, 20, hour, 59, tzinfo=timezone(timedelta(hours=8)))
    assert is_night(local, 22, 6) is asleep


# -- the verdict --------------------------------------------------------------------------------------------------


def test_results_are_sorted_into_qualified_unqualified_and_excused() -> None:
    assert UNQUALIFIED.isdisjoint(EXCUSED)
    assert set(Result) - UNQUALIFIED - EXCUSED == {Result.ON_POST}
    assert set(USUAL_REASON) == UNQUALIFIED


def test_only_what_fits_can_be_judged() -> None:
    assert Result.SILENT not in results_for(heard=True, tried=True)
    assert Result.ON_POST in results_for(heard=True, tried=False)
    assert set(results_for(heard=False, tried=True)) == {Result.OFF_POST, Result.SILENT, *EXCUSED}
    assert set(results_for(heard=False, tried=False)) == EXCUSED


@pytest.mark.parametrize(
    ("result", "reasons", "other", "problem"),
    [
        (Result.ON_POST, (), "", None),
        (Result.ON_POST, (Reason.LATE,), "", "check.refused.reason_not_wanted"),
        (Result.ON_POST, (), "很好", "check.refused.reason_not_wanted"),
        (Result.NETWORK, (Reason.UNREACHED,), "", "check.refused.reason_not_wanted"),
        (Result.UNFAMILIAR, (), "", "check.refused.reason_wanted"),
        (Result.UNFAMILIAR, (Reason.UNCLEAR, Reason.KIT), "", None),
        (Result.UNFAMILIAR, (Reason.OTHER,), "", "check.refused.words_wanted"),
        (Result.UNFAMILIAR, (Reason.OTHER,), "  ", "check.refused.words_wanted"),
        (Result.UNFAMILIAR, (Reason.UNCLEAR,), "说不清", "check.refused.words_wanted"),
        (Result.UNFAMILIAR, (Reason.OTHER,), "说不清转移路线", None),
        (Result.SILENT, (Reason.UNREACHED,), "", "check.refused.does_not_fit"),
    ],
)
def test_a_verdict_needs_reasons_exactly_where_it_is_not_qualified(
    result: Result, reasons: tuple[Reason, ...], other: str, problem: str | None
) -> None:
    if problem is None:
        check_verdict(result, reasons, other, heard=True, tried=True)
        return
    with pytest.raises(DomainError) as refused:
        check_verdict(result, reasons, other, heard=True, tried=True)
    assert refused.value.key == problem


# -- the county's figures -----------------------------------------------------------------------------------------


def test_the_ladder_is_a_second_message_and_another_channel_then_the_checkers_telephone() -> None:
    minutes = CheckPolicy(answer_minutes=5, second_try_minutes=8, phone_minutes=15).minutes
    plan = minutes.ladder
    assert plan.answer_within == 300
    assert [(step.rung, step.after) for step in plan.steps] == [
        (Rung.REMIND, 480),
        (Rung.CHANNEL, 480),
        (Rung.CHECKER, 900),
        (Rung.LAPSE, 24 * 3600),
    ]
    at_once = minutes.unreachable(elsewhere=False).steps[0]
    assert (at_once.rung, at_once.after) == (Rung.CHECKER, 0)
    first = minutes.unreachable(elsewhere=True).steps
    assert [(step.rung, step.after) for step in first[:2]] == [(Rung.CHANNEL, 0), (Rung.CHECKER, 300)]


def test_minutes_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(ValueError, match="not_ascending"):
        CheckPolicy(second_try_minutes=30, phone_minutes=20)
