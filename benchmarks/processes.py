"""Starting, measuring and ending the processes of a benchmark: Telegram, our bot, the bots it is compared with."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from aiohttp import ClientSession, ClientTimeout

from benchmarks.county import TOKEN
from benchmarks.telegram import STRANGE_BOTS

_STOP_SECONDS = 20.0
_PATIENCE = ClientTimeout(total=300)
CACHES = Path(tempfile.gettempdir()) / f"shouwang-pycache-{os.getuid()}"
"""compiled modules: installed packages come compiled, a checkout run with PYTHONDONTWRITEBYTECODE does not"""


@dataclass(slots=True)
class Telegram:
    """The server process and the people in it."""

    address: str
    session: ClientSession

    async def act(self, what: str, **given: Any) -> Any:
        async with self.session.post(f"{self.address}/people/{what}", json=given) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def sends(self) -> tuple[list[tuple[int, float, str]], int]:
        """What bots sent since the last `act("mark")`: (chat, world time, first words); and refusals with 429."""
        async with self.session.get(f"{self.address}/people/sends") as answer:
            told = await answer.json()
            return [tuple(one) for one in told["sends"]], told["refused"]


def environment(**given: str) -> dict[str, str]:
    """This process's own, with compiled modules kept in one place for all."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return mine | {"PYTHONPYCACHEPREFIX": str(CACHES), **given}


@asynccontextmanager
async def telegram(*, people: int, groups: int, rule: str = "none", speed: float = 1.0) -> AsyncIterator[Telegram]:
    options = ("--people", str(people), "--groups", str(groups), "--rule", rule, "--speed", str(speed))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.telegram", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        async with ClientSession(timeout=_PATIENCE, trust_env=False) as session:
            yield Telegram(f"http://127.0.0.1:{port}", session)
    finally:
        await _end(process)


@dataclass(slots=True)
class Running:
    """A bot's process. `began`: monotonic seconds at its start."""

    process: "asyncio.subprocess.Process"
    bot_id: int
    began: float

    @property
    def rss(self) -> float:
        """Resident memory in MB."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system)


@asynccontextmanager
async def shouwang(
    server: Telegram, folder: Path, *, rate: float = 0.0, speed: float = 1.0, **settings: str
) -> AsyncIterator[Running]:
    """Our bot. `rate` 0: no pacing. `speed`: its clock, which has to be the server's."""
    given = {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": server.address,
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "SEND_RATE": str(rate),
        "CLOCK_SPEED": str(speed),
        "COUNTY_FILE": str(_one_hand(folder)),
        **settings,
    }
    async with _running(("benchmarks.bot_process",), TOKEN, given) as running:
        yield running


def _one_hand(folder: Path) -> Path:
    """A county whose officer needs no second person: what is measured begins with his last button."""
    file = folder / "county.toml"
    file.write_text("[warnings]\ntwo_persons = []\n", "utf-8")
    return file


@asynccontextmanager
async def echo(server: Telegram, variant: str, *, chats: str = "") -> AsyncIterator[Running]:
    """A bot that is not ours; see benchmarks.echo."""
    token = STRANGE_BOTS["echo_aiohttp" if variant == "aiohttp" else "echo"]
    async with _running(("benchmarks.echo", variant, token, server.address), token, {"CHATS": chats}) as running:
        yield running


@asynccontextmanager
async def _running(module: tuple[str, ...], token: str, given: Mapping[str, str]) -> AsyncIterator[Running]:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *module, env=environment(**given))
    try:
        yield Running(process, int(token.partition(":")[0]), began)
    finally:
        await _end(process)


async def _end(process: "asyncio.subprocess.Process") -> None:
    if process.stdin is not None:
        process.stdin.close()
    elif process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
