"""Files of our own: kept once by what they contain, on disk below the data folder, known by a row.

The file is on disk for good before the row that names it commits; a file without a row is harmless and swept later.
"""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.papers import FileKind


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on disk for good."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    sha256: str
    size: int
    mime: str
    kind: FileKind
    created_at: datetime
    expires_at: datetime | None
    gone_at: datetime | None = None
    """when it was taken off the disk; that it was there stays known"""


class FileRows(Protocol):
    async def add(self, file: StoredFile) -> None:
        """A file that is known already keeps the longer life, and is there again if it was gone."""
        ...

    async def get(self, sha256: str) -> StoredFile | None: ...
    async def expired(self, now: datetime, limit: int = 200) -> list[StoredFile]: ...
    async def mark_gone(self, hashes: Collection[str], at: datetime) -> None: ...
    async def present(self, hashes: Collection[str]) -> set[str]:
        """Those of the hashes that have a row and should be on disk."""
        ...


class Shelf(Protocol):
    """storage.shelf: the disk."""

    async def keep(self, file: Path) -> Kept:
        """Take the file in, by what it contains. It is on disk for good afterwards, and no longer where it was."""
        ...

    async def keep_bytes(self, content: bytes) -> Kept: ...
    def path(self, sha256: str) -> Path: ...
    async def drop(self, hashes: Collection[str]) -> None: ...
    async def sweep(self, present: Callable[[Collection[str]], Awaitable[set[str]]]) -> int:
        """Take away what no row names, now or at the sweep before."""
        ...

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder for the time of one piece of work."""
        ...

    def clear_scratch(self) -> None:
        """Once, at start: what a process left behind that did not end well."""
        ...
