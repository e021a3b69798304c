"""Several whole villages of one township silent at once: a cut-off area, not sixty failures. Pure: when to ask.

Counted are villages in which the question was sent to somebody at least, nobody has answered, and everybody's ladder
has gone some steps. Where nobody could be written to in the first place, silence says nothing about the network.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.places import PlaceCode


@dataclass(frozen=True, slots=True)
class Asked:
    """One acknowledgement owed in a village, as far as this rule looks at it."""

    village: PlaceCode
    township: PlaceCode
    answered: bool
    told: bool
    """the question reached Telegram"""
    steps: int


def silent_villages(asked: Iterable[Asked], steps: int) -> Mapping[PlaceCode, tuple[frozenset[PlaceCode], int]]:
    """township → (its villages without one answer after so many steps, how many of its villages were asked)."""
    by_village: dict[tuple[PlaceCode, PlaceCode], list[Asked]] = {}
    for one in asked:
        by_village.setdefault((one.township, one.village), []).append(one)
    found: dict[PlaceCode, tuple[set[PlaceCode], int]] = {}
    for (township, village), owed in by_village.items():
        silent, of = found.get(township, (set[PlaceCode](), 0))
        quiet = not any(one.answered for one in owed) and min(one.steps for one in owed) >= steps
        if quiet and any(one.told for one in owed):
            silent = {*silent, village}
        found[township] = (silent, of + 1)
    return {township: (frozenset(silent), of) for township, (silent, of) in found.items()}


def suspected(
    asked: Iterable[Asked], *, villages: int, share: float, steps: int
) -> Mapping[PlaceCode, frozenset[PlaceCode]]:
    """township → the villages about which its desk is to be asked: at least `villages` of them, or two at least that
    are this share of those asked."""
    return {
        township: silent
        for township, (silent, of) in silent_villages(asked, steps).items()
        if len(silent) >= villages or (len(silent) >= 2 and len(silent) >= share * of - 1e-9)
    }
