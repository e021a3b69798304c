"""The whole run: a county and its Telegram in this process, the bot in another one that dies again and again."""

import asyncio
import logging
import os
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import county as counties
from benchmarks.county import BenchCounty
from benchmarks.crash import audit, books
from benchmarks.crash.crowd import Crowd
from benchmarks.crash.ledger import Ledger
from benchmarks.crash.lives import Life, Lives
from benchmarks.crash.recorder import RecordedQueue, record
from benchmarks.crash.weather import Weather
from benchmarks.failpoints import PLACES
from benchmarks.filling import doors_of
from sandbox.clock import WorldClock
from sandbox.limits import Limits
from sandbox.server import start
from sandbox.world import World
from storage.database import opened, sqlite_path
from storage.schema import upgrade

_QUIET_SECONDS = 2.5
_ROUNDS = 8
_LATENCY = 0.03
_EVERYTHING_AT_ONCE = """
[warnings]
straight_down = ["blue", "yellow", "orange", "red"]
quiet_from = "06:30"
quiet_from_blue = "06:30"
quiet_until = "06:30"
posts_per_day = {}
two_persons = []
"""
"""a county in which every warning goes to every group of its places at any hour: what is missing then was lost"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does. `seconds`: the longest a life lasts. `database`: a URL, None for SQLite in a folder of its own.
    `outages`: so many deaths after which the bot stays away longer than Telegram keeps a press."""

    seed: int
    kills: int = 100
    people: int = 120
    groups: int = 60
    seconds: float = 2.5
    stops: int = 5
    outages: int = 1
    migrations: int = 3
    cold_every: int = 10
    database: str | None = None


async def run(plan: Plan, tell: Callable[[str], None] = lambda _line: None) -> Ledger:
    """Kill, restart, reckon. The same seed makes the same people do the same things; when exactly the process dies
    depends on the machine."""
    before = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shouwang-crash-")))
        stage = await _stage(stack, plan, folder)
        stack.callback(stage.lives.close)
        await stage.lives.warm_up()
        await _migrate(stage, plan)
        await _fill(stage)
        workers = [asyncio.create_task(stage.crowd.run()), asyncio.create_task(stage.weather.run())]
        try:
            await _kill(stage, plan, tell)
            await _come_to_rest(stage)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        ledger = await _reckon(stage, plan)
    ledger.seconds = time.monotonic() - before
    return ledger


@dataclass(slots=True)
class _Stage:
    world: World
    clock: WorldClock
    county: BenchCounty
    queue: RecordedQueue
    crowd: Crowd
    weather: Weather
    lives: Lives
    database: str
    chance: random.Random

    async def live(self, plan: str, *, cold: bool = False) -> Life:
        life = await self.lives.live(plan, self.clock.seconds(), cold=cold)
        life.ended = self.clock.seconds()
        return life


async def _stage(stack: AsyncExitStack, plan: Plan, folder: Path) -> _Stage:
    chance, clock = random.Random(plan.seed), WorldClock()
    limits = Limits(enforced=False, callback_kept_seconds=10.0, ledger_kept=2_000_000)
    world = World(clock, seed=plan.seed, limits=limits)
    made = counties.make(plan.people, plan.groups)
    bot_id = counties.furnish(world, made)
    queue = record(world.bots[bot_id])
    for method in ("sendMessage", "editMessageText", "pinChatMessage"):
        world.faults.delay(_LATENCY, method)
    runner, port = await start(world)
    stack.push_async_callback(runner.cleanup)
    county_file = folder / "county.toml"
    county_file.write_text(_EVERYTHING_AT_ONCE, "utf-8")
    database = plan.database or f"sqlite+aiosqlite:///{folder / 'crash.db'}"
    settings: dict[str, object] = {
        "bot_token": counties.TOKEN,
        "telegram_api_url": f"http://127.0.0.1:{port}",
        "data_dir": str(folder),
        "database_url": database,
        "send_rate": 0,
        "county_file": str(county_file),
    }
    lives = Lives(settings, folder / "bot.log", queue, chance, plan.seconds)
    crowd = Crowd(world, made, queue, random.Random(chance.getrandbits(32)))
    weather = Weather(folder / "warnings", world, made, random.Random(chance.getrandbits(32)), seconds=0.7)
    crowd.quiet = weather.quiet = True
    return _Stage(world, clock, made, queue, crowd, weather, lives, database, chance)


async def _migrate(stage: _Stage, plan: Plan) -> None:
    """The first starts of all die in the middle of making the tables."""
    for _ in range(plan.migrations):
        await stage.live("migrating")


async def _fill(stage: _Stage) -> None:
    """The roster, as an operator would have read it in."""
    await upgrade(stage.database)
    async with opened(stage.database) as database:
        await doors_of(database).run(partial(counties.enter, county=stage.county))


async def _kill(stage: _Stage, plan: Plan, tell: Callable[[str], None]) -> None:
    stage.crowd.quiet = stage.weather.quiet = False
    for number, how in enumerate(_deaths(stage.chance, plan), 1):
        life = await stage.live(how, cold=bool(plan.cold_every) and number % plan.cold_every == 0)
        life.in_flight = await books.in_flight(stage.database)
        if number <= plan.outages:
            await asyncio.sleep(stage.world.limits.callback_kept_seconds + 1)
        tell(f"{number}: {how}, {life.end}, {life.in_flight} in flight, {len(stage.queue.offered)} updates so far")


def _deaths(chance: random.Random, plan: Plan) -> list[str]:
    """Half of them at random instants, half at the named places in turn; graceful stops in between."""
    places = [place for place in PLACES if place != "migrating"]
    chance.shuffle(places)
    kills = max(0, plan.kills - plan.migrations)
    deaths = ["random" if number % 2 else places[number // 2 % len(places)] for number in range(kills)]
    for _ in range(plan.stops):
        deaths.insert(chance.randint(0, len(deaths)), "stop")
    return deaths


async def _come_to_rest(stage: _Stage) -> None:
    """Nobody does anything new; the bot lives until nothing is left to do, and is then stopped."""
    stage.crowd.quiet = stage.weather.quiet = True
    for _ in range(_ROUNDS):
        stage.lives.release.clear()
        living = asyncio.create_task(stage.live("rest"))
        await asyncio.wait([living, asyncio.create_task(_silence(stage))], return_when=asyncio.FIRST_COMPLETED)
        stage.lives.release.set()
        await living
        if (await books.read(stage.database)).waiting() == 0 and not stage.queue.pending(stage.clock.seconds()):
            return


async def _silence(stage: _Stage) -> None:
    """Until the bot has asked for updates, got none, and said nothing for a while."""
    began = since = time.monotonic()
    heard = 0
    while time.monotonic() - since < _QUIET_SECONDS:
        await asyncio.sleep(0.1)
        said = len(stage.world.ledger) - len(stage.world.ledger.of("getUpdates"))
        asleep = stage.queue.polled_at < began
        if said != heard or asleep or stage.queue.pending(stage.clock.seconds()) or stage.weather.waiting():
            heard, since = said, time.monotonic()


async def _reckon(stage: _Stage, plan: Plan) -> Ledger:
    path = sqlite_path(stage.database)
    ledger = Ledger(seed=plan.seed, database="SQLite, synchronous=FULL" if path is not None else "PostgreSQL")
    found = await books.read(stage.database)
    audit.audit_updates(ledger, stage.queue, found)
    audit.audit_effects(ledger, stage.crowd, stage.weather.issued, found)
    audit.audit_messages(ledger, stage.world, stage.county, stage.crowd, stage.weather.issued, found)
    audit.audit_duplicates(ledger, stage.world, stage.lives.past, found)
    audit.audit_lives(ledger, stage.lives.past, stage.lives.log)
    ledger.broken_link = found.broken_link
    if ledger.violations and (kept := os.environ.get("CRASH_EVIDENCE")):
        _keep_evidence(stage, Path(kept), path)
    return ledger


def _keep_evidence(stage: _Stage, where: Path, database: Path | None) -> None:
    """The database and the log of a run that broke a promise, for whoever looks into it."""
    where.mkdir(parents=True, exist_ok=True)
    for source in (
        stage.lives.log,
        *(() if database is None else (database, database.with_name(f"{database.name}-wal"))),
    ):
        if source.exists():
            (where / source.name).write_bytes(source.read_bytes())
    logging.getLogger(__name__).warning("evidence kept in %s", where)
