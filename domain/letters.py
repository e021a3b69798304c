"""Letters (函单): 工作告知函, 风险提示单, 整改督办单. Drafted from the ledger, signed by a human, received by one tap.

Pure. A letter has no number before it is signed. Nothing of a signed letter changes: it is withdrawn, visibly, and
another one with a number of its own takes its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.casework import after
from domain.people import PersonId
from domain.places import PlaceCode

SIGN = "sign"
RECEIPT = "receipt"
"""what obligations about a letter ask for"""

MOST_PARAGRAPHS = 12


class LetterKind(StrEnum):
    NOTICE = "notice"
    """工作告知函"""
    RISK = "risk"
    """风险提示单"""
    ORDER = "order"
    """整改督办单"""


class LetterState(StrEnum):
    DRAFT = "draft"
    SIGNED = "signed"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"
    """a draft that nobody signed"""


class LetterMove(StrEnum):
    EDIT = "edit"
    SIGN = "sign"
    DROP = "drop"
    RECEIVE = "receive"
    WITHDRAW = "withdraw"
    TO_LEADER = "to_leader"
    """it had no effect, and the leader was shown that"""


_S = LetterState
LETTER_MOVES: Final[Mapping[LetterMove, tuple[frozenset[LetterState], LetterState | None]]] = MappingProxyType(
    {
        LetterMove.EDIT: (frozenset({_S.DRAFT}), None),
        LetterMove.SIGN: (frozenset({_S.DRAFT}), _S.SIGNED),
        LetterMove.DROP: (frozenset({_S.DRAFT}), _S.DROPPED),
        LetterMove.RECEIVE: (frozenset({_S.SIGNED}), _S.RECEIVED),
        LetterMove.WITHDRAW: (frozenset({_S.SIGNED, _S.RECEIVED}), _S.WITHDRAWN),
        LetterMove.TO_LEADER: (frozenset({_S.DRAFT, _S.SIGNED, _S.RECEIVED}), None),
    }
)
IN_FORCE = frozenset({_S.SIGNED, _S.RECEIVED})
LIVE = IN_FORCE | {_S.DRAFT}


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it stands. `place` and `department` are the issuing unit's; `addressee` is the person who takes it
    for his unit."""

    id: int
    kind: LetterKind
    place: PlaceCode
    state: LetterState
    version: int
    created_at: datetime
    unit: str
    """the addressee's unit, as it is written"""
    addressee: PersonId
    paragraphs: tuple[str, ...]
    department: str = ""
    hazard_id: int | None = None
    about: str = ""
    """what else it is about: "point:3", "warning:12" """
    due_at: datetime | None = None
    drafted_by: PersonId | None = None
    """None: drafted by the bot, because a deadline had passed"""
    number: str = ""
    """石梁督〔2026〕3号, given with the signature"""
    signed_by: PersonId | None = None
    signed_at: datetime | None = None
    received_by: PersonId | None = None
    received_at: datetime | None = None
    replaces: int | None = None
    listed_at: datetime | None = None
    """when the leader was shown that it had no effect"""

    @property
    def subject(self) -> str:
        return f"letter:{self.id}"


def letter_after(state: LetterState, move: LetterMove) -> LetterState | None:
    return after(LETTER_MOVES, state, move)


def number_of(prefix: str, kind_word: str, year: int, serial: int) -> str:
    """石梁督〔2026〕3号: unit, kind, year in the brackets that official documents use, serial without zeros."""
    return f"{prefix}{kind_word}〔{year}〕{serial}号"
