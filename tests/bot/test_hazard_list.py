"""/hazards on the whole bot: the most urgent first, divided by buttons, page after page."""

from datetime import timedelta

from domain.answers import Headcount
from domain.hazards import Category
from domain.places import PlaceCode
from services.hazard_report import Reporter, Told, report_hazard
from services.work import Work
from tests.support.county import (
    DUTY,
    FAR_VILLAGE,
    GRID,
    HEAD,
    NEIGHBOUR,
    PATROLLER,
    STATION,
    VILLAGE,
    County,
)
from tests.support.hazards import assigned, hazard


async def some(county: County, count: int, category: Category = Category.ROAD, place: PlaceCode = VILLAGE) -> None:
    async def act(work: Work) -> None:
        reporter = Reporter(GRID.user_id, await work.rows.people.by_user(GRID.user_id), GRID.name, "zh", private=True)
        for number in range(count):
            told = Told(category, place=place, what=f"第{number}处", threatened=Headcount(0, 0))
            await report_hazard(work, reporter, told)

    await county.bot.doors.run(act)
    await county.pass_time(minutes=3)
    county.seen_all()


def labels(county: County) -> list[str]:
    return [one["text"] for row in county.messages(STATION.user_id, STATION)[-1].buttons for one in row]


async def test_a_station_divides_its_list_by_buttons_and_turns_its_pages(county: County) -> None:
    await some(county, 9)
    await some(county, 2, Category.GAS, NEIGHBOUR)
    await some(county, 1, Category.GAS, FAR_VILLAGE)
    await county.say(STATION, "/hazards")
    assert "没销号的隐患　11 条" in county.last(STATION)
    assert "2026-0012" not in county.last(STATION)  # another township's
    assert "待核实交办 11" in labels(county)
    assert "我要办的 11" in labels(county)
    assert not any("到期" in one for one in labels(county))  # none is: no button
    await county.press(STATION, "下一页")
    assert "▫️ 2026-0011 燃气 石梁镇·岭下村：待核实" in county.last(STATION)
    assert "2026-0001 " not in county.last(STATION)
    await county.press(STATION, "按地方")
    assert labels(county) == ["上坞村 9", "岭下村 2", "不分，全部看"]
    await county.press(STATION, "岭下村 2")
    assert "没销号的隐患　石梁镇·岭下村　2 条" in county.last(STATION)
    await county.press(STATION, "按类别")
    assert labels(county) == ["燃气 2", "不分，全部看"]
    await county.press(STATION, "燃气 2")
    await county.press(STATION, "2026-0010")
    assert "第0处" in county.last(STATION)
    county.seen_all()


async def test_the_county_sees_townships_first(county: County) -> None:
    await some(county, 2)
    await some(county, 1, Category.GAS, FAR_VILLAGE)
    await county.say(DUTY, "/hazards")
    await county.press(DUTY, "按地方")
    found = [one["text"] for row in county.messages(DUTY.user_id, DUTY)[-1].buttons for one in row]
    assert found == ["石梁镇 2", "云坑乡 1", "不分，全部看"]
    county.seen_all()


async def test_what_is_overdue_and_mine_is_one_tap_away(county: County) -> None:
    await assigned(county)
    await some(county, 2)
    await county.pass_time(timedelta(hours=6), days=4)
    county.seen_all()
    await county.say(PATROLLER, "/hazards")
    assert "⏰ 2026-0001" in county.last(PATROLLER)
    assert "1 条" in county.last(PATROLLER)
    await county.say(STATION, "/hazards")
    await county.press(STATION, "到期 1")
    assert "没销号的隐患　到期的　1 条" in county.last(STATION)
    await county.press(STATION, "全部 3")
    assert "3 条" in county.last(STATION)
    county.seen_all()


async def test_a_forged_list_shows_nobody_more_than_is_his(county: County) -> None:
    await assigned(county)
    await county.say(HEAD, "/hazards")
    for data in ("h:list:all:331124002:-:-", "h:by:all:-:-:place"):
        await county.forge(HEAD, data)
        assert "坑头" not in county.last(HEAD)
    for data in ("h:list:no:-:-:-", "h:list:all:-:H77:-", "h:list:all:-:-:²", "h:list"):
        assert (await county.forge(HEAD, data)).alert
    assert (await hazard(county)).version > 0
    county.seen_all()
