"""What a checkup asks of the tables of others. Reads only."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outgoing import Kind, OutboxState
from services.ports.checkup import Queue
from storage.inbox import inbox
from storage.outbox import outbox
from storage.timeline import timeline

_WAITING = (OutboxState.PENDING.value, OutboxState.RETRY.value)


class CheckupTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def queue(self, now: datetime) -> Queue:
        waits = outbox.c.state.in_(_WAITING)
        waiting = await self._db.scalar(sa.select(sa.func.count()).select_from(outbox).where(waits))
        since = await self._db.scalar(sa.select(sa.func.min(outbox.c.due_at)).where(waits, outbox.c.due_at <= now))
        return Queue(int(waiting or 0), since)

    async def dead(self, since: datetime) -> Mapping[str, int]:
        query = (
            sa.select(outbox.c.reason, sa.func.count().label("number"))
            .where(
                outbox.c.state == OutboxState.DEAD.value,
                outbox.c.kind == Kind.SEND.value,
                outbox.c.settled_at >= since,
            )
            .group_by(outbox.c.reason)
            .order_by(sa.desc("number"), outbox.c.reason)
        )
        return {row.reason: row.number for row in await self._db.execute(query)}

    async def put_aside(self, since: datetime) -> list[int]:
        query = (
            sa.select(inbox.c.update_id)
            .where(inbox.c.state == "aside", inbox.c.done_at >= since)
            .order_by(inbox.c.done_at.desc())
        )
        return list((await self._db.execute(query)).scalars())

    async def line_hash(self, seq: int) -> str | None:
        found: str | None = await self._db.scalar(sa.select(timeline.c.hash).where(timeline.c.seq == seq))
        return found
