"""Rows of the warnings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.colours import Colour
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class WarningRow:
    """One version of one warning as it was issued. `event` joins the versions of a chain (the first one's id)."""

    id: int
    event: int
    number: str
    """the county's own running number, as 2026-017"""
    source: str
    sender: str
    identifier: str
    sent: datetime
    references: tuple[str, ...]
    kind: str
    colour: Colour
    colour_conflict: bool
    issuer: str
    headline: str
    text: str
    instruction: str
    onset: datetime | None
    expires: datetime
    expires_assumed: bool
    places: frozenset[PlaceCode]
    exercise: bool
    state: str
    """held · active · superseded · lifted · expired · refused"""
    held_because: str
    content_hash: str
    composed_by: int | None
    created_at: datetime
    part: int = 0
    """several areas in one notice make several warnings"""

    @property
    def subject(self) -> str:
        return f"warning:{self.id}"


class WarningRows(Protocol):
    async def add(self, row: WarningRow) -> WarningRow:
        """Insert; id and, where it is 0, event are given by the database."""
        ...

    async def get(self, warning_id: int) -> WarningRow | None: ...
    async def by_identity(self, sender: str, identifier: str, sent: datetime | None = None) -> list[WarningRow]: ...
    async def by_identifier(self, identifier: str) -> list[WarningRow]: ...
    async def named(self, part: str) -> list[WarningRow]:
        """Whose identifier contains this: other sources put something before or after the national number."""
        ...

    async def of_event(self, event: int) -> list[WarningRow]:
        """All versions of a chain, oldest first."""
        ...

    async def run_out(self, now: datetime) -> list[WarningRow]:
        """Still marked active although their end has passed."""
        ...

    async def decide(self, warning_id: int, colour: Colour, places: Collection[PlaceCode]) -> None:
        """What an officer decided for a held notice whose colour or places were not clear."""
        ...

    async def active(self, now: datetime) -> list[WarningRow]: ...
    async def set_state(self, warning_id: int, from_states: Collection[str], to: str) -> bool: ...
    async def keep_raw(self, warning_id: int, raw: bytes) -> None: ...
