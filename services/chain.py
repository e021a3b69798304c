"""谁包谁: who answers for which township, village and households. Kept by the station and the county's desk, shown in
private; an assignment that ends stays in the record.
"""

from collections.abc import Sequence

from domain.chain import Assignment, Tier, chain_of, fits, tier_of
from domain.errors import DomainError, Stale
from domain.people import Action, Person, PersonStatus
from domain.places import PlaceCode
from services.work import Work


async def chain_at(work: Work, reader: Person | None, place: PlaceCode) -> Sequence[tuple[Assignment, Person]]:
    """The chain of a village from the county down, with its people."""
    await work.require(reader, Action.SEE_CHAIN, place)
    tree = await work.tree()
    township = tree.township_of(place)
    grids = [one.code for one in tree.children(place)]
    wanted = [place, *grids, *([] if township is None else [township.code])]
    found = chain_of(place, await work.rows.chain.of_places(wanted), tree)
    people = await work.rows.people.many({one.person_id for one in found})
    return [(one, people[one.person_id]) for one in found if people[one.person_id].status is PersonStatus.ACTIVE]


async def leaders_over(work: Work, place: PlaceCode) -> list[Person]:
    """The county leaders who answer for the township of this place (县领导包乡), those in office."""
    township = (await work.tree()).township_of(place)
    if township is None:
        return []
    named = [one for one in await work.rows.chain.of_places([township.code]) if one.tier is Tier.COUNTY]
    found = await work.rows.people.many([one.person_id for one in named])
    return [one for one in found.values() if one.status is PersonStatus.ACTIVE]


async def assign(
    work: Work, keeper: Person | None, person_id: int, place: PlaceCode, households: str = ""
) -> tuple[Person, bool]:
    """Make somebody answer for a place. False when he does already."""
    keeper = await work.require(keeper, Action.ASSIGN_CHAIN, place)
    person = await work.rows.people.get(person_id)
    if person is None or person.status is not PersonStatus.ACTIVE:
        raise Stale("refused.gone")
    tier = tier_of(person)
    if not fits(tier, place, await work.tree()):
        raise DomainError("chain.unfit", name=person.name)
    made = await work.rows.chain.assign(
        Assignment(0, person.id, tier, place, households, made_by=keeper.id, made_at=work.now)
    )
    if made is not None:
        await work.note("chain.assigned", f"person:{person.id}", keeper, place=place, tier=tier.value)
    return person, made is not None


async def end_assignment(work: Work, keeper: Person | None, assignment_id: int, place: PlaceCode) -> None:
    keeper = await work.require(keeper, Action.ASSIGN_CHAIN, place)
    there = {one.id for one in await work.rows.chain.of_places([place])}
    if assignment_id not in there or not await work.rows.chain.end(assignment_id, work.now):
        raise Stale("refused.stale")
    await work.note("chain.ended", f"assignment:{assignment_id}", keeper, place=place)
