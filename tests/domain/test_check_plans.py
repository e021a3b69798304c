"""The daily draw: fair within its strata, nobody twice before everybody had his turn, every exemption honoured."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.check_plans import (
    RULE,
    Cell,
    Chosen,
    Member,
    PlanDraw,
    Stratum,
    StratumName,
    leaders_stratum,
    part_of,
    patrollers_stratum,
    plan_draw,
    plan_drawn_again,
    rule_that_fits,
    spent_again,
    villages_stratum,
)
from domain.checks import Exclusion, Why
from domain.people import Role
from domain.places import PlaceCode
from services import check_audit

POSTS = (Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.GRID_MEMBER, Role.PATROLLER)


def village(number: int, people: int = 4) -> Cell:
    members = tuple(Member(number * 100 + i, POSTS[i % len(POSTS)]) for i in range(people))
    return Cell(PlaceCode(f"331124001{number:03d}"), members)


def villages(count: int, people: int = 4) -> list[Cell]:
    return [village(number, people) for number in range(1, count + 1)]


def persons(draw: PlanDraw) -> list[int]:
    return [one.person for one in draw.chosen]


@pytest.mark.parametrize(
    ("number", "share", "part"), [(0, 0.1, 0), (1, 0.1, 1), (203, 0.1, 21), (16, 0.2, 4), (10, 0.1, 1), (5, 1.0, 5)]
)
def test_a_share_is_never_less_than_it_says(number: int, share: float, part: int) -> None:
    assert part_of(number, share) == part


def test_a_county_draws_a_leader_of_every_township_and_a_tenth_of_the_villages() -> None:
    leaders = [
        Cell(PlaceCode(f"331124{n:03d}"), (Member(n * 2, Role.PRINCIPAL), Member(n * 2 + 1, Role.LEADER_IN_CHARGE)))
        for n in range(1, 20)
    ]
    draw = plan_draw([leaders_stratum(leaders, 1), villages_stratum(villages(203), 0.1)], {}, [], 7)
    by = Counter(one.stratum for one in draw.chosen)
    assert by == {StratumName.LEADERS: 19, StratumName.VILLAGES: 21}
    assert len({one.place for one in draw.chosen}) == 40
    assert len(set(persons(draw))) == 40


@pytest.mark.parametrize(("count", "people", "drawn"), [(16, 4, 4), (3, 4, 2), (1, 4, 2), (1, 1, 1), (0, 0, 0)])
def test_a_township_draws_a_fifth_of_its_villages_and_two_people_at_least(count: int, people: int, drawn: int) -> None:
    draw = plan_draw([villages_stratum(villages(count, people), 0.2, least=2, posts=2)], {}, [], 7)
    assert len(draw.chosen) == drawn
    assert len(set(persons(draw))) == drawn


@given(st.integers(0, 2**64 - 1), st.integers(1, 12))
def test_a_township_never_asks_one_post_only_where_there_are_several(seed: int, count: int) -> None:
    draw = plan_draw([villages_stratum(villages(count), 0.2, least=2, posts=2)], {}, [], seed)
    assert len({one.role for one in draw.chosen}) >= 2


@given(st.integers(0, 2**64 - 1))
def test_a_village_with_one_post_only_makes_the_other_village_give_another(seed: int) -> None:
    cells = [village(1), village(2, people=1)]
    draw = plan_draw([villages_stratum(cells, 0.2, least=2, posts=2)], {}, [], seed)
    assert len({one.role for one in draw.chosen}) == 2
    assert plan_drawn_again(draw) == draw.chosen


def _where_the_rules_differ() -> tuple[PlanDraw, tuple[Chosen, ...]]:
    """A draw by the rule of today, and whom the first rule took."""
    stratum = villages_stratum([village(1), village(2, people=1)], 0.2, least=2, posts=2)
    draws = (plan_draw([stratum], {}, [], seed) for seed in range(1000))
    return next((draw, old) for draw in draws if (old := plan_drawn_again(draw, 1)) != draw.chosen)


def test_a_draw_is_audited_by_the_rule_of_its_time() -> None:
    draw, old = _where_the_rules_differ()
    assert (draw.rule, rule_that_fits(draw)) == (RULE, RULE)
    before_rules_had_numbers = replace(draw, chosen=old, rule=None)
    assert rule_that_fits(before_rules_had_numbers) == 1
    assert rule_that_fits(replace(draw, rule=None)) == RULE
    assert rule_that_fits(replace(draw, chosen=old)) is None  # it says that it is of today, and is not
    assert rule_that_fits(replace(draw, chosen=old, rule=1)) == 1
    assert rule_that_fits(replace(draw, chosen=old[:1], rule=None)) is None
    assert rule_that_fits(replace(draw, rule=RULE + 1)) is None


@pytest.mark.parametrize(
    ("rule", "by_first", "said"),
    [(None, True, "older"), (1, True, "older"), (None, False, "fits"), (RULE, True, "differs"), (9, False, "newer")],
)
def test_the_audit_says_by_which_rule_it_was_drawn(rule: int | None, by_first: bool, said: str) -> None:
    draw, old = _where_the_rules_differ()
    record = replace(draw, chosen=old if by_first else draw.chosen, rule=rule)
    assert check_audit._drawn_again(record).key == f"draw.same.{said}"


def test_a_department_draws_a_tenth_of_its_patrollers() -> None:
    area = Cell(PlaceCode("331124"), tuple(Member(n, Role.PATROLLER) for n in range(25)))
    assert len(plan_draw([patrollers_stratum(area, 0.1)], {}, [], 1).chosen) == 3


def test_who_is_in_two_strata_is_drawn_once() -> None:
    both = Member(1, Role.PRINCIPAL)
    strata = [
        leaders_stratum([Cell(PlaceCode("331124001"), (both,))], 1),
        villages_stratum([Cell(PlaceCode("331124001001"), (Member(1, Role.VILLAGE_HEAD),))], 0.1),
    ]
    assert persons(plan_draw(strata, {}, [], 3)) == [1]


# -- properties ---------------------------------------------------------------------------------------------------

_CELLS = st.lists(st.integers(0, 6), min_size=1, max_size=12).map(
    lambda sizes: [village(number, people) for number, people in enumerate(sizes, 1)]
)


@given(_CELLS, st.integers(0, 2**64 - 1), st.data())
def test_every_exemption_is_honoured(cells: list[Cell], seed: int, data: st.DataObject) -> None:
    everybody = [one.person for cell in cells for one in cell.members]
    spared = data.draw(st.lists(st.sampled_from(everybody), unique=True) if everybody else st.just([]))
    excluded = {person: Exclusion(Why.ACTIVE) for person in spared}
    draw = plan_draw([villages_stratum(cells, 0.5, least=2)], excluded, [], seed)
    assert not set(persons(draw)) & set(spared)
    assert len(set(persons(draw))) == len(draw.chosen)
    assert draw.chosen or set(spared) == set(everybody)


@given(_CELLS, st.integers(0, 2**64 - 1), st.integers(1, 12))
def test_the_record_gives_the_same_draw_again_and_its_rounds_follow_from_the_days_before(
    cells: list[Cell], seed: int, days: int
) -> None:
    history: list[Chosen] = []
    for day in range(days):
        draw = plan_draw([villages_stratum(cells, 0.3, least=2, posts=2)], {}, history, seed ^ day)
        assert plan_drawn_again(draw) == draw.chosen
        assert spent_again(draw, history)
        history += draw.chosen


@given(_CELLS, st.integers(0, 2**32))
def test_nobody_of_a_village_and_no_village_comes_up_again_before_all_had_their_turn(
    cells: list[Cell], seed: int
) -> None:
    random, history = Random(seed), list[Chosen]()
    for _ in range(40):
        history += plan_draw([villages_stratum(cells, 0.2)], {}, history, random.getrandbits(64)).chosen
    drawable = [cell for cell in cells if cell.members]
    visits = Counter(one.place for one in history)
    if drawable:
        assert max(visits.values()) - min(visits[cell.place] for cell in drawable) <= 1
    for cell in drawable:
        turns = Counter(one.person for one in history if one.place == cell.place)
        assert max(turns[one.person] for one in cell.members) - min(turns[one.person] for one in cell.members) <= 1


def test_a_village_is_not_visited_on_consecutive_days_while_others_have_not_been() -> None:
    history: list[list[Chosen]] = []
    for day in range(5):
        before = [one for each in history for one in each]
        history.append(list(plan_draw([villages_stratum(villages(16), 0.2, least=2)], {}, before, day).chosen))
    for one, next_ in pairwise(history[:4]):  # 16 villages, 4 a day: the round is over after the fourth
        assert not {c.place for c in one} & {c.place for c in next_}


def test_a_changed_seed_a_dropped_person_or_a_forged_round_is_noticed() -> None:
    draw = plan_draw([villages_stratum(villages(16), 0.2)], {}, [], 5)
    forged = PlanDraw(6, draw.strata, draw.excluded, draw.spent, draw.chosen)
    assert plan_drawn_again(forged) != draw.chosen
    spared = PlanDraw(5, draw.strata, {draw.chosen[0].person: Exclusion(Why.LEAVE)}, draw.spent, draw.chosen)
    assert plan_drawn_again(spared) != draw.chosen
    assert not spent_again(draw, draw.chosen)


# -- statistics ---------------------------------------------------------------------------------------------------

DAYS = 10_000


def _chi_square(observed: Counter[int] | Counter[str], cells: int, total: int) -> float:
    expected = total / cells
    return sum((count - expected) ** 2 / expected for count in observed.values()) + expected * (cells - len(observed))


def _bound(freedom: int) -> float:
    """The 99.99 % point of chi-square (Wilson and Hilferty): one run in 10,000 of a fair draw is beyond it."""
    z = 3.719
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + z * part**0.5) ** 3)


def test_ten_thousand_first_days_are_uniform_over_villages_and_over_people() -> None:
    random = Random(20260620)
    stratum = villages_stratum(villages(10), 0.2)
    drawn = [one for _ in range(DAYS) for one in plan_draw([stratum], {}, [], random.getrandbits(64)).chosen]
    by_village, by_person = Counter(str(one.place) for one in drawn), Counter(one.person for one in drawn)
    assert _chi_square(by_village, 10, len(drawn)) < _bound(9)
    assert _chi_square(by_person, 40, len(drawn)) < _bound(39)


def test_over_ten_thousand_days_of_exemptions_nobody_of_a_village_is_drawn_more_than_his_share() -> None:
    """Rounds and exemptions together: who is spared by chance catches up, so that the shares stay even."""
    random, cells = Random(20260621), villages(5, 3)
    everybody = [one.person for cell in cells for one in cell.members]
    stratum: Stratum = villages_stratum(cells, 0.2)
    history: list[Chosen] = []
    counts: Counter[int] = Counter()
    for _ in range(DAYS):
        excluded = {random.choice(everybody): Exclusion(Why.ACTIVE)}
        chosen = plan_draw([stratum], excluded, history[-60:], random.getrandbits(64)).chosen
        assert not {one.person for one in chosen} & set(excluded)
        history += chosen
        counts.update(one.person for one in chosen)
    assert _chi_square(counts, len(everybody), DAYS) < _bound(len(everybody) - 1)
