"""Where a hazard is: from a risk point, a position, words, or the reporter's own post."""

from dataclasses import dataclass

from domain.geometry import Point
from domain.hazards import place_in_words, place_near
from domain.people import Person
from domain.places import PlaceCode
from services.work import Work


@dataclass(frozen=True, slots=True)
class Spot:
    """As exactly as it is known."""

    point_id: int | None = None
    position: Point | None = None


async def locate(
    work: Work, by: Person | None, place: PlaceCode | None, words: str, position: Point | None
) -> tuple[PlaceCode, bool]:
    """The place, and whether that was concluded and wants checking."""
    tree = await work.tree()
    if place is not None and place in tree:
        return place, False
    own = [] if by is None else [post.place for post in by.posts if post.place in tree]
    near = None if position is None else place_near(tree, position)
    named = place_in_words(tree, words, own, work.county) if words else None
    if named is not None:
        return named.code, False
    if near is not None:
        return near.code, True
    return (own[0] if own else work.county), True
