"""A county's own program that writes down what a voice says: run one at a time, with a low priority, and stopped when
it takes too long. Whatever it does wrong is a NotHeardError, and nobody waits for it.

The command is a list of arguments and never goes through a shell. It gets no secret: neither the token nor the address
of the database is in its environment.
"""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from domain.listener_policy import FILE, WAV, ListenerPolicy
from domain.listening import reading_of
from services.ports.listening import NotHeardError
from services.press import surroundings

_MOST_BYTES = 64 << 10
_CONVERTING_SECONDS = 20.0
_ENDING_SECONDS = 2.0
_TO_WAV = ("ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", FILE, "-ac", "1", "-ar", "16000", WAV)


class CommandListener:
    """services.ports.listening.Listener by `[listener]` of the county's figures."""

    def __init__(self, policy: ListenerPolicy) -> None:
        self._policy = policy

    async def hear(self, sound: Path) -> str:
        policy, wav = self._policy, sound.with_name("voice-16k.wav")
        if any(WAV in part for part in policy.command):
            await _run(_filled(_TO_WAV, sound, wav), _CONVERTING_SECONDS)
        words = reading_of(await _run(_filled(policy.command, sound, wav), policy.seconds))
        if not words:
            raise NotHeardError("nothing")
        return words


def _filled(command: tuple[str, ...], sound: Path, wav: Path) -> list[str]:
    program, *arguments = command
    return [program, *(one.replace(FILE, str(sound)).replace(WAV, str(wav)) for one in arguments)]


async def _run(command: list[str], seconds: float) -> bytes:
    """What the program printed. It and whatever it started end when their time is over."""
    nice = shutil.which("nice")
    if shutil.which(command[0]) is None:
        raise NotHeardError("no_program")
    try:
        process = await asyncio.create_subprocess_exec(
            *((nice, "-n", "19") if nice else ()),
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=surroundings(),
            start_new_session=True,
        )
    except OSError as error:
        raise NotHeardError("no_program") from error
    try:
        async with asyncio.timeout(seconds):
            output = await _read(process)
            code = await process.wait()
    except TimeoutError as error:
        raise NotHeardError("too_slow") from error
    finally:
        await _end(process)
    if code != 0:
        raise NotHeardError("failed")
    return output


async def _end(process: asyncio.subprocess.Process) -> None:
    """asyncio says that a process is over when its pipe is at an end, and stops to read a pipe nobody takes from: what
    is still in it is taken out. A daemon the engine left behind may hold it open for ever: it is not waited for."""
    assert process.stdout is not None
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_ENDING_SECONDS):
            while await process.stdout.read(_MOST_BYTES):
                pass
            await process.wait()


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    output = b""
    while piece := await process.stdout.read(8192):
        output += piece
        if len(output) > _MOST_BYTES:
            raise NotHeardError("too_much")
    return output
