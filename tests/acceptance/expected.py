"""What a warning must lead to in the large county, worked out from the roster alone: no rule of the bot is asked."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.people import PrivateChat, Role
from domain.places import PlaceCode
from tests.acceptance.roster import COUNTY, LargeCounty, Resident

_NOBODY = {Role.PUBLIC, Role.DEPARTMENT, Role.COUNTY_LEADER}


@dataclass(frozen=True, slots=True)
class Owes:
    """One person who owes an answer, and for which place."""

    one: Resident
    place: PlaceCode


def covered(county: LargeCounty, townships: Collection[PlaceCode]) -> set[PlaceCode]:
    """The places a warning for these townships concerns."""
    codes = {COUNTY, *townships}
    for township in townships:
        codes.update(county.villages_of(township))
    return codes


def groups(county: LargeCounty, townships: Collection[PlaceCode]) -> set[int]:
    return {county.groups[code] for code in covered(county, townships)}


def owing(county: LargeCounty, townships: Collection[PlaceCode]) -> dict[int, Owes]:
    """account → what he owes at red. Whoever is away is covered by his stand-in, who lives in the same village and
    owes there himself."""
    codes = covered(county, townships)
    found = {}
    for one in county.residents:
        here = [p.place for p in one.posts if p.place in codes and p.role not in _NOBODY]
        if here and one.stand_in is None:
            found[one.user_id] = Owes(one, min(here, key=lambda code: (len(code), code)))
    return found


def county_desk(county: LargeCounty) -> set[int]:
    desk = [one for one in county.residents if one.holds(Role.COUNTY_DUTY, COUNTY)]
    return {one.user_id for one in desk if one.chat is PrivateChat.OPEN}


def called(county: LargeCounty, owes: Owes) -> set[int]:
    """Accounts of those who must in the end have been told that this person is silent. The county's desk is not among
    them: where many are silent it is told how many in each township."""
    village = owes.place if len(owes.place) == 12 else None
    township = PlaceCode(owes.place[:9]) if len(owes.place) >= 9 else None
    wanted = [(Role.VILLAGE_HEAD, village), (Role.CONTACT_CADRE, village)]
    wanted += [(Role.STATION, township), (Role.DUTY, township)]
    found = [one for one in county.residents for role, place in wanted if place is not None and one.holds(role, place)]
    if owes.one.deputy is not None:
        found.append(county.residents[owes.one.deputy])
    return {one.user_id for one in found if one is not owes.one and one.chat is PrivateChat.OPEN}
