"""Rows of the spot checks: what was asked of whom, everything that came back, and every verdict ever given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.checks import CheckState, Draw, Manner, Reason, Result, Topic
from domain.obligations import Channel
from domain.people import PersonId, Role
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: one question, put to one or several persons at the same instant."""

    id: int
    number: str
    """what people say on the telephone: 2026-003"""
    issued_by: PersonId
    issued_at: datetime
    topic: Topic
    question: str
    """in the county's first language, as its wording was then"""
    manner: Manner
    place: PlaceCode
    """the area that was drawn from; of a named person his post's place"""
    roles: tuple[Role, ...]
    """() for any post"""
    department: str
    """only people of this department; "" for all"""
    draw: Draw | None
    """None for a named person"""
    due_at: datetime
    phone_at: datetime
    """when the checker is to telephone"""
    state: CheckState = CheckState.OPEN
    overview_key: str = ""
    """the message that shows the checker how it goes"""
    revision: int = 0
    daily_id: int | None = None
    """the daily draw it came from; then everybody has a subject of his own"""

    @property
    def subject(self) -> str:
        return f"check:{self.id}"


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One person who is asked."""

    check_id: int
    person_id: PersonId
    place: PlaceCode
    role: Role
    standing_in_for: PersonId | None
    """the one on leave whose post this is about"""
    question_key: str = ""
    """the newest message with the question"""
    topic: Topic | None = None
    """his own subject, where not all are asked the same"""
    facts: tuple[Mapping[str, Any], ...] | None = None
    """what the bot itself knew when the first answer came; JSON values, `key` names the text"""


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """Something that came in about one person. Only ever added.

    answer (the first one, once) · supplement · call (how the checker's telephone call went) · explanation
    """

    id: int
    check_id: int
    person_id: PersonId
    kind: str
    at: datetime
    by: PersonId
    channel: Channel
    late: bool = False
    text: str = ""
    """what was typed, or the caption; of a call a domain.checks.Call"""
    codes: tuple[str, ...] = ()
    """choices that the answer names"""
    file_id: str = ""
    seconds: int = 0
    lat: float | None = None
    lon: float | None = None
    vouched: bool = False
    """the position is live and was not forwarded"""
    metres: int | None = None
    """from the place of the post, where its position is known"""
    live_message: int | None = None
    """the message whose live position it is"""
    nearest: int | None = None
    """of that live position since, in metres: the only thing of an entry that moves on"""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One version of what a human judged."""

    check_id: int
    person_id: PersonId
    version: int
    result: Result
    reasons: tuple[Reason, ...]
    other: str
    by: PersonId
    at: datetime
    upheld: bool = False
    """the same again, after an explanation was read"""
    leave_missing: bool = False
    """请假已顶岗 without a recorded leave: to be recorded"""


@dataclass(frozen=True, slots=True)
class Activity:
    """Somebody did something himself: answered a warning, said what he does about it, checked in, reported a hazard."""

    person_id: int
    at: datetime
    subject: str


class CheckRows(Protocol):
    async def add(self, row: CheckRow, asked: Sequence[AskedRow]) -> CheckRow:
        """Insert both; the id is given by the database and put into the asked ones."""
        ...

    async def get(self, check_id: int) -> CheckRow | None: ...
    async def set_state(self, check_id: int, from_state: CheckState, to: CheckState) -> bool:
        """Compare-and-set; False when another hand was first."""
        ...

    async def next_revision(self, check_id: int) -> int:
        """Counts the drawings of the overview."""
        ...

    async def set_overview(self, check_id: int, key: str) -> None: ...
    async def open_of(self, checker_id: int) -> list[CheckRow]:
        """His own open ones, newest first."""
        ...

    async def topics_of(self, checker_id: int, limit: int = 50) -> list[Topic]:
        """Of his checks, newest first."""
        ...

    async def drawn_since(self, since: datetime) -> list[int]:
        """Everybody drawn at random since then, by whomever, in the order drawn, oldest first."""
        ...

    async def of_daily(self, daily_id: int) -> list[CheckRow]: ...
    async def open_of_period(self, period_id: int) -> list[CheckRow]:
        """Unfinished ones that came from the daily draws of a response period."""
        ...

    async def topics_asked(self, persons: Collection[int]) -> Mapping[int, list[Topic]]:
        """What each of them was asked about, newest first."""
        ...

    async def asked_since(self, since: datetime) -> frozenset[int]:
        """Everybody who was asked since then."""
        ...

    async def by_number(self, number: str) -> CheckRow | None: ...
    async def asked(self, check_id: int) -> list[AskedRow]: ...
    async def asked_one(self, check_id: int, person_id: int) -> AskedRow | None: ...
    async def newest_asked(self, person_id: int, since: datetime) -> list[tuple[CheckRow, AskedRow]]:
        """Checks in which the person was asked since then, newest first, cancelled ones left out."""
        ...

    async def question_of(self, person_id: int, message_id: int, subjects: Collection[str]) -> str | None:
        """The subject whose question that message to the person was."""
        ...

    async def set_question(self, check_id: int, person_id: int, key: str) -> None: ...
    async def keep_facts(self, check_id: int, person_id: int, facts: Sequence[Mapping[str, Any]]) -> None:
        """Once: what is there already stays."""
        ...

    async def add_entry(self, entry: CheckEntry) -> CheckEntry: ...
    async def entry_of_live(self, person_id: int, message: int) -> CheckEntry | None:
        """What came in with this live location."""
        ...

    async def came_nearer(self, entry_id: int, metres: int) -> None: ...
    async def entries(self, check_id: int) -> list[CheckEntry]:
        """Oldest first."""
        ...

    async def add_verdict(self, verdict: VerdictRow) -> bool:
        """False when this version exists already: another hand was first."""
        ...

    async def verdicts(self, check_id: int) -> list[VerdictRow]:
        """Of everybody, versions in their order."""
        ...

    async def active_since(self, since: datetime) -> list[Activity]:
        """What persons did themselves, oldest first."""
        ...

    async def last_activity(self, person_id: int) -> Activity | None: ...
    async def owing(self) -> frozenset[int]:
        """Persons who still owe an answer to some check."""
        ...

    async def newest_warnings(self, limit: int = 30) -> list[int]:
        """Ids of warnings that were put in force, newest first."""
        ...
