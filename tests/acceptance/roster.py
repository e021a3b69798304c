"""A county at its real size: 19 townships, 203 villages, 225 groups, 2,600 invented persons with the posts that
villages have. Several posts on one person, deputies, people on leave, some who never started the bot or blocked it.

Pure: the same figures make the same county. A tenth of one (`SMALL`) is for the suite.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.county import places as divisions
from domain.people import Leave, PersonId, Post, PrivateChat, Role
from domain.places import Level, Place, PlaceCode

COUNTY = PlaceCode("331124")
FIRST_USER = 810_000_000
FIRST_GROUP = -1_002_800_000_000
DEPARTMENTS = ("水利", "自然资源")

_TOWNSHIP = (Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.DUTY)
_VILLAGES_OF_A_CADRE = 4
_VILLAGE: tuple[tuple[Role, ...], ...] = (
    (Role.VILLAGE_HEAD, Role.EVACUATOR),
    (Role.EMERGENCY_OFFICER, Role.WARNER, Role.REPORTER),
    (Role.GRID_MEMBER,),
    (Role.GRID_MEMBER, Role.SHELTER_KEEPER),
    (Role.PATROLLER,),
    (Role.MONITOR,),
    (Role.GRID_MEMBER,),
    (Role.EVACUATOR,),
    (Role.RESCUE_LEAD,),
    (Role.GRID_MEMBER, Role.PATROLLER),
    (Role.MONITOR, Role.WARNER),
    (Role.GRID_MEMBER,),
    (Role.SHELTER_KEEPER,),
    (Role.PATROLLER, Role.RESCUE_LEAD),
    (Role.GRID_MEMBER,),
)
"""who there is in a village, the first eight at least: one line is one person"""


@dataclass(frozen=True, slots=True)
class Size:
    townships: int
    villages: int
    people: int


FULL = Size(19, 203, 2600)
SMALL = Size(4, 20, 220)


@dataclass(slots=True)
class Resident:
    """One invented person. `chat` is what Telegram knows; what the bot knows of it is `known`."""

    number: int
    posts: tuple[Post, ...]
    chat: PrivateChat = PrivateChat.OPEN
    known: bool = True
    """False: he has blocked the bot and it has not yet noticed"""
    deputy: int | None = None
    stand_in: int | None = None
    """who stands in while he is on leave"""

    @property
    def user_id(self) -> int:
        return FIRST_USER + self.number

    @property
    def name(self) -> str:
        return f"责任人{self.number}"

    @property
    def phone(self) -> str:
        return f"136{self.number:08d}"

    @property
    def enrolled(self) -> bool:
        return self.chat is not PrivateChat.NEVER

    def holds(self, role: Role, place: PlaceCode) -> bool:
        return any(post.role is role and post.place == place for post in self.posts)


@dataclass(slots=True)
class LargeCounty:
    places: tuple[Place, ...]
    residents: list[Resident] = field(default_factory=list)
    groups: dict[PlaceCode, int] = field(default_factory=dict)
    """place → chat id; the departments' groups are not among them"""
    trade_groups: dict[str, int] = field(default_factory=dict)

    @property
    def townships(self) -> list[PlaceCode]:
        return [place.code for place in self.places if place.level is Level.TOWNSHIP]

    def villages_of(self, township: PlaceCode) -> list[PlaceCode]:
        return [place.code for place in self.places if place.parent == township]

    def members(self, place: PlaceCode) -> list[Resident]:
        """Who is in a place's group: everybody with a post there, and from below those who lead."""
        leads = {Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION}
        below = {one.code for one in self.places if one.parent == place}
        return [
            one
            for one in self.residents
            if any(p.place == place or (p.place in below and p.role in leads) for p in one.posts)
        ]

    def leaves(self, now: datetime) -> list[Leave]:
        """Ids of persons are their numbers and one, in the order in which they are entered."""
        day = timedelta(days=1)
        return [
            Leave(PersonId(one.number + 1), PersonId(one.stand_in + 1), now - day, now + 2 * day)
            for one in self.residents
            if one.stand_in is not None
        ]


def make(size: Size = FULL, seed: int = 331124) -> LargeCounty:
    chance = random.Random(seed)
    county = LargeCounty(_places(size))
    _staff_county(county)
    for township in county.townships:
        _staff_township(county, township)
    villages = [place.code for place in county.places if place.level is Level.VILLAGE]
    for village, count in zip(
        villages, _spread(chance, len(villages), size.people - len(county.residents)), strict=True
    ):
        _staff_village(county, chance, village, count)
    _flaws(county, chance)
    for number, place in enumerate(county.places):
        county.groups[place.code] = FIRST_GROUP - number
    for number, department in enumerate(DEPARTMENTS, len(county.places)):
        county.trade_groups[department] = FIRST_GROUP - number
    return county


def _places(size: Size) -> tuple[Place, ...]:
    """So many real townships and villages: the villages are taken in turn, so that no township is left without."""
    every = divisions()
    townships = [p for p in every if p.level is Level.TOWNSHIP][: size.townships]
    below = {town.code: [p for p in every if p.parent == town.code] for town in townships}
    kept: list[Place] = []
    turn = 0
    while len(kept) < size.villages:
        for town in townships:
            if turn < len(below[town.code]) and len(kept) < size.villages:
                kept.append(below[town.code][turn])
        turn += 1
    county = next(p for p in every if p.level is Level.COUNTY)
    return tuple(sorted([county, *townships, *kept], key=lambda p: (len(p.code), p.code)))


def _spread(chance: random.Random, villages: int, people: int) -> list[int]:
    """8 to 15 persons in each village, so many in all."""
    counts = [8] * villages
    while sum(counts) < people:
        lucky = chance.randrange(villages)
        if counts[lucky] < len(_VILLAGE):
            counts[lucky] += 1
    return counts


def _add(county: LargeCounty, *posts: Post) -> Resident:
    one = Resident(len(county.residents), posts)
    county.residents.append(one)
    return one


def _staff_county(county: LargeCounty) -> None:
    for _ in range(2):
        _add(county, Post(Role.COUNTY_DUTY, COUNTY))
    _add(county, Post(Role.COUNTY_LEADER, COUNTY))
    for department in DEPARTMENTS:
        _add(county, Post(Role.DEPARTMENT, COUNTY, department))


def _staff_township(county: LargeCounty, township: PlaceCode) -> None:
    for role in _TOWNSHIP:
        _add(county, Post(role, township))
    below = county.villages_of(township)
    for start in range(0, len(below), _VILLAGES_OF_A_CADRE):
        part = below[start : start + _VILLAGES_OF_A_CADRE]
        _add(county, *(Post(Role.CONTACT_CADRE, village) for village in part))


def _staff_village(county: LargeCounty, chance: random.Random, village: PlaceCode, count: int) -> None:
    here = [_add(county, *(Post(role, village) for role in roles)) for roles in _VILLAGE[:count]]
    head, officer = here[0], here[1]
    if chance.random() < 0.6:
        head.deputy = officer.number
    if chance.random() < 0.3:
        here[2].deputy = here[3].number


def _flaws(county: LargeCounty, chance: random.Random) -> None:
    """Of the villages' people 6 % never started the bot, 2 % blocked it, half of them unnoticed, 2 % are on leave. The
    desks are in order."""
    for one in county.residents:
        village = one.posts[0].place
        if len(village) != 12 or one.posts[0].role is Role.CONTACT_CADRE:
            continue
        lot = chance.random()
        if lot < 0.06:
            one.chat = PrivateChat.NEVER
        elif lot < 0.08:
            one.chat, one.known = PrivateChat.BLOCKED, lot < 0.07
        elif lot < 0.10:
            before = county.residents[: one.number]  # nobody who is away himself: their lot is drawn already
            free = [two for two in before if two.posts[0].place == village and two.stand_in is None and two.known]
            one.stand_in = chance.choice(free).number if free else None
