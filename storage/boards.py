"""Live tallies: one message in a group that is edited as people answer. An answer only marks it; the tick redraws it
no oftener than the group's budget allows, and the last state is always drawn."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outgoing import OutboxState, Outgoing
from domain.places import PlaceCode
from services.ports.core import Board
from storage.database import UtcTime, insert_new, metadata
from storage.outbox import outbox
from storage.outbox_rows import payload_of

board = sa.Table(
    "board",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("post_key", sa.Text, nullable=False),
    sa.Column("dirty", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("drawn_at", UtcTime, nullable=False),
    sa.Column("times_drawn", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("ix_board_dirty", board.c.drawn_at, sqlite_where=sa.text("dirty = 1"), postgresql_where=sa.text("dirty"))

_ON_ITS_WAY = frozenset(
    one.value for one in (OutboxState.PENDING, OutboxState.SENDING, OutboxState.RETRY, OutboxState.SENT)
)


class BoardTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, boards: Collection[Board]) -> None:
        if boards:
            await self._db.execute(
                insert_new(board, self._db.dialect.name),
                [
                    {
                        "subject": b.subject,
                        "chat_id": b.chat_id,
                        "place": b.place,
                        "post_key": b.post_key,
                        "drawn_at": b.drawn_at,
                    }
                    for b in boards
                ],
            )

    async def mark(self, subject: str, places: Collection[PlaceCode]) -> None:
        await self._db.execute(
            sa.update(board).where(board.c.subject == subject, board.c.place.in_(list(places))).values(dirty=True)
        )

    async def mark_all(self, subject: str) -> None:
        await self._db.execute(sa.update(board).where(board.c.subject == subject).values(dirty=True))

    async def dirty(self, drawn_before: datetime, limit: int = 100) -> list[Board]:
        query = (
            sa.select(board)
            .where(board.c.dirty, board.c.drawn_at <= drawn_before)
            .order_by(board.c.drawn_at, board.c.subject, board.c.chat_id)
            .limit(limit)
        )
        return [
            Board(r.subject, r.chat_id, PlaceCode(r.place), r.post_key, r.drawn_at, r.times_drawn)
            for r in await self._db.execute(query)
        ]

    async def get(self, subject: str, chat_id: int) -> Board | None:
        found = await self._list(board.c.subject == subject, board.c.chat_id == chat_id)
        return found[0] if found else None

    async def of_subject(self, subject: str) -> list[Board]:
        return await self._list(board.c.subject == subject)

    async def _list(self, *where: Any) -> list[Board]:
        query = sa.select(board).where(*where).order_by(board.c.chat_id)
        return [
            Board(r.subject, r.chat_id, PlaceCode(r.place), r.post_key, r.drawn_at, r.times_drawn)
            for r in await self._db.execute(query)
        ]

    async def drawn(self, subject: str, chat_id: int, at: datetime, *, changed: bool = True) -> None:
        await self._db.execute(
            sa.update(board)
            .where(board.c.subject == subject, board.c.chat_id == chat_id)
            .values(dirty=False, drawn_at=at, times_drawn=board.c.times_drawn + int(changed))
        )

    async def shows(self, last_key: str, edit: Outgoing) -> bool:
        query = sa.select(outbox.c.payload, outbox.c.state).where(outbox.c.key == last_key)
        newest = (await self._db.execute(query)).first()
        if newest is None or newest.state not in _ON_ITS_WAY:
            return False
        wanted = payload_of(edit)
        return all(newest.payload.get(part) == wanted.get(part) for part in ("text", "buttons", "more"))

    async def move(self, old: int, new: int) -> None:
        """A post in the old group cannot be edited in the new one, but who was told there is told here of the end."""
        there = sa.select(board.c.subject).where(board.c.chat_id == new).scalar_subquery()
        await self._db.execute(
            sa.update(board).where(board.c.chat_id == old, board.c.subject.not_in(there)).values(chat_id=new)
        )
        await self._db.execute(sa.delete(board).where(board.c.chat_id == old))
