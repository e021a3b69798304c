"""Rows of the warnings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.colours import Colour
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a notice was read: what an officer is shown who asks why it went where it went."""

    colour_from: str = ""
    """domain.colours.ColourEvidence, or "officer" where a person gave the colour"""
    placed_by: str = ""
    """domain.warning_areas.How, or "officer" """
    doubts: tuple[str, ...] = ()
    """findings of the reader, problems of the places and marks, as keys"""
    language: str = ""
    raw_hash: str = ""
    """SHA-256 of the file as it came"""

    @property
    def check_area(self) -> bool:
        return "check_area" in self.doubts


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
    evidence: Evidence = Evidence()
    release_at: datetime | None = None
    """held for the quiet of the night until then"""
    corrected: bool = False
    """it was wrong, and everybody who got it was told so"""
    outranked: Mapping[PlaceCode, int] = field(default_factory=dict)
    """villages that a graver warning of the same kind covered when this one came, and which"""

    @property
    def subject(self) -> str:
        return f"warning:{self.id}"


@dataclass(frozen=True, slots=True)
class WarningAct:
    """What a person did with a warning, line by line: approved, sent_back, relayed, called_wrong …"""

    warning_id: int
    what: str
    person_id: int
    at: datetime
    place: PlaceCode | None = None
    note: str = ""
    """his own words, where he added any"""


@dataclass(frozen=True, slots=True)
class GroupPost:
    """A warning that a group got, or will get with its next digest."""

    chat_id: int
    subject: str
    place: PlaceCode
    key: str
    """outbox key of the message that carries it"""
    posted_at: datetime
    due_at: datetime | None = None
    """waits for the digest of this time; None: it was a post of its own"""


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

    async def decide(self, warning_id: int, colour: Colour, places: Collection[PlaceCode], evidence: Evidence) -> None:
        """What an officer decided for a held notice whose colour or places were not clear."""
        ...

    async def active(self, now: datetime) -> list[WarningRow]: ...
    async def set_state(self, warning_id: int, from_states: Collection[str], to: str) -> bool: ...
    async def keep_raw(self, warning_id: int, raw: bytes) -> None: ...
    async def raw(self, warning_id: int) -> bytes | None:
        """The bytes as they came."""
        ...

    async def numbered(self, number: str) -> list[WarningRow]:
        """The versions that carry the county's number."""
        ...

    async def held(self) -> list[WarningRow]:
        """What waits for a person or for the end of the quiet, oldest first."""
        ...

    async def hold_because(self, warning_id: int, reason: str) -> None: ...
    async def hold_until(self, warning_id: int, release_at: datetime) -> None: ...
    async def extend(self, warning_id: int, expires: datetime) -> bool:
        """A new end for one in force, or for one that ran out. False when it is neither."""
        ...

    async def mark_corrected(self, warning_id: int) -> bool:
        """It was wrong and is over. False when it was not in force any more, or had been corrected before."""
        ...

    async def outrank(self, warning_id: int, villages: Mapping[PlaceCode, int]) -> None: ...
    async def draft(self, warning_id: int, person_id: int) -> frozenset[PlaceCode]:
        """The places an officer has ticked so far for a held notice."""
        ...

    async def save_draft(self, warning_id: int, person_id: int, places: Collection[PlaceCode]) -> None: ...
    async def overtake(self, sender: str, identifier: str, sent: datetime) -> None:
        """The sender's message of this name was replaced or cancelled by one he sent then."""
        ...

    async def overtaken_at(self, sender: str, identifier: str) -> datetime | None: ...
    async def forget_overtaken(self, before: datetime) -> int: ...
    async def add_act(self, act: WarningAct) -> None: ...
    async def acts(self, warning_id: int) -> list[WarningAct]:
        """In the order in which they were done."""
        ...

    async def add_posts(self, posts: Collection[GroupPost]) -> None: ...
    async def posts_of(self, subject: str) -> list[GroupPost]: ...
    async def posted_since(self, since: datetime) -> Mapping[int, int]:
        """chat_id → posts of their own since then."""
        ...

    async def digests_due(self, now: datetime) -> list[GroupPost]: ...
    async def move_posts(self, old: int, new: int) -> None:
        """The group goes by another number now."""
        ...

    async def digested(self, chat_id: int, subjects: Collection[str], key: str) -> None:
        """These went into the digest with this key."""
        ...
