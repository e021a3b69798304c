"""Registers and ledgers grow for years: what people ask of them is found by an index, whatever the figures are."""

from datetime import timedelta

import pytest

from domain.geometry import Box
from domain.hazards import Category
from domain.ledger import LedgerFilter
from domain.places import PlaceCode
from services.ports.points import PointFilter
from storage.database import Database
from tests.storage.filling import AT, VILLAGE
from tests.storage.test_hot_queries import Ask, _plans

COUNTY = frozenset({PlaceCode("331124")})
QUESTIONS: dict[str, Ask] = {
    "a page of the register": lambda rows: rows.points.find(PointFilter(COUNTY), 0, 8),
    "points of a person": lambda rows: rows.points.of_person(1),
    "points of a village": lambda rows: rows.points.in_places([VILLAGE]),
    "sums of a village": lambda rows: rows.points.sums([VILLAGE]),
    "points in a box": lambda rows: rows.points.in_box(Box(28.0, 119.0, 28.1, 119.1)),
    "proposals of a point": lambda rows: rows.points.proposals_of(1),
    "versions of a point": lambda rows: rows.points.versions_of(1),
    "hazards alike": lambda rows: rows.hazards.alike(Category.POND, VILLAGE, AT),
    "hazards of a person": lambda rows: rows.hazards.alive_of(1),
    "hazards at a point": lambda rows: rows.hazards.at_point(1),
    "words of the ledger": lambda rows: rows.ledger.newest(LedgerFilter(words=("裂缝", "茶厂"))),
    "one character": lambda rows: rows.ledger.newest(LedgerFilter(words=("缝",))),
    "patrols of a time": lambda rows: rows.ledger.first_patrol(AT),
    "checks of a time": lambda rows: rows.ledger.checks_between(AT, AT + timedelta(days=1)),
    "digests of a time": lambda rows: rows.ledger.digests_between("2026-06-20", "2026-06-24"),
    "tasks of a person": lambda rows: rows.patrols.open_of([1]),
    "letters of an addressee": lambda rows: rows.supervision.letters.of(addressee=1),
    "events of a letter": lambda rows: rows.supervision.letters.events_of("letter:1"),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_what_people_ask_of_registers_is_found_by_an_index(database: Database, name: str) -> None:
    if database.dialect != "sqlite":
        pytest.skip("plans for empty tables say nothing there")
    plan = await _plans(database, QUESTIONS[name])
    assert plan, "nothing was asked"
    counted = ("SCAN CONSTANT", "SCAN anon_")  # the second: so many of a pair, each with its limit
    assert [step for step in plan if step.startswith("SCAN") and not step.startswith(counted)] == []
