"""d. From the start of the process to the first update that is handled and answered, with an update waiting already."""

import shutil
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.county import OFFICER
from benchmarks.filling import fill_history, fill_roster
from benchmarks.processes import Telegram, echo, shouwang, telegram
from benchmarks.report import Report, Row


async def measure(report: Report, *, history: int = 100_000, rounds: int = 3) -> None:
    """Nothing at all (the tables have to be made), years of history, and the bare echo bot, in turn."""
    empty: list[float] = []
    full: list[float] = []
    bare: list[float] = []
    with TemporaryDirectory(prefix="shouwang-bench-") as name:
        template = Path(name) / "template.db"
        await fill_roster(template, people=50, groups=10)
        await fill_history(template, history)
        async with telegram(people=50, groups=10) as server:
            for number in range(rounds):
                folder = Path(name) / str(number)
                (folder / "full").mkdir(parents=True)
                empty.append(await _first_answer(server, folder))
                shutil.copyfile(template, folder / "full" / "bench.db")
                full.append(await _first_answer(server, folder / "full"))
                bare.append(await _first_echo(server))
    detail = f"the bare echo bot: {median(bare):.2f} s"
    report.rows.append(Row("d. cold start to the first answer, no database yet", median(empty), "s", detail=detail))
    what = f"   the same with {history:,} rows of history"
    report.rows.append(
        Row(what, median(full), "s", 10.0, at_most=True, detail=f"÷ empty {median(full) / median(empty):.2f}")
    )


async def _first_answer(server: Telegram, folder: Path) -> float:
    before = time.monotonic()
    async with shouwang(server, folder) as bot:
        await server.act("ask", bot_id=bot.bot_id, user_id=OFFICER)
        return time.monotonic() - before


async def _first_echo(server: Telegram) -> float:
    before = time.monotonic()
    async with echo(server, "defaults") as bot:
        await server.act("ask", bot_id=bot.bot_id, user_id=OFFICER)
        return time.monotonic() - before
