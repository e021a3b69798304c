"""`run` as a real process against the sandbox: it starts, waits, gives up and stops as an operator expects."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from telegram.error import InvalidToken

from alive import Pulse, age, alive_file
from sandbox import server
from sandbox.clock import WorldClock
from sandbox.model import Chat
from sandbox.world import World
from settings import load
from starting import REFUSALS, StartError, patiently, sole_use
from tests.cli.conftest import TOKEN
from tests.support.databases import START

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass
class Running:
    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    async def until(self, words: str) -> str:
        """Read the log up to the line with these words."""
        assert self.process.stderr is not None
        while line := (await asyncio.wait_for(self.process.stderr.readline(), PATIENCE)).decode():
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"{words!r} was never logged: {self.lines}")

    async def end(self, number: int | None = None) -> int:
        """Send the signal, if any, and wait for the end; the rest of the log is in `lines` then."""
        if number is not None:
            self.process.send_signal(number)
        assert self.process.stderr is not None
        rest = (await asyncio.wait_for(self.process.stderr.read(), PATIENCE)).decode()
        self.lines += rest.splitlines(keepends=True)
        return await self.process.wait()

    @property
    def said(self) -> str:
        return "".join(self.lines)


@asynccontextmanager
async def running(folder: Path, port: int, **settings: str) -> AsyncIterator[Running]:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
        "SEND_RATE": "0",
        "PYTHONWARNINGS": "error::ResourceWarning",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "bot.py"),
        "run",
        cwd=folder,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def telegram(world: World, port: int = 0) -> AsyncIterator[int]:
    runner, bound = await server.start(world, port=port)
    try:
        yield bound
    finally:
        await runner.cleanup()


@asynccontextmanager
async def systemd(path: Path) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """The socket of a supervisor; gives what it hears, one notice at a time."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        ear.setblocking(False)

        async def next_notice() -> str:
            async with asyncio.timeout(PATIENCE):
                return (await asyncio.get_running_loop().sock_recv(ear, 100)).decode()

        yield next_notice


@pytest.fixture
def world() -> World:
    made = World(WorldClock())
    made.add_bot(TOKEN, "shouwang_test_bot", "守望")
    return made


async def test_it_starts_answers_and_stops_cleanly_on_a_signal(world: World, tmp_path: Path) -> None:
    user = world.add_user("周值班", phone="+8613800000001")
    async with (
        systemd(tmp_path / "notify") as systemd_hears,
        telegram(world) as port,
        running(tmp_path, port, NOTIFY_SOCKET=str(tmp_path / "notify")) as bot,
    ):
        await bot.until("started boot=")
        with world.subscribe() as events:
            await world.say(user.id, user.id, "/start")
            async with asyncio.timeout(PATIENCE):
                while not [one for one in private_chat(world, user.id).messages.values() if one.bot_id is not None]:
                    await events.next()
        told = [await systemd_hears() for _ in range(4)]
        assert age(tmp_path / "data") is not None
        code = await bot.end(signal.SIGTERM)
        while told[-1] != "STOPPING=1":
            told.append(await systemd_hears())
    assert code == 0, bot.said
    assert (told[0], set(told[1:-1])) == ("READY=1", {"WATCHDOG=1"})
    assert bot.lines[-1].rstrip().endswith("stopped")
    assert TOKEN not in bot.said
    assert "Traceback" not in bot.said
    assert "ResourceWarning" not in bot.said
    assert not alive_file(tmp_path / "data").exists()
    assert not list((tmp_path / "data").glob("*-wal"))


def private_chat(world: World, user: int) -> Chat:
    return world.private_chat(user, world.by_token[TOKEN].id)


async def test_a_network_that_is_down_at_start_is_waited_for(world: World, tmp_path: Path) -> None:
    port = free_port()
    async with running(tmp_path, port) as bot:
        await bot.until("Telegram cannot be reached")
        async with telegram(world, port):
            await bot.until("started boot=")
            code = await bot.end(signal.SIGINT)
    assert code == 0, bot.said
    assert TOKEN not in bot.said


async def test_it_stops_at_once_while_it_waits_for_the_network(tmp_path: Path) -> None:
    async with running(tmp_path, free_port()) as bot:
        await bot.until("Telegram cannot be reached")
        code = await bot.end(signal.SIGTERM)
    assert code == 0, bot.said
    assert "Traceback" not in bot.said


async def test_a_refused_token_ends_it_with_one_line(tmp_path: Path) -> None:
    async with telegram(World(WorldClock())) as port, running(tmp_path, port, LOG_LEVEL="WARNING") as bot:
        code = await bot.end()
    assert code == 2, bot.said
    assert len(bot.lines) == 1, bot.said
    assert bot.lines[0].startswith("BOT_TOKEN 被 Telegram 拒绝")
    assert TOKEN not in bot.said


async def test_a_second_one_on_the_same_database_is_refused_with_one_line(world: World, tmp_path: Path) -> None:
    async with telegram(world) as port, running(tmp_path, port) as first:
        await first.until("started boot=")
        async with running(tmp_path, port, LOG_LEVEL="WARNING") as second:
            code = await second.end()
        assert (code, len(second.lines)) == (1, 1), second.said
        assert "数据库正在被另一个进程使用" in second.lines[0]
        assert await first.end(signal.SIGTERM) == 0


async def test_a_folder_that_cannot_be_used_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    settings = load(_env_file=None, data_dir=tmp_path / "data", database_url=f"sqlite:///{tmp_path}/data/x.db")
    with pytest.raises(StartError) as raised:
        async with sole_use(settings):
            pytest.fail("it was used all the same")
    assert raised.value.key == "console.start.no_access"
    assert raised.value.facts["path"] == str(tmp_path / "data")


async def test_an_unclear_refusal_is_heard_a_few_times_before_it_is_believed() -> None:
    clock, pulse, asked = WorldClock.manual(START), Pulse(Path("nowhere")), []

    async def ask() -> None:
        asked.append(clock.now())
        raise InvalidToken("Not Found")

    with pytest.raises(InvalidToken):
        await patiently(ask, _Hurried(clock), pulse)
    assert len(asked) == REFUSALS
    assert [int((two - one).total_seconds()) for one, two in pairwise(asked)] == [2, 4, 8]


class _Hurried:
    """A clock whose sleeps take no time."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        self._clock.advance(timedelta(seconds=seconds))
