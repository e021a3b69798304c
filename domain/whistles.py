"""Whistle and report-in (吹哨报到): a township calls departments on one hazard; each says by one tap that it comes.

Pure. A leader confirms. The clock of each department runs from there, in minutes. Departments are never ranked.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.casework import after
from domain.people import PersonId
from domain.places import PlaceCode

CONFIRM = "confirm"
REPORT_IN = "report_in"
ARRIVE = "arrive"
"""what obligations about a whistle ask for"""

MOST_DEPARTMENTS = 8
_TYPED = re.compile(
    r"吹哨[\s,，:：]*(?P<before>[^\d]*?)[\s,，:：]*(?P<number>\d{4}-\d{3,6})号?[\s,，:：]*(?P<after>[^\d]*)"
)


def read_whistle(text: str) -> tuple[str, str] | None:
    """ "吹哨 住建、交通 2026-0913" as (number, departments); these may come after the number, or not at all."""
    found = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    return found["number"], (found["before"] or found["after"]).strip()


class WhistleState(StrEnum):
    ASKED = "asked"
    CALLED = "called"
    REFUSED = "refused"
    ENDED = "ended"


class WhistleMove(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"
    ON_SITE = "on_site"
    END = "end"


class CallState(StrEnum):
    """Where one department stands."""

    WAITING = "waiting"
    REPORTED = "reported"
    ARRIVED = "arrived"
    CANNOT = "cannot"
    """said why not"""


class CallMove(StrEnum):
    REPORT = "report"
    CANNOT = "cannot"
    ARRIVE = "arrive"


_S = WhistleState
_C = CallState
WHISTLE_MOVES: Final[Mapping[WhistleMove, tuple[frozenset[WhistleState], WhistleState | None]]] = MappingProxyType(
    {
        WhistleMove.CONFIRM: (frozenset({_S.ASKED}), _S.CALLED),
        WhistleMove.REFUSE: (frozenset({_S.ASKED}), _S.REFUSED),
        WhistleMove.ON_SITE: (frozenset({_S.CALLED}), None),
        WhistleMove.END: (frozenset({_S.CALLED}), _S.ENDED),
    }
)
CALL_MOVES: Final[Mapping[CallMove, tuple[frozenset[CallState], CallState | None]]] = MappingProxyType(
    {
        CallMove.REPORT: (frozenset({_C.WAITING, _C.CANNOT}), _C.REPORTED),
        CallMove.CANNOT: (frozenset({_C.WAITING}), _C.CANNOT),
        CallMove.ARRIVE: (frozenset({_C.REPORTED}), _C.ARRIVED),
    }
)


@dataclass(frozen=True, slots=True)
class Whistle:
    id: int
    hazard_id: int
    place: PlaceCode
    """the township that calls"""
    state: WhistleState
    version: int
    created_at: datetime
    reason: str
    asked_by: PersonId
    confirmed_by: PersonId | None = None
    confirmed_at: datetime | None = None
    on_site_at: datetime | None = None
    result: str = ""
    ended_by: PersonId | None = None
    ended_at: datetime | None = None

    @property
    def subject(self) -> str:
        return f"whistle:{self.id}"


@dataclass(frozen=True, slots=True)
class Called:
    """One department that a whistle calls."""

    id: int
    whistle_id: int
    department: str
    state: CallState
    version: int
    reported_at: datetime | None = None
    reported_by: PersonId | None = None
    words: str = ""
    arrived_at: datetime | None = None

    @property
    def subject(self) -> str:
        return f"called:{self.id}"


def latency(called: Called, since: datetime | None) -> timedelta | None:
    """From the whistle to the first word; None while there is none."""
    return None if since is None or called.reported_at is None else called.reported_at - since


def whistle_after(state: WhistleState, move: WhistleMove) -> WhistleState | None:
    return after(WHISTLE_MOVES, state, move)


def call_after(state: CallState, move: CallMove) -> CallState | None:
    return after(CALL_MOVES, state, move)
