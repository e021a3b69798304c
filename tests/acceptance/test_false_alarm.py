"""False red to correction in every group in under two minutes, by two taps of two persons."""

from pathlib import Path

from tests.acceptance.false_alarm import false_alarm
from tests.acceptance.roster import SMALL


async def test_a_wrong_red_is_taken_back_in_every_group_within_two_minutes(tmp_path: Path) -> None:
    ledger = await false_alarm(SMALL, tmp_path, noticed_after=3)
    assert ledger.violations == [], str(ledger)
