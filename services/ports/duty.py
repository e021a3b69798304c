"""Rows of duty: shifts, who is on them, and swaps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.duty import Shift
from domain.people import PersonId
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class Swap:
    """One on a shift asks another to take his place (换班)."""

    id: int
    shift_id: int
    from_id: PersonId
    to_id: PersonId
    asked_at: datetime
    state: str = "asked"
    """asked · agreed · refused · withdrawn (asked somebody else, or the shift is over)"""
    decided_at: datetime | None = None


class DutyRows(Protocol):
    async def add(self, shift: Shift) -> Shift:
        """Insert; the id is given by the database."""
        ...

    async def get(self, shift_id: int) -> Shift | None: ...
    async def on_duty(self, place: PlaceCode, at: datetime) -> list[PersonId]:
        """Who is on a shift of exactly this place at the instant: officers first, then the leader. As the roster of
        shifts has it; leave is not looked at (services/duty.py does)."""
        ...

    async def finished_night_shift_since(self, at: datetime) -> set[int]:
        """Persons whose night shift ended at this instant or later, and is over now."""
        ...

    async def shifts_between(
        self, since: datetime, until: datetime, places: Collection[PlaceCode] | None = None
    ) -> list[Shift]:
        """Planned shifts that touch the span, in the order of their start; None: of every place."""
        ...

    async def last_before(self, place: PlaceCode, at: datetime) -> Shift | None:
        """The planned shift that ended last at this instant or before."""
        ...

    async def next_after(self, place: PlaceCode, at: datetime) -> Shift | None:
        """The planned shift that begins next, at this instant or later."""
        ...

    async def of_person(self, person_id: int, since: datetime, limit: int = 10) -> list[Shift]:
        """Planned shifts of the person that are not over at the instant, the nearest first."""
        ...

    async def to_call(self, now: datetime) -> list[Shift]:
        """Begun, not over, and its persons not asked yet."""
        ...

    async def called(self, shift_id: int) -> bool:
        """Mark it as asked; False when it was already."""
        ...

    async def cancel(self, shift_id: int, by: int | None, at: datetime) -> bool: ...
    async def set_persons(
        self, shift_id: int, leader: PersonId | None, officers: Sequence[PersonId], by: int | None, at: datetime
    ) -> bool:
        """Who is on it from now on; who was on it before stays in the record. False when the shift is not planned."""
        ...

    async def put_in(self, shift_id: int, old: int, new: int, by: int, at: datetime) -> bool:
        """Somebody else in the same part, from this instant on. False when `old` is not on it any more, or `new`
        is already."""
        ...

    async def places_with_shifts(self, since: datetime) -> list[PlaceCode]:
        """Places that have a planned shift ending after the instant."""
        ...

    async def add_swap(self, swap: Swap) -> Swap: ...
    async def swap(self, swap_id: int) -> Swap | None: ...
    async def swaps_of(self, shift_id: int, from_id: int, state: str = "asked") -> list[Swap]: ...
    async def decide_swap(self, swap_id: int, to: str, at: datetime) -> bool:
        """Compare-and-set from `asked`."""
        ...
