"""What a group is shown of the answers: sums over rows by place, nothing else. No names, no order of merit.

Pure, so that a test can hold the numbers on the board against the rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.households import RelaySum, sum_up
from domain.places import Level, PlaceCode, PlaceTree, is_within


@dataclass(frozen=True, slots=True)
class Counts:
    """Acknowledgements owed at one place; who is excused is not in it."""

    answered: int = 0
    owed: int = 0
    late: int = 0
    helped: int = 0
    """answered by the mouth of a helper"""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.answered + other.answered,
            self.owed + other.owed,
            self.late + other.late,
            self.helped + other.helped,
        )


@dataclass(frozen=True, slots=True)
class Now:
    """How a warning stands, by place."""

    answers: Mapping[PlaceCode, Counts]
    acting: Mapping[PlaceCode, tuple[int, int]]
    """(acted, asked to)"""
    households: Mapping[PlaceCode, tuple[int, int]]
    """village → (reached, total), of those that have reported"""
    villages: Collection[PlaceCode]
    """all that the warning covers"""
    cut_off: Collection[PlaceCode] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """One group's place: the sums, and the places below with something missing, by code."""

    answered: int
    owed: int
    late: int
    helped: int
    acted: int
    to_act: int
    households: RelaySum
    cut_off: int
    open: tuple[tuple[str, int, int], ...]
    more: int


def tally_for(tree: PlaceTree, place: PlaceCode, now: Now, named: int = 12) -> Tally:
    """What a group of this place is shown. A township sees its villages, the county its townships; a village that is
    cut off is counted as such and named nowhere."""
    within = {code: counts for code, counts in now.answers.items() if is_within(code, place)}
    total = sum(within.values(), Counts())
    acting = [pair for code, pair in now.acting.items() if is_within(code, place)]
    names = [] if _alone(tree, place) else _unfinished(tree, place, within, now.cut_off)
    return Tally(
        answered=total.answered,
        owed=total.owed,
        late=total.late,
        helped=total.helped,
        acted=sum(done for done, _ in acting),
        to_act=sum(asked for _, asked in acting),
        households=sum_up(
            [pair for code, pair in now.households.items() if is_within(code, place)],
            sum(1 for code in now.villages if is_within(code, place)),
        ),
        cut_off=sum(1 for code in now.cut_off if is_within(code, place)),
        open=tuple(names[:named]),
        more=max(0, len(names) - named),
    )


def _alone(tree: PlaceTree, place: PlaceCode) -> bool:
    here = tree.get(place)
    return here is None or here.level not in {Level.COUNTY, Level.TOWNSHIP}


def _unfinished(
    tree: PlaceTree, place: PlaceCode, within: Mapping[PlaceCode, Counts], cut_off: Collection[PlaceCode]
) -> list[tuple[str, int, int]]:
    here = tree.get(place)
    by_township = here is not None and here.level is Level.COUNTY
    below: dict[PlaceCode, Counts] = {}
    for code, counts in within.items():
        unit = tree.township_of(code) if by_township else tree.village_of(code)
        if unit is not None and unit.code not in cut_off:
            below[unit.code] = below.get(unit.code, Counts()) + counts
    return [
        (unit.name, counts.answered, counts.owed)
        for code, counts in sorted(below.items())
        if counts.answered < counts.owed and (unit := tree.get(code)) is not None
    ]
