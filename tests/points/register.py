"""Points in a small county, put there as an import would."""

from dataclasses import replace
from typing import Any

from domain.hazards import Category
from domain.points import RiskLevel, RiskPoint
from services.work import Work
from tests.support.county import START, VILLAGE, County

POND = RiskPoint(
    id=0,
    number="SL-001",
    version=1,
    name="岭头山塘",
    category=Category.POND,
    level=RiskLevel.LARGER,
    place=VILLAGE,
    updated_at=START,
    confirmed_at=START,
    lat=28.4512,
    lon=119.4821,
    households=3,
    people=11,
    department="水利",
)


async def enter(county: County, *points: RiskPoint) -> list[RiskPoint]:
    async def work(work: Work) -> list[RiskPoint]:
        return [await work.rows.points.add(one) for one in points]

    made: list[RiskPoint] = await county.run(work)
    return made


async def pond(county: County, **fields: Any) -> RiskPoint:
    (made,) = await enter(county, replace(POND, **fields))
    return made


async def now(county: County, point: RiskPoint) -> RiskPoint:
    async def work(work: Work) -> RiskPoint | None:
        return await work.rows.points.get(point.id)

    found = await county.run(work)
    assert isinstance(found, RiskPoint)
    return found
