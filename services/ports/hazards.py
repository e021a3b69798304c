"""Rows of the hazards: the ledger line as it stands, everything anybody reported, and every move ever made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from domain.geometry import Point
from domain.hazards import Category, Grade, Hands, HazardState, Treatment
from domain.people import PersonId
from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class HazardRow:
    """One line of the ledger as it stands now. How it came there is in its events."""

    id: int
    number: str
    """what people say on the telephone: 2026-0001"""
    category: Category
    place: PlaceCode
    place_words: str
    """where, in the reporter's own words; "" where he chose the place"""
    place_guessed: bool
    """the place was concluded from words or a position and wants checking"""
    what: str
    """what the first reporter said; "" where he only spoke it"""
    households: int | None
    people: int | None
    """threatened; None is not known, never nil"""
    suspected: bool
    """疑似重大, by rule"""
    created_at: datetime
    lat: float | None = None
    lon: float | None = None
    point_id: int | None = None
    """of the register of risk points"""
    found_at: datetime | None = None
    """when it was seen; None: when it was reported"""
    state: HazardState = HazardState.REPORTED
    version: int = 0
    grade: Grade = Grade.OPEN
    consequence: str = ""
    """what it may lead to"""
    department: str = ""
    """to whom it was passed on; "" is the township"""
    refusals: int = 0
    """how often it was passed on since the county said whose it is"""
    with_county: bool = False
    """the county has to say whose it is"""
    merged_into: int | None = None
    listed: bool = False
    """挂牌督办"""
    whistled: bool = False
    """已吹哨"""
    taken_by: PersonId | None = None
    unit: str = ""
    assignee: PersonId | None = None
    measure: str = ""
    interim: str = ""
    """what keeps people safe until it is fixed"""
    treatment: Treatment | None = None
    fund: str = ""
    recheck_by: PersonId | None = None
    """who is named to look at it again"""
    due_at: datetime | None = None
    extension_until: datetime | None = None
    """until when more time is asked for; None: nothing is asked"""
    extensions: int = 0
    """how often more time was given"""
    progress_due_at: datetime | None = None
    """when to ask next how it goes; None: never"""
    at_once: bool = False
    """即查即改: fixed where it was found, by whoever found it"""
    fixed_by: PersonId | None = None
    closed_by: PersonId | None = None
    closed_at: datetime | None = None

    @property
    def subject(self) -> str:
        return f"hazard:{self.id}"

    @property
    def position(self) -> Point | None:
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class HazardReport:
    """What one person told, word for word. The first makes the hazard, further ones supplement it."""

    id: int
    hazard_id: int
    at: datetime
    user_id: int
    """the account that reported"""
    person_id: PersonId | None
    """None for somebody the roster does not know"""
    name: str
    language: str
    private: bool
    """reported in his private chat, so that he can be answered there"""
    what: str = ""
    voice: str = ""
    seconds: int = 0
    photos: tuple[str, ...] = ()
    households: int | None = None
    people: int | None = None
    unnamed: bool = False
    """only desks are told who it was"""


@dataclass(frozen=True, slots=True)
class HazardEvent:
    """One move, with its author. `facts` hold what he said, chose and sent."""

    hazard_id: int
    version: int
    at: datetime
    move: str
    """a Move, or "report" for the beginning"""
    from_state: str
    to_state: str
    author: PersonId | None
    """None for a reporter whom the roster does not know"""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HazardCard:
    """A card that was shown to somebody and follows the hazard's state."""

    hazard_id: int
    person_id: PersonId
    key: str
    """the message's outbox key"""
    version: int
    """of the hazard, when it was drawn first"""


class HazardRows(Protocol):
    async def add(self, row: HazardRow, report: HazardReport) -> HazardRow:
        """The line, its first report and its first event; the ids are given by the database."""
        ...

    async def numbered(self, number: str) -> HazardRow | None: ...
    async def get(self, hazard_id: int) -> HazardRow | None: ...
    async def move(self, row: HazardRow, event: HazardEvent, **fields: Any) -> HazardRow | None:
        """Compare-and-set on (state, version): the event is added, `fields` are set and the version goes up. None
        when another hand was first, and then nothing is changed."""
        ...

    async def add_report(self, report: HazardReport) -> HazardReport: ...
    async def reports_of(self, hazard_id: int) -> list[HazardReport]:
        """In the order told; those of hazards that were merged with it too."""
        ...

    async def events_of(self, hazard_id: int) -> list[HazardEvent]: ...
    async def alike(self, category: Category, place: PlaceCode, since: datetime) -> list[HazardRow]:
        """Alive ones of this category at exactly this place, reported since then, newest first."""
        ...

    async def alive_in(self, within: Collection[PlaceCode], limit: int = 200) -> list[HazardRow]:
        """Alive ones in these areas, the oldest first."""
        ...

    async def alive_of(self, person_id: int) -> list[HazardRow]:
        """Those this person has to fix."""
        ...

    async def at_point(self, point_id: int) -> list[HazardRow]:
        """Alive ones at this risk point, newest first."""
        ...

    async def around(self, spot: Point, metres: float) -> list[HazardRow]:
        """Alive ones with a position within so many metres, the nearest first."""
        ...

    async def merged_with(self, hazard_id: int) -> list[HazardRow]:
        """Those that lead to this one, directly or by way of another."""
        ...

    async def reported_by(self, user_id: int, limit: int = 10) -> list[HazardRow]:
        """What this account reported, newest first."""
        ...

    async def progress_due(self, now: datetime, limit: int = 200) -> list[HazardRow]:
        """Those whose progress is to be asked for."""
        ...

    async def ask_progress_at(self, hazard_id: int, at: datetime | None) -> None:
        """When to ask next. No move of the hazard."""
        ...

    async def name_reporter(self, hazard_id: int, user_id: int, *, unnamed: bool) -> None:
        """Whether others than the desk may be told who it was."""
        ...

    async def add_card(self, card: HazardCard) -> None: ...
    async def cards_of(self, hazard_id: int) -> list[HazardCard]:
        """In the order shown; the last one of each person is the one that works."""
        ...


def hands_of(row: HazardRow, reports: Collection[HazardReport]) -> Hands:
    """The part of a hazard that its rules look at."""
    return Hands(
        state=row.state,
        assignee=row.assignee,
        fixed_by=row.fixed_by,
        reporters=frozenset(one.user_id for one in reports),
        found_by=frozenset(one.person_id for one in reports if one.person_id is not None),
        at_once=row.at_once,
    )
