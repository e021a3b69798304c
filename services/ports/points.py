"""Rows of the risk points: the register as it stands, and every version there ever was."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain.geometry import Box, Point
from domain.hazards import Category
from domain.people import PersonId
from domain.places import PlaceCode
from domain.points import PointAct, PointDuty, PointVersion, RiskLevel, RiskPoint


@dataclass(frozen=True, slots=True)
class PointFilter:
    """Which points of the register are meant; what is left empty does not narrow."""

    places: frozenset[PlaceCode]
    """with everything below them; empty: nothing at all"""
    categories: frozenset[Category] = frozenset()
    department: str = ""
    level: RiskLevel | None = None
    words: str = ""
    """part of the number or of the name"""
    retired: bool = False


class ProposalState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    """the point was changed by another hand in the meantime"""


@dataclass(frozen=True, slots=True)
class PointProposal:
    """What a village proposes to change; the station says yes or no."""

    id: int
    point_id: int | None
    """None: a new point"""
    version: int
    """of the point, when it was proposed"""
    place: PlaceCode
    act: PointAct
    fields: Mapping[str, Any]
    reason: str
    by: PersonId
    at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_by: PersonId | None = None
    decided_at: datetime | None = None

    @property
    def subject(self) -> str:
        return f"point-proposal:{self.id}"


@dataclass(frozen=True, slots=True)
class PointSums:
    """Of the points in force in some places."""

    points: int = 0
    households: int = 0
    people: int = 0
    unknown: int = 0
    """points of which nobody has said how many people they threaten: not nil"""
    by_level: Mapping[RiskLevel, int] = field(default_factory=dict)


class PointRows(Protocol):
    """Points in force, unless something else is said. Every list is in the order of the numbers."""

    async def add(self, point: RiskPoint, *, reason: str = "") -> RiskPoint:
        """The line and its first version; the id is given by the database, the author is `updated_by`."""
        ...

    async def add_many(self, points: Sequence[RiskPoint]) -> None:
        """The same for a whole file: few statements, however many lines."""
        ...

    async def change(
        self,
        point: RiskPoint,
        *,
        author: PersonId | None,
        at: datetime,
        act: PointAct = PointAct.CHANGE,
        reason: str = "",
        **fields: Any,
    ) -> RiskPoint | None:
        """A new version with these fields set. Compare-and-set on the version: None when another hand was first, and
        then nothing is changed."""
        ...

    async def retire(
        self, point: RiskPoint, *, author: PersonId | None, at: datetime, reason: str
    ) -> RiskPoint | None: ...
    async def get(self, point_id: int) -> RiskPoint | None:
        """Retired ones too."""
        ...

    async def by_number(self, number: str) -> RiskPoint | None:
        """Retired ones too."""
        ...

    async def many(self, ids: Collection[int]) -> dict[int, RiskPoint]:
        """Retired ones too."""
        ...

    async def all(self) -> list[RiskPoint]:
        """Of the whole county, retired ones too."""
        ...

    async def in_places(self, places: Collection[PlaceCode]) -> list[RiskPoint]:
        """In these places and everything below them."""
        ...

    async def find(self, wanted: PointFilter, offset: int = 0, limit: int = 20) -> tuple[list[RiskPoint], int]:
        """A page, and how many there are in all."""
        ...

    async def of_patroller(self, person_id: int) -> list[RiskPoint]: ...
    async def of_person(self, person_id: int) -> list[RiskPoint]:
        """Whatever he is in charge of there."""
        ...

    async def near(self, lat: float, lon: float, metres: float) -> list[tuple[RiskPoint, float]]:
        """With the distance in metres, the nearest first."""
        ...

    async def in_box(self, box: Box) -> list[RiskPoint]:
        """Those whose marked position lies in the box."""
        ...

    async def positions_in(self, box: Box) -> list[tuple[PlaceCode, Point]]:
        """The same, but only where they are."""
        ...

    async def in_charge_at(
        self, places: Collection[PlaceCode], duties: Collection[PointDuty]
    ) -> list[tuple[PersonId, PlaceCode]]:
        """Who is in charge, for one of these duties, of a point in these places and below, each person once for each
        place."""
        ...

    async def sums(self, places: Collection[PlaceCode]) -> PointSums: ...
    async def versions_of(self, point_id: int) -> list[PointVersion]:
        """From the first to the newest."""
        ...

    async def stale(self, before: datetime) -> list[RiskPoint]:
        """Those that nobody has said to be right since then."""
        ...

    async def propose(self, proposal: PointProposal) -> PointProposal: ...
    async def proposal(self, proposal_id: int) -> PointProposal | None: ...
    async def decide(self, proposal_id: int, state: ProposalState, by: PersonId | None, at: datetime) -> bool:
        """Compare-and-set: False when it was decided already."""
        ...

    async def proposals_of(self, point_id: int) -> list[PointProposal]:
        """Those still open."""
        ...
