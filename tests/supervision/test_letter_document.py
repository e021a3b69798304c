"""The letter as a document: filled in safely, by a county's template only when that is sound, opened by LibreOffice."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from messages.papers import letter as writer
from messages.papers.letter_template import build
from tests.supervision.play import MAYOR, assigned
from tests.supervision.test_letters import drafted
from tests.support.county import PATROLLER, STATION, County

FACTS = {
    "title": "整改督办单",
    "number": "石梁督〔2026〕3号",
    "unit": "上坞村",
    "paragraphs": ["<w:p>&\"'", "{{ 7 * 7 }}\x0b第二行", "请抓紧整改。" * 20],
    "issuer": "石梁镇人民政府",
    "date": "2026-06-20T10:00:00+08:00",
    "signer": "何镇长",
    "addressee": "山塘老徐",
}


def made(folder: Path, template: str = "") -> Path:
    out = folder / "letter.docx"
    writer.write(iter([{"facts": FACTS, "template": template}]), out)
    return out


def said(document: Path | bytes) -> list[str]:
    source = io.BytesIO(document) if isinstance(document, bytes) else str(document)
    return [paragraph.text for paragraph in Document(source).paragraphs if paragraph.text]


def template(folder: Path, *lines: str) -> Path:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    path = folder / "county.docx"
    document.save(str(path))
    return path


BODY = "{%p for paragraph in paragraphs %}", "{{ paragraph }}", "{%p endfor %}"
WHOLE = ("县应急委 {{ title }} {{ number }}", "{{ unit }}", *BODY, "{{ issuer }} {{ date }}")


def test_what_people_wrote_stays_text(tmp_path: Path) -> None:
    lines = said(made(tmp_path))
    assert lines[:3] == ["整改督办单", "石梁督〔2026〕3号", "上坞村："]
    assert lines[3] == "<w:p>&\"'"
    assert lines[4].replace(" ", "") == "{{7*7}}第二行"
    assert "2026年6月20日" in lines


def test_our_own_template_is_sound(tmp_path: Path) -> None:
    build(tmp_path / "own.docx")
    assert writer.problems(tmp_path / "own.docx") == []


def test_a_countys_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    path = template(tmp_path, *WHOLE)
    assert writer.problems(path) == []
    assert said(made(tmp_path, str(path)))[0] == "县应急委 整改督办单 石梁督〔2026〕3号"
    assert not (tmp_path / writer.PROBLEMS).exists()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((*WHOLE, "{{ phone }}"), [("unknown", "phone")]),
        (WHOLE[:-1], [("missing", "date"), ("missing", "issuer")]),
        ((*WHOLE, "{{ unit"), "broken"),
        ((*WHOLE, "{% if %}"), "broken"),
    ],
    ids=("unknown", "missing", "open", "empty-if"),
)
def test_a_template_that_is_wrong_is_told_and_ours_is_used(
    tmp_path: Path, lines: tuple[str, ...], expected: object
) -> None:
    path = template(tmp_path, *lines)
    found = writer.problems(path)
    assert (found if isinstance(expected, list) else found[0][0]) == expected
    assert said(made(tmp_path, str(path)))[0] == "整改督办单"
    assert (tmp_path / writer.PROBLEMS).read_text("utf-8").startswith(found[0][0])


def test_what_is_no_document_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"no zip")
    assert writer.problems(tmp_path / "a.docx") == [("not_docx", "a.docx")]
    assert writer.problems(tmp_path / "b.docx")[0][0] == "not_there"


def test_a_template_can_do_nothing_but_print(tmp_path: Path) -> None:
    path = template(tmp_path, *WHOLE, "{{ title.__class__.__mro__ }}")
    with pytest.raises(Exception, match="unsafe"):
        made(tmp_path, str(path))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_on_one_page(tmp_path: Path) -> None:
    out = made(tmp_path)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(out)], check=True, capture_output=True, timeout=120)
    pdf = (tmp_path / "letter.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type/Page/", pdf)) == 1


async def test_the_addressee_gets_text_and_document_and_the_register_is_a_sheet(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county)
    await drafted(county)
    await county.press(MAYOR, "签发")
    await county.make_papers()
    for reader in (MAYOR, PATROLLER):
        ((name, content),) = county.files(reader)
        assert name == "石梁督〔2026〕1号.docx"
        assert "溢洪道堵了" in said(content)
    county.seen_all()
    await county.say(STATION, "/letters")
    await county.press(STATION, "导出登记表")
    await county.make_papers()
    await county.pass_time(seconds=30)  # what Telegram refused for its rate
    book = load_workbook(io.BytesIO(county.files(STATION)[0][1]))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[0][:3] == ["编号", "种类", "状态"]
    assert rows[1][:6] == ["石梁督〔2026〕1号", "整改督办单", "待签收", "石梁镇", "上坞村", "山塘老徐"]
    county.seen_all()
