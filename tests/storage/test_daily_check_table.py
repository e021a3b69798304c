"""Rows of the daily draws: once for each body, day and window of a period; settled once; the record whole."""

from datetime import UTC, date, datetime, timedelta

from domain.check_plans import (
    RULE,
    Body,
    BodyKind,
    Cell,
    DailyState,
    Member,
    leaders_stratum,
    plan_draw,
    plan_drawn_again,
    villages_stratum,
)
from domain.checks import Exclusion, Why
from domain.people import Role
from domain.places import PlaceCode
from services.ports import DailyRow
from tests.support.databases import Each

NOW = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)
COUNTY = Body(BodyKind.COUNTY, PlaceCode("331124"))
WATER = Body(BodyKind.DEPARTMENT, PlaceCode("331124"), "水利")
CELLS = [Cell(PlaceCode("331124001001"), (Member(1, Role.VILLAGE_HEAD), Member(2, Role.GRID_MEMBER)))]
STRATA = (
    leaders_stratum([Cell(PlaceCode("331124001"), (Member(7, Role.PRINCIPAL),))], 1),
    villages_stratum(CELLS, 0.1),
)


def row(body: Body = COUNTY, day: int = 20, window: str = "day", seed: int = 2**64 - 1, period: int = 3) -> DailyRow:
    return DailyRow(0, period, body, date(2026, 6, day), window, NOW, NOW + timedelta(hours=9), NOW, seed)


async def test_a_row_is_there_once_for_each_body_day_and_window_of_a_period(each: Each) -> None:
    assert len(await each.daily_checks.add([row(), row()])) == 1
    others = [row(), row(day=21), row(window="night"), row(WATER), row(period=4)]
    added = await each.daily_checks.add(others)
    assert [(one.body, one.day.day, one.window, one.period_id) for one in added] == [
        (COUNTY, 21, "day", 3),
        (COUNTY, 20, "night", 3),
        (WATER, 20, "day", 3),
        (COUNTY, 20, "day", 4),
    ]
    assert await each.daily_checks.known(4) == {("331124", date(2026, 6, 20), "day")}
    assert [one.body for one in await each.daily_checks.waiting() if one.body == WATER] == [WATER]


async def test_it_is_settled_once_and_its_record_draws_the_same_again(each: Each) -> None:
    table = each.daily_checks
    (one,) = await table.add([row()])
    made = plan_draw(STRATA, {2: Exclusion(Why.ACTIVE, NOW)}, [], one.seed)
    drawn = one.settled(DailyState.DRAWN, level="III", drawn_at=NOW, record=made)
    assert await table.settle(drawn)
    assert not await table.settle(one.settled(DailyState.MISSED))
    found = await table.get(one.id)
    assert found == drawn
    assert found is not None
    assert found.record is not None
    assert plan_drawn_again(found.record) == made.chosen
    assert found.record.rule == RULE
    assert await table.waiting() == []
    assert [one.state for one in await table.of_period(3)] == [DailyState.DRAWN]
    assert await table.history(3, COUNTY.key) == list(made.chosen)
    assert await table.history(3, COUNTY.key, before=one.id) == []
    assert await table.history(4, COUNTY.key) == []
