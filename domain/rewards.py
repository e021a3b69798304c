"""Rewards for reports of hazards (举报奖励): a case is opened by the bot, every figure is decided by people. Pure.

The first reporter only. He may stay unnamed: a code that is shown to him once, and of which only a hash is kept, is his
proof when the money is handed out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.casework import after
from domain.people import Person, PersonId, Role
from domain.places import PlaceCode

DECIDE = "decide"
"""what the obligation about a case asks for"""
CODE_DIGITS = 8


class RewardState(StrEnum):
    OPENED = "opened"
    PROPOSED = "proposed"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"


class RewardMove(StrEnum):
    PROPOSE = "propose"
    APPROVE = "approve"
    RETURN = "return"
    """the amount is to be thought over"""
    REFUSE = "refuse"
    PAY = "pay"
    TRY = "try"
    """a code that does not fit"""
    CODE = "code"
    """the reporter was shown a new code"""


_S = RewardState
REWARD_MOVES: Final[Mapping[RewardMove, tuple[frozenset[RewardState], RewardState | None]]] = MappingProxyType(
    {
        RewardMove.PROPOSE: (frozenset({_S.OPENED, _S.PROPOSED}), _S.PROPOSED),
        RewardMove.APPROVE: (frozenset({_S.PROPOSED}), _S.APPROVED),
        RewardMove.RETURN: (frozenset({_S.PROPOSED}), _S.OPENED),
        RewardMove.REFUSE: (frozenset({_S.OPENED, _S.PROPOSED}), _S.REFUSED),
        RewardMove.PAY: (frozenset({_S.APPROVED}), _S.PAID),
        RewardMove.TRY: (frozenset({_S.APPROVED}), None),
        RewardMove.CODE: (frozenset({_S.OPENED, _S.PROPOSED, _S.APPROVED}), None),
    }
)


@dataclass(frozen=True, slots=True)
class Reward:
    id: int
    hazard_id: int
    place: PlaceCode
    state: RewardState
    version: int
    created_at: datetime
    user_id: int
    """the account of the first reporter"""
    number: str = ""
    code_hash: str = ""
    wrong_tries: int = 0
    amount: int | None = None
    proposed_by: PersonId | None = None
    approved_by: PersonId | None = None
    approved_at: datetime | None = None
    paid_by: PersonId | None = None
    paid_at: datetime | None = None
    reason: str = ""
    """why it was refused"""

    @property
    def subject(self) -> str:
        return f"reward:{self.id}"


def reward_after(state: RewardState, move: RewardMove) -> RewardState | None:
    return after(REWARD_MOVES, state, move)


def is_on_duty(person: Person | None) -> bool:
    """Whether reporting is what somebody's post is for. A name on the roster without a post is a villager's."""
    return person is not None and any(post.role is not Role.PUBLIC for post in person.posts)


def within(amount: int, table: tuple[int, int]) -> bool:
    return table[0] <= amount <= table[1]


def over_the_cap(amount: int, others: Sequence[int], cap: int) -> bool:
    """Whether this month's sum goes over what the county notes as its cap; 0: no cap."""
    return cap > 0 and amount + sum(others) > cap
