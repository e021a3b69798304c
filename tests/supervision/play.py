"""What the tests of supervision begin with: a hazard in the ledger, with the least number of presses."""

from datetime import timedelta

from domain.answers import Headcount
from domain.hazards import Category, Grade
from domain.people import Role
from services import hazards
from services.hazard_report import Reporter, Told, report_hazard
from services.ports import HazardRow
from services.work import Work
from tests.support.county import GRID, LEADER, PATROLLER, STATION, TOWNSHIP, VILLAGE, County, Someone, someone

MAYOR = someone(101, "何镇长", (Role.PRINCIPAL, TOWNSHIP))


async def hazard_of(county: County, number: int = 1) -> HazardRow:
    row = await county.bot.doors.run(lambda work: work.rows.hazards.get(number))
    assert row is not None
    return row


async def reported(
    county: County, what: str = "溢洪道堵了", category: Category = Category.POND, by: Someone = GRID
) -> HazardRow:
    async def act(work: Work) -> HazardRow:
        person = await work.rows.people.by_user(by.user_id)
        reporter = Reporter(by.user_id, person, by.name, "zh", private=True)
        told = Told(category, place=VILLAGE, what=what, threatened=Headcount(3, 11))
        return (await report_hazard(work, reporter, told)).row

    row: HazardRow = await county.run(act)
    county.seen_all()
    return row


async def taken(county: County, by: Someone = STATION, reporter: Someone = GRID) -> HazardRow:
    row = await reported(county, by=reporter)
    officer = await county.person(by)
    row = await county.run(lambda work: hazards.take(work, officer, row.id, row.version))
    county.seen_all()
    return row


async def assigned(
    county: County, *, days: int = 3, fixer: Someone = PATROLLER, major: bool = False, reporter: Someone = GRID
) -> HazardRow:
    row = await taken(county, reporter=reporter)
    officer, person, leader = await county.person(STATION), await county.person(fixer), await county.person(LEADER)
    if major:
        row = await county.run(lambda work: hazards.grade(work, leader, row.id, row.version, Grade.MAJOR, "专人看守"))

    async def give(work: Work) -> HazardRow:
        due = work.now + timedelta(days=days)
        said = hazards.Assignment("上坞村", person.id, "人工清理", due, "下游不住人" if major else "")
        return (await hazards.assign(work, officer, row.id, said))[0]

    row = await county.run(give)
    county.seen_all()
    return row


async def closed(county: County, row: HazardRow, by: Someone, fixer: Someone = PATROLLER) -> HazardRow:
    """Fixed by one, closed by another."""
    hand, judge = await county.person(fixer), await county.person(by)
    row = await county.run(lambda work: hazards.fixed(work, hand, row.id, ("photo",), "通了"))
    row = await county.run(lambda work: hazards.close(work, judge, row.id, row.version))
    county.seen_all()
    return row
