"""Rows of the sources of warnings: how each is, what of it was taken in, what it listed, which calls were made."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is. A hook is never tried, it calls: `last_good` is its last call."""

    name: str
    watched_since: datetime
    """since when this process, or the one before it, has listened without a break"""
    last_try: datetime | None = None
    last_good: datetime | None = None
    """the last good answer, "none" is one too"""
    last_notice: datetime | None = None
    failing_since: datetime | None = None
    last_error: str = ""
    """key of a text; empty while it is well"""
    told_at: datetime | None = None
    """when the county's desk was told that it fails; None again when it was told that it is well"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A warning in force that its source has listed. `misses`: good lists in a row without it."""

    warning_id: int
    source: str
    misses: int = 0
    asked: bool = False


class SourceRows(Protocol):
    async def state(self, name: str) -> SourceState | None: ...
    async def states(self) -> list[SourceState]: ...
    async def save(self, state: SourceState) -> None:
        """Insert or replace."""
        ...

    async def seen(self, source: str, marks: Collection[str]) -> set[str]:
        """Those of the marks that were taken in already."""
        ...

    async def mark_seen(self, source: str, marks: Collection[str], at: datetime) -> None: ...
    async def listed(self, source: str) -> dict[int, Listed]:
        """Warning → what is known of its place in the source's list."""
        ...

    async def save_listed(self, listed: Listed) -> None: ...
    async def take_nonce(self, source: str, nonce: str, at: datetime) -> bool:
        """False when that call was made before."""
        ...

    async def prune(self, seen_before: datetime, nonces_before: datetime) -> int: ...
