"""Tables people sent to be brought in. The lines are in the row until somebody decides, and not longer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import PersonId
from domain.tables import Line
from services.ports.sent_tables import SentTable
from storage.database import BigId, Json, UtcTime, metadata, one_of

sent_table = sa.Table(
    "sent_table",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("sent_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("not_before", UtcTime),
    sa.Column("kind", sa.Text, nullable=False, server_default=""),
    sa.Column("lines", Json, nullable=False, comment="[number, [cell, …]] each; empty once decided"),
    one_of("state", ("waiting", "asked", "imported", "dropped", "refused")),
)
_open = sa.text("state IN ('waiting', 'asked')")
sa.Index("ix_sent_table_open", sent_table.c.sent_at, sqlite_where=_open, postgresql_where=_open)


class SentTableTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, row: SentTable) -> SentTable:
        put = sa.insert(sent_table).values(
            person_id=row.person_id,
            chat_id=row.chat_id,
            file_id=row.file_id,
            sent_at=row.sent_at,
            state=row.state,
            lines=[],
        )
        number = await self._db.scalar(put.returning(sent_table.c.id))
        return replace(row, id=int(number or 0))

    async def _first(self, *where: Any) -> SentTable | None:
        query = sa.select(sent_table).where(*where).order_by(sent_table.c.id).limit(1)
        return next((_row(row) for row in await self._db.execute(query)), None)

    async def get(self, table_id: int) -> SentTable | None:
        return await self._first(sent_table.c.id == table_id)

    async def next_waiting(self, now: datetime) -> SentTable | None:
        due = sa.or_(sent_table.c.not_before.is_(None), sent_table.c.not_before <= now)
        return await self._first(_open, sent_table.c.state == "waiting", due)

    async def wait_again(self, table_id: int, not_before: datetime) -> None:
        values = {"attempts": sent_table.c.attempts + 1, "not_before": not_before}
        await self._db.execute(sa.update(sent_table).where(sent_table.c.id == table_id).values(values))

    async def _move(self, where: Any, **values: Any) -> int:
        return (await self._db.execute(sa.update(sent_table).where(where).values(**values))).rowcount

    async def judged(self, table_id: int, kind: str, lines: Sequence[Line]) -> bool:
        here = sa.and_(sent_table.c.id == table_id, sent_table.c.state == "waiting")
        kept = [[line.number, list(line.cells)] for line in lines]
        return await self._move(here, state="asked", kind=kind, lines=kept) == 1

    async def settle(self, table_id: int, state: str, since: str) -> bool:
        here = sa.and_(sent_table.c.id == table_id, sent_table.c.state == since)
        return await self._move(here, state=state, lines=[]) == 1

    async def drop_older(self, before: datetime) -> int:
        return await self._move(sa.and_(_open, sent_table.c.sent_at < before), state="dropped", lines=[])


def _row(row: Any) -> SentTable:
    return SentTable(
        id=row.id,
        person_id=PersonId(row.person_id),
        chat_id=row.chat_id,
        file_id=row.file_id,
        sent_at=row.sent_at,
        state=row.state,
        attempts=row.attempts,
        kind=row.kind,
        lines=tuple(Line(number, tuple(cells)) for number, cells in row.lines),
    )
