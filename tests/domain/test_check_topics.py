"""Which subject somebody is asked about: what his post can know, in turn, the first one by the seed."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.check_topics import KNOWN_BY, topic_in_turn, topics_for
from domain.checks import Topic
from domain.people import Role

SEEDS = st.integers(0, 2**64 - 1)
SUBJECTS = st.lists(st.sampled_from(Topic), unique=True, min_size=1)


@pytest.mark.parametrize(
    ("role", "topic", "asked"),
    [
        (Role.VILLAGE_HEAD, Topic.EQUIPMENT, True),
        (Role.STATION, Topic.EQUIPMENT, False),
        (Role.PATROLLER, Topic.PATROL, True),
        (Role.PATROLLER, Topic.WARNINGS, False),
        (Role.GRID_MEMBER, Topic.RISKS, False),
        (Role.EVACUATOR, Topic.RISKS, True),
        (Role.SHELTER_KEEPER, Topic.HAZARDS, False),
    ],
)
def test_a_post_is_asked_only_what_it_can_know(role: Role, topic: Topic, asked: bool) -> None:
    assert (topic in topics_for(role)) is asked


@pytest.mark.parametrize("role", [role for role in Role if role not in KNOWN_BY])
def test_a_post_without_a_subject_of_its_own_is_asked_where_he_is(role: Role) -> None:
    assert topics_for(role) == (Topic.PRESENCE,)


@pytest.mark.parametrize("role", Role)
def test_what_there_is_nothing_to_ask_about_is_left_out_and_something_is_always_left(role: Role) -> None:
    assert Topic.WARNINGS not in topics_for(role, without={Topic.WARNINGS})
    assert topics_for(role, without=set(Topic)) == (Topic.PRESENCE,)


@given(SUBJECTS, st.lists(st.sampled_from(Topic)), SEEDS, st.integers(1, 10_000))
def test_the_subject_asked_least_recently_comes_first(
    allowed: Sequence[Topic], used: Sequence[Topic], seed: int, person: int
) -> None:
    chosen = topic_in_turn(allowed, used, seed, person)
    ages = {topic: used.index(topic) if topic in used else len(used) for topic in allowed}
    assert ages[chosen] == max(ages.values())
    assert topic_in_turn(allowed, used, seed, person) == chosen


@given(SUBJECTS, st.lists(SEEDS, min_size=12, max_size=12), st.integers(1, 10_000))
def test_nobody_is_asked_the_same_again_before_all_his_subjects_had_their_turn(
    allowed: Sequence[Topic], seeds: Sequence[int], person: int
) -> None:
    used: list[Topic] = []
    for seed in seeds:
        used.insert(0, topic_in_turn(allowed, used, seed, person))
    for start in range(len(used) - len(allowed) + 1):
        assert set(used[start : start + len(allowed)]) == set(allowed)


def test_first_subjects_are_spread_evenly_over_the_people_of_one_draw() -> None:
    allowed = topics_for(Role.VILLAGE_HEAD)
    seen = Counter(topic_in_turn(allowed, (), 7, person) for person in range(5000))
    assert set(seen) == set(allowed)
    assert all(abs(count - 1000) < 120 for count in seen.values())  # more than four standard deviations of 28
