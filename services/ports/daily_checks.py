"""Rows of the daily draws of response periods: what the plan asked for, what was drawn, what the bot missed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from domain.check_plans import Body, Chosen, DailyState, PlanDraw


@dataclass(frozen=True, slots=True)
class DailyRow:
    """One draw of one body in one window of one day of one period: there is no second of it."""

    id: int
    period_id: int
    body: Body
    day: date
    window: str
    opens_at: datetime
    closes_at: datetime
    due_at: datetime
    """the minute that the seed chose"""
    seed: int
    state: DailyState = DailyState.WAITING
    level: str = ""
    """of the response, when it was drawn"""
    drawn_at: datetime | None = None
    record: PlanDraw | None = None

    @property
    def key(self) -> tuple[str, date, str]:
        """What makes it one of its kind within its period."""
        return self.body.key, self.day, self.window

    @property
    def subject(self) -> str:
        return f"daily:{self.id}"

    def settled(self, state: DailyState, **fields: object) -> "DailyRow":
        return replace(self, state=state, **fields)  # type: ignore[arg-type]


class DailyCheckRows(Protocol):
    async def add(self, rows: Sequence[DailyRow]) -> list[DailyRow]:
        """Those that were not there yet, with their ids."""
        ...

    async def get(self, daily_id: int) -> DailyRow | None: ...
    async def settle(self, row: DailyRow) -> bool:
        """waiting → the row's state with its record, by compare-and-set; False when it was settled before."""
        ...

    async def known(self, period_id: int) -> frozenset[tuple[str, date, str]]:
        """The keys of the period's rows."""
        ...

    async def waiting(self) -> list[DailyRow]:
        """By the minute at which they are due."""
        ...

    async def unfinished(self) -> frozenset[int]:
        """Periods of which a draw waits or a check is open."""
        ...

    async def of_period(self, period_id: int, states: Collection[DailyState] = ()) -> list[DailyRow]:
        """Oldest first; `states` empty: all."""
        ...

    async def history(self, period_id: int, body: str, before: int | None = None) -> list[Chosen]:
        """Everybody the body drew in the period, oldest first; before that row, where one is named."""
        ...
