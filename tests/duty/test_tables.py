"""Shifts and assignments come in from a table: all or nothing, again without doubling, by those whose task it is."""

import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

from domain.duty import Shift
from domain.people import Person
from domain.tables import Line
from services.chain_import import import_chain
from services.duty_import import import_duty
from services.table_imports import Imported, imported_card
from services.work import Work
from tests.duty.support import DAY_OFFICER, NIGHT_OFFICER, officers
from tests.support.county import ELSEWHERE, HEAD, LEADER, STATION, TOWNSHIP, VILLAGE, County, Someone, small_county

SHIFTS = ("日期", "开始", "结束", "单位", "带班领导", "值班员")
CHAIN = ("包保人", "手机", "乡镇", "村", "包保户")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def lines(header: Sequence[str], *rows: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(number, tuple(cells)) for number, cells in enumerate((header, *rows), 1))


def day_of(county: County, days: int) -> str:
    return f"{(county.clock.now() + timedelta(days=days, hours=8)):%Y-%m-%d}"


def shift(
    county: County, days: int = 1, *, leader: str = LEADER.name, who: str = "值班小张", unit: str = "石梁镇"
) -> tuple[str, ...]:
    return (day_of(county, days), "8:00", "20:00", unit, leader, who)


async def bring_in(county: County, *rows: Sequence[str], by: Someone | None = None, dry: bool = False) -> Imported:
    async def service(work: Work) -> Imported:
        author = None if by is None else await work.rows.people.get(county.ids[by.user_id])
        return await import_duty(work, lines(SHIFTS, *rows), author, dry=dry)

    result: Imported = await county.run(service)
    return result


async def chain_in(county: County, *rows: Sequence[str], by: Someone | None = None) -> Imported:
    async def service(work: Work) -> Imported:
        author = None if by is None else await work.rows.people.get(county.ids[by.user_id])
        return await import_chain(work, lines(CHAIN, *rows), author)

    result: Imported = await county.run(service)
    return result


async def planned_shifts(county: County) -> list[tuple[str | None, tuple[str, ...]]]:
    async def service(work: Work) -> list[tuple[str | None, tuple[str, ...]]]:
        found: list[Shift] = await work.rows.duty.shifts_between(work.now, work.now + timedelta(days=30))
        people: dict[int, Person] = dict(await work.rows.people.many({one for row in found for one in row.members}))
        return [
            (None if row.leader is None else people[row.leader].name, tuple(people[one].name for one in row.officers))
            for row in found
        ]

    shifts: list[tuple[str | None, tuple[str, ...]]] = await county.run(service)
    return shifts


async def told(county: County, result: Imported) -> str:
    text: str = await county.run(lambda work: _card(work, result))
    return text


async def _card(work: Work, result: Imported) -> str:
    return imported_card(work, "duty", result, "zh")


async def test_shifts_come_in_once_and_again_change_instead_of_doubling(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        dry = await bring_in(county, shift(county), shift(county, 2), dry=True)
        assert (len(dry.added), await planned_shifts(county)) == (2, [])
        first = await bring_in(county, shift(county), shift(county, 2))
        again = await bring_in(county, shift(county), shift(county, 2, who="值班老王、值班小张"))
        assert (len(first.added), len(again.added), len(again.updated), again.unchanged) == (2, 0, 1, 1)
        assert await planned_shifts(county) == [
            (LEADER.name, ("值班小张",)),
            (LEADER.name, ("值班老王", "值班小张")),
        ]
        assert "值班员不足 2 人" in await told(county, first)


async def test_one_wrong_line_and_no_shift_comes_in(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await bring_in(county, shift(county, 3))
        clash = (day_of(county, 3), "12:00", "21:00", "石梁镇", LEADER.name, "值班小张")
        result = await bring_in(
            county,
            shift(county),
            shift(county, 2, who="没有这人"),
            shift(county, 4, who=HEAD.name),
            clash,
        )
        assert [(one.line, one.key) for one in result.problems] == [
            (3, "table.person.unknown_name"),
            (4, "duty.table.stranger"),
            (5, "duty.wrong.overlaps"),
        ]
        assert len(await planned_shifts(county)) == 1
        assert "没有导入，值班表没有任何改动。" in await told(county, result)


async def test_shifts_that_are_over_stay_as_they_were(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        result = await bring_in(county, shift(county, -3), shift(county))
        assert len(result.added) == 1
        assert "已经过去的 1 班没有动" in await told(county, result)


async def test_nobody_plans_the_duty_of_another_unit(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        result = await bring_in(county, shift(county, unit="云坑乡", leader="无", who="云坑站长"), by=STATION)
        assert [one.key for one in result.problems] == ["table.not_yours"]
        own = await bring_in(county, shift(county, unit=""), by=STATION)
        assert own.done
        kept = await county.run(lambda work: work.rows.duty.places_with_shifts(work.now))
        assert kept == [TOWNSHIP]


async def test_assignments_come_in_household_by_household_and_keep_what_a_blank_cell_does_not_say(
    tmp_path: Path,
) -> None:
    async with small_county(tmp_path) as county:
        first = await chain_in(
            county,
            (LEADER.name, "", "石梁镇", "上坞村", ""),
            (HEAD.name, HEAD.phone, "石梁镇", "上坞村", "甲户"),
            (HEAD.name, HEAD.phone, "石梁镇", "上坞村", "乙户"),
        )
        assert (len(first.added), first.problems) == (2, ())
        again = await chain_in(
            county,
            (LEADER.name, "", "石梁镇", "上坞村", ""),
            (HEAD.name, HEAD.phone, "石梁镇", "上坞村", ""),
        )
        assert (again.added, again.updated, again.unchanged) == ((), (), 2)
        changed = await chain_in(county, (HEAD.name, HEAD.phone, "石梁镇", "上坞村", "丙户"))
        assert len(changed.updated) == 1
        found = await county.run(lambda work: work.rows.chain.of_places([VILLAGE]))
        assert sorted(one.households for one in found) == ["", "丙户"]
        assert "丙户" not in await told(county, changed)


async def test_whose_post_cannot_answer_for_a_place_keeps_the_file_out(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        result = await chain_in(
            county, (LEADER.name, "", "石梁镇", "", ""), (LEADER.name, "", "云坑乡", "坑头村", ""), by=STATION
        )
        assert [(one.line, one.key) for one in result.problems] == [(2, "chain.unfit"), (3, "table.not_yours")]
        assert await county.run(lambda work: work.rows.chain.of_places([TOWNSHIP, VILLAGE, ELSEWHERE])) == []


def workbook(*rows: Sequence[str]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def send(county: County, who: Someone, data: bytes, name: str = "值班表.xlsx", mime: str = XLSX) -> None:
    county.clock.advance(timedelta(seconds=1))
    await county.world.send_document(who.user_id, who.user_id, data, name=name, mime=mime)
    await county.settle()
    while await county.bot.tables.run_once():
        await county.settle()
    await county.settle()


async def test_whoever_plans_duty_sends_the_table_sees_what_would_be_done_and_brings_it_in_with_one_tap(
    tmp_path: Path,
) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await county.say(STATION, "/duty")
        await county.press(STATION, "空白表")
        await county.make_papers()
        ((name, blank),) = county.files(STATION)
        assert name == "值班表.xlsx"
        book = load_workbook(io.BytesIO(blank))
        sheet = book.worksheets[0]
        titles = [cell.value for cell in sheet[1]]
        told_cells = {"日期": day_of(county, 1), "带班领导": LEADER.name, "值班员": "值班小张、值班老王"}
        for title, value in told_cells.items():
            sheet.cell(2, titles.index(title) + 1, value)
        filled = io.BytesIO()
        book.save(filled)
        await send(county, STATION, filled.getvalue())
        assert "值班表看过了，没有错。还没有导入。" in county.last(STATION)
        assert await planned_shifts(county) == []
        await county.press(STATION, "✅ 导入")
        assert "值班表已导入。" in county.last(STATION)
        assert await planned_shifts(county) == [(LEADER.name, (DAY_OFFICER.name, NIGHT_OFFICER.name))]
        kept = await county.run(lambda work: work.rows.sent_tables.get(1))
        assert (kept.state, kept.lines) == ("imported", ())
        again = await county.forge(STATION, "tb:yes:1")
        assert again.alert
        assert len(await planned_shifts(county)) == 1
        county.seen_all()


async def test_a_table_with_mistakes_is_told_line_by_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await send(county, STATION, workbook(SHIFTS, ("昨天", "8", "20", "石梁镇", "没有这人", "")))
        text = county.last(STATION)
        assert "第 2 行：日期“昨天”看不懂" in text
        assert "请改好后再发一次。" in text
        kept = await county.run(lambda work: work.rows.sent_tables.get(1))
        assert (kept.state, kept.lines) == ("refused", ())
        await send(county, STATION, "姓名,爱好\n张三,下棋\n".encode(), "x.csv", "text/csv")
        assert "这不是值班表，也不是包保名单" in county.last(STATION)
        county.seen_all()


async def test_a_file_of_somebody_whose_task_it_is_not_is_no_table(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await send(county, HEAD, workbook(SHIFTS))
        assert await county.run(lambda work: work.rows.sent_tables.get(1)) is None
        await send(county, STATION, workbook(CHAIN, (LEADER.name, "", "石梁镇", "上坞村", "")))
        pressed = await county.forge(HEAD, "tb:yes:1")
        assert pressed.alert
        assert await county.run(lambda work: work.rows.chain.of_places([VILLAGE])) == []
        await county.press(STATION, "不导入")
        assert "没有导入，什么都没有改" in county.last(STATION)
        county.seen_all()


async def test_lines_nobody_said_yes_to_are_forgotten_after_a_day(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await send(county, STATION, workbook(CHAIN, (LEADER.name, "", "石梁镇", "上坞村", "")))
        kept = await county.run(lambda work: work.rows.sent_tables.get(1))
        assert len(kept.lines) == 2
        dropped = await county.run(lambda work: work.rows.sent_tables.drop_older(work.now + timedelta(days=1)))
        kept = await county.run(lambda work: work.rows.sent_tables.get(1))
        assert (dropped, kept.state, kept.lines) == (1, "dropped", ())
        county.seen_all()
