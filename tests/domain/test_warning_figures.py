"""The figures of the report and of the board are sums over rows, whatever the rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.places import Level, Place, PlaceCode, PlaceTree, is_within
from domain.warning_figures import Owed, figures
from domain.warning_tally import Counts, Now, tally_for

START = datetime(2026, 6, 20, tzinfo=UTC)
COUNTY, TOWNSHIP, OTHER = PlaceCode("331124"), PlaceCode("331124001"), PlaceCode("331124002")
ONE, TWO, THREE = PlaceCode("331124001001"), PlaceCode("331124001002"), PlaceCode("331124002001")
TREE = PlaceTree(
    [
        Place(COUNTY, "青岚县", Level.COUNTY, None),
        Place(TOWNSHIP, "石梁镇", Level.TOWNSHIP, COUNTY),
        Place(OTHER, "云坑乡", Level.TOWNSHIP, COUNTY),
        Place(ONE, "上坞村", Level.VILLAGE, TOWNSHIP),
        Place(TWO, "岭下村", Level.VILLAGE, TOWNSHIP),
        Place(THREE, "坑头村", Level.VILLAGE, OTHER),
    ]
)

NAMES = {ONE: "上坞村", TWO: "岭下村", THREE: "坑头村"}


def owed(
    minutes: float | None, *, late: bool = False, helped: bool = False, excused: bool = False, told: bool = True
) -> Owed:
    answered = None if minutes is None else START + timedelta(minutes=minutes)
    return Owed(START, answered, late, helped, excused, excused, told)


@st.composite
def rows(draw: st.DrawFn) -> Owed:
    minutes = draw(st.none() | st.integers(0, 300))
    flags = [draw(st.booleans()) for _ in range(5)]
    one = owed(
        minutes,
        late=flags[0] and minutes is not None,
        helped=flags[1],
        excused=flags[2] and minutes is None,
        told=flags[3],
    )
    return replace(one, had_time=flags[4])


@given(st.lists(rows(), max_size=30))
def test_everybody_is_in_exactly_one_column(many: list[Owed]) -> None:
    found = figures(many)
    assert found.asked == found.in_time + found.late + found.excused + found.not_told + found.not_due + found.silent
    assert found.answered == sum(1 for one in many if one.answered_at is not None)
    assert found.helped <= found.answered
    assert found.cut_off <= found.excused


def test_the_median_is_of_those_who_answered_themselves() -> None:
    many = [owed(2), owed(4), owed(9), owed(200, helped=True), owed(None)]
    assert figures(many).median_minutes == 4
    assert figures([owed(3, helped=True)]).median_minutes is None


def test_whom_no_message_reached_is_not_silent() -> None:
    found = figures([owed(None, told=False), owed(None), owed(None, excused=True)])
    assert (found.not_told, found.silent, found.excused) == (1, 1, 1)


def test_who_still_had_time_when_it_ended_is_not_silent() -> None:
    found = figures([replace(owed(None), had_time=True), owed(None)])
    assert (found.not_due, found.silent) == (1, 1)


counts = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (min(pair), max(pair)))


@given(
    st.dictionaries(st.sampled_from([COUNTY, TOWNSHIP, OTHER, ONE, TWO, THREE]), counts),
    st.dictionaries(st.sampled_from([ONE, TWO, THREE]), counts),
    st.sets(st.sampled_from([ONE, TWO, THREE])),
)
def test_the_board_of_a_place_is_the_sum_of_its_rows(
    answers: dict[PlaceCode, tuple[int, int]],
    households: dict[PlaceCode, tuple[int, int]],
    cut_off: set[PlaceCode],
) -> None:
    by_place = {place: Counts(done, all_, late=done // 2, helped=done // 3) for place, (done, all_) in answers.items()}
    now = Now(by_place, answers, households, [ONE, TWO, THREE], cut_off)
    for place in (COUNTY, TOWNSHIP, ONE):
        shown = tally_for(TREE, place, now)
        here = [one for code, one in by_place.items() if is_within(code, place)]
        assert (shown.answered, shown.owed) == (sum(c.answered for c in here), sum(c.owed for c in here))
        assert (shown.late, shown.helped) == (sum(c.late for c in here), sum(c.helped for c in here))
        assert shown.cut_off == sum(1 for code in cut_off if is_within(code, place))
        reported = [pair for code, pair in households.items() if is_within(code, place)]
        assert shown.households.reached == sum(reached for reached, _ in reported)
        assert shown.households.villages == len(reported)
        assert not {name for name, _, _ in shown.open} & {NAMES[code] for code in cut_off}


def test_a_county_names_townships_and_a_township_villages() -> None:
    now = Now({ONE: Counts(1, 2), TWO: Counts(2, 2), THREE: Counts(0, 1)}, {}, {}, [ONE, TWO, THREE])
    assert tally_for(TREE, COUNTY, now).open == (("石梁镇", 3, 4), ("云坑乡", 0, 1))
    assert tally_for(TREE, TOWNSHIP, now).open == (("上坞村", 1, 2),)
    assert tally_for(TREE, ONE, now).open == ()
