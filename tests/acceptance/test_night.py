"""A tenth of a county through the night; the whole of it is `make acceptance`."""

from pathlib import Path

from tests.acceptance.night import Plan, night
from tests.acceptance.roster import SMALL


async def test_a_red_warning_a_kill_an_outage_and_every_ladder_to_its_end(tmp_path: Path) -> None:
    ledger = await night(Plan(SMALL, killed_at=0.05, dark_from=3, rungs_minutes=55), tmp_path)
    assert ledger.violations == [], str(ledger)
