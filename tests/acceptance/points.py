"""Risk points of the large county: a pond for every patroller, a slope for every monitor."""

from decimal import Decimal

from domain.hazards import Category
from domain.people import PersonId, Role
from domain.points import RiskLevel, RiskPoint
from services.work import Work
from tests.acceptance.roster import LargeCounty, Resident

_KINDS = {
    Role.PATROLLER: (Category.POND, "岭头山塘", RiskLevel.LARGER, Decimal("32.0")),
    Role.MONITOR: (Category.GEOHAZARD, "后山滑坡点", RiskLevel.MAJOR, None),
}


async def enter_points(work: Work, county: LargeCounty) -> None:
    names = {place.code: place.name for place in county.places}
    for one in county.residents:
        post = next((post for post in one.posts if post.role in _KINDS), None)
        if post is None:
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


def _of(*residents: Resident) -> tuple[PersonId, ...]:
    return tuple(PersonId(one.number + 1) for one in residents)
