"""Lists of open hazards on both databases: the most urgent first, in pages, counted in one question."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hazard_lists import HazardScope, HazardTab, HazardWish, OfDepartment, PageEnd
from domain.hazards import Category, Grade, HazardState, Move
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports import HazardRow
from storage.store import SqlRows, SqlStore
from tests.storage.filling import PLAN, TOWNSHIP, VILLAGE, people
from tests.storage.test_hazard_table import DUE, OTHER, event, line, told
from tests.support.databases import START, Each

COUNTY = PlaceCode("331124")
EVERYTHING = HazardScope(areas=(COUNTY,))
LATE = DUE + timedelta(days=1)


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(people)


async def _add(each: Each, ids: list[PersonId], number: int, **fields: Any) -> HazardRow:
    row = replace(line(number), suspected=False, **fields)
    return await each.hazards.add(row, told(ids[0]))


async def _assigned(each: Each, ids: list[PersonId], row: HazardRow) -> HazardRow:
    row = await each.hazards.move(row, event(row, Move.TAKE, HazardState.TAKEN, ids[1]), taken_by=ids[1])
    fields: dict[str, Any] = {"unit": "上坞村", "assignee": ids[0], "measure": "清理", "due_at": DUE}
    return await each.hazards.move(row, event(row, Move.ASSIGN, HazardState.ASSIGNED, ids[1]), **fields)


async def _some(each: Each, ids: list[PersonId]) -> None:
    """1 plain, 2 major, 3 overdue, 4 another township's, 5 not so, 6 passed to 住建, 7 fixed on the spot."""
    await _add(each, ids, 1)
    await _add(each, ids, 2, grade=Grade.MAJOR, category=Category.GEOHAZARD)
    await _assigned(each, ids, await _add(each, ids, 3))
    await _add(each, ids, 4, place=OTHER)
    gone = await _add(each, ids, 5)
    await each.hazards.move(gone, event(gone, Move.REJECT, HazardState.REJECTED, ids[1]))
    await _add(each, ids, 6, department="住建")
    await _add(each, ids, 7, at_once=True, category=Category.ROAD)


async def _numbers(each: Each, scope: HazardScope, wish: HazardWish = HazardWish()) -> list[int]:  # noqa: B008
    return [one.row.id for one in await each.hazard_lists.page(scope, wish, LATE)]


async def test_the_most_urgent_come_first_and_what_is_over_not_at_all(each: Each, ids: list[PersonId]) -> None:
    await _some(each, ids)
    found = await each.hazard_lists.page(EVERYTHING, HazardWish(), LATE)
    assert [(one.row.id, one.urgency) for one in found] == [(3, 0), (2, 1), (1, 2), (4, 2), (6, 2), (7, 2)]
    assert found[0].assignee != ""
    assert found[1].assignee == ""


async def test_pages_follow_each_other_without_a_gap_or_a_double(each: Each, ids: list[PersonId]) -> None:
    await _some(each, ids)
    seen: list[int] = []
    end = None
    while found := await each.hazard_lists.page(EVERYTHING, HazardWish(), LATE, end, 2):
        seen += [one.row.id for one in found]
        end = PageEnd(found[-1].urgency, found[-1].row.id)
    assert seen == [3, 2, 1, 4, 6, 7]


async def test_each_sees_what_his_scope_holds(each: Each, ids: list[PersonId]) -> None:
    await _some(each, ids)
    assert await _numbers(each, HazardScope()) == []
    assert await _numbers(each, HazardScope(areas=(TOWNSHIP,))) == [3, 2, 1, 6, 7]
    assert await _numbers(each, HazardScope(lesser=(VILLAGE,))) == [3, 1, 6, 7]
    assert await _numbers(each, HazardScope(at_once=(VILLAGE,))) == [7]
    assert await _numbers(each, HazardScope(people=(ids[0],))) == [3]
    assert await _numbers(each, HazardScope(people=(ids[1],))) == [3]  # he took it
    water = HazardScope(departments=(OfDepartment(COUNTY, "水利", frozenset({Category.POND})),))
    assert await _numbers(each, water) == [3, 1, 4]
    housing = HazardScope(departments=(OfDepartment(COUNTY, "住建", frozenset()),))
    assert await _numbers(each, housing) == [6]


async def test_tabs_places_and_kinds_are_counted_as_they_are_listed(each: Each, ids: list[PersonId]) -> None:
    await _some(each, ids)
    scope = replace(EVERYTHING, people=(ids[0],))
    await each.obligations.open(
        subject="hazard:1", what="triage.0", plan=PLAN, opened_at=START, owing=[(ids[0], VILLAGE, True)]
    )
    sums = await each.hazard_lists.sums(scope, HazardWish(), LATE)
    for tab in HazardTab:
        assert len(await _numbers(each, scope, HazardWish(tab))) == sums[tab], tab
    assert await _numbers(each, scope, HazardWish(HazardTab.MINE)) == [3, 1]
    assert await each.hazard_lists.by_place(scope, HazardWish(), LATE) == {VILLAGE: 5, OTHER: 1}
    kinds = await each.hazard_lists.by_category(scope, HazardWish(place=TOWNSHIP), LATE)
    assert kinds == {Category.POND: 3, Category.GEOHAZARD: 1, Category.ROAD: 1}
    roads = HazardWish(place=TOWNSHIP, category=Category.ROAD)
    assert await _numbers(each, scope, roads) == [7]
    assert (await each.hazard_lists.sums(scope, roads, LATE))[HazardTab.ALL] == 1


async def test_sqlite_picks_a_page_out_of_the_index_and_never_out_of_the_table(store: SqlStore) -> None:
    if store.database.dialect != "sqlite":
        pytest.skip("the planner of PostgreSQL goes by figures")

    async def plans(connection: AsyncConnection) -> list[str]:
        said: list[tuple[str, Any]] = []
        sync, rows = connection.sync_connection, SqlRows(connection, START)

        def hear(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
            said.append((statement, parameters))

        sa.event.listen(sync, "before_cursor_execute", hear)
        await rows.hazard_lists.page(EVERYTHING, HazardWish(), LATE)
        await rows.hazard_lists.sums(EVERYTHING, HazardWish(), LATE)
        await rows.hazards.alike(Category.POND, VILLAGE, START)
        await rows.hazards.at_point(1)
        await rows.hazards.alive_of(1)
        sa.event.remove(sync, "before_cursor_execute", hear)
        found = []
        for statement, parameters in said:
            lines = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += [str(one[-1]) for one in lines]
        return found

    found = await store.database.write(plans)
    assert [one for one in found if one.startswith("SCAN hazard") and "COVERING INDEX ix_hazard_list" not in one] == []
    for index in ("ix_hazard_alive", "ix_hazard_at_point", "ix_hazard_fixer"):
        assert any(index in one for one in found), index
