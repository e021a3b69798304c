"""Paper and files that leave the bot: the enrolment sheet, the empty roster, and cells that nobody can calculate."""

import io
import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from domain.enrolment import IssuedLink
from domain.people import PersonId, Role
from domain.places import PlaceCode
from domain.roster import COLUMNS, read_roster
from messages.catalogue import Catalogue
from messages.cells import safe_cell
from messages.roster_template import roster_template
from messages.sheets import enrolment_sheet, sheets_by_village
from tests.roster.files import COUNTY, TREE, read

URL = "https://t.me/shouwang_test_bot?start=e_abcdefghijklmnopqrstuvwxyz012345"
EXPIRES = datetime(2026, 6, 23, 8, tzinfo=timezone(timedelta(hours=8)))


def link(number: int, name: str, village: str = "331124001001", place: str = "石梁镇·上坞村") -> IssuedLink:
    duties = (f"{place}的网格员、预警员",)
    return IssuedLink(PersonId(number), name, "5678", PlaceCode(village), place, duties, EXPIRES, f"{URL}{number}")


class Page(HTMLParser):
    """What a printer would show, and what a browser would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "data"}]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def test_a_sheet_has_for_each_person_name_post_tail_code_and_large_words() -> None:
    page = Page(
        enrolment_sheet(Catalogue(), "石梁镇·上坞村", [link(1, "王大爷"), link(2, "陈应急")], "shouwang_test_bot")
    )
    shown = [text for text in page.texts if not text.startswith(("@page", "*"))]
    assert shown[1:8] == [
        "石梁镇·上坞村：登记二维码",
        "王大爷",
        "石梁镇·上坞村的网格员、预警员",
        "手机尾号 5678",
        "用手机扫这个码，再按“开始”",
        "只限王大爷本人用，用一次就作废。不要拍照转发",
        "6月23日 08:00 前有效",
    ]
    assert page.tags.count("svg") == 2


def test_a_sheet_loads_nothing_and_shows_no_link_as_text() -> None:
    html = enrolment_sheet(Catalogue(), "上坞村", [link(1, "王大爷")], "shouwang_test_bot")
    page = Page(html)
    assert page.fetched == []
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert "start=e_" not in html
    assert re.findall(r"url\(|@import", html) == []


def test_hostile_names_stay_text() -> None:
    html = enrolment_sheet(Catalogue(), "<script>alert(1)</script>", [link(1, "<b>&\"'坏人")], "bot")
    page = Page(html)
    assert "script" not in page.tags
    assert "b" not in page.tags


def test_every_village_has_its_own_sheet() -> None:
    links = [link(1, "甲"), link(2, "乙", "331124001002", "石梁镇·岭下村"), link(3, "丙")]
    pages = sheets_by_village(Catalogue(), links, "bot")
    assert list(pages) == ["331124001001", "331124001002"]
    assert [("甲" in html, "乙" in html, "丙" in html) for html in pages.values()] == [
        (True, False, True),
        (False, True, False),
    ]


def test_the_empty_roster_has_the_columns_and_can_be_read_back() -> None:
    data = roster_template(Catalogue())
    (header,) = read(data)
    assert header.cells == tuple(column.title for column in COLUMNS)
    found = read_roster(read(data), TREE, COUNTY)
    assert [problem.key for problem in found.problems] == ["table.no_rows"]
    book = load_workbook(io.BytesIO(data))
    assert book["名册"]["B2"].number_format == "@"
    codes = [str(row[0].value) for row in book["填写说明"].iter_rows()]
    assert {role.value for role in Role if role is not Role.PUBLIC} <= set(codes)


def test_a_filled_template_comes_in() -> None:
    book = load_workbook(io.BytesIO(roster_template(Catalogue())))
    book["名册"].append([])
    for at, value in enumerate(["王大爷", "13900000001", "V3、预警员", "", "", "石梁镇", "上坞村"], 1):
        book["名册"].cell(2, at, value)
    out = io.BytesIO()
    book.save(out)
    found = read_roster(read(out.getvalue()), TREE, COUNTY)
    assert (found.problems, [entry.name for entry in found.entries]) == ((), ["王大爷"])


@pytest.mark.parametrize(
    "lead", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", "  =", "\u200b="]
)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(lead: str) -> None:
    assert str(safe_cell(f"{lead}1+1")).startswith("'")


def test_numbers_and_harmless_words_stay_as_they_are() -> None:
    assert [safe_cell(one) for one in (12, 3.5, "上坞村", "13900000001", None)] == [
        12,
        3.5,
        "上坞村",
        "13900000001",
        "",
    ]


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_text_becomes_a_formula_in_a_workbook(text: str) -> None:
    book = Workbook()
    book.active.append([safe_cell(text)])
    out = io.BytesIO()
    book.save(out)
    cell = load_workbook(io.BytesIO(out.getvalue())).active["A1"]
    assert cell.data_type in {"s", "inlineStr"} or cell.value is None
