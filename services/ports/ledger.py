"""Reading ledgers: pages of lines by a filter, however long the ledger is. Nothing here changes anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ledger import LedgerFilter
from domain.people import PersonId
from domain.places import PlaceCode
from domain.text import Html
from services.ports.hazards import HazardRow


@dataclass(frozen=True, slots=True)
class HazardLine:
    """A line of the ledger, with the names that stand in it."""

    row: HazardRow
    reporter: str
    """"" for somebody whom the roster does not know"""
    assignee: str = ""
    assignee_phone: str = ""
    taken_by: str = ""
    fixed_by: str = ""
    closed_by: str = ""
    recheck_by: str = ""
    closed_how: str = ""
    """a Verification, or "" """
    point: str = ""
    """name of the risk point"""
    point_number: str = ""


@dataclass(frozen=True, slots=True)
class PatrolLine:
    id: int
    place: str
    seen_at: datetime
    said_at: datetime
    patroller: str
    recorder: str
    phase: str
    finding: str
    hindrance: str
    words: str
    late: bool
    filled_in: bool
    hazard: str
    """number of the hazard it became, or "" """


@dataclass(frozen=True, slots=True)
class DigestCopy:
    """One digest as one person had it."""

    person_id: PersonId
    arrived: bool
    text: Html
    """"" once its words are forgotten"""


@dataclass(frozen=True, slots=True)
class DigestLine:
    place: PlaceCode
    day: str
    made_at: datetime
    outcome: str
    """sent, nothing (there was nothing to tell) or skipped (by the bot's own failing)"""
    copies: tuple[DigestCopy, ...] = ()
    without: tuple[PersonId, ...] = ()
    """readers whose private chat was not open"""


class LedgerRows(Protocol):
    async def hazards(self, wanted: LedgerFilter, after: int = 0, limit: int = 500) -> list[HazardLine]:
        """By id, those behind `after`."""
        ...

    async def newest(self, wanted: LedgerFilter, before: int | None = None, limit: int = 8) -> list[HazardRow]:
        """The newest first, those before `before`."""
        ...

    async def count(self, wanted: LedgerFilter) -> int: ...
    async def counts(self, wanted: LedgerFilter) -> Mapping[str, int]:
        """By state."""
        ...

    async def patrols(self, wanted: LedgerFilter, after: int = 0, limit: int = 500) -> list[PatrolLine]:
        """Check-ins by id; of the filter places, since and until count."""
        ...

    async def first_patrol(self, since: datetime) -> int:
        """The id before the first check-in since then."""
        ...

    async def warnings_between(self, since: datetime, until: datetime) -> list[int]:
        """Ids of the warnings that came in [since, until), held and refused ones left out."""
        ...

    async def checks_between(self, since: datetime, until: datetime) -> list[int]:
        """Ids of the spot checks issued in [since, until)."""
        ...

    async def digests_between(self, first: str, last: str) -> list[DigestLine]:
        """Of the days from `first` to `last`, both included; by day and place."""
        ...

    async def keep_wish(self, words: str, at: datetime) -> int:
        """What somebody looks for, so that buttons can name it by a number."""
        ...

    async def wish(self, number: int) -> str | None: ...
    async def forget_wishes(self, before: datetime) -> int: ...
    async def count_patrols(self, wanted: LedgerFilter) -> int: ...
