"""Listed supervision (挂牌督办): a major hazard under the eyes of a named body, for a year at most. Pure.

A human lists it, gives it a number in the register, lets the public text out, answers an extension and lifts it, which
somebody else does than who fixed or closed the hazard. The bot counts the workdays and drafts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.casework import after
from domain.people import PersonId
from domain.places import PlaceCode
from domain.workdays import Calendar, workdays_after, workdays_between

REGISTER = "register"
PUBLISH = "publish"
PROGRESS = "progress"
DUE = "due"
EXTENSION = "extension"
LIFT = "lift"
"""what obligations about a listing ask for"""


class ListingState(StrEnum):
    PROPOSED = "proposed"
    LISTED = "listed"
    REFUSED = "refused"
    LIFTED = "lifted"


class ListingMove(StrEnum):
    LIST = "list"
    REFUSE = "refuse"
    REGISTER = "register"
    PUBLISH = "publish"
    ASK = "ask"
    """the bot asks how far it is"""
    PROGRESS = "progress"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    NO_EXTENSION = "no_extension"
    LIFT = "lift"


_S = ListingState
_LISTED = frozenset({_S.LISTED})
LISTING_MOVES: Final[Mapping[ListingMove, tuple[frozenset[ListingState], ListingState | None]]] = MappingProxyType(
    {
        ListingMove.LIST: (frozenset({_S.PROPOSED}), _S.LISTED),
        ListingMove.REFUSE: (frozenset({_S.PROPOSED}), _S.REFUSED),
        ListingMove.REGISTER: (_LISTED, None),
        ListingMove.PUBLISH: (_LISTED, None),
        ListingMove.ASK: (_LISTED, None),
        ListingMove.PROGRESS: (_LISTED, None),
        ListingMove.ASK_EXTENSION: (_LISTED, None),
        ListingMove.EXTEND: (_LISTED, None),
        ListingMove.NO_EXTENSION: (_LISTED, None),
        ListingMove.LIFT: (_LISTED, _S.LIFTED),
    }
)
UNDER_WAY = frozenset({_S.PROPOSED, _S.LISTED})


@dataclass(frozen=True, slots=True)
class Listing:
    id: int
    hazard_id: int
    place: PlaceCode
    state: ListingState
    version: int
    created_at: datetime
    body: str
    """督办单位: the supervising body as it is written"""
    title: str
    """what the public reads: no person, no household"""
    period_days: int
    proposed_by: PersonId
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    due_at: datetime | None = None
    number: str = ""
    registered_at: datetime | None = None
    published_at: datetime | None = None
    published_in: int | None = None
    """the group; None with `published_at`: published elsewhere, as a human said"""
    asked_at: datetime | None = None
    """an extension that waits for its answer"""
    asked_until: datetime | None = None
    asked_late: bool = False
    progress_at: datetime | None = None
    """when it was asked last"""
    lifted_by: PersonId | None = None
    lifted_at: datetime | None = None

    @property
    def subject(self) -> str:
        return f"listing:{self.id}"


def listing_after(state: ListingState, move: ListingMove) -> ListingState | None:
    return after(LISTING_MOVES, state, move)


def asked_in_time(asked: date, end: date, workdays: int, calendar: Calendar) -> bool:
    """Whether an extension is asked at least so many workdays before the end of the period."""
    return workdays_between(asked, end, calendar) >= workdays


def to_ask_by(end: date, workdays: int, calendar: Calendar) -> date:
    """The last day on which an extension is asked in time."""
    return workdays_after(end, -workdays, calendar)


_PHONE = re.compile(r"1[3-9]\d{9}|\d{3,4}[-－ ]?\d{7,8}")
_HOUSEHOLD = re.compile(r"[\u4e00-\u9fff]{1,3}(?:某某?|家中|家里|家的|户主|住户)|户主|身份证")


def fit_for_the_public(words: str) -> bool:
    """No telephone number and no household in what the public is to read. A human reads it as well."""
    return _PHONE.search(words) is None and _HOUSEHOLD.search(words) is None
