"""Files on disk, below the data folder, named by what they contain. No rows here.

A file is written beside its place, flushed to the disk and renamed, and the folder's entry is flushed too: when `keep`
returns, a power cut takes nothing away. A crash before the row commits leaves a file that nobody names, which a sweep
takes away when it has seen it twice.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.papers import FILES, stored_name
from services.ports.files import Kept

_PIECE = 1 << 20
_AT_ONCE = 200


class Shelf:
    """`data` is the data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._files = data / FILES
        self._unfinished = self._files / "unfinished"
        self._orphans: set[str] = set()

    async def keep(self, file: Path) -> Kept:
        return await asyncio.to_thread(self._keep, file)

    async def keep_bytes(self, content: bytes) -> Kept:
        return await asyncio.to_thread(self._keep_bytes, content)

    def _keep_bytes(self, content: bytes) -> Kept:
        with self.scratch() as folder:
            (folder / "file").write_bytes(content)
            return self._keep(folder / "file")

    def _keep(self, file: Path) -> Kept:
        digest, size = hashlib.sha256(), 0
        with file.open("rb") as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
                size += len(piece)
            os.fsync(content.fileno())
        place = self.path(digest.hexdigest())
        if place.is_file() and place.stat().st_size == size:
            file.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
            _flush(place.parent)
            _flush(place.parent.parent)
        return Kept(place.name, size)

    def path(self, sha256: str) -> Path:
        return self._data / stored_name(sha256)

    async def drop(self, hashes: Collection[str]) -> None:
        for one in hashes:
            await asyncio.to_thread(self.path(one).unlink, missing_ok=True)

    async def sweep(self, present: Callable[[Collection[str]], Awaitable[set[str]]]) -> int:
        found = await asyncio.to_thread(self._names)
        orphans: set[str] = set()
        for start in range(0, len(found), _AT_ONCE):
            piece = found[start : start + _AT_ONCE]
            orphans |= set(piece) - await present(piece)
        twice = orphans & self._orphans
        await self.drop(twice)
        self._orphans = orphans - twice
        return len(twice)

    def _names(self) -> list[str]:
        return [path.name for path in self._files.glob("??/*")]

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        self._unfinished.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._unfinished, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def clear_scratch(self) -> None:
        shutil.rmtree(self._unfinished, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Make the entries of a folder durable, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
