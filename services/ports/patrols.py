"""Rows of the patrols: what was planned, what each person owes of it, what he found, and what he sent along."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from domain.checklists import Measure
from domain.patrol_marks import Mark
from domain.patrols import Asking, Finding, Hindrance, Phase, TaskState
from domain.people import PersonId
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class PatrolTask:
    """One person, one place, one time. A check-in without a plan is a task of its own, done when it is made."""

    id: int
    person_id: PersonId
    place: PlaceCode
    phase: Phase
    due_at: datetime
    planned_by: PersonId
    created_at: datetime
    plan: int | None = None
    """tasks planned together carry one number (counter "patrol_plan"); None for a voluntary check-in"""
    state: TaskState = TaskState.OPEN
    check_in_id: int | None = None
    """the first answer; it is never replaced"""
    ask_why: bool = False
    """去不了 was said and its reason is asked for"""
    point_id: int | None = None
    """the risk point that is walked; None: the place as a whole"""
    period_id: int | None = None
    """the response that asks for it; None: a human's plan, or of one's own accord"""
    level: str = ""
    """of the response when it was made (domain.response.ResponseLevel)"""
    minutes: int | None = None
    """length of the round it belongs to; its ladder is shorter than that"""
    asking: Asking = Asking.NOTHING
    told: bool = True
    """False: made, and not handed out yet"""

    @property
    def subject(self) -> str:
        return f"patrol:{self.id}"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One answer about one task. Only added to, never changed, but for a reason or hazard that comes later."""

    id: int
    task_id: int
    person_id: PersonId
    """who walked, or could not"""
    recorded_by: PersonId
    """himself, or the helper who asked him by telephone"""
    place: PlaceCode
    finding: Finding
    at: datetime
    """when it was said"""
    seen_at: datetime
    """when it was seen: earlier than `at` where it was filled in later"""
    filled_in: bool
    late: bool
    channel: str
    words: str = ""
    hindrance: Hindrance | None = None
    hazard_id: int | None = None
    point_id: int | None = None
    level: str = ""
    """of the response at that time"""
    items: tuple[str, ...] = ()
    """what was ticked of the point's list (domain.checklists)"""
    measure: Measure | None = None
    reading: Decimal | None = None
    stake: str = ""
    """桩号 of a dike"""


@dataclass(frozen=True, slots=True)
class Proof:
    """A photo or a position sent along. A position is compared, never judged."""

    id: int
    task_id: int
    person_id: PersonId
    at: datetime
    file_id: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy: float | None = None
    live: bool = False
    forwarded: bool = False
    distance_m: int | None = None
    marks: tuple[Mark, ...] = ()
    """what makes a position worth a second look; none of them refuses it"""
    live_message: int | None = None
    """the message whose live position this is; its later positions are rows of their own"""


class PatrolRows(Protocol):
    async def add_tasks(self, tasks: Sequence[PatrolTask]) -> list[PatrolTask]:
        """Insert; the ids are given by the database."""
        ...

    async def task(self, task_id: int) -> PatrolTask | None: ...
    async def open_of(self, person_ids: Collection[int]) -> list[PatrolTask]:
        """Open tasks of these persons, the one due first in front."""
        ...

    async def many(self, task_ids: Collection[int]) -> list[PatrolTask]: ...
    async def of_plan(self, plan: int) -> list[PatrolTask]: ...
    async def unfinished(self, within: Collection[PlaceCode], since: datetime) -> list[PatrolTask]:
        """Open planned tasks in these areas, or those that ended in 去不了, created since then."""
        ...

    async def settle(self, task_id: int, state: TaskState, check_in_id: int, *, ask_why: bool = False) -> bool:
        """The newest finding; the first check-in stays. False for a cancelled task."""
        ...

    async def cancel(self, task_id: int) -> bool:
        """Take back an open task; False when it was answered or taken back before."""
        ...

    async def add_check_in(self, row: CheckIn) -> CheckIn: ...
    async def check_in(self, check_in_id: int) -> CheckIn | None: ...
    async def check_ins_of(self, task_id: int) -> list[CheckIn]: ...
    async def newest_of(self, person_id: int, since: datetime) -> CheckIn | None:
        """The last thing the person reported since then, wherever."""
        ...

    async def newest_at(self, person_id: int, place: PlaceCode, since: datetime) -> CheckIn | None: ...
    async def give_reason(self, task_id: int, hindrance: Hindrance, words: str) -> bool:
        """The reason of a 去不了 that was asked for; False when it has been given."""
        ...

    async def tie_hazard(self, task_id: int, hazard_id: int) -> None:
        """The last abnormal check-in of the task has become this hazard."""
        ...

    async def add_proof(self, row: Proof) -> Proof: ...
    async def proofs_of(self, task_id: int) -> list[Proof]: ...
    async def newest_of_live(self, person_id: int, message: int) -> Proof | None:
        """The last position kept of this live location."""
        ...

    async def last_at_point(self, point_id: int) -> CheckIn | None: ...
    async def last_reading(self, point_id: int, but: int | None = None) -> CheckIn | None:
        """The newest check-in at the point with a figure, leaving out the one with this id."""
        ...

    async def ask(self, task_id: int, asking: Asking) -> None: ...
    async def supplement(self, check_in_id: int, row: CheckIn) -> None:
        """What was ticked and measured at this check-in, said a moment after it."""
        ...
