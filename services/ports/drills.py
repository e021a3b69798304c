"""Rows of drills, and the scope: in which drill, if any, a transaction stands."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.drills import Drill, DrillState, Evaluation
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.core import Obligation


@dataclass(frozen=True, slots=True)
class DrillThing:
    """What was made in a drill: a warning, a check, a period, a round, a hazard."""

    kind: str
    number: int
    made_at: datetime

    @property
    def subject(self) -> str:
        return f"{self.kind}:{self.number}"


class DrillRows(Protocol):
    """A transaction that stands in a drill sees and makes that drill's rows; every other one sees the real ones and
    makes real ones. Rows asked for by their id are seen by both."""

    @property
    def standing(self) -> int | None:
        """The drill in which this transaction stands; None in reality."""
        ...

    @property
    def marked(self) -> bool:
        """Whether everything said in this transaction gets the mark, in a drill or not."""
        ...

    def stand(self, drill_id: int) -> None: ...
    def leave(self) -> None:
        """Back to reality."""
        ...

    def mark(self) -> None: ...
    def inside(self, drill_id: int | None) -> AbstractContextManager[None]:
        """Stand there for a while; None: in reality. Afterwards everything is as before."""
        ...

    async def of_subjects(self, subjects: Collection[str]) -> Mapping[str, int]:
        """subject → drill, for what belongs to one; "warning:3:up" belongs to where "warning:3" does."""
        ...

    async def add(self, drill: Drill) -> Drill: ...
    async def get(self, drill_id: int) -> Drill | None: ...
    async def open(self) -> list[Drill]:
        """Planned or running, by the time of their beginning."""
        ...

    async def running(self) -> list[Drill]: ...
    async def newest_in(self, places: Collection[PlaceCode], limit: int = 5) -> list[Drill]: ...
    async def began_since(self, since: datetime) -> list[Drill]: ...
    async def over_since(self, since: datetime) -> list[Drill]: ...
    async def move(
        self,
        drill_id: int,
        from_state: DrillState,
        to: DrillState,
        at: datetime,
        *,
        by: PersonId | None = None,
        stopped_by: str = "",
    ) -> bool:
        """Compare-and-set."""
        ...

    async def evaluate(self, drill_id: int, evaluation: Evaluation) -> None: ...
    async def enrol(self, drill_id: int, people: Collection[int], chats: Collection[int]) -> None:
        """Who takes part: nobody else is asked or written to."""
        ...

    async def people_of(self, drill_id: int) -> frozenset[int]: ...
    async def chats_of(self, drill_id: int) -> frozenset[int]: ...
    async def chats_told(self, drill_id: int) -> frozenset[int]:
        """The groups in which something of it was said."""
        ...

    async def running_of(self, person_id: int) -> list[Drill]:
        """The running drills in which the person takes part; more than one where he has posts in several places."""
        ...

    async def said_in(self, drill_id: int, chat_id: int, message_id: int) -> bool:
        """Whether this message was said in the drill."""
        ...

    async def things_of(self, drill_id: int) -> list[DrillThing]:
        """Everything made in it, in the order of its making."""
        ...

    async def owed_in(self, drill_id: int) -> list[Obligation]: ...
    async def close_all(self, drill_id: int) -> int:
        """Nothing of it is asked or sent any more: open obligations close, what is unsent stays so. How many were
        open."""
        ...

    async def open_owed(self, person_id: int) -> Mapping[int | None, int]:
        """How much the person owes at this moment, in each drill and in reality (None)."""
        ...
