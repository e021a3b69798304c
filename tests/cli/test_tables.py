"""Divisions, roster, enrolment sheets: from files into the database of a bot that does not run, and onto paper."""

import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

from demo.county import COUNTY
from storage.backup_requests import sole_use_of
from tests.cli.conftest import Terminal

DIVISIONS = Path(__file__).parents[2] / "demo" / "data" / "divisions.csv"
ROSTER = """姓名,手机,岗位,乡镇,村
周值班,13800000001,县防指值班,,
吴站长,13800000002,应急站站长,西屏街道,
李书记,13800000003,村书记,西屏街道,城东社区
陈应急,13800000004,应急管理员、预警员,西屏街道,城东社区
岭下书记,13800000005,村书记,西屏街道,城南社区
"""


@pytest.fixture
def county(terminal: Terminal) -> Terminal:
    """Divisions and five people."""
    (terminal.folder / "roster.csv").write_text(ROSTER, "utf-8")
    assert terminal("import-places", DIVISIONS).code == 0
    assert terminal("import-roster", "roster.csv").code == 0
    return terminal


def test_divisions_and_people_come_in_and_are_counted(county: Terminal) -> None:
    again = county("import-places", DIVISIONS)
    assert (again.code, again.out) == (0, "区划已导入。新加 0 处，更新 0 处，没有变化 234 处。\n")
    assert "没有变化 5 人" in county("import-roster", "roster.csv").out


def test_a_file_with_one_mistake_changes_nothing_and_names_the_line(county: Terminal) -> None:
    (county.folder / "wrong.csv").write_text(ROSTER.replace("13800000005", "1380000000"), "utf-8")
    said = county("import-roster", "wrong.csv")
    assert said.code == 1
    assert "没有任何改动" in said.out
    assert "第 6 行" in said.out


def test_whoever_is_missing_from_a_complete_list_leaves_only_when_that_is_confirmed(county: Terminal) -> None:
    shorter = "\n".join(line for line in ROSTER.splitlines() if "陈应急" not in line and "县防指" not in line)
    (county.folder / "shorter.csv").write_text(shorter, "utf-8")
    listed = county("import-roster", "shorter.csv", "--complete-for", "西屏街道")
    assert "还没有办离任" in listed.out
    assert "陈应急" in listed.out
    done = county("import-roster", "shorter.csv", "--complete-for", "331124001", "--confirm")
    assert "已办离任：陈应急" in done.out


def test_a_place_that_is_unknown_or_not_the_only_one_is_told(county: Terminal) -> None:
    unknown = county("import-roster", "roster.csv", "--complete-for", "无名乡")
    assert (unknown.code, unknown.err.startswith("区划里没有“无名乡”")) == (1, True)


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_read_is_told_in_one_line(terminal: Terminal, name: str) -> None:
    said = terminal("import-places", name)
    assert said.code == 1
    assert said.err.startswith("文件读不了：")
    assert len(said.err.splitlines()) == 1


def test_nothing_is_imported_while_the_bot_runs(county: Terminal) -> None:
    with sole_use_of(county.database) as alone:
        assert alone
        said = county("import-roster", "roster.csv")
    assert said.code == 1
    assert "请先停掉正在运行的机器人" in said.err


def test_the_empty_roster_can_be_filled_in_and_imported(county: Terminal) -> None:
    said = county("roster-template", "roster.xlsx")
    assert (said.code, "roster.xlsx" in said.out) == (0, True)
    book = load_workbook(county.folder / "roster.xlsx")
    titles = {cell.value: cell.column for cell in book.worksheets[0][1]}
    for title, value in (
        ("姓名", "王网格"),
        ("手机", "13800000006"),
        ("岗位", "网格员"),
        ("行政区划代码", "331124001001"),
    ):
        book.worksheets[0].cell(2, titles[title], value)
    book.save(county.folder / "filled.xlsx")
    assert "新加 1 人：王网格" in county("import-roster", "filled.xlsx").out


def test_an_existing_file_is_only_replaced_when_that_is_said(terminal: Terminal) -> None:
    (terminal.folder / "roster.xlsx").write_text("mine")
    assert "--overwrite" in terminal("roster-template", "roster.xlsx").err
    assert (terminal.folder / "roster.xlsx").read_text() == "mine"
    assert terminal("roster-template", "roster.xlsx", "--overwrite").code == 0


# -- enrolment sheets -------------------------------------------------------------------------------------------------


def test_the_sheet_of_a_village_is_one_private_file(county: Terminal) -> None:
    said = county("enrol-sheets", "城东社区", "--out", "cards.html", "--bot-name", "@shouwang_bot")
    assert said.code == 0
    page = (county.folder / "cards.html").read_text("utf-8")
    assert ("李书记" in page, "陈应急" in page, "岭下书记" in page) == (True, True, False)
    assert "13800000003" not in page
    assert stat.S_IMODE((county.folder / "cards.html").stat().st_mode) == 0o600


def test_the_sheets_of_a_township_are_files_in_a_folder(county: Terminal) -> None:
    refused = county("enrol-sheets", "331124001", "--out", "cards.html", "--bot-name", "shouwang_bot")
    assert (refused.code, refused.err.startswith("一共 3 个村")) == (1, True)
    assert county("enrol-sheets", "331124001", "--out", "cards", "--bot-name", "shouwang_bot").code == 0
    names = sorted(path.name for path in (county.folder / "cards").iterdir())
    assert [re.match(r"\d+", name)[0] for name in names] == ["331124001", "331124001001", "331124001002"]  # type: ignore[index]


def test_codes_that_stand_on_no_paper_do_not_make_older_ones_void(county: Terminal) -> None:
    county("enrol-sheets", "城东社区", "--out", "cards.html", "--bot-name", "shouwang_bot")
    before = (county.folder / "cards.html").read_bytes()
    refused = county("enrol-sheets", "城东社区", "--out", "cards.html", "--bot-name", "shouwang_bot")
    assert (refused.code, "--overwrite" in refused.err) == (1, True)
    assert (county.folder / "cards.html").read_bytes() == before
    checked = county("backup", "copy.db")
    assert checked.code == 0
    assert _links(county) == (2, 0)


def _links(county: Terminal) -> tuple[int, int]:
    """(valid, void)"""
    with closing(sqlite3.connect(county.folder / "copy.db")) as copy:
        rows = copy.execute("SELECT revoked_at IS NULL FROM enrolment_link").fetchall()
    return sum(one for (one,) in rows), sum(not one for (one,) in rows)


def test_the_name_of_the_bot_is_asked_of_telegram_where_it_is_not_given(county: Terminal) -> None:
    county.set(BOT_TOKEN="700000009:test-token-of-the-command-line-0000000", TELEGRAM_API_URL="http://127.0.0.1:9")
    said = county("enrol-sheets", COUNTY, "--out", "cards")
    assert said.code == 1
    assert "--bot-name" in said.err
    assert "700000009" not in said.err


def test_the_empty_register_of_risk_points_can_be_filled_in_and_imported_twice(county: Terminal) -> None:
    assert county("points-template", "points.xlsx").code == 0
    book = load_workbook(county.folder / "points.xlsx")
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    cells = {"名称": "岭头山塘", "类别": "H09", "乡镇": "西屏街道", "村": "城东社区", "巡查责任人": "陈应急"}
    for title, value in cells.items():
        sheet.cell(2, titles.index(title) + 1, value)
    book.save(county.folder / "filled.xlsx")
    assert "新加 1 处：岭头山塘" in county("import-points", "filled.xlsx").out
    assert "没有变化 1 处" in county("import-points", "filled.xlsx").out


def test_persons_whom_the_roster_does_not_have_can_be_left_out(county: Terminal) -> None:
    filled = "名称,类别,乡镇,村,巡查责任人\n岭头山塘,H09,西屏街道,城东社区,赵无\n"
    (county.folder / "points.csv").write_text(filled, "utf-8")
    refused = county("import-points", "points.csv")
    assert (refused.code, "责任人赵无不在名册里" in refused.out) == (1, True)
    assert county("import-points", "points.csv", "--leave-unknown").code == 0
