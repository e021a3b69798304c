"""The press: whatever is drawn, typeset or tabulated is made by a process of its own, which ends afterwards.

So a large sheet neither holds up the loop nor stays in memory, a picture made to blow up hits the child's limit, and
the libraries for it are never loaded here. The child is `python -m messages.press WRITER FILE`; it reads one JSON value
a line and writes one file. Lines are passed on as fast as the child takes them, so that neither side holds them all.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_SAID = 2_000
"""so much of what the child complained about is kept"""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TZ", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "VIRTUAL_ENV")
"""of the environment: never the token or the database's address"""


class PressError(Exception):
    """The child failed; what it said last."""


class Printing:
    """One file under way."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def put(self, *values: Any) -> None:
        """Hand over lines; waits while the child is behind."""
        assert self._process.stdin is not None
        try:
            for value in values:
                self._process.stdin.write(json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise PressError("the press broke off") from error


@asynccontextmanager
async def printing(writer: str, out: Path) -> AsyncIterator[Printing]:
    """`writer` is "module:function" below messages.papers. On the way out the file is there; otherwise PressError."""
    complaints = out.with_name(out.name + ".said")
    with complaints.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "messages.press", writer, str(out)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=said,
            cwd=_ROOT,
            env=surroundings(),
        )
    try:
        assert process.stdin is not None
        try:
            yield Printing(process)
            process.stdin.write(b"\n")  # the empty line: this is all; without it the child throws its file away
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError, PressError):
            pass  # why, its exit code and its complaints say
        process.stdin.close()
        code = await process.wait()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if code != 0:
        raise PressError(await asyncio.to_thread(_last_words, complaints) or f"exit code {code}")


def surroundings() -> dict[str, str]:
    """The environment of the child."""
    return {name: value for name in _PASSED_ON if (value := os.environ.get(name))}


async def printed(writer: str, out: Path, lines: Iterable[Any]) -> Path:
    """All of it at once, for what is small."""
    async with printing(writer, out) as under_way:
        for line in lines:
            await under_way.put(line)
    return out


def _last_words(complaints: Path) -> str:
    return complaints.read_text("utf-8", "replace")[-_SAID:].strip()
