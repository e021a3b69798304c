"""The 包保 chain: a county leader answers for a township, a township's cadre for a village, a village's cadre for
households. Pure: who is next above a place, and how a line of the chain is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.people import COUNTY_ROLES, TOWNSHIP_ROLES, Person, PersonId
from domain.places import Level, PlaceCode, PlaceTree


class Tier(StrEnum):
    COUNTY = "county"
    """县领导包乡"""
    TOWNSHIP = "township"
    """乡镇领导包村"""
    VILLAGE = "village"
    """村干部包户"""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person answers for one place; for households `households` says which."""

    id: int
    person_id: PersonId
    tier: Tier
    place: PlaceCode
    households: str = ""
    made_by: PersonId | None = None
    made_at: datetime | None = None
    ended_at: datetime | None = None


def tier_of(person: Person) -> Tier:
    """By the highest post of the person."""
    roles = {post.role for post in person.posts}
    if roles & COUNTY_ROLES:
        return Tier.COUNTY
    return Tier.TOWNSHIP if roles & TOWNSHIP_ROLES else Tier.VILLAGE


_PLACES = {Tier.COUNTY: (Level.TOWNSHIP,), Tier.TOWNSHIP: (Level.VILLAGE,), Tier.VILLAGE: (Level.VILLAGE, Level.GRID)}


def fits(tier: Tier, place: PlaceCode, tree: PlaceTree) -> bool:
    found = tree.get(place)
    return found is not None and found.level in _PLACES[tier]


def chain_of(place: PlaceCode, assignments: Iterable[Assignment], tree: PlaceTree) -> Sequence[Assignment]:
    """Who answers for a place, from the county down. An assignment to a grid belongs to its village's chain."""
    village, township = tree.village_of(place), tree.township_of(place)
    found = []
    for one in assignments:
        here = one.place == place or (village is not None and tree.village_of(one.place) == village)
        if here or (one.tier is Tier.COUNTY and township is not None and one.place == township.code):
            found.append(one)
    return sorted(found, key=lambda one: (list(Tier).index(one.tier), one.place, one.id))
