"""Invariants of the tables, one statement each. Reads only. Some look at every row: for a checkup and for tests, not
for every tick."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligations import ObligationState
from domain.outgoing import Kind, OutboxState
from services.ports.audit import Broken
from storage.boards import board
from storage.groups import dialogue
from storage.inbox import deafness, heartbeat, inbox
from storage.obligations import obligation
from storage.outbox import outbox
from storage.warnings import warning

_HEARD = "heard"
"""the name under which handlers.hearing writes"""
_SHOWN = 3
_UNDER_WAY = timedelta(hours=1)
"""no request takes so long; a claim that old belongs to nobody"""
_FORGOTTEN = timedelta(days=2)
"""unfinished dialogues are put away after one day"""
_LANDING = timedelta(minutes=2)
"""what left before its end may be written down a little after it"""

_waiting = outbox.c.state.in_((OutboxState.PENDING.value, OutboxState.RETRY.value))
_open = obligation.c.state == ObligationState.OPEN.value
_answered = obligation.c.state == ObligationState.ANSWERED.value
_subject_of_warning = sa.literal("warning:").concat(sa.cast(warning.c.id, sa.Text))


def _timeless(now: datetime) -> Mapping[str, sa.Select[Any]]:
    over = warning.c.state.in_(("superseded", "lifted", "expired", "refused"))
    posted = sa.exists().where(outbox.c.key == board.c.post_key)
    return {
        "asked_after_the_end": sa.select(obligation.c.id)
        .join_from(warning, obligation, obligation.c.subject == _subject_of_warning)
        .where(over, _open),
        "answer_without_time": sa.select(obligation.c.id).where(
            sa.or_(
                sa.and_(_answered, obligation.c.answered_at.is_(None)),
                sa.and_(~_answered, obligation.c.answered_at.is_not(None)),
            )
        ),
        "late_without_being": sa.select(obligation.c.id).where(
            _answered, obligation.c.late, obligation.c.answered_at <= obligation.c.due_at
        ),
        "climbs_after_the_end": sa.select(obligation.c.id).where(~_open, obligation.c.next_step_at.is_not(None)),
        "board_without_post": sa.select(board.c.chat_id).where(~posted),
        "sent_without_message": sa.select(outbox.c.key).where(
            outbox.c.state == OutboxState.SENT.value, outbox.c.kind == Kind.SEND.value, outbox.c.message_id.is_(None)
        ),
        "in_force_past_its_end": sa.select(warning.c.id).where(
            warning.c.state == "active", warning.c.expires < now - _UNDER_WAY
        ),
    }


def _timely(before: datetime) -> Mapping[str, sa.Select[Any]]:
    return {
        "message_stuck": sa.select(outbox.c.key).where(_waiting, outbox.c.due_at < before),
        "claim_of_nobody": sa.select(outbox.c.key).where(
            outbox.c.state == OutboxState.SENDING.value, outbox.c.due_at < before - _UNDER_WAY
        ),
        "ladder_stuck": sa.select(obligation.c.id).where(_open, obligation.c.next_step_at < before),
        "board_never_drawn": sa.select(board.c.chat_id).where(board.c.dirty, board.c.drawn_at < before),
        "dialogue_never_closed": sa.select(dialogue.c.user_id).where(dialogue.c.updated_at < before - _FORGOTTEN),
        "update_not_handled": sa.select(inbox.c.update_id).where(inbox.c.state == "new", inbox.c.received_at < before),
    }


class AuditTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def heard(self) -> datetime | None:
        at: datetime | None = await self._db.scalar(sa.select(heartbeat.c.at).where(heartbeat.c.name == _HEARD))
        return at

    async def deaf_since(self, at: datetime) -> bool:
        return bool(await self._db.scalar(sa.select(sa.exists().where(deafness.c.until > at))))

    async def timeless(self, now: datetime) -> Sequence[Broken]:
        return [*await self._ask(_timeless(now)), *await self._sent_too_late()]

    async def _sent_too_late(self) -> list[Broken]:
        query = sa.select(outbox.c.key, outbox.c.expires_at, outbox.c.settled_at).where(
            outbox.c.state == OutboxState.SENT.value,
            outbox.c.kind == Kind.SEND.value,
            outbox.c.settled_at > outbox.c.expires_at,
        )
        late = [r.key for r in await self._db.execute(query) if r.settled_at > r.expires_at + _LANDING]
        return _broken("sent_after_its_end", late)

    async def timely(self, before: datetime) -> Sequence[Broken]:
        return await self._ask(_timely(before))

    async def _ask(self, rules: Mapping[str, sa.Select[Any]]) -> list[Broken]:
        found: list[Broken] = []
        for rule, query in rules.items():
            found += _broken(rule, [str(one) for one in (await self._db.execute(query)).scalars()])
        return found


def _broken(rule: str, rows: Sequence[str]) -> list[Broken]:
    return [Broken(rule, len(rows), tuple(rows[:_SHOWN]))] if rows else []
