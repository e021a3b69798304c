"""Rows of letters, listings, whistles and rewards: each as it stands, moved by compare-and-set, every move an event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from domain.letters import Letter
from domain.listings import Listing
from domain.people import PersonId
from domain.places import PlaceCode
from domain.rewards import Reward
from domain.whistles import Called, Whistle
from services.ports.hazards import HazardRow

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One move, with its author. `facts` hold what he said and chose."""

    subject: str
    version: int
    at: datetime
    move: str
    from_state: str
    to_state: str
    author: PersonId | None
    """None: the bot, or a reporter whom the roster does not know"""
    facts: Mapping[str, Any] = field(default_factory=dict)


class CaseRows(Protocol[R]):
    async def add(self, row: R, author: PersonId | None, at: datetime) -> R:
        """The row and its first event; the id is given by the database."""
        ...

    async def get(self, case_id: int) -> R | None: ...
    async def move(self, row: R, event: CaseEvent, **fields: Any) -> R | None:
        """Compare-and-set on (state, version): the event is added, `fields` are set and the version goes up. None
        when another hand was first, and then nothing is changed."""
        ...

    async def of(self, **equal: Any) -> list[R]:
        """Those whose columns hold these values, oldest first."""
        ...

    async def within(
        self, places: Collection[PlaceCode], states: Collection[str], limit: int = 200, before: int | None = None
    ) -> list[R]:
        """Those of these areas in these states, the newest first; `before` an id, to read on from it."""
        ...

    async def events_of(self, subject: str) -> list[CaseEvent]: ...


class SupervisionRows(Protocol):
    @property
    def letters(self) -> CaseRows[Letter]: ...
    @property
    def listings(self) -> CaseRows[Listing]: ...
    @property
    def whistles(self) -> CaseRows[Whistle]: ...
    @property
    def called(self) -> CaseRows[Called]: ...
    @property
    def rewards(self) -> CaseRows[Reward]: ...

    async def overdue_without_order(self, due_before: datetime, limit: int = 50) -> list[HazardRow]:
        """Hazards whose deadline passed before then and about which no 整改督办单 was drafted since."""
        ...

    async def without_effect(self, drafted_before: datetime, due_before: datetime) -> list[Letter]:
        """整改督办单 that wait for a signature since then, or whose deadline passed before then while the hazard is
        still there, and of which the leader has not been told."""
        ...

    async def progress_due(self, asked_before: datetime) -> list[Listing]:
        """Listings under way whose progress was asked last before then."""
        ...

    async def paid_in(self, user_id: int, since: datetime, until: datetime) -> list[int]:
        """Amounts approved for this account's reports between the two instants."""
        ...
