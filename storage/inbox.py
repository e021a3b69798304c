"""What Telegram said, kept before Telegram is told that it was received; how long the bot was deaf; running numbers."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import BigId, UtcTime, insert_new, insert_or_update, is_fixed, metadata, one_of
from storage.drill_scope import Scope
from storage.prepared import Prepared

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("raw", sa.Text, comment="the update as it came; emptied once it is done"),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="new"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("done_at", UtcTime),
    one_of("state", ("new", "done", "aside")),
)
sa.Index(
    "ix_inbox_new",
    inbox.c.received_at,
    inbox.c.update_id,
    sqlite_where=sa.text("state = 'new'"),
    postgresql_where=sa.text("state = 'new'"),
)
_is_new = is_fixed(inbox.c.state, "new")

# Made once: these run for every update, and making a statement costs more than running it.
_the_one = inbox.c.update_id == sa.bindparam("number", type_=sa.BigInteger)
_MARK_DONE = Prepared(
    sa.update(inbox).where(_the_one, _is_new).values(state="done", done_at=sa.bindparam("at", type_=UtcTime), raw=None)
)
_STATE_OF = sa.select(inbox.c.state).where(_the_one)
_STORE = {dialect: insert_new(inbox, dialect).returning(inbox.c.update_id) for dialect in ("sqlite", "postgresql")}

heartbeat = sa.Table(
    "heartbeat",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
)

deafness = sa.Table(
    "deafness",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)

counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)


class InboxTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def store(self, updates: Sequence[tuple[int, str]], at: datetime) -> list[int]:
        if not updates:
            return []
        rows = [{"update_id": number, "raw": raw, "received_at": at} for number, raw in updates]
        return sorted((await self._db.execute(_STORE[self._db.dialect.name], rows)).scalars())

    async def is_done(self, update_id: int) -> bool:
        state = await self._db.scalar(_STATE_OF, {"number": update_id})
        return state in {"done", "aside"}

    async def done(self, update_id: int, at: datetime) -> bool:
        return await _MARK_DONE.run(self._db, number=update_id, at=at) == 1

    async def undone(self) -> list[tuple[int, str, int]]:
        query = (
            sa.select(inbox.c.update_id, inbox.c.raw, inbox.c.attempts)
            .where(_is_new)
            .order_by(inbox.c.received_at, inbox.c.update_id)
        )
        return [(row.update_id, row.raw, row.attempts) for row in await self._db.execute(query)]

    async def begin_again(self) -> None:
        await self._db.execute(
            sa.update(inbox).where(_is_new, inbox.c.attempts == 0).values(attempts=1, error="restart")
        )

    async def attempt(self, update_id: int, error: str = "") -> int:
        return (
            await self._db.scalar(
                sa.update(inbox)
                .where(inbox.c.update_id == update_id)
                .values(attempts=inbox.c.attempts + 1, error=error)
                .returning(inbox.c.attempts)
            )
            or 0
        )

    async def put_aside(self, update_id: int, at: datetime, error: str) -> None:
        await self._db.execute(
            sa.update(inbox)
            .where(inbox.c.update_id == update_id, _is_new)
            .values(state="aside", done_at=at, error=error)
        )

    async def aside(self) -> list[tuple[int, str]]:
        """(update_id, error) of what was put aside, newest first."""
        query = (
            sa.select(inbox.c.update_id, inbox.c.error)
            .where(inbox.c.state == "aside")
            .order_by(inbox.c.done_at.desc())
            .limit(100)
        )
        return [(row.update_id, row.error) for row in await self._db.execute(query)]

    async def prune(self, before: datetime) -> int:
        gone = await self._db.execute(sa.delete(inbox).where(inbox.c.state == "done", inbox.c.done_at < before))
        return gone.rowcount


class HeartbeatTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def heard(self, name: str, at: datetime) -> datetime | None:
        before = await self.last(name)
        await self._db.execute(
            insert_or_update(heartbeat, self._db.dialect.name, ["name"], ["at"]).values(name=name, at=at)
        )
        return before

    async def last(self, name: str) -> datetime | None:
        at: datetime | None = await self._db.scalar(sa.select(heartbeat.c.at).where(heartbeat.c.name == name))
        return at

    async def deaf(self, since: datetime, until: datetime) -> None:
        await self._db.execute(sa.insert(deafness).values(since=since, until=until))

    async def deaf_between(self, since: datetime, until: datetime) -> float:
        query = sa.select(deafness).where(deafness.c.since < until, deafness.c.until > since)
        rows = (await self._db.execute(query)).all()
        spans: list[tuple[datetime, datetime]] = [(max(since, row.since), min(until, row.until)) for row in rows]
        return float(sum((end - begin).total_seconds() for begin, end in spans))


class CounterTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def next(self, name: str) -> int:
        one_more = insert_or_update(counter, self._db.dialect.name, ["name"], (), value=counter.c.value + 1)
        name = self._scope.counted(name)
        counted = await self._db.scalar(one_more.values(name=name, value=1).returning(counter.c.value))
        return self._scope.number(int(counted or 0))
