"""Rows of what people do about a warning beyond 收到: measures, calls, phone lists, first replies, households."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.calling import CallResult
from domain.households import Means
from domain.obligations import Channel
from domain.people import PersonId
from domain.places import PlaceCode
from domain.stage_two import Measure


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure a person took, as he said it. `by` is himself, or the helper who was told."""

    id: int
    warning_id: int
    person_id: PersonId
    place: PlaceCode
    measure: Measure
    words: str
    channel: Channel
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach somebody otherwise than by the bot's own message, and what became of it."""

    id: int
    warning_id: int
    person_id: PersonId
    place: PlaceCode
    result: CallResult
    channel: Channel
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneList:
    """A message with a list of silent persons and buttons for what became of each call; edited as results come in."""

    key: str
    """its outbox key"""
    warning_id: int
    what: str
    """what they owe: acknowledge, act"""
    to_person: PersonId
    heading: str
    """why he was given it: a rung, or "asked" for a list on request"""
    members: tuple[PersonId, ...]
    times_drawn: int = 0


@dataclass(frozen=True, slots=True)
class FirstReply:
    """A township's first reply. None where it is not known: that is not 0."""

    id: int
    warning_id: int
    township: PlaceCode
    person_id: PersonId
    """whose reply it is"""
    by: PersonId
    commander: str
    villages: int | None
    moved: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HouseholdReport:
    """How far a warning got in a village. The newest counts; the earlier ones stay."""

    id: int
    warning_id: int
    village: PlaceCode
    reached: int
    total: int
    means: frozenset[Means]
    left: str
    """which households are left, in words: for the village and its township's desk only"""
    by: PersonId
    at: datetime


class AnswerRows(Protocol):
    async def add_measure(self, row: Measured) -> Measured: ...
    async def measures_of(self, warning_id: int, person_id: int | None = None) -> list[Measured]:
        """Oldest first."""
        ...

    async def add_attempt(self, row: Attempt) -> Attempt: ...
    async def attempts_of(self, warning_id: int, persons: Collection[int]) -> list[Attempt]:
        """Of these persons, oldest first."""
        ...

    async def add_list(self, row: PhoneList) -> None:
        """Once for each key."""
        ...

    async def lists_with(self, warning_id: int, persons: Collection[int], what: str) -> list[PhoneList]:
        """Every list that names one of these persons, once."""
        ...

    async def list_drawn(self, key: str) -> None: ...
    async def add_first_reply(self, row: FirstReply) -> FirstReply: ...
    async def first_replies(self, warning_id: int) -> Mapping[PlaceCode, FirstReply]:
        """Each township's newest."""
        ...

    async def add_households(self, row: HouseholdReport) -> HouseholdReport: ...
    async def households_of(self, warning_id: int) -> Mapping[PlaceCode, HouseholdReport]:
        """Each village's newest."""
        ...

    async def household_history(self, warning_id: int, village: PlaceCode) -> list[HouseholdReport]: ...
    async def last_households(self, village: PlaceCode) -> HouseholdReport | None:
        """The village's newest of any warning: how many households it has."""
        ...
