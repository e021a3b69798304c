"""What other programs say of our sheets: LibreOffice opens one and finds in it what was put in."""

import asyncio
import csv
import os
import shutil
from pathlib import Path

import pytest

from services.press import printed

OFFICE = shutil.which("soffice")
COLUMNS = [
    {"title": "编号", "kind": "id"},
    {"title": "电话", "kind": "id"},
    {"title": "描述", "kind": "text"},
    {"title": "户数", "kind": "number"},
    {"title": "期限", "kind": "date"},
    {"title": "发现时间", "kind": "time"},
]
LINES = [
    ["0012", "13800000001", "=1+1", 3, "2026-06-20", "2026-06-20T08:05:00+08:00"],
    ["2026-0013", "*******0002", "@SUM(A1)\t裂缝“变宽”", None, None, "2026-06-21T23:59:00"],
    ["1e5", "+8613800000003", "-后山", 0, "2026-12-31", None],
]


FACTS = {
    "title": "整改督办单",
    "number": "石梁督〔2026〕1号",
    "issuer": "石梁镇",
    "unit": "上坞村",
    "addressee": "山塘老徐",
    "paragraphs": ["溢洪道堵了，请于6月25日前清理。"],
    "date": "2026-06-20T08:00:00+08:00",
    "due": "2026-06-25T18:00:00+08:00",
    **dict.fromkeys(("signer", "hazard", "replaces"), ""),
}


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice here (soffice)")
async def test_libreoffice_opens_a_letter(tmp_path: Path) -> None:
    letter = await printed("letter:write", tmp_path / "letter.docx", [{"facts": FACTS, "template": ""}])
    await _converted(letter, "txt:Text (encoded):UTF8", tmp_path)
    words = (tmp_path / "letter.txt").read_text("utf-8-sig")
    for fact in ("整改督办单", "石梁督〔2026〕1号", "石梁镇", "上坞村", "溢洪道堵了，请于6月25日前清理。"):
        assert fact in words


async def _converted(file: Path, to: str, folder: Path) -> None:
    assert OFFICE is not None
    process = await asyncio.create_subprocess_exec(
        *(OFFICE, "--headless", "--convert-to", to, "--outdir", str(folder)),
        *(f"-env:UserInstallation=file://{folder}/profile", str(file)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"HOME": str(folder), "PATH": os.environ["PATH"]},
    )
    assert await asyncio.wait_for(process.wait(), 120) == 0


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice here (soffice)")
async def test_libreoffice_reads_what_was_written_and_calculates_nothing(tmp_path: Path) -> None:
    head = {"sheets": [{"title": "隐患台账：石梁镇／上坞村[2026]*?" + "长" * 30, "columns": COLUMNS}]}
    book = await printed("book:write", tmp_path / "a.xlsx", [head, [0, LINES]])
    await _converted(book, "csv:Text - txt - csv (StarCalc):44,34,76", tmp_path)
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8").splitlines()))
    assert rows[0] == ["编号", "电话", "描述", "户数", "期限", "发现时间"]
    assert rows[1] == ["0012", "13800000001", "'=1+1", "3", "2026-06-20", "2026-06-20 08:05"]
    assert rows[2][:3] == ["2026-0013", "*******0002", "'@SUM(A1) 裂缝“变宽”"]
    assert rows[3] == ["1e5", "'+8613800000003", "'-后山", "0", "2026-12-31", ""]
