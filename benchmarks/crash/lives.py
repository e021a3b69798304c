"""One life of the bot after the other: started, killed (anywhere, at a named place, by SIGTERM), started again.

The process is a real one and dies a real death. Most are forked from a server process that has done the imports, so
that a hundred lives fit into minutes; every tenth is started cold, as an operator would, and only those count for the
time to ready.
"""

import asyncio
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks import bot_process
from benchmarks.crash.recorder import RecordedQueue
from benchmarks.failpoints import PLACES

_COLD = (
    "import json, pathlib, sys; from benchmarks.bot_process import run; "
    "run(json.loads(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])"
)
_STOP_SECONDS = 30.0
_READY_SECONDS = 60.0
_LONGEST_REST = 300.0
_NEVER_REACHED = 6.0
"""after so long a failpoint that does not come is given up, and the process killed where it is"""


@dataclass(slots=True)
class Life:
    """From one start to the death that ended it. Instants are world time (Unix seconds)."""

    began: float
    plan: str
    """how it was to end: random, stop, rest, or a failpoint"""
    cold: bool = False
    ready_after: float | None = None
    """seconds from the start to the first getUpdates"""
    ended: float = 0.0
    end: str = ""
    """killed, stopped, or what went wrong"""
    in_flight: int = 0
    """messages claimed and not settled when it died"""


class _Forked:
    """A child of the fork server."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    @property
    def code(self) -> int | None:
        return self._process.exitcode

    def signal(self, number: int) -> None:
        if self._process.pid is not None and self.code is None:
            os.kill(self._process.pid, number)


class _Cold:
    """A child with an interpreter of its own."""

    def __init__(self, process: "asyncio.subprocess.Process") -> None:
        self._process = process

    @property
    def code(self) -> int | None:
        return self._process.returncode

    def signal(self, number: int) -> None:
        if self.code is None:
            self._process.send_signal(number)


Child = _Forked | _Cold


@dataclass(slots=True)
class Lives:
    """Starts and ends the bot. `settings` are the bot's own; `log` takes its warnings and errors."""

    settings: Mapping[str, object]
    log: Path
    queue: RecordedQueue
    chance: random.Random
    seconds: float
    """the longest a life lasts after it is ready"""
    past: list[Life] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    """set: a life that was to last until things are at rest may end"""
    _context: ForkServerContext = field(init=False)
    _caches: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["benchmarks.bot_process", "benchmarks.crash.run"])
        self._caches = tempfile.mkdtemp(prefix="pycache-")

    async def warm_up(self) -> None:
        """The imports of the fork server, and the compiled modules of the cold starts, are nobody's start."""
        process = self._context.Process(target=int)
        process.start()
        await asyncio.to_thread(process.join)
        command = (sys.executable, "-c", "import benchmarks.bot_process")
        await (await asyncio.create_subprocess_exec(*command, env=self._environment())).wait()

    def close(self) -> None:
        shutil.rmtree(self._caches, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return given | {"PYTHONPYCACHEPREFIX": self._caches}

    async def live(self, plan: str, now: float, *, cold: bool = False) -> Life:
        """One life that ends as planned; returns when the process is gone."""
        life = Life(now, plan, cold)
        self.past.append(life)
        before = time.monotonic()
        failpoint = f"{plan}:{self._how_often(plan)}" if plan in PLACES else ""
        child = await self._start(failpoint, cold=cold)
        try:
            if plan == "random" and self.chance.random() < 0.2:  # into the start itself
                await asyncio.sleep(self.chance.uniform(0.0, 0.8))
            else:
                await self._ready(life, child, before)
                await self._wait(child, plan)
            life.end = await self._end(child, signal.SIGTERM if plan in {"stop", "rest"} else signal.SIGKILL)
        finally:
            child.signal(signal.SIGKILL)  # whoever breaks the run off leaves no bot behind
        return life

    def _how_often(self, plan: str) -> int:
        return 1 if plan == "starting" else self.chance.randint(1, 12)

    async def _start(self, failpoint: str, *, cold: bool) -> Child:
        if not cold:
            process = self._context.Process(target=bot_process.run, args=(dict(self.settings), self.log, failpoint))
            process.start()
            return _Forked(process)
        given = json.dumps({name: str(value) for name, value in self.settings.items()})
        command = (sys.executable, "-c", _COLD, given, str(self.log), failpoint)
        return _Cold(await asyncio.create_subprocess_exec(*command, env=self._environment()))

    async def _ready(self, life: Life, child: Child, before: float) -> None:
        while self.queue.polled_at <= before and child.code is None:
            if time.monotonic() - before > _READY_SECONDS:
                raise TimeoutError("the bot does not become ready")
            await asyncio.sleep(0.005)
        if self.queue.polled_at > before:
            life.ready_after = self.queue.polled_at - before

    async def _wait(self, child: Child, plan: str) -> None:
        until = time.monotonic()
        until += _NEVER_REACHED if plan in PLACES else self.chance.uniform(0.0, self.seconds)
        if plan == "rest":
            until += _LONGEST_REST
        while child.code is None and time.monotonic() < until and not (plan == "rest" and self.release.is_set()):  # noqa: ASYNC110 - a process has no event
            await asyncio.sleep(0.005)

    async def _end(self, child: Child, number: int) -> str:
        child.signal(number)
        before = time.monotonic()
        while child.code is None:
            if time.monotonic() - before > _STOP_SECONDS:
                child.signal(signal.SIGKILL)
                return "did not stop"
            await asyncio.sleep(0.005)
        if child.code == -signal.SIGKILL:
            return "killed"
        return "stopped" if child.code == 0 else f"ended with {child.code}"
