"""A county of any size for crashes and benchmarks: its places, its people, one group for each place.

Everything follows from the two numbers, so that two runs meet the same county. Nothing here is random.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.people import Post, Role
from domain.places import Level, Place, PlaceCode
from sandbox.world import World
from services.ports import Group
from services.work import Work

COUNTY = PlaceCode("331124")
TOKEN = "700000009:benchmark-token-of-the-sandbox-000000000"
BOT_NAME = "shouwang_bench_bot"

_VILLAGES_EACH = 11
_FIRST_USER = 800_000_000
OFFICER = _FIRST_USER
"""the account of the county's duty officer"""
_FIRST_GROUP = -1_002_900_000_000
_IN_TOWNSHIP = (Role.STATION, Role.DUTY, Role.LEADER_IN_CHARGE, Role.PRINCIPAL)
_IN_VILLAGE = (
    Role.VILLAGE_HEAD,
    Role.EMERGENCY_OFFICER,
    Role.GRID_MEMBER,
    Role.PATROLLER,
    Role.MONITOR,
    Role.WARNER,
)


@dataclass(frozen=True, slots=True)
class Resident:
    user_id: int
    name: str
    phone: str
    role: Role
    place: PlaceCode


@dataclass(frozen=True, slots=True)
class BenchCounty:
    places: tuple[Place, ...]
    residents: tuple[Resident, ...]
    groups: dict[PlaceCode, int] = field(default_factory=dict)
    """place → chat id"""

    @property
    def townships(self) -> list[Place]:
        return [place for place in self.places if place.level is Level.TOWNSHIP]

    def group_of(self, user_id: int) -> int:
        return self.groups[self.residents[user_id - _FIRST_USER].place]

    def officers(self) -> list[Resident]:
        """Those who may write warnings themselves."""
        return [one for one in self.residents if one.role is Role.STATION]


def make(people: int, groups: int) -> BenchCounty:
    """`groups` places with a group each, and so many people spread over them; at least one officer a township."""
    places = _places(groups)
    return BenchCounty(places, tuple(_residents(places, people)), {
        place.code: _FIRST_GROUP - number for number, place in enumerate(places)
    })  # fmt: skip


def _places(count: int) -> tuple[Place, ...]:
    townships = max(1, round((count - 1) / (_VILLAGES_EACH + 1)))
    villages = max(0, count - 1 - townships)
    found = [Place(COUNTY, "松阳县", Level.COUNTY, None)]
    for number in range(1, townships + 1):
        code = PlaceCode(f"{COUNTY}{number:03d}")
        found.append(Place(code, f"第{number}镇", Level.TOWNSHIP, COUNTY))
        found.extend(
            Place(PlaceCode(f"{code}{below:03d}"), f"{number}镇{below}村", Level.VILLAGE, code)
            for below in range(1, len(range(number, villages + 1, townships)) + 1)
        )
    return tuple(found)


def _residents(places: Sequence[Place], count: int) -> list[Resident]:
    wanted: list[tuple[Role, Place]] = [(Role.COUNTY_DUTY, places[0])]
    townships = [place for place in places if place.level is Level.TOWNSHIP]
    villages = [place for place in places if place.level is Level.VILLAGE] or townships
    wanted += [(_IN_TOWNSHIP[0], place) for place in townships]
    turn = 0
    while len(wanted) < count:
        place, lap = villages[turn % len(villages)], turn // len(villages)
        wanted.append((_IN_VILLAGE[lap % len(_IN_VILLAGE)], place))
        turn += 1
    return [
        Resident(_FIRST_USER + number, f"村民{number}", f"137{number:08d}", role, place.code)
        for number, (role, place) in enumerate(wanted[: max(count, 1 + len(townships))])
    ]


def furnish(world: World, county: BenchCounty) -> int:
    """Accounts, open private chats and groups, the bot in each as administrator. Returns the bot's id."""
    bot = world.add_bot(TOKEN, BOT_NAME, "守望")
    inside: dict[PlaceCode, list[int]] = {code: [] for code in county.groups}
    for one in county.residents:
        world.add_user(one.name, user_id=one.user_id, phone=f"+86{one.phone}")
        world.private_chat(one.user_id, bot.id).opened = True
        inside[one.place].append(one.user_id)
    names = {place.code: place.name for place in county.places}
    for code, chat_id in county.groups.items():
        world.add_group(f"{names[code]}群", members=[*inside[code], bot.id], admins=[bot.id], chat_id=chat_id)
    return bot.id


async def enter(work: Work, county: BenchCounty) -> None:
    """The same county in the bot's own books."""
    await work.rows.places.save(county.places)
    for one in county.residents:
        person = await work.rows.people.add(name=one.name, phone=one.phone)
        await work.rows.people.set_posts(person, [Post(one.role, one.place)])
        await work.rows.people.enrol(person, one.user_id, work.now)
    names = {place.code: place.name for place in county.places}
    for code, chat_id in county.groups.items():
        await work.rows.groups.save(Group(chat_id, names[code], code, can_pin=True, is_admin=True))
