"""What is still to be said, and what became of it.

A row is final when it is written: the exact words, for exactly one chat. `claim` marks rows as being sent and commits
before anything leaves the machine; `settle` writes the outcome. A row found in `sending` after a restart may have
arrived or not, and its policy says what follows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outgoing import Kind, OutboxState, Outcome, Outgoing, Policy, QueuedMessage, Settlement
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of
from storage.drill_messages import in_their_drills
from storage.drill_scope import Scope
from storage.outbox_rows import COLUMNS, to_outgoing, to_queued, to_row
from storage.prepared import Prepared

_ABOUT_A_MESSAGE = (Kind.EDIT, Kind.PIN, Kind.REACT)
MAX_TRIES = 12
AMBIGUOUS_PAUSE = timedelta(seconds=3)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("target", sa.Text),
    sa.Column("payload", Json, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("may_have_arrived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("progress", Json, comment="parts of a split text that have arrived"),
    sa.Column("boot", sa.Text, nullable=False, server_default=""),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("message_ids", Json),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
    sa.Column("drill_id", sa.BigInteger, comment="the drill in which it was said"),
    one_of("state", [s.value for s in OutboxState]),
    one_of("policy", [p.value for p in Policy]),
    one_of("kind", [k.value for k in Kind]),
)
_WAITING = (OutboxState.PENDING.value, OutboxState.RETRY.value)
_PERHAPS_THERE = frozenset({OutboxState.SENT.value, OutboxState.SENDING.value, OutboxState.AMBIGUOUS.value})
_AT_ONCE = 500
_is_waiting = is_fixed(outbox.c.state, *_WAITING)
_is_sending = is_fixed(outbox.c.state, OutboxState.SENDING.value)
_waiting_sql = sa.text("state IN ('pending', 'retry')")
sa.Index(
    "ix_outbox_waiting",
    outbox.c.lane,
    outbox.c.id,
    outbox.c.due_at,
    sqlite_where=_waiting_sql,
    postgresql_where=_waiting_sql,
)
sa.Index("ix_outbox_due", outbox.c.due_at, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)
sa.Index("ix_outbox_expiring", outbox.c.expires_at, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)
sa.Index(
    "ix_outbox_sending",
    outbox.c.boot,
    sqlite_where=sa.text("state = 'sending'"),
    postgresql_where=sa.text("state = 'sending'"),
)
_drill_sql = sa.text("drill_id IS NOT NULL")
sa.Index("ix_outbox_drill", outbox.c.drill_id, sqlite_where=_drill_sql, postgresql_where=_drill_sql)
sa.Index("ix_outbox_subject", outbox.c.subject, outbox.c.person_id)
sa.Index("ix_outbox_target", outbox.c.target, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)
sa.Index("ix_outbox_chat", outbox.c.chat_id, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)


# Made once: these run for every message, and making a statement costs more than running it.


def _best_waiting() -> sa.Select[Any]:
    """Due rows of some lanes, best first, outside the chats that are busy; what is about another message waits until
    that one is out, or is known never to go out."""
    first = outbox.alias("first")
    return (
        sa.select(
            outbox,
            first.c.message_id.label("target_message"),
            first.c.chat_id.label("target_chat"),
        )
        .outerjoin(first, outbox.c.target == first.c.key)
        .where(
            _is_waiting,
            outbox.c.due_at <= sa.bindparam("now", type_=UtcTime),
            outbox.c.lane.in_(sa.bindparam("lanes", expanding=True)),
            outbox.c.chat_id.not_in(sa.bindparam("busy", expanding=True)),
            sa.or_(
                outbox.c.target.is_(None),
                first.c.state.is_(None),
                ~is_fixed(first.c.state, *_WAITING, OutboxState.SENDING.value),
            ),
        )
        .order_by(outbox.c.lane, outbox.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


_BEST_WAITING = _best_waiting()
_NO_CHAT = [0]
"""an empty list would become a query of its own"""
_WITHDRAWN = "withdrawn"
"""superseded while it was being sent: whatever becomes of that try is the end of it"""
_EXPIRE = Prepared(
    sa.update(outbox)
    .where(_is_waiting, outbox.c.expires_at <= sa.bindparam("now", type_=UtcTime))
    .values(state=OutboxState.EXPIRED.value, reason="expired", settled_at=sa.bindparam("now", type_=UtcTime))
)
_these = outbox.c.id.in_(sa.bindparam("ids", expanding=True))
_BY_IDS = sa.select(outbox).where(_these)
_TAKE = sa.update(outbox).where(_these).values(state=OutboxState.SENDING.value, boot=sa.bindparam("by"))
_WRITE_SENT = Prepared(
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("row_id"))
    .values(
        state=OutboxState.SENT.value,
        message_id=sa.bindparam("arrived", type_=sa.BigInteger),
        message_ids=sa.bindparam("all_ids", type_=Json),
        settled_at=sa.bindparam("at", type_=UtcTime),
        reason=sa.bindparam("why", type_=sa.Text),
    )
)
_NEXT_DUE = Prepared(sa.select(sa.func.min(outbox.c.due_at)).where(_is_waiting))
_MESSAGE_OF = Prepared(sa.select(outbox.c.chat_id, outbox.c.message_id).where(outbox.c.key == sa.bindparam("of")))
_STATE_OF = Prepared(sa.select(outbox.c.state, outbox.c.reason).where(outbox.c.key == sa.bindparam("of")))
_PUT = {
    dialect: insert_new(outbox, dialect).returning(outbox.c.id, outbox.c.kind, outbox.c.target)
    for dialect in ("sqlite", "postgresql")
}
_PUT_ONE = {dialect: Prepared(statement, COLUMNS) for dialect, statement in _PUT.items()}


def _padded(ids: Collection[int]) -> list[int]:
    """The same list with its last one repeated, so that few lengths occur and each is compiled but once."""
    listed = list(ids)
    return listed + listed[-1:] * ((1 << (len(listed) - 1).bit_length()) - len(listed))


class OutboxTable:
    def __init__(self, connection: AsyncConnection, now: datetime, scope: Scope) -> None:
        self._db = connection
        self._now = now
        self._scope = scope

    # -- what services do ---------------------------------------------------------------------------------------

    async def put(self, *messages: Outgoing) -> int:
        return await self.put_many(messages)

    async def put_many(self, messages: Iterable[Outgoing]) -> int:
        batch = [to_row(out, self._now, drill) for out, drill in await in_their_drills(self._db, self._scope, messages)]
        if not batch:
            return 0
        dialect = self._db.dialect.name
        added: Sequence[Any]
        if len(batch) == 1:
            added = await _PUT_ONE[dialect].all(self._db, **batch[0])
        else:
            added = (await self._db.execute(_PUT[dialect], batch)).all()
        newest: dict[str, int] = {}
        for row in added:
            if row.kind == Kind.EDIT.value and row.target is not None:
                newest[row.target] = max(row.id, newest.get(row.target, 0))
        for target, number in newest.items():
            await self._supersede_edits(target, number)
        return len(added)

    async def _supersede_edits(self, target: str, before: int) -> None:
        """Only an edit that is really new takes the place of older ones: the same call repeated changes nothing."""
        await self._db.execute(
            sa.update(outbox)
            .where(outbox.c.target == target, outbox.c.id < before, outbox.c.kind == Kind.EDIT.value, _is_waiting)
            .values(state=OutboxState.SUPERSEDED.value, reason="newer_edit", settled_at=self._now)
        )

    async def supersede(self, *, subject: str, person_id: int | None = None, keys: Collection[str] = ()) -> int:
        where = [outbox.c.subject == subject]
        if person_id is not None:
            where.append(outbox.c.person_id == person_id)
        if keys:
            where.append(outbox.c.key.in_(list(keys)))
        # What is just being sent may still arrive, but is not tried again.
        await self._db.execute(sa.update(outbox).where(*where, _is_sending).values(reason=_WITHDRAWN))
        gone = await self._db.execute(
            sa.update(outbox)
            .where(*where, _is_waiting)
            .values(state=OutboxState.SUPERSEDED.value, settled_at=self._now)
        )
        return gone.rowcount

    async def arrived(self, keys: Collection[str]) -> set[str]:
        query = sa.select(outbox.c.key, outbox.c.state, outbox.c.may_have_arrived, outbox.c.progress)
        listed, found = list(keys), set[str]()
        for start in range(0, len(listed), _AT_ONCE):
            for row in await self._db.execute(query.where(outbox.c.key.in_(listed[start : start + _AT_ONCE]))):
                if row.state in _PERHAPS_THERE or row.may_have_arrived or (row.progress or {}).get("sent"):
                    found.add(row.key)
        return found

    async def message_of(self, key: str) -> tuple[int, int] | None:
        row = await _MESSAGE_OF.first(self._db, of=key)
        return None if row is None or row.message_id is None else (row.chat_id, row.message_id)

    async def state_of(self, key: str) -> tuple[str, str] | None:
        row = await _STATE_OF.first(self._db, of=key)
        return None if row is None else (row.state, row.reason)

    async def undelivered(self, subject: str) -> Mapping[int, str]:
        query = sa.select(outbox.c.person_id, outbox.c.state, outbox.c.reason).where(
            outbox.c.subject == subject,
            outbox.c.person_id.is_not(None),
            outbox.c.kind == Kind.SEND.value,
            outbox.c.state.not_in((OutboxState.SENT.value, OutboxState.SUPERSEDED.value)),
        )
        found = await self._db.execute(query)
        return {row.person_id: row.reason or row.state for row in found}

    async def told(self, subject: str) -> set[int]:
        query = sa.select(outbox.c.person_id).where(
            outbox.c.subject == subject,
            outbox.c.person_id.is_not(None),
            outbox.c.kind == Kind.SEND.value,
            sa.or_(outbox.c.state == OutboxState.SENT.value, outbox.c.may_have_arrived),
        )
        return set((await self._db.execute(query)).scalars())

    async def newest_to(self, subject: str, person_id: int) -> str | None:
        query = (
            sa.select(outbox.c.key)
            .where(
                outbox.c.subject == subject,
                outbox.c.person_id == person_id,
                outbox.c.kind == Kind.SEND.value,
                outbox.c.state == OutboxState.SENT.value,
            )
            .order_by(outbox.c.id.desc())
            .limit(1)
        )
        key: str | None = await self._db.scalar(query)
        return key

    # -- what delivery does -------------------------------------------------------------------------------------

    async def claim(
        self, boot: str, limit: int, skip_chats: Collection[int], lanes: Collection[int]
    ) -> list[QueuedMessage]:
        await _EXPIRE.run(self._db, now=self._now)
        wanted = {
            "now": self._now,
            "lanes": list(lanes),
            "busy": _padded(skip_chats) or _NO_CHAT,
            "most": limit * 3 + 5,
        }
        claimed: list[QueuedMessage] = []
        orphans: list[int] = []
        chats: set[int] = set()
        for row in (await self._db.execute(_BEST_WAITING, wanted)).all():
            if len(claimed) >= limit:
                break
            queued = to_queued(row)
            if queued.out.kind in _ABOUT_A_MESSAGE and queued.message_id is None:
                orphans.append(row.id)
            elif row.chat_id not in chats:
                chats.add(row.chat_id)
                claimed.append(queued)
        if orphans:
            gone = OutboxState.SUPERSEDED.value
            await self._set(orphans, state=gone, reason="target_never_sent", settled_at=self._now)
        if claimed:
            await self._db.execute(_TAKE, {"ids": _padded([c.id for c in claimed]), "by": boot})
        return claimed

    async def _set(self, ids: Sequence[int], **values: Any) -> None:
        await self._db.execute(sa.update(outbox).where(outbox.c.id.in_(list(ids))).values(**values))

    async def settle(self, settlements: Sequence[Settlement]) -> list[tuple[Settlement, Outgoing]]:
        """Write the outcomes; returns each with what was to be said, so that services can draw consequences.

        That something was sent is believed whenever it comes, once; every other outcome only counts while the row is
        being sent, so that a late word about an earlier try cannot undo what has happened since."""
        rows = await self._db.execute(_BY_IDS, {"ids": _padded([s.id for s in settlements])})
        found = {row.id: row for row in rows}
        settlements = [s for s in settlements if s.id in found and _counts(found[s.id].state, s.outcome)]
        plain = [s for s in settlements if s.outcome is Outcome.SENT]
        for s in plain:
            await _WRITE_SENT.run(
                self._db,
                row_id=s.id,
                arrived=s.message_ids[-1] if s.message_ids else found[s.id].message_id,
                all_ids=list(s.message_ids) or None,
                at=s.at,
                why=s.reason,
            )
        for settlement in settlements:
            if settlement.outcome is not Outcome.SENT:
                await self._set([settlement.id], **_after(found[settlement.id], settlement))
        return [(s, to_outgoing(found[s.id])) for s in settlements]

    async def abandon_chat(self, chat_id: int, reason: str) -> int:
        """Nothing can be written there any more: what waits for that chat ends, with the reason."""
        gone = await self._db.execute(
            sa.update(outbox)
            .where(outbox.c.chat_id == chat_id, _is_waiting)
            .values(state=OutboxState.DEAD.value, reason=reason, settled_at=self._now)
        )
        return gone.rowcount

    async def move_chat(self, old: int, new: int) -> None:
        """A group became a supergroup: what waits goes to the new id. What is about an old message is void there."""
        void = outbox.c.kind.in_([kind.value for kind in _ABOUT_A_MESSAGE])
        await self._db.execute(
            sa.update(outbox)
            .where(outbox.c.chat_id == old, _is_waiting, void)
            .values(state=OutboxState.SUPERSEDED.value, reason="migrated", settled_at=self._now)
        )
        await self._db.execute(sa.update(outbox).where(outbox.c.chat_id == old, _is_waiting).values(chat_id=new))

    async def recover(self, boot: str) -> int:
        query = sa.select(outbox).where(_is_sending, outbox.c.boot != boot)
        rows = (await self._db.execute(query)).all()
        for row in rows:
            doubt = Settlement(id=row.id, outcome=Outcome.AMBIGUOUS, at=self._now, reason="restart")
            await self._set([row.id], **_after(row, doubt))
        return len(rows)

    async def next_due(self) -> datetime | None:
        at: datetime | None = await _NEXT_DUE.scalar(self._db)
        return at

    async def waiting(self) -> dict[str, int]:
        """State → count of what is not settled, for the operator."""
        counted: dict[str, int] = {}
        for which in (_is_waiting, _is_sending):
            query = sa.select(outbox.c.state, sa.func.count().label("number")).where(which).group_by(outbox.c.state)
            counted.update((row.state, row.number) for row in await self._db.execute(query))
        return counted


def _counts(state: str, outcome: Outcome) -> bool:
    if outcome is Outcome.SENT:
        return state != OutboxState.SENT.value
    return state == OutboxState.SENDING.value


def _after(row: Any, settlement: Settlement) -> dict[str, Any]:
    """The columns that follow from an outcome other than SENT."""
    attempts = row.attempts + (1 if settlement.counted else 0)
    end = {"attempts": attempts, "reason": settlement.reason, "settled_at": settlement.at}
    if row.reason == _WITHDRAWN:
        doubt = row.may_have_arrived or settlement.outcome is Outcome.AMBIGUOUS
        return end | {"state": OutboxState.SUPERSEDED.value, "reason": _WITHDRAWN, "may_have_arrived": doubt}
    again = end | {"state": OutboxState.RETRY.value, "settled_at": None}
    if settlement.extra:
        again["progress"] = settlement.extra
    if settlement.outcome is Outcome.MIGRATED:
        return again | {"chat_id": settlement.new_chat_id, "due_at": settlement.at}
    # What has to arrive and has an end of its own is tried until that end: an outage of an hour kills no red warning.
    goes_on = attempts < MAX_TRIES or (row.policy == Policy.AT_LEAST_ONCE.value and row.expires_at is not None)
    if settlement.outcome is Outcome.RETRY and goes_on:
        return again | {"due_at": settlement.retry_at or settlement.at}
    if settlement.outcome is Outcome.AMBIGUOUS:
        policy = Policy(row.policy)
        if policy is Policy.AT_MOST_ONCE:
            return end | {"state": OutboxState.AMBIGUOUS.value, "may_have_arrived": True}
        if goes_on:
            doubt = policy is Policy.AT_LEAST_ONCE
            due = settlement.retry_at or settlement.at + AMBIGUOUS_PAUSE
            return again | {"due_at": due, "may_have_arrived": doubt}
    if settlement.outcome is Outcome.EXPIRED:
        return end | {"state": OutboxState.EXPIRED.value}
    return end | {"state": OutboxState.DEAD.value}
