"""Small files for the tests of the import: what people really hand over."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from domain.places import Level, Place, PlaceCode, PlaceTree
from domain.roster import COLUMNS
from domain.tables import Line
from feeds.roster_files import read_lines

COUNTY = PlaceCode("331124")
TREE = PlaceTree(
    [
        Place(COUNTY, "青岚县", Level.COUNTY),
        Place(PlaceCode("331124001"), "石梁镇", Level.TOWNSHIP, COUNTY),
        Place(PlaceCode("331124001001"), "上坞村", Level.VILLAGE, PlaceCode("331124001")),
        Place(PlaceCode("331124001002"), "岭下村", Level.VILLAGE, PlaceCode("331124001")),
        Place(PlaceCode("33112400100101"), "第1网格", Level.GRID, PlaceCode("331124001001")),
        Place(PlaceCode("33112400100102"), "后山网格", Level.GRID, PlaceCode("331124001001")),
        Place(PlaceCode("331124002"), "云坑乡", Level.TOWNSHIP, COUNTY),
        Place(PlaceCode("331124002001"), "坑头村", Level.VILLAGE, PlaceCode("331124002")),
        Place(PlaceCode("331124002002"), "上坞村", Level.VILLAGE, PlaceCode("331124002")),
    ]
)
"""two villages are called 上坞村"""

HEADER = ("姓名", "手机", "岗位", "职务", "乡镇", "村", "网格", "部门", "代理人手机")


def workbook(*rows: Sequence[Any], merged: Sequence[str] = (), title: str = "名册", **more: Sequence[Any]) -> bytes:
    """The bytes of an .xlsx with these rows on its first sheet; `more` are further sheets by name."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    for name, others in more.items():
        further = book.create_sheet(name)
        for row in others:
            further.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines(*rows: Sequence[str], header: Sequence[str] = HEADER) -> tuple[Line, ...]:
    """A file as the reader gives it: the header in line 1."""
    return tuple(Line(number, tuple(row)) for number, row in enumerate((header, *rows), 1))


def person(name: str, phone: str, posts: str, village: str = "上坞村", **more: str) -> tuple[str, ...]:
    cells = {"姓名": name, "手机": phone, "岗位": posts, "乡镇": "石梁镇", "村": village}
    return tuple(({**cells, **more}).get(title, "") for title in HEADER)


def read(data: bytes) -> tuple[Line, ...]:
    return read_lines(data, COLUMNS)
