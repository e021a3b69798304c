"""What people type after 台账."""

from datetime import UTC, datetime

import pytest

from domain.hazards import ALIVE, Grade, HazardState
from domain.ledger import LedgerFilter
from domain.ledger_words import Known, read_wish
from domain.places import PlaceTree
from tests.support.county import COUNTY, PLACES, TOWNSHIP, VILLAGE

NOW = datetime(2026, 6, 20, 8, tzinfo=UTC)
KNOWN = Known(
    tree=PlaceTree(PLACES),
    county=COUNTY,
    states={"整改中": frozenset({HazardState.ASSIGNED}), "已销号": frozenset({HazardState.CLOSED})},
    grades={"重大": Grade.MAJOR},
    departments={"水利"},
    overdue="逾期",
    this_year="今年",
    open="未销号",
)


def month(year: int, number: int) -> datetime:
    return datetime(year, number, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-0012", LedgerFilter(numbers=("2026-0012",))),
        ("2025年12号", LedgerFilter(numbers=("2025-0012",))),
        ("上坞村 逾期", LedgerFilter(places=(VILLAGE,), overdue_at=NOW)),
        ("石梁，重大", LedgerFilter(places=(TOWNSHIP,), grade=Grade.MAJOR)),
        ("水利局 未销号", LedgerFilter(department="水利", states=ALIVE)),
        ("整改中 已销号", LedgerFilter(states=frozenset({HazardState.ASSIGNED, HazardState.CLOSED}))),
        ("6月 裂缝", LedgerFilter(since=month(2026, 6), until=month(2026, 7), words=("裂缝",))),
        ("12月", LedgerFilter(since=month(2025, 12), until=month(2026, 1))),
        ("2024年2月", LedgerFilter(since=month(2024, 2), until=month(2024, 3))),
        ("今年", LedgerFilter(since=month(2026, 1))),
        ("13月", LedgerFilter(words=("13月",))),
        ("a b c d e f", LedgerFilter(words=("a", "b", "c", "d", "e"))),
        ("", LedgerFilter()),
    ],
)
def test_words_in_any_order(typed: str, meant: LedgerFilter) -> None:
    assert read_wish(typed, KNOWN, NOW) == meant


def test_a_number_without_a_year_is_looked_for_in_this_and_the_years_before() -> None:
    assert read_wish("12号", KNOWN, NOW).numbers[:2] == ("2026-0012", "2025-0012")
    assert read_wish(" 0012 ", KNOWN, NOW) == read_wish("12", KNOWN, NOW)
