"""Digests of past days as they were sent: which were made, who had them, in which words while these are kept."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.digest_figures import digest_subject
from domain.outgoing import Kind, OutboxState
from domain.people import PersonId
from domain.places import PlaceCode
from domain.text import Html
from services.ports.ledger import DigestCopy, DigestLine
from storage.outbox import outbox
from storage.responses import response_day
from storage.timeline import timeline

_AT_ONCE = 500
_OUTCOMES = ("digest.sent", "digest.nothing", "digest.skipped")


async def digests_between(db: AsyncConnection, first: str, last: str) -> list[DigestLine]:
    """By day and place, from `first` to `last`, both included."""
    c = response_day.c
    query = sa.select(response_day).where(c.what == "digest", c.day >= first, c.day <= last).order_by(c.day, c.place)
    made = list(await db.execute(query))
    copies = await _copies(db, [digest_subject(PlaceCode(row.place), row.day) for row in made])
    noted = await _noted(db, sorted({f"place:{row.place}" for row in made}))
    lines = []
    for row in made:
        place = PlaceCode(row.place)
        outcome, without = noted.get((f"place:{place}", row.day), ("sent", ()))
        had = tuple(copies.get(digest_subject(place, row.day), ()))
        lines.append(DigestLine(place, row.day, row.made_at, outcome, had, without))
    return lines


async def _copies(db: AsyncConnection, subjects: Sequence[str]) -> dict[str, list[DigestCopy]]:
    found: dict[str, list[DigestCopy]] = {}
    c = outbox.c
    for start in range(0, len(subjects), _AT_ONCE):
        about = (c.subject.in_(subjects[start : start + _AT_ONCE]), c.kind == Kind.SEND.value)
        real = (c.drill_id.is_(None), c.person_id.is_not(None))
        for row in await db.execute(sa.select(outbox).where(*about, *real).order_by(c.id)):
            arrived = row.state == OutboxState.SENT.value
            copy = DigestCopy(PersonId(row.person_id), arrived, Html(_payload(row.payload).get("text", "")))
            found.setdefault(row.subject, []).append(copy)
    return found


def _payload(stored: Any) -> dict[str, Any]:
    return dict(stored if isinstance(stored, dict) else json.loads(stored))


async def _noted(
    db: AsyncConnection, subjects: Sequence[str]
) -> dict[tuple[str, str], tuple[str, tuple[PersonId, ...]]]:
    """What became of each and who could not be written to, by subject and day."""
    c, found = timeline.c, dict[tuple[str, str], tuple[str, tuple[PersonId, ...]]]()
    for start in range(0, len(subjects), _AT_ONCE):
        about = (c.subject.in_(subjects[start : start + _AT_ONCE]), c.what.in_(_OUTCOMES))
        for row in await db.execute(sa.select(c.subject, c.what, c.facts).where(*about).order_by(c.seq)):
            facts = json.loads(row.facts)
            without = tuple(PersonId(number) for number in facts.get("without", ()))
            found[row.subject, facts["day"]] = (row.what.partition(".")[2], without)
    return found
