"""A letter as a document: the county's template or ours, filled with what the letter says.

One line comes in: {"facts": {...}, "template": path or ""}. A template that cannot be used is told, and ours is used in
its place: a letter that is signed must go out. What is wrong is left beside the file, one problem a line.
"""

import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from messages import cleaning
from messages.papers import letter_template

NEEDED = frozenset({"title", "number", "unit", "paragraphs", "issuer", "date"})
"""without these it is no letter"""
FIELDS = NEEDED | {"due", "signer", "addressee", "hazard", "replaces"}
PROBLEMS = "template-problems.txt"
_LARGEST = 5_000_000


def environment() -> SandboxedEnvironment:
    """What people wrote is escaped, and a template can do nothing but print."""
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def problems(template: Path) -> list[tuple[str, str]]:
    """What is wrong with a county's template, as (key, what); [] for a good one."""
    if not template.is_file():
        return [("not_there", str(template))]
    if template.stat().st_size > _LARGEST or not zipfile.is_zipfile(template):
        return [("not_docx", template.name)]
    try:
        used = set(DocxTemplate(str(template)).get_undeclared_template_variables(jinja_env=environment()))
    except TemplateError as error:
        return [("broken", str(error))]
    except Exception as error:  # noqa: BLE001 - python-docx raises KeyError, lxml its own: all mean the same here
        return [("not_docx", f"{template.name}: {type(error).__name__}")]
    found = [("missing", name) for name in sorted(NEEDED - used)]
    return found + [("unknown", name) for name in sorted(used - FIELDS)]


def written(day: str) -> str:
    """2026年6月20日; nothing for a draft."""
    if not day:
        return ""
    when = date.fromisoformat(day[:10])
    return f"{when.year}年{when.month}月{when.day}日"


def write(lines: Iterator[Any], out: Path) -> None:
    told = next(lines)
    template = Path(told["template"]) if told.get("template") else None
    wrong = [] if template is None else problems(template)
    if template is None or wrong:
        template = out.with_name("template.docx")
        letter_template.build(template)
    if wrong:
        out.with_name(PROBLEMS).write_text("\n".join(f"{key} {what}" for key, what in wrong), "utf-8")
    document = DocxTemplate(str(template))
    document.render(_context(told["facts"]), jinja_env=environment())
    document.save(str(out))


def _context(facts: Mapping[str, Any]) -> dict[str, Any]:
    clean = {name: cleaning.one_line(str(facts.get(name) or ""), 400) for name in FIELDS}
    paragraphs = [cleaning.one_line(str(one), 2000) for one in facts.get("paragraphs") or ()]
    return {**clean, "paragraphs": paragraphs, "date": written(clean["date"]), "due": written(clean["due"])}
