"""The duty log fills itself and keeps every version; who answers for a village is asked by the ladder."""

from datetime import timedelta
from pathlib import Path

from domain.obligations import Plan, Rung
from services.ladder import resolve
from services.work import Work
from tests.duty.support import DAY_OFFICER, officers, planned
from tests.support.county import GRID, HEAD, NEIGHBOUR, NEIGHBOUR_HEAD, STATION, County, small_county


async def test_the_log_shows_who_took_over_and_what_was_telephoned_with_its_correction(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(), 8, None, DAY_OFFICER)
        await county.pass_time(minutes=1)
        await county.press(DAY_OFFICER, "接班")
        await county.say(DAY_OFFICER, "/log")
        assert "值班小张 到岗接班" in county.last(DAY_OFFICER)
        await county.press(DAY_OFFICER, "记一条")
        await county.say(DAY_OFFICER, "县防指 周值班 13800000001")
        await county.say(DAY_OFFICER, "要求报转移人数")
        await county.press(DAY_OFFICER, "跳过")
        await county.press(DAY_OFFICER, "跳过")
        await county.press(DAY_OFFICER, "提交")
        await county.say(STATION, "/log")
        assert "要求报转移人数" in county.last(STATION)
        await county.press(STATION, "更正")
        await county.say(STATION, "县防指 周值班")
        await county.say(STATION, "要求18点前报转移人数")
        await county.press(STATION, "跳过")
        await county.say(STATION, "已报42人")
        await county.press(STATION, "提交")
        assert "第 2 版" in county.last(STATION)
        await county.say(STATION, "/log")
        shown = county.last(STATION)
        assert "要求18点前报转移人数｜处理：已报42人（吴站长记，第 2 版）" in shown
        assert shown.count("☎️") == 1
        county.seen_all()


async def test_nobody_of_a_village_reads_or_writes_the_townships_log(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.say(GRID, "/log")
        assert "☎️" not in county.last(GRID)
        pressed = await county.forge(GRID, "dl:new:331124001")
        assert pressed.alert
        county.seen_all()


async def liaison(county: County) -> set[str]:
    async def ask(work: Work) -> set[str]:
        number = county.ids[NEIGHBOUR_HEAD.user_id]
        person = await work.rows.people.get(number)
        assert person is not None
        await work.rows.obligations.open(
            subject="patrol:1",
            what="x",
            plan=Plan(answer_within=1),
            opened_at=work.now,
            owing=[(person.id, NEIGHBOUR, True)],
        )
        owed = await work.rows.obligations.find("patrol:1", number, "x")
        assert owed is not None
        return {one.name for one in await resolve(work, Rung.LIAISON, person, owed)}

    found = await county.run(ask)
    assert isinstance(found, set)
    return found


async def test_whoever_answers_for_a_village_is_shown_and_asked_by_the_ladder(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        assert await liaison(county) == set()
        await county.say(STATION, "/chain 岭下")
        assert "还没有登记包保人" in county.last(STATION)
        await county.press(STATION, "加一位")
        await county.press(STATION, "郑分管")
        await county.press(STATION, "跳过")
        await county.press(STATION, "提交")
        assert "郑分管包石梁镇·岭下村" in county.last(STATION)
        assert await liaison(county) == {"郑分管"}
        await county.say(NEIGHBOUR_HEAD, "/chain")
        assert "乡镇干部包村（石梁镇·岭下村）：郑分管" in county.last(NEIGHBOUR_HEAD)
        await county.say(HEAD, "/chain 岭下")
        assert "郑分管" not in county.last(HEAD)
        county.seen_all()
