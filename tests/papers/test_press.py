"""The press: files made by a process of its own, which fails alone and leaves nothing half done."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from services.press import PressError, printed, printing, surroundings

SHEETS = {"sheets": [{"title": "台账", "columns": [{"title": "编号", "kind": "id"}, {"title": "描述"}]}]}


async def test_a_book_is_written_line_by_line(tmp_path: Path) -> None:
    out = await printed("book:write", tmp_path / "a.xlsx", [SHEETS, [0, [["0012", "裂缝"], ["0013", None]]]])
    sheet = load_workbook(out)["台账"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [["编号", "描述"], ["0012", "裂缝"], ["0013", None]]


async def test_a_row_is_as_high_as_its_longest_text_needs(tmp_path: Path) -> None:
    columns = [{"title": "编号", "width": 8}, {"title": "受威胁户数", "width": 8}]
    lines = [["1", "短"], ["2", "后山裂缝变宽有掉块"], ["3", "a\nb"], ["4", None]]
    out = await printed(
        "book:write", tmp_path / "a.xlsx", [{"sheets": [{"title": "台账", "columns": columns}]}, [0, lines]]
    )
    sheet = load_workbook(out)["台账"]
    assert [sheet.row_dimensions[row].height for row in range(1, 6)] == [34, None, 51, 34, None]


async def test_what_goes_wrong_over_there_is_said_here_and_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    with pytest.raises(PressError, match="zip"):
        await printed("book:write", out, [SHEETS, [0, [["one value too few"]]]])
    assert not out.exists()


async def test_who_goes_away_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"

    async def broken_off() -> None:
        async with printing("book:write", out) as under_way:
            await under_way.put(SHEETS)
            raise KeyError("the database is away")

    with pytest.raises(KeyError):
        await broken_off()
    assert not out.exists()


async def test_only_writers_of_papers_are_run(tmp_path: Path) -> None:
    with pytest.raises(PressError, match="No module named"):
        await printed("os:remove", tmp_path / "a", [])


async def test_the_child_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "secret")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    told = surroundings()
    assert ("BOT_TOKEN" in told, told["LANG"]) == (False, "zh_CN.UTF-8")
