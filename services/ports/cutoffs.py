"""Rows of cut-off villages, and of the reports that follow a warning's end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.people import PersonId
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class Cutoff:
    """One village that fell silent as a whole during a warning, and what people decided about it."""

    id: int
    warning_id: int
    township: PlaceCode
    place: PlaceCode
    state: str
    """asked · denied · cut_off · over"""
    asked_at: datetime
    since: datetime | None = None
    until: datetime | None = None
    by: PersonId | None = None
    ended_by: PersonId | None = None


class CutoffRows(Protocol):
    async def ask(
        self, warning_id: int, township: PlaceCode, places: Collection[PlaceCode], at: datetime
    ) -> list[Cutoff]:
        """One row for each place, once for each warning."""
        ...

    async def of(self, warning_id: int, township: PlaceCode | None = None) -> list[Cutoff]: ...
    async def now(self) -> list[Cutoff]:
        """The places that are cut off at this moment."""
        ...

    async def between(self, since: datetime, until: datetime) -> list[Cutoff]:
        """Those that were cut off at any time between the two instants."""
        ...

    async def decide(self, warning_id: int, township: PlaceCode, state: str, at: datetime, by: int) -> bool:
        """asked → denied or cut_off; False when it was decided before."""
        ...

    async def end(self, township: PlaceCode, at: datetime, by: int) -> list[Cutoff]:
        """The township's cut-off villages can be reached again; returns those that were cut off."""
        ...


@dataclass(frozen=True, slots=True)
class ReportDue:
    """A warning that has ended and is to be reported on."""

    warning_id: int
    ended_at: datetime
    how: str
    """lifted · expired · retracted"""
    made_at: datetime | None = None


class ReportRows(Protocol):
    async def ended(self, warning_id: int, at: datetime, how: str) -> bool: ...
    async def due(self, ended_before: datetime, limit: int = 20) -> list[ReportDue]: ...
    async def made(self, warning_id: int, at: datetime) -> None: ...
    async def get(self, warning_id: int) -> ReportDue | None: ...
