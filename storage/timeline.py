"""The timeline: append-only, every line chained to the one before by its hash.

A line holds ids, states and numbers, never what people wrote, so that erasing a person's words keeps the chain. The
database itself refuses UPDATE and DELETE (see the migration's triggers). Lines are numbered without gaps, and the
number is part of what is hashed.
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
    sa.Column("seq", BigId, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.BigInteger, comment="person, empty for the bot itself"),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
sa.Index("ix_timeline_subject", timeline.c.subject, timeline.c.seq)


def link(before: str, *, seq: int, at: datetime, actor: int | None, subject: str, what: str, facts: str) -> str:
    """sha256 over the hash before and the canonical line."""
    line = json.dumps(
        [before, seq, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, subject, what, facts],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(line.encode()).hexdigest()


def _link(before: str, row: Any) -> str:
    return link(before, seq=row.seq, at=row.at, actor=row.actor, subject=row.subject, what=row.what, facts=row.facts)


class TimelineTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection
        self._head: tuple[int, str] | None = None

    async def add(
        self,
        what: str,
        *,
        subject: str,
        actor: int | None,
        at: datetime,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        before_seq, before = self._head or await self.head() or (0, "")
        seq = before_seq + 1
        text = json.dumps(dict(facts or {}), ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
        chained = link(before, seq=seq, at=at, actor=actor, subject=subject, what=what, facts=text)
        await self._db.execute(
            sa.insert(timeline).values(
                seq=seq, at=at, actor=actor, subject=subject, what=what, facts=text, hash=chained
            )
        )
        self._head = (seq, chained)

    async def verify(self) -> int | None:
        """Number of the first line that is not what was written there, or is missing; None when the chain is whole.
        That its end was cut off only shows by comparing `head()` with one noted elsewhere."""
        seq, before = 0, ""
        try:
            async with self._db.stream(sa.select(timeline).order_by(timeline.c.seq)) as rows:
                async for row in rows:
                    if row.seq != seq + 1 or row.hash != _link(before, row):
                        return seq + 1
                    seq, before = row.seq, row.hash
        except (ValueError, TypeError, AttributeError):
            return seq + 1  # a value that can no longer even be read as what it was
        except sa.exc.DBAPIError:
            if self._db.dialect.name != "sqlite":
                raise  # PostgreSQL itself never hands out a broken value: the line to it is down
            return seq + 1
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
