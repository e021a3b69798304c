"""Rows of leave as it is asked for. The leave itself, once granted, is one row of services.ports.core.PeopleRows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.people import PersonId


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Somebody asks that the person be away and the stand-in carry his posts."""

    id: int
    person_id: PersonId
    stand_in_id: PersonId
    asked_by: PersonId
    """the person himself, or the stand-in who speaks for him"""
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    state: str = "asked"
    """asked · granted · refused · withdrawn (by the person, before it began) · ended (he is back, or it ran out)"""
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    handed_over: bool = False
    """what was open when the leave began is with the stand-in"""


class LeaveRows(Protocol):
    async def add(self, request: LeaveRequest) -> LeaveRequest:
        """Insert; the id is given by the database."""
        ...

    async def get(self, request_id: int) -> LeaveRequest | None: ...
    async def of_person(self, person_id: int, states: tuple[str, ...]) -> list[LeaveRequest]: ...
    async def decide(self, request_id: int, from_state: str, to: str, by: int, at: datetime) -> bool:
        """Compare-and-set; False when another hand was first."""
        ...

    async def to_begin(self, now: datetime) -> list[LeaveRequest]:
        """Granted, begun, not over, and not handed over yet."""
        ...

    async def handed_over(self, request_id: int) -> bool:
        """Mark it; False when it was marked already."""
        ...

    async def cancel_future(self, person_id: int, after: datetime) -> int:
        """Take back granted leaves of the person that have not begun. Returns how many."""
        ...

    async def standing_in(self, person_id: int, at: datetime) -> list[tuple[int, datetime]]:
        """(absent person, end) of every leave now or later in which this person stands in."""
        ...
