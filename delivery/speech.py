"""Words made into a recording by a program of this machine, when they are sent and never inside a transaction.

espeak-ng is the free default (`espeak-ng` on the path, Mandarin by `cmn`); SPEECH_COMMAND names another program, which
gets the words on its standard input and writes a WAV file to the path put for {out}. ffmpeg or opusenc turn that into
what Telegram plays as a voice message; without them the WAV goes as a file. Recordings are kept by what they say, so
that sixty villages cost one.
"""

import asyncio
import logging
import shlex
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

log = logging.getLogger(__name__)

_SECONDS = 30.0
_KEPT = 200
"""so many recordings stay in the folder"""
_DEFAULT = "espeak-ng -v {voice} -s 230 --stdin -w {out}"
_TO_OPUS: Sequence[tuple[str, str]] = (
    ("ffmpeg", "ffmpeg -nostdin -loglevel error -y -i {wav} -ac 1 -c:a libopus -b:a 24k -f ogg {out}"),
    ("opusenc", "opusenc --quiet --bitrate 24 {wav} {out}"),
)


class Speech:
    """`folder` is where recordings are kept, below the data folder. `command` None: espeak-ng where it is there."""

    def __init__(self, folder: Path, command: str | None = None) -> None:
        self._folder = folder
        self._command = command or (_DEFAULT if shutil.which("espeak-ng") else "")
        self._encoder = next((line for program, line in _TO_OPUS if shutil.which(program)), "")
        self._turns: dict[str, asyncio.Lock] = {}

    @property
    def can(self) -> bool:
        """Whether anything can be spoken here at all."""
        return bool(self._command)

    async def recording(self, words: str) -> Path | None:
        """An OGG/OPUS file, or a WAV where nothing can turn it into one. None when it cannot be made."""
        if not self.can:
            return None
        name = sha256(f"{self._command}\n{words}".encode()).hexdigest()[:32]
        async with self._turns.setdefault(name, asyncio.Lock()):
            try:
                return await self._made(name, words)
            except (OSError, TimeoutError, _Failed) as error:
                log.warning("nothing could be spoken: %s", type(error).__name__)
                return None
            finally:
                self._turns.pop(name, None)

    async def _made(self, name: str, words: str) -> Path:
        ogg, wav = self._folder / f"{name}.ogg", self._folder / f"{name}.wav"
        for there in (ogg, wav):
            if await asyncio.to_thread(there.is_file):
                return there
        await asyncio.to_thread(self._make_room)
        unfinished = self._folder / f"{name}.part.wav"
        chinese = any("\u3400" <= letter <= "\u9fff" for letter in words)
        await _run(self._command, words, out=unfinished, voice="cmn" if chinese else "en")
        if self._encoder:
            half = self._folder / f"{name}.part.ogg"
            await _run(self._encoder, "", wav=unfinished, out=half)
            await asyncio.to_thread(half.replace, ogg)
            await asyncio.to_thread(unfinished.unlink, True)
            return ogg
        await asyncio.to_thread(unfinished.replace, wav)
        return wav

    def _make_room(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        oldest_first = sorted(self._folder.glob("*.*"), key=lambda path: path.stat().st_mtime)
        for path in oldest_first[: max(0, len(oldest_first) - _KEPT)]:
            path.unlink(missing_ok=True)


class _Failed(Exception):  # noqa: N818
    """The program ended with an error, or left nothing behind."""


async def _run(line: str, words: str, *, out: Path, **put: object) -> None:
    """One program to its end. The words never stand in its command line, where others could read them."""
    arguments = [part.format(out=out, **put) if "{" in part else part for part in shlex.split(line)]
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(process.communicate(words.encode()), _SECONDS)
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode != 0 or not await asyncio.to_thread(_is_something, out):
        raise _Failed


def _is_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
