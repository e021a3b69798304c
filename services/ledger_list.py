"""The ledger as a list in a private chat: counts, a page of lines, the newest first; searched by number or words."""

from dataclasses import dataclass
from typing import Any

from domain.errors import NotAllowed, Stale
from domain.hazards import HazardState
from domain.ledger import LedgerFilter, Span, both
from domain.people import Action, Person
from services.ledger_papers import span_filter
from services.ledgers import is_overdue, narrowed, scope, wish_of
from services.ports.hazards import HazardRow
from services.work import Work

_PAGE = 8


@dataclass(frozen=True, slots=True)
class Shown:
    span: Span
    wish: int
    """the number of what was typed; 0: nothing"""
    facts: dict[str, Any]
    next_before: int | None
    """where the next page begins"""
    may_export: bool


async def search(work: Work, person: Person | None, words: str) -> Shown:
    """What somebody typed after 台账; nothing is what is open. Raises NotAllowed."""
    if not words:
        return await shown(work, person, Span.OPEN)
    await scope(work, person, Action.READ_LEDGER)
    return await shown(work, person, Span.ALL, await work.rows.ledger.keep_wish(words, work.now))


async def shown(work: Work, person: Person | None, span: Span, wish: int = 0, *, before: int | None = None) -> Shown:
    """One page. Raises NotAllowed, Stale."""
    own = await scope(work, person, Action.READ_LEDGER)
    lang = "zh" if person is None else person.language
    words = await words_of(work, wish)
    wanted = narrowed(work, own, both(await wish_of(work, words, lang), span_filter(work, span)))
    rows = await work.rows.ledger.newest(wanted, before, _PAGE + 1)
    facts = {
        "span": work.words.label(f"ledger.span.{span.value}", lang),
        "words": words,
        "states": [] if wanted.words else await _states(work, wanted, lang),
        "lines": [await _line(work, row, lang) for row in rows[:_PAGE]],
    }
    more = rows[_PAGE - 1].id if len(rows) > _PAGE else None
    return Shown(span, wish, facts, more, await _may_export(work, person))


async def words_of(work: Work, wish: int) -> str:
    """Raises Stale for what was forgotten meanwhile."""
    words = await work.rows.ledger.wish(wish) if wish else ""
    if words is None:
        raise Stale("refused.stale")
    return words


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
