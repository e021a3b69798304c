"""Rows around duty: hand-overs, what the desk wrote down, the 包保 chain, rehearsals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.calling import CallResult
from domain.chain import Assignment
from domain.people import PersonId
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class Handover:
    """What one shift leaves to the next (交接班)."""

    id: int
    place: PlaceCode
    to_shift: int
    drafted_at: datetime
    lines: Sequence[Mapping[str, Any]]
    """what was open, as keys and figures"""
    from_shift: int | None = None
    words: str = ""
    voice: str = ""
    said_by: PersonId | None = None
    state: str = "open"
    """open · accepted · refused (may still be accepted)"""
    decided_by: PersonId | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """来电来文: who called, what about, what was done. Versions of one entry share `thread`."""

    id: int
    place: PlaceCode
    thread: int
    version: int
    heard_at: datetime
    written_at: datetime
    author: PersonId
    caller: str
    content: str
    phone: str = ""
    proposal: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the timeline, as the duty log shows it."""

    seq: int
    at: datetime
    what: str
    subject: str
    actor: PersonId | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinesOf:
    """Lines of these people and kinds; `actors` None: what the bot did by itself."""

    actors: frozenset[int] | None
    whats: frozenset[str]


class DutyLogRows(Protocol):
    async def add_handover(self, row: Handover) -> Handover | None:
        """None when the shift has one already."""
        ...

    async def handover(self, handover_id: int) -> Handover | None: ...
    async def handover_to(self, shift_id: int) -> Handover | None: ...
    async def decide(self, handover_id: int, to: str, by: int, at: datetime) -> bool:
        """Compare-and-set; an accepted one stays accepted."""
        ...

    async def say(self, handover_id: int, words: str, voice: str, by: int) -> bool:
        """The outgoing officer's words, while it is not accepted."""
        ...

    async def write(self, entry: DutyEntry) -> DutyEntry:
        """A new entry (thread 0), or the next version of one."""
        ...

    async def entry(self, entry_id: int) -> DutyEntry | None: ...
    async def entries(self, place: PlaceCode, since: datetime, until: datetime) -> list[DutyEntry]:
        """The newest version of each, in the order of hearing."""
        ...

    async def lines(
        self, wanted: Sequence[LinesOf], span: tuple[datetime, datetime], after: int = 0, limit: int = 200
    ) -> list[LogLine]:
        """The timeline of the span as far as it is wanted, behind the line `after`, in its order."""
        ...


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A silent test whether people can be reached (通联测试)."""

    id: int
    place: PlaceCode
    started_by: PersonId
    started_at: datetime
    closes_at: datetime
    state: str = "running"
    """running · closed"""

    @property
    def subject(self) -> str:
        return f"rehearsal:{self.id}"


class ChainRows(Protocol):
    async def assign(self, assignment: Assignment) -> Assignment | None:
        """None when the person has this place already."""
        ...

    async def end(self, assignment_id: int, at: datetime) -> bool: ...
    async def of_places(self, places: Collection[PlaceCode]) -> list[Assignment]:
        """Those in force at exactly these places."""
        ...

    async def of_person(self, person_id: int) -> list[Assignment]: ...
    async def assigned_to(self, person_id: int) -> list[PlaceCode]:
        """The places somebody answers for."""
        ...


class RehearsalRows(Protocol):
    async def add(self, row: Rehearsal) -> Rehearsal: ...
    async def get(self, rehearsal_id: int) -> Rehearsal | None: ...
    async def running(self) -> list[Rehearsal]: ...
    async def newest(self, limit: int = 5) -> list[Rehearsal]: ...
    async def add_call(self, rehearsal_id: int, person_id: int, result: CallResult, by: int, at: datetime) -> None: ...
    async def calls_of(self, rehearsal_id: int) -> Mapping[int, CallResult]:
        """person → what became of the newest call to him."""
        ...

    async def close(self, rehearsal_id: int) -> bool: ...
