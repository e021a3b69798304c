"""What tests of hazards do again and again: report one, give it out, say that it is fixed."""

from services.ports import HazardEvent, HazardReport, HazardRow
from tests.support.county import (
    GRID,
    PATROLLER,
    STATION,
    County,
    Someone,
)


async def hazard(county: County, number: int = 1) -> HazardRow:
    row = await county.bot.doors.run(lambda work: work.rows.hazards.get(number))
    assert row is not None
    return row


async def reports(county: County, number: int = 1) -> list[HazardReport]:
    return await county.bot.doors.run(lambda work: work.rows.hazards.reports_of(number))


async def events(county: County, number: int = 1) -> list[HazardEvent]:
    return await county.bot.doors.run(lambda work: work.rows.hazards.events_of(number))


async def report(county: County, who: Someone = GRID, what: str = "溢洪道堵了", threatened: str = "没有人") -> None:
    """A pond's overflow at the reporter's own village, told in five answers."""
    await county.say(who, "/report")
    await county.press(who, "山塘水库")
    await county.press(who, "上坞村")
    await county.say(who, what)
    await county.say(who, threatened)
    await county.press(who, "跳过")
    await county.press(who, "确认提交")


async def assigned(county: County, fixer: str = "山塘老徐", by: Someone = STATION) -> None:
    """Reported, taken and given to somebody, three days to go."""
    await report(county)
    await county.press(by, "接办")
    await county.press(by, fixer)
    await county.press(by, "上坞村")
    await county.press(by, "人工清理")
    await county.press(by, "3天")
    await county.press(by, "确认提交")


async def said_to_be_fixed(county: County, fixer: Someone = PATROLLER) -> None:
    await assigned(county, fixer.name)
    await county.press(fixer, "已整改")
    await county.photo(fixer, data=b"clear", caption="通了")
    await county.press(fixer, "确认提交")
