"""Rows of the tables people sent in their private chat, to be brought in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.people import PersonId
from domain.tables import Line


@dataclass(frozen=True, slots=True)
class SentTable:
    """One file. Its lines are kept from the reading to the decision and not longer: they name people."""

    id: int
    person_id: PersonId
    chat_id: int
    file_id: str
    sent_at: datetime
    state: str = "waiting"
    """waiting (to be fetched) · asked (judged, waits for a yes) · imported · dropped · refused (nothing came in)"""
    attempts: int = 0
    kind: str = ""
    lines: Sequence[Line] = ()

    @property
    def subject(self) -> str:
        return f"table:{self.id}"

    @property
    def message_key(self) -> str:
        return f"table:{self.id}:asked"


class SentTableRows(Protocol):
    async def add(self, row: SentTable) -> SentTable: ...
    async def get(self, table_id: int) -> SentTable | None: ...
    async def next_waiting(self, now: datetime) -> SentTable | None: ...
    async def wait_again(self, table_id: int, not_before: datetime) -> None: ...
    async def judged(self, table_id: int, kind: str, lines: Sequence[Line]) -> bool:
        """From waiting to asked."""
        ...

    async def settle(self, table_id: int, state: str, since: str) -> bool:
        """Compare-and-set to an end, whose row keeps no lines."""
        ...

    async def drop_older(self, before: datetime) -> int:
        """Nobody said yes to these: their lines go."""
        ...
