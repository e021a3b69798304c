"""Years of history: does a person wait longer for his answer, how much memory takes a sheet of everything, and does
making it keep a warning waiting? On both databases; `SHOUWANG_BENCH_POSTGRES` names the server, without it PostgreSQL
is left out and the table says so.
"""

import asyncio
import gc
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from benchmarks.filling import doors_of
from benchmarks.ledger_filling import grow, postgresql, prepare, sqlite
from benchmarks.report import Report, Row
from domain.hazards import Category
from domain.ledger import LedgerFilter, Span
from domain.obligations import Channel
from domain.outgoing import Lane, Outgoing
from domain.patrols import Finding
from domain.people import Person, Role
from domain.text import Html
from services.doors import Doors
from services.hazard_same import nearby
from services.hazard_where import Spot
from services.ledger_list import search, shown
from services.ledger_papers import HAZARD_LEDGER
from services.paper_worker import PaperWorker
from services.papers import ask_for_paper
from services.patrols import Report as Said
from services.patrols import check_in_freely
from services.work import Work
from storage.database import Database
from storage.shelf import Shelf

SMALL, LARGE = (10_000, 1_000), (1_000_000, 100_000)
_TRIES = 60
_BETWEEN = timedelta(minutes=11)
"""two check-ins of one person closer to each other would be one"""


@dataclass(frozen=True, slots=True)
class Scale:
    small: tuple[int, int] = SMALL
    large: tuple[int, int] = LARGE
    tries: int = _TRIES


Act = Callable[[Work], Awaitable[Any]]


async def _people(doors: Doors) -> tuple[Person, Person]:
    """An officer of the county, and a walker."""

    async def find(work: Work) -> tuple[Person, Person]:
        (officer,) = (await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]))[:1]
        walkers = await work.rows.people.holding([Role.GRID_MEMBER], [place.code for place in await work.tree()])
        return officer, walkers[0]

    return await doors.run(find)


def acts(officer: Person, walker: Person) -> dict[str, Act]:
    """What people do all day, and a search at the end of it."""
    village = walker.posts[0].place
    return {
        "check-in": lambda work: check_in_freely(work, walker, village, Said(Finding.NORMAL, Channel.BUTTON)),
        "list": lambda work: shown(work, officer, Span.OPEN),
        "overdue": lambda work: shown(work, officer, Span.OVERDUE),
        "duplicate search": lambda work: nearby(work, Category.GEOHAZARD, village, Spot()),
        "search by number": lambda work: search(work, officer, "10777号"),
        "search by words": lambda work: search(work, officer, "裂缝"),
        "search, nothing found": lambda work: search(work, officer, "火星人"),
    }


async def timed(doors: Doors, act: Act, tries: int, days: int) -> float:
    """Milliseconds, the median."""
    taken, begun = [], doors.now() + timedelta(days=days)
    for number in range(tries):
        moved = replace(doors, now=partial(_at, begun + number * _BETWEEN))
        before = time.perf_counter()
        await moved.run(act)
        taken.append(1000 * (time.perf_counter() - before))
    return statistics.median(taken)


def _at(instant: datetime) -> datetime:
    return instant


async def replies(doors: Doors, tries: int, days: int = 0) -> dict[str, float]:
    officer, walker = await _people(doors)
    return {name: await timed(doors, act, tries, days) for name, act in acts(officer, walker).items()}


# -- a sheet of everything -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Exported:
    seconds: float = 0.0
    lines: int = 0
    bytes: int = 0
    grown_mb: float = 0.0
    """by how much this process grew"""
    child_mb: float = 0.0
    quiet_ms: float = 0.0
    """from a warning's decision to its first message being taken up, while nothing else happens: 95th percentile"""
    busy_ms: float = 0.0


def _resident() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


async def _warn(doors: Doors, number: int, boot: str) -> float:
    """A red warning to sixty groups is decided and its first messages are taken up; milliseconds."""
    before = time.perf_counter()

    async def decide(work: Work) -> None:
        await work.rows.outbox.put_many(
            Outgoing(key=f"w{number}.{chat}", chat_id=-1000 - chat, lane=Lane.RED, text=Html("红色预警。" * 30))
            for chat in range(60)
        )

    async def take(work: Work) -> None:
        claimed = await work.rows.outbox.claim(boot, 8, (), [Lane.RED])
        assert claimed

    await doors.run(decide)
    await doors.run(take)
    return 1000 * (time.perf_counter() - before)


async def _warnings(doors: Doors, stop: asyncio.Event, first: int) -> list[float]:
    taken: list[float] = []
    while not stop.is_set():
        taken.append(await _warn(doors, first + len(taken), "bench"))
        try:
            await asyncio.wait_for(stop.wait(), 0.2)
        except TimeoutError:
            continue
    return taken


def _of_children() -> float:
    """Megabytes of the largest process begun by this one. Not the system's own maximum, which counts as a child's what
    its parent held when it was begun."""
    sizes = [0]
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            sizes.append(one.memory_info().rss)
    return max(sizes) / (1 << 20)


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


async def export(doors: Doors, folder: Path) -> Exported:
    officer, _ = await _people(doors)
    found, stop = Exported(), asyncio.Event()
    asyncio.get_running_loop().call_later(6, stop.set)
    found.quiet_ms = _p95(await _warnings(doors, stop, 0))
    worker = PaperWorker(doors, Shelf(folder), {HAZARD_LEDGER.kind: HAZARD_LEDGER}, lambda: None, "bench")
    number = await doors.run(lambda work: ask_for_paper(work, HAZARD_LEDGER, {"span": "all"}, officer, chat_id=1))
    gc.collect()
    stop, before, resident, highest = asyncio.Event(), time.perf_counter(), _resident(), 0.0
    warning = asyncio.create_task(_warnings(doors, stop, 100_000))
    making = asyncio.create_task(worker.run_once())
    while not making.done():
        highest = max(highest, _resident())
        found.child_mb = max(found.child_mb, _of_children())
        await asyncio.wait([making], timeout=0.1)
    found.seconds = time.perf_counter() - before
    stop.set()
    found.busy_ms = _p95(await warning)
    job = await doors.run(lambda work: work.rows.papers.get(number))
    assert job is not None
    assert job.file, job
    found.bytes = Shelf(folder).path(job.file).stat().st_size
    found.lines = await doors.run(lambda work: work.rows.ledger.count(LedgerFilter()))
    found.grown_mb = max(0.0, highest - resident)
    return found


# -- the table --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _databases(folder: Path, server: str) -> AsyncIterator[list[tuple[str, Callable[[], Any]]]]:
    made: list[tuple[str, Callable[[], Any]]] = [("SQLite", lambda: sqlite(folder))]
    if server:
        made.append(("PostgreSQL", lambda: postgresql(server)))
    yield made


async def one_database(report: Report, name: str, database: Database, folder: Path, scale: Scale) -> None:
    doors = doors_of(database)
    await prepare(database)
    await grow(database, (0, 0), scale.small, scale.large)
    small = await replies(doors, scale.tries)
    used = (scale.small[0] + scale.tries, scale.small[1])
    await grow(database, used, scale.large, scale.large)
    large = await replies(doors, scale.tries, days=30)
    for what, before in small.items():
        aim = 1.2 if not what.startswith("search") else None
        ratio = large[what] / before
        detail = f"{before:.1f} → {large[what]:.1f} ms"
        title = f"g. {name}: {what}, {scale.large[0]:,} ÷ {scale.small[0]:,}"
        report.rows.append(Row(title, ratio, "", aim, at_most=True, detail=detail))
    found = await export(doors, folder)
    size = f"{found.lines:,} lines, {found.bytes / 1e6:.1f} MB, {found.lines / found.seconds:.0f} lines a second"
    report.rows.append(Row(f"g. {name}: sheet of all hazards", found.seconds, "s", detail=size))
    report.rows.append(Row(f"g. {name}: the bot grows meanwhile by", found.grown_mb, "MB", 32, at_most=True))
    report.rows.append(Row(f"g. {name}: the process that writes it, at most", found.child_mb, "MB", 150, at_most=True))
    detail = f"{found.quiet_ms:.1f} → {found.busy_ms:.1f} ms, 95th percentile"
    report.rows.append(Row(f"g. {name}: a warning meanwhile", found.busy_ms, "ms", 250, at_most=True, detail=detail))


async def measure(report: Report, scale: Scale | None = None) -> None:
    server = os.environ.get("SHOUWANG_BENCH_POSTGRES", "")
    with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as made:
        folder = Path(made)
        async with _databases(folder, server) as databases:
            for name, opening in databases:
                async with opening() as database:
                    await one_database(report, name, database, folder, scale or Scale())
    if not server:
        report.notes.append("g. PostgreSQL was not measured: SHOUWANG_BENCH_POSTGRES names no server")
