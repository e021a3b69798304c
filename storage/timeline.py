"""The timeline: append-only, every line chained to the one before by its hash.

A line holds ids, states and numbers, never what people wrote, so that erasing a person's words keeps the chain. The
database itself refuses UPDATE and DELETE (see the migration's triggers).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import BigId, UtcTime, metadata

timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.BigInteger, comment="person, empty for the bot itself"),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
sa.Index("ix_timeline_subject", timeline.c.subject, timeline.c.seq)


def link(before: str, *, at: datetime, actor: int | None, subject: str, what: str, facts: str) -> str:
    """sha256 over the hash before and the canonical line."""
    line = json.dumps(
        [before, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, subject, what, facts],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(line.encode()).hexdigest()


class TimelineTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection
        self._head: str | None = None

    async def add(
        self,
        what: str,
        *,
        subject: str,
        actor: int | None,
        at: datetime,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        if self._head is None:
            last = sa.select(timeline.c.hash).order_by(timeline.c.seq.desc()).limit(1)
            self._head = await self._db.scalar(last) or ""
        text = json.dumps(dict(facts or {}), ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
        self._head = link(self._head, at=at, actor=actor, subject=subject, what=what, facts=text)
        await self._db.execute(
            sa.insert(timeline).values(at=at, actor=actor, subject=subject, what=what, facts=text, hash=self._head)
        )

    async def verify(self) -> int | None:
        before = ""
        rows = await self._db.stream(sa.select(timeline).order_by(timeline.c.seq))
        async for row in rows:
            if (
                link(before, at=row.at, actor=row.actor, subject=row.subject, what=row.what, facts=row.facts)
                != row.hash
            ):
                return int(row.seq)
            before = row.hash
        return None

    async def head(self) -> tuple[int, str] | None:
        """(seq, hash) of the last line, to be witnessed elsewhere: a chain alone does not show that its end was cut."""
        row = (
            await self._db.execute(sa.select(timeline.c.seq, timeline.c.hash).order_by(timeline.c.seq.desc()).limit(1))
        ).first()
        return None if row is None else (int(row.seq), row.hash)

    async def of(self, subject: str) -> list[tuple[datetime, int | None, str, dict[str, Any]]]:
        """(at, actor, what, facts) of one subject, oldest first."""
        query = sa.select(timeline).where(timeline.c.subject == subject).order_by(timeline.c.seq)
        return [(row.at, row.actor, row.what, json.loads(row.facts)) for row in await self._db.execute(query)]
