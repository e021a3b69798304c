"""Who at the desks is to be told, or asked, about a person or a place: those who may do what is needed there."""

from collections.abc import Collection, Iterable

from domain.errors import NotAllowed
from domain.people import RIGHTS, TOWNSHIP_ROLES, Action, Person, Reach, may
from domain.places import PlaceCode
from services.work import Work


async def keepers(work: Work, action: Action, place: PlaceCode, *, but: Collection[int] = ()) -> list[Person]:
    """The reachable holders of the right at the place's township; where it has none of them, the county's. Without
    the persons in `but`."""
    roles = [role for role, reach in RIGHTS[action].items() if reach is Reach.AREA]
    township = (await work.tree()).township_of(place)
    if township is not None:
        here = await work.rows.people.holding([role for role in roles if role in TOWNSHIP_ROLES], [township.code])
        if found := [one for one in here if one.reachable and one.id not in but]:
            return found
    above = await work.rows.people.holding([role for role in roles if role not in TOWNSHIP_ROLES], [work.county])
    return [one for one in above if one.reachable and one.id not in but]


def places_of(work: Work, person: Person) -> list[PlaceCode]:
    """Where the person's posts are, each place once; the county for somebody without a post."""
    return list(dict.fromkeys(post.place for post in person.posts)) or [work.county]


async def require_over(work: Work, officer: Person | None, action: Action, person: Person) -> Person:
    """The officer, if he may do this at one of the person's places at least; NotAllowed otherwise."""
    if officer is not None:
        for place in places_of(work, person):
            if await allowed(work, officer, action, place):
                return officer
    raise NotAllowed("refused.no_right")


async def allowed(work: Work, officer: Person, action: Action, place: PlaceCode) -> bool:
    """The right itself, or that of somebody he stands in for."""
    return any(may(who, action, place) for who in (officer, *await work.stood_in_for(officer)))


async def tell_keepers(
    work: Work,
    told: Iterable[Person],
    key: str,
    address: str,
    facts: dict[str, object],
) -> int:
    """The same text to each of them, once for this key. Returns how many it is on its way to."""
    sent = 0
    for keeper in told:
        text = work.words.text(address, keeper.language, **facts)
        sent += await work.tell(keeper, f"{key}:{keeper.id}", text)
    return sent
