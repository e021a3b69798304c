"""`make soak`: a day of county time at speed. Warnings of every colour come and run out; most people answer, some leave
a dialogue half done; the line fails three times and the process dies twice. Every hour the books are audited and what
has grown is printed. Exit code 1 when anything is stuck, or an error was logged.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from domain.people import PrivateChat
from services.audit import audit
from tests.acceptance.__main__ import Errors
from tests.acceptance.crowd import Crowd
from tests.acceptance.night import warn
from tests.acceptance.roster import COUNTY, Size, make
from tests.acceptance.stage import Stage, stage_of

SIZE = Size(8, 60, 700)
COLOURS = ("蓝色", "黄色", "橙色", "红色")
_WARNING_EVERY = 3
_OUTAGES = {5: 20.0, 11: 4.0, 17: 45.0}
"""hour → minutes"""
_DEATHS = frozenset({8, 20})
_TABLES = ("outbox", "inbox", "obligation", "board", "timeline", "dialogue", "warning")


async def soak(hours: int, seed: int, folder: Path) -> list[str]:
    """What was found wrong, one line each."""
    chance, found = random.Random(seed), list[str]()
    county = make(SIZE)
    async with stage_of(county, folder) as stage:
        Crowd(stage, seed)
        stage.beat_every = timedelta(seconds=30)
        _say(f"{'hour':>5} {'MB':>6} {'open':>6} " + " ".join(f"{table:>10}" for table in _TABLES) + "  audit")
        for hour in range(hours):
            await _an_hour(stage, chance, hour)
            broken = [f"hour {hour}: {one}" for one in await stage.read(audit)]
            found += broken
            _say(f"{hour:>5} {await _figures(stage)}  {'; '.join(broken) or 'holds'}")
    return found


async def _an_hour(stage: Stage, chance: random.Random, hour: int) -> None:
    begun = stage.clock.now()
    if hour % _WARNING_EVERY == 0:
        places = [COUNTY] if hour % 12 == 9 else chance.sample(stage.county.townships, 2)
        await warn(stage, places, COLOURS[hour // _WARNING_EVERY % 4], hours=chance.choice((2, 5, 11)))
    for one in chance.sample([r for r in stage.county.residents if r.chat is PrivateChat.OPEN], 5):
        await stage.world.say(one.user_id, one.user_id, chance.choice(("/report", "/patrol", "/menu", "/help", "你好")))
    await stage.pass_time(minutes=10)
    if hour in _DEATHS:
        await stage.die(in_flight=5)
        stage.clock.advance(timedelta(minutes=3))
        await stage.start()
    if hour in _OUTAGES:
        stage.go_dark()
        await stage.pass_time(minutes=_OUTAGES[hour])
        stage.come_back()
    await stage.until(begun + timedelta(hours=1))


async def _figures(stage: Stage) -> str:
    counts: list[int] = []

    async def look(connection: Any) -> None:
        queries = [sa.text(f"SELECT count(*) FROM {table}") for table in _TABLES]
        queries.append(sa.text("SELECT count(*) FROM obligation WHERE state = 'open'"))
        counts.extend([int(await connection.scalar(query)) for query in queries])

    await stage.bot.database.read(look)
    megabytes = psutil.Process().memory_info().rss / 2**20
    return f"{megabytes:>6.0f} {counts[-1]:>6} " + " ".join(f"{count:>10}" for count in counts[:-1])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(given: Sequence[str] | None = None) -> int:
    words = argparse.ArgumentParser(prog="python -m tests.acceptance.soak", description="a day of county time at speed")
    words.add_argument("--hours", type=int, default=26, help="a dialogue left open is put away after a day")
    words.add_argument("--seed", type=int, default=1)
    wanted = words.parse_args(given)
    errors = Errors()
    logging.getLogger().addHandler(errors)
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="shouwang-soak-") as folder:
        found = asyncio.run(soak(wanted.hours, wanted.seed, Path(folder)))
    found += [f"error in the log: {line}" for line in errors.lines]
    verdict = "NOT KEPT" if found else "the books hold"
    _say("\n".join([*(f"VIOLATION  {one}" for one in found), f"verdict: {verdict}"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
