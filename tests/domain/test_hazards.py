"""The hazard's rules as properties: no way closes without another hand, none loses a reporter or an event."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answers import Headcount
from domain.geometry import Point
from domain.hazards import (
    ALIVE,
    LIKELY_FIRST,
    OVER,
    OWNERS,
    RIGHT_FOR,
    THE_FIXERS,
    TRANSITIONS,
    Category,
    Grade,
    Hands,
    HazardState,
    Move,
    Objection,
    Verification,
    departments_of,
    is_grave,
    is_suspected,
    leads_to,
    may_close_by,
    objection,
    place_in_words,
    place_near,
)
from domain.people import RIGHTS, Person, PersonId, Post, Role
from domain.places import Level, Place, PlaceCode, PlaceTree
from domain.policy import HazardPolicy

COUNTY, TOWNSHIP = PlaceCode("331124"), PlaceCode("331124001")
VILLAGE, NEIGHBOUR = PlaceCode("331124001001"), PlaceCode("331124001002")
TREE = PlaceTree(
    (
        Place(COUNTY, "松阳县", Level.COUNTY),
        Place(TOWNSHIP, "石梁镇", Level.TOWNSHIP, COUNTY),
        Place(VILLAGE, "上坞村", Level.VILLAGE, TOWNSHIP, 28.45, 119.48),
        Place(NEIGHBOUR, "岭下村", Level.VILLAGE, TOWNSHIP, 28.46, 119.50),
    )
)


# -- a hazard played through ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """A ledger line as the services keep it, reduced to what the rules look at, with everything that was done."""

    hands: Hands
    events: tuple[tuple[Move, int], ...] = ()
    closed_by: int | None = None


def play(line: Played, move: Move, actor: int, *, has_right: bool, assignee: int) -> Played:
    if objection(line.hands, move, actor, has_right=has_right) is not None:
        return line
    state = leads_to(line.hands.state, move, at_once=line.hands.at_once)
    assert state is not None
    hands = replace(line.hands, state=state)
    match move:
        case Move.ASSIGN:
            hands = replace(hands, assignee=assignee)
        case Move.FIX:
            hands = replace(hands, fixed_by=actor)
        case Move.AT_ONCE:
            hands = replace(hands, fixed_by=actor, assignee=actor, at_once=True)
        case Move.SEND_BACK:
            hands = replace(hands, fixed_by=None, at_once=False)
        case Move.REOPEN | Move.UNMERGE:
            hands = replace(hands, assignee=None, fixed_by=None, at_once=False)
        case Move.SUPPLEMENT:
            hands = replace(hands, reporters=hands.reporters | {actor})
    closed_by = actor if move is Move.CLOSE else None if move is Move.REOPEN else line.closed_by
    return Played(hands, (*line.events, (move, actor)), closed_by)


people = st.integers(1, 5)
steps = st.lists(st.tuples(st.sampled_from(Move), people, st.booleans(), people), max_size=60)


def _lives(acts):
    line = Played(Hands(HazardState.REPORTED, reporters=frozenset({1})))
    lives = [line]
    for move, actor, has_right, assignee in acts:
        line = play(line, move, actor, has_right=has_right, assignee=assignee)
        lives.append(line)
    return lives


@given(steps)
def test_no_way_closes_without_another_hand(acts):
    for line in _lives(acts):
        if line.hands.state is HazardState.CLOSED:
            assert line.closed_by is not None
            assert line.closed_by not in {line.hands.assignee, line.hands.fixed_by}
            assert line.hands.fixed_by is not None


@given(steps)
def test_no_way_loses_a_reporter_or_an_event(acts):
    lives = _lives(acts)
    for before, after in pairwise(lives):
        assert before.hands.reporters <= after.hands.reporters
        assert after.events[: len(before.events)] == before.events


@given(steps)
def test_nothing_is_fixed_or_closed_that_was_not_assigned(acts):
    for line in _lives(acts):
        done = [move for move, _ in line.events]
        if line.hands.state in {HazardState.ASSIGNED, HazardState.FIXED, HazardState.CLOSED}:
            assert Move.AT_ONCE in done or {Move.ASSIGN, Move.TAKE} <= set(done)


@given(steps)
def test_who_has_no_right_moves_nothing_but_his_own(acts):
    line = Played(Hands(HazardState.REPORTED, reporters=frozenset({1})))
    for move, actor, _, assignee in acts:
        after = play(line, move, actor, has_right=False, assignee=assignee)
        if after is not line:
            assert (move in THE_FIXERS and actor == line.hands.assignee) or move is Move.REOPEN
        line = after


# -- the table ---------------------------------------------------------------------------------------------------


def test_every_move_has_its_place_in_the_table_and_its_right():
    assert set(TRANSITIONS) == set(Move)
    assert set(RIGHT_FOR) == set(Move) - {Move.REOPEN, Move.MARK, Move.PAUSE}
    assert set(RIGHT_FOR.values()) <= set(RIGHTS)


def test_what_is_over_is_only_opened_again_by_a_reporter():
    for state in OVER:
        legal = {move for move in Move if leads_to(state, move) is not None}
        assert legal == {Move.UNMERGE if state is HazardState.MERGED else Move.REOPEN, Move.MARK}
    over = Hands(HazardState.CLOSED, 2, 2, frozenset({7}))
    assert objection(over, Move.REOPEN, 7, has_right=False) is None
    assert objection(over, Move.REOPEN, 8, has_right=True) is Objection.NOT_REPORTER


def test_every_state_is_left_again():
    for state in HazardState:
        assert any(state in starts for move, (starts, _) in TRANSITIONS.items()), state
    assert set(HazardState) == ALIVE | OVER


@pytest.mark.parametrize("move", [Move.CLOSE, Move.SEND_BACK])
@pytest.mark.parametrize("hand", [2, 3])
def test_neither_the_fixer_nor_who_recorded_it_for_him_judges_the_work(move, hand):
    fixed = Hands(HazardState.FIXED, assignee=2, fixed_by=3)
    assert objection(fixed, move, hand, has_right=True) is Objection.OWN_WORK
    assert objection(fixed, move, 4, has_right=True) is None
    assert objection(fixed, move, 4, has_right=False) is Objection.NO_RIGHT


def test_the_assignee_needs_no_right_to_say_that_it_is_fixed():
    given_out = Hands(HazardState.ASSIGNED, assignee=2)
    assert objection(given_out, Move.FIX, 2, has_right=False) is None
    assert objection(given_out, Move.FIX, 3, has_right=False) is Objection.NO_RIGHT


# -- marks and owners ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "threatened", "words", "suspected"),
    [
        (Category.POND, Headcount(3, None), "溢洪道堵", True),
        (Category.POND, Headcount(0, 0), "溢洪道堵", False),
        (Category.GEOHAZARD, Headcount(), "裂缝变宽", True),
        (Category.ROAD, Headcount(3, 11), "路面塌了", False),
        (Category.GAS, Headcount(0, 0), "闻到煤气味", True),
        (Category.GAS, Headcount(0, 0), "软管老化", False),
        (Category.FIRE, Headcount(0, 0), "唯一的通道被堵了", True),
        (Category.FIRE, Headcount(0, 0), "灭火器过期", False),
    ],
)
def test_suspicion_is_a_rule_and_only_a_mark(category, threatened, words, suspected):
    assert is_suspected(category, threatened, words) is suspected


def test_a_village_may_not_close_what_is_major_or_suspected_and_not_graded():
    assert is_grave(Grade.MAJOR, suspected=False)
    assert is_grave(Grade.OPEN, suspected=True)
    assert not is_grave(Grade.MINOR, suspected=True)
    assert not is_grave(Grade.OPEN, suspected=False)


def test_all_categories_are_offered_once_and_have_an_owner_entry():
    assert sorted(LIKELY_FIRST) == sorted(Category)
    assert set(OWNERS) == set(Category)
    assert Category.OTHER in LIKELY_FIRST[:8]


def test_a_county_may_divide_the_categories_otherwise():
    policy = HazardPolicy(owners={Category.POND: ("农业",)})
    assert policy.owners_of(Category.POND) == ("农业",)
    assert policy.owners_of(Category.DIKE) == ("水利",)


def test_departments_are_those_somebody_can_be_found_at():
    officer = Person(PersonId(1), "水利员", "13800000002", posts=(Post(Role.DEPARTMENT, COUNTY, "水利"),))
    head = Person(PersonId(2), "李书记", "13800000006", posts=(Post(Role.VILLAGE_HEAD, VILLAGE),))
    assert departments_of([officer, head, officer]) == ("水利",)


# -- where it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "own", "place"),
    [
        ("上坞村后山", [], VILLAGE),
        ("上坞后山", [VILLAGE], VILLAGE),
        ("岭下村", [VILLAGE], NEIGHBOUR),
        ("后山", [VILLAGE], None),
        ("上坞村和岭下村之间", [], None),
        ("", [], None),
    ],
)
def test_a_place_in_words_is_found_where_it_is_certain(words, own, place):
    found = place_in_words(TREE, words, own, COUNTY)
    assert (found.code if found else None) == place


def test_the_nearest_marked_village_is_taken_if_it_is_near():
    near = place_near(TREE, Point(28.451, 119.481))
    assert near is not None
    assert near.code == VILLAGE
    assert place_near(TREE, Point(30.0, 119.48)) is None


# -- fixed on the spot, and how it was seen ------------------------------------------------------------------------


def test_who_found_it_may_say_that_he_fixed_it_and_never_judges_it():
    found = Hands(HazardState.REPORTED, reporters=frozenset({70}), found_by=frozenset({7}))
    assert objection(found, Move.AT_ONCE, 7, has_right=False) is None
    assert objection(found, Move.AT_ONCE, 8, has_right=False) is Objection.NO_RIGHT
    fixed = replace(found, state=HazardState.FIXED, assignee=7, fixed_by=7, at_once=True)
    assert objection(fixed, Move.CLOSE, 7, has_right=True) is Objection.OWN_WORK


def test_what_was_fixed_on_the_spot_and_did_not_pass_is_the_desks():
    assert leads_to(HazardState.FIXED, Move.SEND_BACK, at_once=True) is HazardState.REPORTED
    assert leads_to(HazardState.FIXED, Move.SEND_BACK) is HazardState.ASSIGNED


def test_a_visit_is_always_enough_and_a_picture_where_the_county_says_so():
    policy = HazardPolicy()
    demanded = policy.verification(Grade.MINOR, suspected=True)
    assert [may_close_by(demanded, how) for how in Verification] == [True, True]
    for grave in (policy.verification(Grade.MAJOR, suspected=False), policy.verification(Grade.OPEN, suspected=True)):
        assert [how for how in Verification if may_close_by(grave, how)] == [Verification.FIELD]
    strict = HazardPolicy(close_by={Grade.MAJOR: Verification.FIELD})
    assert strict.verification(Grade.MINOR, suspected=False) is Verification.FIELD  # what is not said is the strict one
