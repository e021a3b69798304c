"""来文依据: where a warning came from, how it was read, who decided what, and the file as it came; for the desk."""

import base64
from collections.abc import Sequence
from typing import Any

from domain.errors import Stale
from domain.outgoing import Kind, Outgoing
from domain.people import Action, Person
from domain.text import Html
from services.ports import WarningRow
from services.warning_texts import place_names, post_facts
from services.work import Work


async def find(work: Work, officer: Person | None, written: str) -> WarningRow:
    """By the county's number as people quote it, or its last part for this year. The newest version. Raises
    NotAllowed or Stale."""
    await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    number = written.strip().removesuffix("号")
    if number.isascii() and number.isdigit() and len(number) <= 4:
        number = f"{work.local(work.now).year}-{int(number):03d}"
    rows = await work.rows.warnings.numbered(number) if number else []
    if not rows:
        raise Stale("held.no_evidence")
    return rows[-1]


async def of(work: Work, officer: Person | None, warning_id: int) -> WarningRow:
    await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    return row


async def words_of(work: Work, row: WarningRow, lang: str) -> Html:
    """The record: every version of the chain in one line, how this one was read, and what people did."""
    chain = await work.rows.warnings.of_event(row.event)
    label = work.words.label
    return work.words.card(
        "warning_evidence",
        lang,
        source=row.source,
        sender=row.sender,
        identifier=row.identifier,
        references=list(row.references),
        sent=work.local(row.sent),
        received=work.local(row.created_at),
        colour_from=label(f"held.colour_from.{row.evidence.colour_from or 'unknown'}", lang),
        placed_by=label(f"held.placed_by.{row.evidence.placed_by or 'unknown'}", lang),
        doubts=[label(f"held.doubt.{doubt}", lang) for doubt in row.evidence.doubts],
        raw_hash=row.evidence.raw_hash,
        chain=[{"colour": v.colour.value, "at": work.local(v.sent)} for v in chain],
        outranked=await _outranked(work, row),
        acts=await _acts(work, row, lang),
        **await post_facts(work, row),
    )


async def _outranked(work: Work, row: WarningRow) -> list[str]:
    tree = await work.tree()
    names, _ = place_names(tree, row.outranked)
    return names


async def _acts(work: Work, row: WarningRow, lang: str) -> Sequence[dict[str, Any]]:
    acts = await work.rows.warnings.acts(row.id)
    people = await work.rows.people.many({act.person_id for act in acts})
    return [
        {
            "at": work.local(act.at),
            "name": people[act.person_id].name if act.person_id in people else "",
            "what": work.words.label(f"held.act.{act.what}", lang),
            "note": act.note,
        }
        for act in acts
    ]


async def original(work: Work, row: WarningRow, person: Person, key: str) -> Outgoing | None:
    """The file as it came; nothing for what an officer wrote here."""
    body = await work.rows.warnings.raw(row.id)
    if body is None or person.user_id is None:
        return None
    ending = "json" if body.lstrip()[:1] in {b"{", b"["} else "xml"
    return Outgoing(
        key=key,
        chat_id=person.user_id,
        person_id=person.id,
        kind=Kind.DOCUMENT,
        content=base64.b64encode(body).decode(),
        file_name=f"{row.number}.{ending}",
    )
