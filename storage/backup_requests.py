"""A copy of a SQLite database that is in use, made by whoever has it open.

A second process must not open the file: SQLite before 3.51.3 can damage a WAL that two connections write and reset, and
even a reader takes part in that. So the running bot makes the copy, over its only connection:

1. Whoever wants one makes a folder `.backup-…` beside the database, with a file `request` in it that it keeps locked
   for as long as it lives.
2. The bot looks for such folders with every tick (`serve_backup_requests`), marks the request `taken`, writes `copy.db`
   with VACUUM INTO and then `answer`. Everything else that wants the database waits meanwhile, one to three seconds
   for each 100 MB.
3. Whoever asked checks the copy in its own process, takes it away and removes the folder. A folder whose request is
   no longer locked belongs to somebody who died; the bot removes it.

Nothing in a request is believed: the bot writes to that folder and nowhere else.
"""

import fcntl
import json
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from storage.database import Database, sqlite_path
from storage.errors import BackupError

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
LOOK_EVERY = 0.2
PATIENCE = 30.0
"""seconds in which a bot that works takes a request up; then it may copy for as long as it lives"""

_FOLDERS = ".backup-*"


@contextmanager
def sole_use_of(database: Path) -> Iterator[bool]:
    """Hold the lock that a running bot holds on its database. False: a bot runs."""
    path = Path(f"{database}.lock")
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        _give_to_owner_of(database.parent, path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@asynccontextmanager
async def copy_by_running_bot(database: Path, sleep: Sleep) -> AsyncIterator[Path]:
    """Ask the bot for a copy and wait for it; the copy is gone after the block. Raises BackupError."""
    with tempfile.TemporaryDirectory(dir=database.parent, prefix=_FOLDERS.rstrip("*")) as made:
        folder = Path(made)
        handle = os.open(folder / "request.new", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _give_to_owner_of(database, folder, folder / "request.new")
            (folder / "request.new").rename(folder / "request")
            await _answer(database, folder, sleep)
            yield folder / "copy.db"
        finally:
            os.close(handle)


async def _answer(database: Path, folder: Path, sleep: Sleep) -> None:
    looks = 0
    while not _exists(folder / "answer"):
        if not _exists(folder / "taken") and looks * LOOK_EVERY >= PATIENCE:
            raise BackupError("backup.no_answer", seconds=int(PATIENCE))
        with sole_use_of(database) as bot_is_gone:
            if bot_is_gone and not _exists(folder / "answer"):
                raise BackupError("backup.no_answer", seconds=int(looks * LOOK_EVERY))
        await sleep(LOOK_EVERY)
        looks += 1
    reason = json.loads((folder / "answer").read_text(encoding="utf-8"))["error"]
    if reason:
        raise BackupError("backup.failed", reason=reason)


async def serve_backup_requests(database: Database) -> int:
    """For the bot's tick, one call at a time: make the copies that were asked for; returns how many. Where nobody
    asks it costs one look into the folder. One that an earlier run of the bot left half done is done again."""
    path = sqlite_path(database.url)
    if path is None:
        return 0
    made = 0
    for folder in _asked(path.parent):
        (folder / "taken").touch()
        reason = ""
        try:
            (folder / "copy.db").unlink(missing_ok=True)
            await database.copy_sqlite_to(str(folder / "copy.db"))
        except Exception as error:  # noqa: BLE001 - told to whoever asked; the bot goes on
            reason = str(getattr(error, "orig", error))
            log.warning("backup failed: %s", reason)
        _write_answer(folder, reason)
        made += 1
    return made


def _write_answer(folder: Path, reason: str) -> None:
    if folder.is_dir():  # nobody waits any more when it is gone
        (folder / "answer.new").write_text(json.dumps({"error": reason}), encoding="utf-8")
        (folder / "answer.new").rename(folder / "answer")


def _asked(beside: Path) -> list[Path]:
    """Folders with a request that somebody waits for. What dead ones left behind is removed."""
    waiting = []
    for folder in beside.glob(_FOLDERS):
        request = folder / "request"
        if folder.is_symlink() or not request.is_file():
            continue
        if _is_unlocked(request):
            shutil.rmtree(folder, ignore_errors=True)
        elif not (folder / "answer").exists():
            waiting.append(folder)
    return waiting


def _is_unlocked(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)


def _exists(path: Path) -> bool:
    return path.exists()


def _give_to_owner_of(model: Path, *paths: Path) -> None:
    """What an operator makes as root beside the bot's database must stay the bot's to open."""
    if os.geteuid() == 0:
        owner = model.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)
