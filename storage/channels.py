"""What goes out by other channels, and people's addresses there. A queue of its own: nothing here ever waits for the
outbox, and the outbox for nothing here.

As in the outbox a row is final when it is written, `claim` commits before anything leaves the machine, and a row found
in `sending` after a restart may have arrived.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.channels import SideState, Tried, after_try
from services.ports.channels import QueuedSide, SideMessage, SideResult, SideSettlement
from storage.database import BigId, UtcTime, insert_new, insert_or_update, is_fixed, metadata, one_of
from storage.drill_scope import Scope
from storage.people import person

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
)

side_message = sa.Table(
    "side_message",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("resend_mark", sa.Text, nullable=False, server_default=""),
    sa.Column("repeats", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("doubts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("boot", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
    one_of("state", [s.value for s in SideState]),
)
_is_waiting = is_fixed(side_message.c.state, SideState.PENDING.value, SideState.RETRY.value)
_is_sending = is_fixed(side_message.c.state, SideState.SENDING.value)
_waiting_sql = sa.text("state IN ('pending', 'retry')")
_sending_sql = sa.text("state = 'sending'")
sa.Index(
    "ix_side_message_waiting",
    side_message.c.channel,
    side_message.c.due_at,
    sqlite_where=_waiting_sql,
    postgresql_where=_waiting_sql,
)
sa.Index("ix_side_message_sending", side_message.c.boot, sqlite_where=_sending_sql, postgresql_where=_sending_sql)
sa.Index("ix_side_message_subject", side_message.c.subject, side_message.c.person_id)


class ChannelTable:
    def __init__(self, connection: AsyncConnection, now: datetime, scope: Scope) -> None:
        self._db = connection
        self._now = now
        self._scope = scope

    # -- what services do ---------------------------------------------------------------------------------------

    async def put(self, messages: Iterable[SideMessage]) -> int:
        rows = [_to_row(one, self._now) for one in await self._that_may_leave(list(messages))]
        if not rows:
            return 0
        new = insert_new(side_message, self._db.dialect.name).returning(side_message.c.id)
        return len((await self._db.execute(new, rows)).all())

    async def _that_may_leave(self, messages: Sequence[SideMessage]) -> Sequence[SideMessage]:
        """In a drill only where its organiser wanted other channels, and to nobody who takes no part."""
        drills = await self._scope.drills_of([one.subject for one in messages])
        if not drills and self._scope.drill is None:
            return messages
        kept = []
        for one in messages:
            drill = drills.get(one.subject, self._scope.drill)
            reach = None if drill is None else await self._scope.reach_of(drill)
            if reach is None or (reach.elsewhere and (one.person_id is None or one.person_id in reach.people)):
                kept.append(one)
        return kept

    async def supersede(self, subject: str, person_id: int | None = None) -> int:
        where = [side_message.c.subject == subject]
        if person_id is not None:
            where.append(side_message.c.person_id == person_id)
        await self._db.execute(sa.update(side_message).where(*where, _is_sending).values(expires_at=self._now))
        gone = await self._db.execute(
            sa.update(side_message)
            .where(*where, _is_waiting)
            .values(state=SideState.SUPERSEDED.value, settled_at=self._now)
        )
        return gone.rowcount

    async def of_subject(self, subject: str) -> list[SideResult]:
        query = sa.select(side_message).where(side_message.c.subject == subject).order_by(side_message.c.id)
        return [_result(row) for row in await self._db.execute(query)]

    async def failed_since(self, since: datetime) -> Mapping[str, int]:
        query = (
            sa.select(side_message.c.channel, sa.func.count().label("number"))
            .where(side_message.c.state == SideState.FAILED.value, side_message.c.settled_at >= since)
            .group_by(side_message.c.channel)
        )
        return {row.channel: row.number for row in await self._db.execute(query)}

    async def addresses(self, channel: str, people: Collection[int]) -> Mapping[int, str]:
        query = sa.select(contact.c.person_id, contact.c.address).where(contact.c.channel == channel)
        ids = set(people)
        if len(ids) <= 500:
            query = query.where(contact.c.person_id.in_(ids))
        return {row.person_id: row.address for row in await self._db.execute(query) if row.person_id in ids}

    async def address_book(self, person_id: int) -> Mapping[str, str]:
        query = sa.select(contact.c.channel, contact.c.address).where(contact.c.person_id == person_id)
        return {row.channel: row.address for row in await self._db.execute(query)}

    async def set_address(self, person_id: int, channel: str, address: str) -> None:
        if not address:
            gone = sa.delete(contact).where(contact.c.person_id == person_id, contact.c.channel == channel)
            await self._db.execute(gone)
            return
        put = insert_or_update(contact, self._db.dialect.name, ("person_id", "channel"), ("address",))
        await self._db.execute(put, {"person_id": person_id, "channel": channel, "address": address})

    async def forget_addresses(self, person_id: int) -> int:
        return (await self._db.execute(sa.delete(contact).where(contact.c.person_id == person_id))).rowcount

    # -- what delivery does -------------------------------------------------------------------------------------

    async def claim(self, channel: str, boot: str, limit: int) -> list[QueuedSide]:
        gone = {"state": SideState.EXPIRED.value, "reason": "expired", "settled_at": self._now}
        await self._db.execute(
            sa.update(side_message)
            .where(side_message.c.channel == channel, _is_waiting, side_message.c.expires_at <= self._now)
            .values(gone)
        )
        query = (
            sa.select(side_message, person.c.phone, contact.c.address)
            .outerjoin(person, person.c.id == side_message.c.person_id)
            .outerjoin(
                contact,
                sa.and_(contact.c.person_id == side_message.c.person_id, contact.c.channel == side_message.c.channel),
            )
            .where(side_message.c.channel == channel, _is_waiting, side_message.c.due_at <= self._now)
            .order_by(side_message.c.due_at, side_message.c.id)
            .limit(limit)
        )
        claimed = [_queued(row) for row in await self._db.execute(query)]
        if claimed:
            await self._db.execute(
                sa.update(side_message)
                .where(side_message.c.id.in_([one.id for one in claimed]))
                .values(state=SideState.SENDING.value, boot=boot)
            )
        return claimed

    async def settle(self, settlements: Sequence[SideSettlement]) -> list[SideResult]:
        query = sa.select(side_message).where(side_message.c.id.in_([one.id for one in settlements]), _is_sending)
        found = {row.id: row for row in await self._db.execute(query)}
        return [await self._write(found[one.id], one) for one in settlements if one.id in found]

    async def recover(self, boot: str, channels: Collection[str]) -> list[SideResult]:
        doubtful = sa.select(side_message).where(_is_sending, side_message.c.boot != boot)
        homeless = sa.select(side_message).where(_is_waiting, side_message.c.channel.not_in(list(channels) or [""]))
        ended = await self._end_all(doubtful, Tried.UNKNOWN, "restart")
        return ended + await self._end_all(homeless, Tried.REFUSED, "no_channel")

    async def _end_all(self, query: sa.Select[Any], tried: Tried, reason: str) -> list[SideResult]:
        rows = (await self._db.execute(query.order_by(side_message.c.id))).all()
        return [await self._write(row, SideSettlement(row.id, tried, self._now, reason)) for row in rows]

    async def _write(self, row: Any, settled: SideSettlement) -> SideResult:
        doubt = settled.tried is Tried.UNKNOWN
        after = after_try(settled.tried, settled.at, attempts=row.attempts + 1, doubts=row.doubts, repeats=row.repeats)
        values: dict[str, Any] = {
            "state": after.state.value,
            "attempts": row.attempts + 1,
            "doubts": row.doubts + doubt,
            "reason": settled.reason,
            "settled_at": None if after.due_at else settled.at,
        }
        if after.due_at is not None:
            values["due_at"] = after.due_at
        written = await self._db.execute(
            sa.update(side_message).where(side_message.c.id == row.id).values(values).returning(side_message)
        )
        return _result(written.one())

    async def next_due(self, channel: str) -> datetime | None:
        at: datetime | None = await self._db.scalar(
            sa.select(sa.func.min(side_message.c.due_at)).where(side_message.c.channel == channel, _is_waiting)
        )
        return at


def _to_row(message: SideMessage, now: datetime) -> dict[str, Any]:
    return {
        "key": message.key,
        "subject": message.subject,
        "channel": message.channel,
        "person_id": message.person_id,
        "title": message.title,
        "body": message.body,
        "resend_mark": message.resend_mark,
        "repeats": message.repeats,
        "state": SideState.PENDING.value,
        "due_at": now,
        "expires_at": message.expires_at,
        "created_at": now,
    }


def _queued(row: Any) -> QueuedSide:
    message = SideMessage(
        key=row.key,
        subject=row.subject,
        channel=row.channel,
        body=row.body,
        title=row.title,
        person_id=row.person_id,
        expires_at=row.expires_at,
        repeats=row.repeats,
        resend_mark=row.resend_mark,
    )
    return QueuedSide(row.id, message, row.attempts, row.doubts, row.phone or "", row.address or "")


def _result(row: Any) -> SideResult:
    return SideResult(
        key=row.key,
        subject=row.subject,
        channel=row.channel,
        person_id=row.person_id,
        state=SideState(row.state),
        reason=row.reason,
        at=row.settled_at or row.created_at,
    )
