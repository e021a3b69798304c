"""`make acceptance`: a county of 2,600 persons through a night, with a ledger. Exit code 1: a promise was not kept."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.acceptance.false_alarm import false_alarm
from tests.acceptance.night import Plan, night
from tests.acceptance.reckoning import Ledger
from tests.acceptance.roster import FULL
from tests.acceptance.typhoon import typhoon

NIGHTS = {
    "two": ("two townships, nothing else happens", Plan(FULL)),
    "storm": (
        "two townships, a kill while the questions go out, and twenty minutes without Telegram",
        Plan(FULL, killed_at=0.1, dark_from=3),
    ),
    "county": (
        "all nineteen townships, a kill and an outage",
        Plan(FULL, townships=19, killed_at=0.5, dark_from=4, rungs_minutes=90, beat=2),
    ),
}


class Errors(logging.Handler):
    """An error in the log is a failure, whatever the figures say."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}"[:160])


FALSE_ALARM = "wrong"
TYPHOON = "typhoon"


async def play(name: str, folder: Path) -> Ledger:
    if name == FALSE_ALARM:
        return await false_alarm(FULL, folder, f"\n{name}: a red warning for the whole county that is taken back")
    if name == TYPHOON:
        return await typhoon(FULL, folder, f"\n{name}: three days of a typhoon, row by row")
    title, plan = NIGHTS[name]
    return await night(plan, folder, f"\n{name}: {title}")


async def run(names: list[str]) -> list[Ledger]:
    ledgers, errors = [], Errors()
    logging.getLogger().addHandler(errors)
    for name in names:
        before = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="shouwang-acceptance-") as folder:
            ledger = await play(name, Path(folder))
        ledger.hold("errors in the log", errors.lines)
        errors.lines.clear()
        ledger.figures["took"] = f"{time.monotonic() - before:.0f} s"
        sys.stdout.write(f"{ledger}\n")
        sys.stdout.flush()
        ledgers.append(ledger)
    return ledgers


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    words.add_argument("--only", nargs="*", choices=(every := [*NIGHTS, FALSE_ALARM, TYPHOON]), default=every)
    logging.getLogger().setLevel(logging.ERROR)
    ledgers = asyncio.run(run(words.parse_args().only))
    return 1 if any(ledger.violations for ledger in ledgers) else 0


if __name__ == "__main__":
    sys.exit(main())
