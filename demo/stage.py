"""The sample county put on the sandbox and into the bot's database: accounts, groups, roster, enrolments."""

from collections.abc import Iterable
from dataclasses import dataclass

from demo.county import COUNTY, Resident, SampleCounty
from demo.points import placed, sample_points
from domain.people import PersonId, Role
from domain.places import Level, PlaceCode
from domain.point_rows import threshold_figure
from domain.points import RiskPoint
from sandbox.world import World
from services.ports import Group
from services.work import Work

BOT_TOKEN = "700000001:demo-token-of-the-sandbox-0000000000"  # noqa: S105 - of the sandbox, good for nothing else
BOT_NAME = "shouwang_demo_bot"


@dataclass(slots=True)
class Stage:
    """chat ids of the groups by place."""

    groups: dict[PlaceCode, int]


def furnish(world: World, county: SampleCounty) -> Stage:
    """Accounts for everybody, a group for the county, each township and each village, with the bot in all of them."""
    bot = world.add_bot(BOT_TOKEN, BOT_NAME, "守望")
    for one in county.residents:
        world.add_user(one.name, user_id=one.user_id, phone=f"+86{one.phone}", note=one.note)
    world.add_user("外地游客", user_id=699_999_999, phone="+8613800000000", note="不在名册里的群众")
    groups: dict[PlaceCode, int] = {}
    for place in county.places:
        members = [one.user_id for one in _members(county, place.code)]
        title = {"county": "县防指工作群", "township": f"{place.name}防汛工作群"}.get(
            place.level, f"{place.name}应急群"
        )
        chat = world.add_group(title, members=[*members, bot.id], admins=[bot.id, *members[:1]])
        groups[place.code] = chat.id
    for one in county.residents:
        if one.enrolled:
            world.private_chat(one.user_id, bot.id).opened = True
    return Stage(groups)


def _members(county: SampleCounty, place: PlaceCode) -> Iterable[Resident]:
    """A county's group holds the townships' leaders, a township's the village heads and officers."""
    level = next(p.level for p in county.places if p.code == place)
    here = county.at(place)
    below = [p.code for p in county.places if p.parent == place]
    wanted = {
        Level.COUNTY: {Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION},
        Level.TOWNSHIP: {Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER},
    }.get(level, set())
    from_below = [one for one in county.residents if any(p.place in below and p.role in wanted for p in one.posts)]
    return dict.fromkeys([*here, *from_below])


async def enter(work: Work, county: SampleCounty, stage: Stage, world: World) -> None:
    """The same county in the bot's own books."""
    await work.rows.places.save(placed(county.places))
    people: dict[int, PersonId] = {}
    for one in county.residents:
        person = await work.rows.people.add(name=one.name, phone=one.phone, title=one.title)
        people[one.user_id] = person
        await work.rows.people.set_posts(person, one.posts)
        if one.enrolled:
            await work.rows.people.enrol(person, one.user_id, work.now)
    await _enter_points(work, county, people)
    for code, chat_id in stage.groups.items():
        title = world.group(chat_id).title
        await work.rows.groups.save(Group(chat_id, title, code, can_pin=True, is_admin=True))
    assert stage.groups[COUNTY]


async def _enter_points(work: Work, county: SampleCounty, people: dict[int, PersonId]) -> None:
    for one in sample_points(county):
        await work.rows.points.add(
            RiskPoint(
                id=0,
                number=one.number,
                version=1,
                name=one.name,
                category=one.category,
                level=one.level,
                place=one.place,
                updated_at=work.now,
                confirmed_at=work.now,
                lat=one.lat,
                lon=one.lon,
                households=one.households,
                people=one.people,
                patrollers=(people[one.patroller],),
                warners=(people[one.warner],),
                evacuators=(people[one.evacuator],),
                department=one.department,
                threshold=one.threshold,
                warning_level=threshold_figure(one.threshold) if "水位" in one.threshold else None,
                shelter=one.shelter,
            )
        )
