"""The sheets of the ledgers: what stands in them, who gets them, how they are printed, and the county's own form."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from domain.hazards import Category, Treatment
from domain.ledger import FIELDS
from domain.ledger_policy import LedgerColumn, LedgerPolicy
from domain.points import RiskLevel, RiskPoint
from services.hazard_report import Reporter, Told, report_hazard
from services.work import Work
from tests.support.county import DUTY, FAR_STATION, FAR_VILLAGE, GRID, START, STATION, VILLAGE, County, small_county

FOUND = (START - timedelta(hours=2)).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made


async def register(county: County) -> None:
    """A slope in one township and a pond in another, and a hazard at the slope that was seen two hours ago."""
    walker, station = await county.person(GRID), await county.person(STATION)

    async def put(work: Work) -> None:
        slope = RiskPoint(
            *(0, "DZ-1", 1, "后山滑坡", Category.GEOHAZARD, RiskLevel.MAJOR, VILLAGE, work.now, work.now),
            people=11,
            patrollers=(walker.id,),
        )
        slope = await work.rows.points.add(slope)
        pond = replace(slope, number="ST-1", name="里塘", category=Category.POND, place=FAR_VILLAGE, people=None)
        await work.rows.points.add(pond)
        by = Reporter(GRID.user_id, walker, GRID.name, "zh", private=True)
        told = Told(
            *(Category.GEOHAZARD,),
            place=VILLAGE,
            what="裂缝变宽",
            point_id=slope.id,
            found_at=START - timedelta(hours=2),
        )
        row = (await report_hazard(work, by, told)).row
        event = replace((await work.rows.hazards.events_of(row.id))[0], version=row.version + 1, move="take")
        said: dict[str, Any] = {"consequence": "压到房子", "treatment": Treatment.RELOCATE, "fund": "县里出"}
        await work.rows.hazards.move(row, event, recheck_by=station.id, **said)

    await county.run(put)
    county.seen_all()


def newest(county: County, someone: Any) -> Workbook:
    return load_workbook(io.BytesIO(county.files(someone)[-1][1]))


def lines(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


async def test_a_hazard_stands_there_with_all_that_the_form_asks(county: County) -> None:
    await register(county)
    await county.say(STATION, "/ledger")
    await county.press(STATION, "分区域表格")
    await county.make_papers()
    (line,) = lines(newest(county, STATION), "上坞村")
    names = ("风险点", "可能后果", "治理方式", "资金", "指定复查人")
    assert [line[name] for name in names] == ["后山滑坡", "压到房子", "避险搬迁", "县里出", STATION.name]
    assert line["发现时间"] == FOUND
    county.seen_all()


async def test_the_register_of_points_is_a_sheet_by_area_with_sums(county: County) -> None:
    await register(county)
    await county.say(DUTY, "/ledger")
    await county.press(DUTY, "风险点表格")
    await county.make_papers()
    book = newest(county, DUTY)
    assert book.sheetnames == ["汇总", "石梁镇", "云坑乡"]
    (slope,) = lines(book, "石梁镇")
    wanted = ("编号", "风险等级", "威胁人数", "威胁户数", "巡查责任人")
    assert [slope[one] for one in wanted] == ["DZ-1", "重大（红）", 11, None, GRID.name]
    assert slope["巡查责任人电话"].startswith("*******")
    assert [[line["合计"], line["威胁人数"]] for line in lines(book, "汇总")] == [[1, 11], [1, None]]
    county.seen_all()


async def test_a_filtered_list_is_exported_as_it_is_filtered_and_nobody_gets_another_area(county: County) -> None:
    await register(county)
    await county.say(FAR_STATION, "/points")
    await county.press(FAR_STATION, "分灾种")
    await county.make_papers()
    assert newest(county, FAR_STATION).sheetnames == ["汇总", "洪涝山洪"]
    await county.say(GRID, "/points")
    assert "⬇️" not in str(county.messages(GRID.user_id)[-1])
    county.seen_all()


async def test_the_county_own_form_holds_for_every_ledger(tmp_path: Path) -> None:
    columns = '{ field = "place_code", title = "行政区划" }, { title = "单位", text = "县局" }'
    file = tmp_path / "county.toml"
    file.write_text(f"[ledger]\npoints = [{columns}]\nletters = [{{ field = 'matter' }}]\n", "utf-8")
    async with small_county(tmp_path, county_file=file) as county:
        await register(county)
        await county.say(STATION, "/points")
        await county.press(STATION, "分区域")
        await county.make_papers()
        assert lines(newest(county, STATION), "上坞村") == [{"行政区划": VILLAGE, "单位": "县局"}]
        county.seen_all()


@pytest.mark.parametrize("ledger", FIELDS)
def test_a_form_with_an_unknown_field_is_refused(ledger: str) -> None:
    with pytest.raises(ValueError, match="no such field colour"):
        LedgerPolicy(**{ledger: (LedgerColumn(field="colour"),)})


async def test_every_sheet_is_ready_for_paper(county: County) -> None:
    await register(county)
    await county.say(STATION, "/ledger")
    await county.press(STATION, "分区域表格")
    await county.make_papers()
    sums, wide = newest(county, STATION)
    assert [sheet.page_setup.fitToWidth for sheet in (sums, wide)] == [1, 2]
    for sheet in (sums, wide):
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$A")
    county.seen_all()
