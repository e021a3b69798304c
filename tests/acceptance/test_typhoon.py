"""The first morning of the typhoon in a small county; all three of them are `make acceptance`."""

from pathlib import Path

from tests.acceptance.roster import Size
from tests.acceptance.typhoon import typhoon


async def test_the_first_morning_is_played_row_by_row_within_its_limits(tmp_path: Path) -> None:
    ledger = await typhoon(Size(2, 8, 90), tmp_path, hours=4.5)
    assert ledger.violations == [], str(ledger)
    assert ledger.figures["rows played"] == "8 of 8"
