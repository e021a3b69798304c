"""Rows of the rounds a response asks for: how far they are laid out, who is to walk them, what was ordered, and what
was said by voice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.patrols import OrderKind, SpokenState, TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.patrols import PatrolTask


@dataclass(frozen=True, slots=True)
class PatrolOrder:
    """What a person of the township has ordered for an area or one point, until he takes it back: nobody goes out
    (`pause`), or a round as dense as the county's figure says (`dense`)."""

    id: int
    kind: OrderKind
    place: PlaceCode
    point_id: int | None
    reason: str
    started_by: PersonId
    started_at: datetime
    ended_by: PersonId | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How far the rounds of one response are laid out. `plan`: what they were laid out for, in one line; the same line
    again means that there is nothing to do."""

    period_id: int
    plan: str
    level: str
    level_since: datetime
    highest: str
    """the gravest level of this response so far"""
    after_point: int | None = None
    """laid out up to this point; None: all of them"""


@dataclass(frozen=True, slots=True)
class SpokenCheckIn:
    """A check-in by voice. What it says is decided by a person who heard it."""

    id: int
    task_id: int
    person_id: PersonId
    at: datetime
    file_id: str
    seconds: int
    heard: str = ""
    """what an engine made of it: a proposal"""
    state: SpokenState = SpokenState.WAITING
    confirmed_by: PersonId | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VillageRounds:
    """How a village's rounds stand, in numbers of tasks."""

    place: PlaceCode
    done: int
    total: int
    excused: int


class RoundRows(Protocol):
    async def of_points(self, point_ids: Collection[int], states: Collection[TaskState]) -> list[PatrolTask]:
        """Tasks of rounds at these points."""
        ...

    async def of_round(self, point_id: int, due_at: datetime) -> list[PatrolTask]:
        """Everybody's task of the same point and time."""
        ...

    async def of_person_due(self, person_id: int, since: datetime, until: datetime) -> list[PatrolTask]:
        """Tasks of rounds of the person that fall due in between, whatever became of them."""
        ...

    async def open_of_period(self, period_id: int, limit: int) -> list[PatrolTask]: ...
    async def points_walked(self, period_id: int) -> set[int]:
        """The points for which the response has asked at least once."""
        ...

    async def finish(self, task_id: int, state: TaskState, frm: TaskState = TaskState.OPEN) -> bool:
        """Compare-and-set of the state."""
        ...

    async def untold(self, limit: int) -> list[PatrolTask]:
        """Made and not handed out: of the first persons, all of theirs."""
        ...

    async def hand_out(self, task_ids: Collection[int], plan: int) -> None:
        """They go out in one message now; it has this number."""
        ...

    async def rounds_due(self, within: PlaceCode, since: datetime, until: datetime) -> list[VillageRounds]: ...

    async def layout(self, period_id: int) -> Layout | None: ...
    async def save_layout(self, layout: Layout) -> None: ...

    async def orders(self) -> list[PatrolOrder]:
        """Those that hold now."""
        ...

    async def add_order(self, order: PatrolOrder) -> PatrolOrder: ...
    async def end_order(self, order_id: int, by: int, at: datetime) -> bool: ...

    async def add_spoken(self, row: SpokenCheckIn) -> SpokenCheckIn: ...
    async def spoken(self, spoken_id: int) -> SpokenCheckIn | None: ...
    async def settle_spoken(self, spoken_id: int, state: SpokenState, by: int, at: datetime) -> bool:
        """Only from `waiting`; False when another hand was first."""
        ...

    async def heard(self, spoken_id: int, words: str) -> None: ...
