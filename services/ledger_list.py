"""The ledger as a list in a private chat: counts, a page of lines, the newest first; searched by number or words."""

from dataclasses import dataclass, replace
from typing import Any

from domain.errors import NotAllowed
from domain.hazards import HazardState
from domain.ledger import LedgerFilter, Span
from domain.people import Action, Person
from services.ledger_papers import span_filter
from services.ledgers import is_overdue, narrowed, scope
from services.ports.hazards import HazardRow
from services.work import Work

_PAGE = 8


@dataclass(frozen=True, slots=True)
class Shown:
    span: Span
    facts: dict[str, Any]
    next_before: int | None
    """where the next page begins"""
    may_export: bool


async def shown(work: Work, person: Person | None, span: Span, *, words: str = "", before: int | None = None) -> Shown:
    """One page. Raises NotAllowed."""
    own = await scope(work, person, Action.READ_LEDGER)
    wanted = narrowed(own, replace(span_filter(work, span), words=words))
    rows = await work.rows.ledger.newest(wanted, before, _PAGE + 1)
    lang = "zh" if person is None else person.language
    facts = {
        "span": work.words.label(f"ledger.span.{span.value}", lang),
        "words": words,
        "states": await _states(work, wanted, lang),
        "lines": [await _line(work, row, lang) for row in rows[:_PAGE]],
    }
    more = rows[_PAGE - 1].id if len(rows) > _PAGE else None
    return Shown(span, facts, more, await _may_export(work, person))


async def _states(work: Work, wanted: LedgerFilter, lang: str) -> list[dict[str, Any]]:
    counts = await work.rows.ledger.counts(wanted)
    return [
        {"name": work.words.label(f"hazard.state.{state.value}", lang), "number": counts[state.value]}
        for state in HazardState
        if state.value in counts
    ]


async def _line(work: Work, row: HazardRow, lang: str) -> dict[str, Any]:
    tree = await work.tree()
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "category": work.words.label(f"report_hazard.category.choice.{row.category.value}", lang),
        "place": tree.path(row.place),
        "state": work.words.label(f"hazard.state.{row.state.value}", lang),
        "major": row.grade.value == "major",
        "due": None if row.due_at is None else work.local(row.due_at),
        "overdue": is_overdue(work, row),
    }


async def _may_export(work: Work, person: Person | None) -> bool:
    try:
        await scope(work, person, Action.EXPORT_LEDGER)
    except NotAllowed:
        return False
    return True
