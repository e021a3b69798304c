"""The letter's own template, built by code: a page as offices write it (A4, 仿宋 16 pt, title centred).

A county replaces it by a docx of its own with the same fields; messages/papers/letter.py looks at that first.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_BODY, _TITLE = "仿宋_GB2312", "方正小标宋简体"
_LINE = 29


def build(out: Path) -> None:
    """Margins and letters after the usual form of official documents."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    _plain(document)
    centre, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, "{{ title }}", centre, font=_TITLE, size=22, after=6)
    _line(document, "{{ number }}", centre, after=_LINE)
    _line(document, "{{ unit }}：")
    _line(document, "{%p for paragraph in paragraphs %}")
    _line(document, "{{ paragraph }}", indent=True)
    _line(document, "{%p endfor %}")
    _line(document, "", after=_LINE)
    _line(document, "{{ issuer }}", right, inset=True)
    _line(document, "{{ date }}", right, inset=True, after=_LINE)
    _line(document, "{%p if replaces %}")
    _line(document, "本件代替 {{ replaces }}。", indent=True)
    _line(document, "{%p endif %}")
    _line(document, "签发人：{{ signer }}")
    _line(document, "签收人：{{ addressee }}　　　　签收时间：")
    document.save(str(out))


def _plain(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = _BODY, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(_LINE)


def _line(
    document: Any,
    text: str,
    align: Any = None,
    *,
    font: str = _BODY,
    size: int = 16,
    indent: bool = False,
    inset: bool = False,
    after: int = 0,
) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    form = paragraph.paragraph_format
    if align is not None:
        paragraph.alignment = align
    if indent:
        form.first_line_indent = Pt(2 * size)
    if inset:
        form.right_indent = Pt(4 * size)
    if size > _LINE - 8:
        form.line_spacing = Pt(size + 12)
    form.space_after = Pt(after)
