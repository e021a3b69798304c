"""How loud a warning is and how far down it goes by itself: the quiet of the night, the cap of posts, which colours go
straight to the villages, and whose warning counts where two of one kind meet. Pure rules; the figures are a county's.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta

from domain.colours import Colour
from domain.places import Level, PlaceCode, PlaceTree, is_within

FROM_BELOW = frozenset({Level.VILLAGE, Level.GRID})


def quiet_until(local: datetime, begins: time, ends: time) -> datetime | None:
    """The end of the quiet that this moment of the county's clock falls into; None by day. The quiet may run over
    midnight, and one that begins when it ends is none at all."""
    clock = local.time()
    if begins == ends:
        return None
    over_midnight = begins > ends
    after, before = clock >= begins, clock < ends
    if not ((after or before) if over_midnight else (after and before)):
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, local.tzinfo)


def next_digest(local: datetime, hours: Collection[int]) -> datetime:
    """The first full hour of the list that lies ahead. A list without hours is the next full hour."""
    start = local.replace(minute=0, second=0, microsecond=0)
    ahead = (start + timedelta(hours=step) for step in range(1, 25))
    return next((at for at in ahead if at.hour in hours), start + timedelta(hours=1))


def goes_by_itself(level: Level | None, colour: Colour, straight_down: Collection[Colour]) -> bool:
    """Whether a group of this level gets a warning of this colour without a township passing it on."""
    return level not in FROM_BELOW or colour in straight_down


def outranked(
    villages: Collection[PlaceCode], graver: Iterable[tuple[int, Colour, Collection[PlaceCode]]]
) -> dict[PlaceCode, int]:
    """Which of the villages lie under a graver warning of the same kind, and under which: the gravest."""
    found: dict[PlaceCode, int] = {}
    for number, _, covered in sorted(graver, key=lambda one: (one[1].rank, one[0])):
        found.update(dict.fromkeys(set(villages) & set(covered), number))
    return found


def is_outranked(
    tree: PlaceTree, place: PlaceCode, villages: Collection[PlaceCode], by: Mapping[PlaceCode, int]
) -> bool:
    """Whether all that the warning covers of this place is under a graver one: a village is, or it is not; a township
    only when every one of its warned villages is."""
    if not by:
        return False
    village = tree.village_of(place)
    if village is not None:
        return village.code in by
    here = [code for code in villages if is_within(code, place)]
    return bool(here) and all(code in by for code in here)
