"""Pure rules after 收到: whom to call first, what a typed measure says, what a line about households says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answer_policy import AnswerPolicy
from domain.calling import ToCall, calling_order
from domain.colours import Colour
from domain.households import Means, Relay, read_relay, sum_up
from domain.people import Role
from domain.places import PlaceCode
from domain.stage_two import LEAST, Measure, counted_from, read_measure

START = datetime(2026, 6, 20, tzinfo=UTC)
ONE, TWO = PlaceCode("331124001001"), PlaceCode("331124001002")


def call(number: int, place: PlaceCode, *roles: Role) -> ToCall:
    return ToCall(number, place, frozenset(roles))


def order(
    *silent: ToCall, hazards: dict[PlaceCode, int] | None = None, danger: tuple[PlaceCode, ...] = ()
) -> list[int]:
    return [one.person_id for one in calling_order(silent, hazards or {}, danger)]


def test_places_with_open_hazards_come_first_then_posts_then_codes() -> None:
    head, evacuator = call(1, ONE, Role.VILLAGE_HEAD), call(2, ONE, Role.EVACUATOR)
    far_grid, grid = call(3, TWO, Role.GRID_MEMBER), call(4, ONE, Role.GRID_MEMBER)
    assert order(head, evacuator, far_grid, grid) == [2, 1, 4, 3]
    assert order(head, evacuator, far_grid, grid, hazards={TWO: 1}) == [3, 2, 1, 4]
    assert order(head, evacuator, far_grid, grid, hazards={TWO: 1}, danger=(ONE,)) == [2, 1, 4, 3]


def test_a_hazard_in_a_grid_counts_for_its_village() -> None:
    assert order(call(1, ONE), call(2, TWO), hazards={PlaceCode(f"{TWO}01"): 1}) == [2, 1]


def test_of_several_posts_the_most_urgent_counts() -> None:
    several = call(1, ONE, Role.REPORTER, Role.WARNER)
    assert order(call(2, ONE, Role.VILLAGE_HEAD), several, call(3, ONE, Role.EVACUATOR)) == [3, 1, 2]


@given(st.lists(st.tuples(st.sampled_from([ONE, TWO]), st.sampled_from(list(Role))), max_size=12), st.randoms())
def test_everybody_is_called_once_in_an_order_that_does_not_depend_on_the_list(
    silent: list[tuple[PlaceCode, Role]], chance: object
) -> None:
    calls = [call(number, place, role) for number, (place, role) in enumerate(silent)]
    shuffled = list(calls)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(*shuffled) == order(*calls)
    assert sorted(order(*calls)) == list(range(len(calls)))


@pytest.mark.parametrize(
    ("said", "measure", "rest"),
    [
        ("已到岗", Measure.ARRIVED, ""),
        ("到岗了！", Measure.ARRIVED, ""),
        ("已清点，42人都在", Measure.COUNTED, "42人都在"),
        ("需要支援 缺水泵", Measure.SUPPORT, "缺水泵"),
        ("1", Measure.ARRIVED, ""),
        ("２", Measure.COUNTED, ""),
        ("2 已清点", Measure.COUNTED, ""),
        ("2 礼堂42人都在", Measure.COUNTED, "礼堂42人都在"),
    ],
)
def test_a_measure_as_people_type_it(said: str, measure: Measure, rest: str) -> None:
    told = read_measure(said)
    assert told is not None
    assert (told.measure, told.words) == (measure, rest)


@pytest.mark.parametrize(
    "said", ["", "收到", "还没到岗", "到岗了吗", "到岗没有", "1 3", "2 已到岗", "4", "12", "1.5米"]
)
def test_what_is_no_measure(said: str) -> None:
    assert read_measure(said) is None


@given(st.integers(0, 600))
def test_stage_two_is_due_by_the_warnings_clock_but_leaves_everybody_some_minutes(late: int) -> None:
    plan = AnswerPolicy().acting[Colour.RED]
    now = START + timedelta(minutes=late)
    due = counted_from(START, now, plan) + timedelta(seconds=plan.answer_within)
    assert due == max(START + timedelta(minutes=15), now + LEAST)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("32/35 大喇叭 敲门", Relay(32, 35, frozenset({Means.LOUDSPEAKER, Means.DOOR}))),
        ("32/35", Relay(32, 35, frozenset())),
        ("３２／３５户，大喇叭、微信群", Relay(32, 35, frozenset({Means.LOUDSPEAKER, Means.CHAT}))),
        ("通知32户共35户 敲门", Relay(32, 35, frozenset({Means.DOOR}))),
        ("全部通知到，共35户，广播", Relay(35, 35, frozenset({Means.LOUDSPEAKER}))),
        ("32/35 敲门 还差老王、小李", Relay(32, 35, frozenset({Means.DOOR}), "老王、小李")),
        ("0/12", Relay(0, 12, frozenset())),
    ],
)
def test_households_in_one_line(said: str, expected: Relay) -> None:
    assert read_relay(said) == expected


@pytest.mark.parametrize("said", ["33/32", "32", "0/0", "32/35 骑马", "6/20 早上", "差不多都通知了", ""])
def test_what_is_no_line_about_households(said: str) -> None:
    assert read_relay(said) is None


def test_villages_that_have_not_reported_are_no_zeros() -> None:
    total = sum_up([(32, 35), (10, 10)], 5)
    assert (total.reached, total.total, total.villages, total.of_villages) == (42, 45, 2, 5)


def test_who_owes_stage_two_is_a_setting() -> None:
    usual = AnswerPolicy()
    assert usual.owes_acting(Colour.RED, frozenset({Role.GRID_MEMBER}))
    assert not usual.owes_acting(Colour.YELLOW, frozenset({Role.VILLAGE_HEAD}))
    assert not usual.owes_acting(Colour.BLUE, frozenset({Role.VILLAGE_HEAD}))
    named = AnswerPolicy.model_validate({"acting_roles": {"yellow": ["V1"], "red": ["V1"]}})
    assert named.owes_acting(Colour.YELLOW, frozenset({Role.VILLAGE_HEAD}))
    assert not named.owes_acting(Colour.RED, frozenset({Role.GRID_MEMBER}))
    assert named.owes_acting(Colour.ORANGE, frozenset({Role.GRID_MEMBER}))
