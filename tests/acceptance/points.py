"""Risk points of the large county: a pond for every patroller, a slope for every monitor, and in each township
one patroller who has a dike instead.
"""

from decimal import Decimal

from domain.hazards import Category
from domain.people import PersonId, PrivateChat, Role
from domain.places import PlaceCode
from domain.points import RiskLevel, RiskPoint
from services.work import Work
from tests.acceptance.roster import LargeCounty, Resident

_KINDS = {
    Role.PATROLLER: (Category.POND, "岭头山塘", RiskLevel.LARGER, Decimal("32.0")),
    Role.MONITOR: (Category.GEOHAZARD, "后山滑坡点", RiskLevel.MAJOR, None),
}


async def enter_points(work: Work, county: LargeCounty) -> None:
    names = {place.code: place.name for place in county.places}
    on_dikes = {one.number for one in dike_walkers(county).values()}
    for one in county.residents:
        post = next((post for post in one.posts if post.role in _KINDS), None)
        if post is None or one.number in on_dikes:
            continue
        category, name, level, warning_level = _KINDS[post.role]
        below = [two for two in county.residents if any(p.place == post.place for p in two.posts)]
        await work.rows.points.add(
            RiskPoint(
                id=0,
                number=f"QL-{one.number:04d}",
                version=1,
                name=f"{names[post.place]}{name}{one.number}",
                category=category,
                level=level,
                place=post.place,
                updated_at=work.now,
                confirmed_at=work.now,
                households=12,
                people=41,
                patrollers=_of(one),
                warners=_of(*(two for two in below if two.holds(Role.EMERGENCY_OFFICER, post.place))),
                evacuators=_of(*(two for two in below if two.holds(Role.VILLAGE_HEAD, post.place))),
                warning_level=warning_level,
                shelter=f"{names[post.place]}礼堂",
            )
        )


async def enter_dikes(work: Work, county: LargeCounty) -> None:
    for place, one in dike_walkers(county).items():
        await work.rows.points.add(
            RiskPoint(
                id=0,
                number=f"QL-D{one.number:04d}",
                version=1,
                name="溪口堤防",
                category=Category.DIKE,
                level=RiskLevel.LARGER,
                place=place,
                updated_at=work.now,
                confirmed_at=work.now,
                patrollers=_of(one),
                warning_level=Decimal("34.0"),
            )
        )


def dike_walkers(county: LargeCounty) -> dict[PlaceCode, Resident]:
    """Village → who walks its dike: in each township the last patroller who has the bot and nothing to lead."""
    last: dict[str, tuple[PlaceCode, Resident]] = {}
    for one in county.residents:
        roles = {post.role for post in one.posts}
        if roles == {Role.PATROLLER} and one.chat is PrivateChat.OPEN:
            last[one.posts[0].place[:9]] = one.posts[0].place, one
    return dict(last.values())


def _of(*residents: Resident) -> tuple[PersonId, ...]:
    return tuple(PersonId(one.number + 1) for one in residents)
