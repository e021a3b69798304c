"""/ledger as people use it: who sees what, the search by number and words, the sheet that comes as a file."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from domain.hazards import Category
from domain.places import PlaceCode
from services.hazard_report import Reporter, Told, report_hazard
from services.work import Work
from tests.support.county import (
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    STATION,
    VILLAGE,
    WATER,
    County,
    small_county,
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    """Three hazards: a slope and a pond in one village, a road in another township."""
    async with small_county(tmp_path) as made:
        for place, category, what in (
            (VILLAGE, Category.GEOHAZARD, "后山裂缝变宽"),
            (VILLAGE, Category.POND, "=1+1 涵管渗水"),
            (FAR_VILLAGE, Category.ROAD, "路基裂缝"),
        ):
            await report(made, place, category, what)
        made.seen_all()
        yield made


async def report(county: County, place: PlaceCode, category: Category, what: str) -> None:
    person = await county.person(GRID)

    async def told(work: Work) -> None:
        by = Reporter(GRID.user_id, person, GRID.name, "zh", private=True)
        await report_hazard(work, by, Told(category, place=place, what=what))

    await county.run(told)


async def test_everybody_sees_his_own_area(county: County) -> None:
    await county.say(DUTY, "/ledger")
    assert "待核实 3" in county.last(DUTY)
    await county.say(HEAD, "台账")
    assert "待核实 2" in county.last(HEAD)
    await county.say(FAR_STATION, "/ledger")
    assert county.last(FAR_STATION).count("2026-") == 1
    await county.say(WATER, "/ledger")
    assert "2026-0002 山塘水库" in county.last(WATER)
    await county.say(GRID, "/ledger")
    assert "不在您名册登记的职责之内" in county.last(GRID)


async def test_found_by_number_and_by_words(county: County) -> None:
    await county.say(DUTY, "台账 裂缝")
    said = county.last(DUTY)
    assert ("2026-0001" in said, "2026-0002" in said, "2026-0003" in said) == (True, False, True)
    await county.say(DUTY, "台账 2号")
    assert county.last(DUTY).count("2026-") == 1
    await county.say(HEAD, "台账 2026-0003")
    assert "没有这样的隐患" in county.last(HEAD)


async def test_a_number_opens_the_details(county: County) -> None:
    await county.say(STATION, "/ledger")
    await county.press(STATION, "2026-0001")
    assert "后山裂缝变宽" in county.last(STATION)


async def test_the_sheet_comes_as_a_file_and_calculates_nothing(county: County) -> None:
    await county.say(STATION, "/ledger")
    await county.press(STATION, "分区域表格")
    await county.make_papers()
    ((name, content),) = county.files(STATION)
    assert (name.startswith("隐患台账"), name.endswith(".xlsx")) == (True, True)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["汇总", "上坞村"]
    assert [[c.value for c in row] for row in book["汇总"]["A1:D2"]][1][:3] == ["上坞村", 2, 0]
    titles = [cell.value for cell in book["上坞村"][1]]
    lines = [dict(zip(titles, (c.value for c in row), strict=True)) for row in book["上坞村"].iter_rows(min_row=2)]
    assert [line["编号"] for line in lines] == ["2026-0001", "2026-0002"]
    assert lines[1]["隐患描述"] == "'=1+1 涵管渗水"
    assert book["上坞村"].freeze_panes == "A2"
    assert "隐患台账，2 条" in county.last(STATION)


async def test_by_trade_each_department_has_its_sheet(county: County) -> None:
    await county.say(DUTY, "/ledger")
    await county.press(DUTY, "分行业表格")
    await county.make_papers()
    book = load_workbook(io.BytesIO(county.files(DUTY)[0][1]))
    assert book.sheetnames == ["汇总", "水利", "自然资源", "交通"]
    county.seen_all()


async def test_everything_of_a_month_comes_as_one_file_with_its_checksums(county: County) -> None:
    await county.say(STATION, "/ledger")
    await county.press(STATION, "存档")
    await county.make_papers()
    name, content = county.files(STATION)[-1]
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = json.loads(archive.read("manifest.json"))["files"]
        assert [one["name"].partition("2026")[0] for one in listed] == ["事件记录.xlsx", "隐患台账", "巡查台账"]
        for one in listed:
            assert sha256(archive.read(one["name"])).hexdigest() == one["sha256"]
    assert "存档" in county.last(STATION)


async def test_what_was_typed_is_what_the_sheet_holds(county: County) -> None:
    await county.say(DUTY, "台账 云坑 裂缝")
    assert county.last(DUTY).count("2026-") == 1
    await county.press(DUTY, "分灾种表格")
    await county.make_papers()
    book = load_workbook(io.BytesIO(county.files(DUTY)[-1][1]))
    assert book.sheetnames == ["汇总", "道路桥隧"]
    county.seen_all()
