"""`make bench`: how fast the bot is, as ratios to what its users know, on the machine at hand. No test: exit code 0."""

import argparse
import asyncio
import time
from pathlib import Path

from benchmarks import broadcast, coldstart, draws, intake, ledgers, throughput
from benchmarks.report import Report


async def measure(report: Report, only: str) -> None:
    if "a" in only:
        await throughput.measure(report)
    if "b" in only:
        await broadcast.measure(report)
    if "c" in only:
        await broadcast.measure_urgent(report)
    if "d" in only:
        await coldstart.measure(report)
    if "f" in only:
        await intake.measure(report)
    if "g" in only:
        await ledgers.measure(report)
    if "h" in only:
        await draws.measure(report)


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("--out", type=Path, help="write the table to this file too")
    words.add_argument(
        "--only",
        default="abcdfgh",
        help="a throughput and memory, b broadcast, c red before digests, d start, f intake, g ledgers, h draws",
    )
    given = words.parse_args()
    report, before = Report(), time.monotonic()
    asyncio.run(measure(report, given.only))
    report.notes.append(f"measured in {time.monotonic() - before:.0f} s; every process on this machine, over loopback")
    print(report, end="")
    if given.out is not None:
        given.out.write_text(str(report), "utf-8")


if __name__ == "__main__":
    main()
