"""What letters, listings, whistles and rewards have in common: a state, moves that are legal from some states only, and
every move one more event. Pure.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)

Moves = Mapping[M, tuple[frozenset[S], S | None]]
"""From where each move may be made, and where it leads (None: the state stays). What is not here is illegal."""


def after(moves: Mapping[M, tuple[frozenset[S], S | None]], state: S, move: M) -> S | None:
    """The state after the move, None where it is illegal from here."""
    since, to = moves[move]
    return None if state not in since else to or state
