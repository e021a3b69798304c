"""Rows of response periods: how they stand, every change, what is proposed, and where they were announced."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.action_cards import Family
from domain.people import PersonId
from domain.places import PlaceCode
from domain.response import Move, Period, PeriodChange, ResponseLevel


@dataclass(frozen=True, slots=True)
class ResponseProposal:
    """A change that waits for the human who may make it: prepared by a station, or suggested by the bot."""

    id: int
    cause: str
    """unique: what of the same cause was proposed once is not proposed again"""
    move: Move
    period_id: int | None
    """None: a start"""
    version: int
    """of the period it would change; 0 for a start"""
    hazard_kind: Family
    level: ResponseLevel
    places: tuple[PlaceCode, ...]
    reason: str
    event: int | None
    """the chain of warnings, where the bot suggests"""
    made_by: PersonId | None
    """None: the bot"""
    made_at: datetime
    state: str = "open"
    """open · taken · refused · overtaken"""
    decided_by: PersonId | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResponsePost:
    """An announcement in a group."""

    period_id: int
    version: int
    chat_id: int
    key: str
    posted_at: datetime


class ResponseRows(Protocol):
    async def active(self) -> list[Period]:
        """Those that run, oldest first."""
        ...

    async def get(self, period_id: int) -> Period | None: ...
    async def add(self, period: Period, reason: str, prepared_by: int | None = None) -> Period:
        """Insert with its first line of history; the id is given by the database."""
        ...

    async def move(self, after: Period, change: PeriodChange) -> bool:
        """Compare-and-set: `after` becomes the row if the row still has the version before `change.version`."""
        ...

    async def changes_of(self, period_id: int) -> list[PeriodChange]: ...
    async def between(self, since: datetime, until: datetime) -> list[Period]:
        """Those that ran at any time in between."""
        ...

    async def propose(self, proposal: ResponseProposal) -> ResponseProposal | None:
        """None when there was one of this cause."""
        ...

    async def proposal(self, proposal_id: int) -> ResponseProposal | None: ...
    async def open_proposals(self) -> list[ResponseProposal]: ...
    async def decide(self, proposal_id: int, to: str, by: int | None, at: datetime) -> bool:
        """open → taken, refused or overtaken; False when it was decided before."""
        ...

    async def causes(self, causes: Collection[str]) -> set[str]:
        """Those of which something was proposed before."""
        ...

    async def posted(self, posts: Collection[ResponsePost]) -> None: ...
    async def posts_of(self, period_id: int) -> list[ResponsePost]: ...
    async def posts_since(self, since: datetime) -> dict[int, int]:
        """How many announcements each group has had."""
        ...

    async def move_chat(self, old: int, new: int) -> None:
        """The group goes by another number now."""
        ...

    async def day_done(self, what: str, place: PlaceCode, day: str, at: datetime) -> bool:
        """Mark a daily paper of a place as made; False when it was."""
        ...

    async def days_done(self, what: str, day: str) -> set[PlaceCode]:
        """The places whose paper of that day is made."""
        ...

    async def to_review(self, since: datetime, until: datetime) -> list[Period]:
        """Ended in this time, and nobody has had the review yet."""
        ...

    async def reviewed(self, period_id: int, at: datetime) -> bool: ...
