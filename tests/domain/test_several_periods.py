"""Several responses at once: for each place, and for each thing that a level switches, the stricter holds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.action_cards import Family
from domain.check_charges import charges
from domain.check_plans import BodyKind
from domain.checklists import PointKind
from domain.patrol_plans import asking, rounds_of
from domain.patrol_policy import PatrolPolicy
from domain.people import PersonId
from domain.places import Level, Place, PlaceCode, PlaceTree, is_within
from domain.response import Period, PeriodState, ResponseLevel, level_of, strictest

COUNTY = PlaceCode("331124")
TOWNSHIPS = [PlaceCode(f"33112400{n}") for n in range(1, 4)]
VILLAGES = [PlaceCode(f"{township}00{n}") for township in TOWNSHIPS for n in range(1, 4)]
TREE = PlaceTree(
    [
        Place(COUNTY, "松阳县", Level.COUNTY, None),
        *(Place(code, f"{code[-1]}镇", Level.TOWNSHIP, COUNTY) for code in TOWNSHIPS),
        *(Place(code, f"{code[-1]}村", Level.VILLAGE, PlaceCode(code[:9])) for code in VILLAGES),
    ]
)
START = datetime(2026, 6, 20, tzinfo=UTC)
POLICY = PatrolPolicy()

_period = st.builds(
    lambda kind, level, places, hours: (kind, level, tuple(sorted(places)), hours),
    st.sampled_from(list(Family)),
    st.sampled_from(list(ResponseLevel)),
    st.sets(st.sampled_from([COUNTY, *TOWNSHIPS, *VILLAGES]), min_size=1, max_size=3),
    st.integers(0, 48),
)


def periods(drawn: list[tuple[Family, ResponseLevel, tuple[PlaceCode, ...], int]]) -> list[Period]:
    return [
        Period(n, f"2026-{n:02d}", kind, places, level, PeriodState.ACTIVE, START + timedelta(hours=h), PersonId(1), "")
        for n, (kind, level, places, h) in enumerate(drawn, 1)
    ]


_several = st.lists(_period, min_size=1, max_size=4).map(periods)


def rounds_at(active: list[Period], place: PlaceCode, kind: PointKind) -> int | None:
    """Minutes between two rounds; None: not walked."""
    owner = asking(POLICY, active, place, kind)
    if owner is None:
        return None
    rounds = rounds_of(POLICY, str(owner.level), owner.hazard_kind, kind)
    assert rounds is not None
    return rounds.dense


@given(_several)
def test_the_level_of_a_place_is_the_gravest_that_holds_there(active: list[Period]) -> None:
    for place in (COUNTY, *TOWNSHIPS, *VILLAGES):
        here = [one.level for one in active if any(is_within(place, code) for code in one.places)]
        assert level_of(active, place) == (max(here) if here else None)


@given(_several)
def test_a_point_is_walked_as_often_as_the_strictest_that_asks_for_it_alone(active: list[Period]) -> None:
    for place in VILLAGES:
        for kind in PointKind:
            alone = [found for one in active if (found := rounds_at([one], place, kind)) is not None]
            assert rounds_at(active, place, kind) == (min(alone) if alone else None)


@given(_several, _period)
def test_one_more_response_loosens_nothing_and_its_end_gives_everything_back(
    active: list[Period], more: tuple[Family, ResponseLevel, tuple[PlaceCode, ...], int]
) -> None:
    (added,) = periods([more])
    both = [*active, Period(99, "2026-99", *_rest(added))]
    for place in VILLAGES:
        before, after = level_of(active, place), level_of(both, place)
        assert before is None or (after is not None and after >= before)
        for kind in PointKind:
            was, now = rounds_at(active, place, kind), rounds_at(both, place, kind)
            assert was is None or (now is not None and now <= was)
    ended = [*active, Period(99, "2026-99", *_rest(added, PeriodState.ENDED))]
    assert [level_of(ended, one) for one in VILLAGES] == [level_of(active, one) for one in VILLAGES]
    assert [rounds_at(ended, one, kind) for one in VILLAGES for kind in PointKind] == [
        rounds_at(active, one, kind) for one in VILLAGES for kind in PointKind
    ]


def _rest(
    period: Period, state: PeriodState = PeriodState.ACTIVE
) -> tuple[Family, tuple[PlaceCode, ...], ResponseLevel, PeriodState, datetime, PersonId, str]:
    return period.hazard_kind, period.places, period.level, state, period.started_at, period.started_by, ""


@given(_several)
def test_every_village_is_drawn_by_each_body_under_its_strictest_response_and_no_other(active: list[Period]) -> None:
    found = charges(active, TREE, COUNTY, ["水利"])
    for kind in (BodyKind.COUNTY, BodyKind.DEPARTMENT):
        ruled = [(village, one.period.id) for one in found if one.body.kind is kind for village in one.villages]
        assert len({village for village, _ in ruled}) == len(ruled)
        holding = {code: owner.id for code in VILLAGES if (owner := strictest(active, code)) is not None}
        assert dict(ruled) == holding
    townships = [one for one in found if one.body.kind is BodyKind.TOWNSHIP]
    assert len({one.body.key for one in townships}) == len(townships)
    for one in townships:
        gravest = max(level for code in one.villages if (level := level_of(active, code)) is not None)
        assert one.period.level >= gravest
        assert set(one.villages) == {
            code for code in VILLAGES if is_within(code, one.body.place) and level_of(active, code) is not None
        }
