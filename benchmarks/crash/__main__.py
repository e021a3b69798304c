"""`make crash`: kill the bot a hundred times in the middle of a storm, and print what came of it."""

import argparse
import asyncio
import secrets
import sys

from benchmarks.crash.run import Plan, run


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    usual = Plan(seed=0)
    words.add_argument("--seed", type=int, help="default: a new one, printed")
    words.add_argument("--kills", type=int, default=usual.kills)
    words.add_argument("--people", type=int, default=usual.people)
    words.add_argument("--groups", type=int, default=usual.groups)
    words.add_argument("--stops", type=int, default=usual.stops, help="graceful stops (SIGTERM) in between")
    words.add_argument("--seconds", type=float, default=usual.seconds, help="the longest a life lasts")
    words.add_argument("--outages", type=int, default=usual.outages, help="deaths after which presses get too old")
    words.add_argument("--database", help="an empty PostgreSQL database; default: SQLite")
    words.add_argument("--verbose", action="store_true", help="a line for each death")
    given = words.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    plan = Plan(
        seed=seed,
        kills=given.kills,
        people=given.people,
        groups=given.groups,
        stops=given.stops,
        seconds=given.seconds,
        outages=given.outages,
        database=given.database,
    )
    tell = (lambda line: print(line, flush=True)) if given.verbose else (lambda _line: None)
    ledger = asyncio.run(run(plan, tell))
    print(ledger)
    return 1 if ledger.violations else 0


if __name__ == "__main__":
    sys.exit(main())
