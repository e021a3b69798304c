"""The watched folder: whoever can copy a file into it can deliver a notice. The simplest feed there is, and
the one that works when the county's platform can do nothing but write files.

    inbox/           files to be read; nothing in folders below it is looked at
    inbox/done/      files that were taken in, held, or known already
    inbox/refused/   files that could not be read, each with a `.reason.txt` beside it

A file is moved only after the intake has committed. A crash in between leads to the same file being delivered
again, which the intake recognises; nothing is lost and nothing goes out twice. Existing files are never
overwritten.
"""

import asyncio
import errno
import logging
import os
import stat
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from domain.source_health import Trouble
from feeds.errors import Unreadable, UnreadableNotice
from feeds.waiting import until_stopped
from feeds.xml_safety import MAX_BYTES

log = logging.getLogger(__name__)

Receive = Callable[[bytes, str], Awaitable[str]]
"""Takes a body and its file name, commits, and says what became of it (accepted, held, duplicate, ignored).
UnreadableNotice when it is no notice; any other error means that it could not be decided now."""

Report = Callable[[Trouble | None], Awaitable[None]]
"""Is told after every look how the folder is. Never raises."""

_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
_LONGEST_WAIT = 64


@dataclass(frozen=True, slots=True)
class _Look:
    """A file as it was at one look. Two equal looks: nobody is writing to it. The file's number is not compared, on
    network drives it changes by itself."""

    size: int
    changed: int
    number: tuple[int, int] = field(compare=False)

    @classmethod
    def of(cls, status: os.stat_result) -> "_Look":
        return cls(status.st_size, status.st_mtime_ns, (status.st_dev, status.st_ino))


@dataclass(slots=True)
class _Watched:
    """What is known of a file in the inbox. `unchanged`: looks in a row that were equal; `wait`: looks to let pass."""

    look: _Look
    unchanged: int = 0
    failures: int = 0
    wait: int = 0


class FolderFeed:
    """One watched folder. `reason_text` words the reasons of refusals for people.

    A file is complete when two looks at it are equal, or when it was seen before under an unfinished name (leading
    dot, .tmp, .part …) and then renamed. What cannot be read is refused only after `patience` equal looks: it may be
    a file whose writer has paused. What fails for another reason is tried again, ever more seldom, and never stops
    the others.
    """

    def __init__(
        self,
        inbox: Path,
        receive: Receive,
        *,
        reason_text: Callable[[str], str],
        report: Report | None = None,
        max_bytes: int = MAX_BYTES,
        patience: int = 5,
    ) -> None:
        self._inbox = inbox
        self._receive = receive
        self._reason_text = reason_text
        self._report = report
        self._max_bytes = max_bytes
        self._patience = patience
        self._watched: dict[str, _Watched] = {}
        self._unfinished: set[tuple[int, int]] = set()
        self._lost = False
        self._immovable: set[str] = set()

    async def run(
        self,
        stop: asyncio.Event,
        interval: float = 2.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Scan until stopped. A folder that cannot be listed (a network drive that went away) is tried again."""
        while not stop.is_set():
            try:
                await self.scan_once()
                self._lost = False
            except OSError as error:
                if not self._lost:
                    log.error("folder_lost folder=%s error=%s", self._inbox, error)
                self._lost = True
            if self._report is not None:
                await self._report(self.trouble)
            await until_stopped(stop, sleep(interval))

    async def scan_once(self) -> int:
        """Look at every file once and take in what is complete, oldest first. How many files left the inbox.

        OSError when the folder itself cannot be listed.
        """
        looks, unfinished = await asyncio.to_thread(self._list)
        self._watched = {name: self._watch(name, look) for name, look in looks.items()}
        self._unfinished = unfinished
        settled = 0
        for name in sorted(looks, key=lambda name: (looks[name].changed, name)):
            watched = self._watched[name]
            if watched.wait:
                watched.wait -= 1
            elif watched.unchanged and await self._take_in(name, watched):
                settled += 1
                del self._watched[name]
        return settled

    @property
    def lost(self) -> bool:
        """Whether the folder could not be listed at the last look."""
        return self._lost

    @property
    def trouble(self) -> Trouble | None:
        """What keeps it from its work, whoever's fault it is."""
        if self._lost:
            return Trouble.FOLDER_LOST
        return Trouble.FOLDER_STUCK if self._immovable.intersection(self._watched) else None

    @property
    def stuck(self) -> tuple[str, ...]:
        """Files whose intake keeps failing."""
        return tuple(sorted(name for name, watched in self._watched.items() if watched.failures))

    def _list(self) -> tuple[dict[str, _Look], set[tuple[int, int]]]:
        """The regular files of the inbox itself, and the numbers of those with an unfinished name. Links, folders and
        pipes are left alone."""
        looks: dict[str, _Look] = {}
        unfinished: set[tuple[int, int]] = set()
        with os.scandir(self._inbox) as entries:
            if not os.access(self._inbox, os.W_OK | os.X_OK):
                raise OSError(errno.EACCES, "not to be written to", str(self._inbox))
            for entry in entries:
                with suppress(FileNotFoundError):
                    if not entry.is_file(follow_symlinks=False):
                        continue
                    look = _Look.of(entry.stat(follow_symlinks=False))
                    if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                        unfinished.add(look.number)
                    else:
                        looks[entry.name] = look
        return looks, unfinished

    def _watch(self, name: str, look: _Look) -> _Watched:
        before = self._watched.get(name)
        if before is not None and before.look == look:
            before.unchanged += 1
            return before
        renamed_in = before is None and look.number in self._unfinished
        return _Watched(look, unchanged=int(renamed_in))

    async def _take_in(self, name: str, watched: _Watched) -> bool:
        """Whether the file left the inbox."""
        try:
            body = await asyncio.to_thread(self._read, name, watched.look)
            if body is None:
                watched.unchanged = 0
                return False
            outcome = await self._receive(body, _printable(name))
            moved = await self._moved(name, watched.look, "done", None)
        except UnreadableNotice as error:
            return await self._refuse(name, watched, error)
        except Exception:
            _later(watched)
            log.exception("notice_not_taken_in file=%r failures=%s", name, watched.failures)
            return False
        log.info("notice_taken_in file=%r outcome=%s", name, outcome)
        return moved

    async def _refuse(self, name: str, watched: _Watched, error: UnreadableNotice) -> bool:
        if watched.unchanged < self._patience:
            watched.wait = self._patience - watched.unchanged - 1
            return False
        words = (self._reason_text(error.reason_key), error.reason_key, _printable(error.detail)[:300])
        try:
            moved = await self._moved(name, watched.look, "refused", "\n".join(words) + "\n")
        except OSError:
            _later(watched)
            log.exception("refused_file_stays file=%r failures=%s", name, watched.failures)
            return False
        log.warning("notice_refused file=%r reason=%s", name, error.reason_key)
        return moved

    async def _moved(self, name: str, look: _Look, folder: str, reason: str | None) -> bool:
        self._immovable.add(name)
        moved = await asyncio.to_thread(self._put_away, name, look, folder, reason)
        self._immovable.discard(name)
        return moved

    def _read(self, name: str, look: _Look) -> bytes | None:
        """The whole file, or None when it is no longer the one that was looked at. Never more than the limit."""
        if look.size > self._max_bytes:
            raise UnreadableNotice(Unreadable.TOO_LARGE, f"{look.size} bytes")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(self._inbox / name, flags | getattr(os, "O_BINARY", 0))
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ELOOP}:  # gone, or a link in its place
                return None
            raise
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            body = file.read(self._max_bytes + 1)
            return body if _Look.of(os.fstat(descriptor)) == look else None

    def _put_away(self, name: str, look: _Look, folder: str, reason: str | None) -> bool:
        """Move the file under a free name. False when another file took its place meanwhile: that one stays."""
        source, target = self._inbox / name, self._inbox / folder
        if target.is_symlink():
            raise OSError(f"{target} is a link")
        target.mkdir(exist_ok=True)
        if not source.exists() or _Look.of(source.lstat()) != look:
            return False
        free = _reserve(target, name)
        if reason is not None:
            _reason_file(free).write_text(reason, encoding="utf-8")
        source.replace(free)
        if _Look.of(free.lstat()) == look:
            return True
        # A new file slipped in between the last look and the move: back with it, unread.
        free.replace(_reserve(self._inbox, name))
        _reason_file(free).unlink(missing_ok=True)
        return False


def _later(watched: _Watched) -> None:
    watched.failures += 1
    watched.wait = min(2**watched.failures, _LONGEST_WAIT)


def _reserve(folder: Path, name: str) -> Path:
    """An empty file of ours under a name that was free: name.xml, name-2.xml, name-3.xml …"""
    stem, suffix = _short(Path(name).stem, 150), _short(Path(name).suffix, 20)
    for number in count(1):
        free = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        if _reason_file(free).exists():
            continue
        with suppress(FileExistsError):
            free.touch(exist_ok=False)
            return free
    raise AssertionError  # count never ends


def _reason_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.reason.txt")


def _short(name: str, most: int) -> str:
    """File systems count bytes, and the number and the ending of the reason file need room."""
    return os.fsdecode(os.fsencode(name)[:most])


def _printable(text: str) -> str:
    """One line without control characters or the undecodable bytes of foreign file names."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
