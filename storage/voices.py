"""Voices that a machine is to listen to, and what it made of them."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.listening import VoiceState
from services.ports.listening import VoiceReading
from storage.database import BigId, UtcTime, insert_new, is_fixed, metadata, one_of

voice_reading = sa.Table(
    "voice_reading",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("file_id", sa.Text, nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    one_of("state", [s.value for s in VoiceState]),
)
_waiting_sql = sa.text("state = 'waiting'")
sa.Index("ix_voice_reading_waiting", voice_reading.c.id, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)
sa.Index("ix_voice_reading_asked_at", voice_reading.c.asked_at)


class VoiceTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def want(self, voice: VoiceReading) -> bool:
        put = insert_new(voice_reading, self._db.dialect.name).returning(voice_reading.c.id)
        values = {
            "file_id": voice.file_id,
            "subject": voice.subject,
            "asked_at": voice.asked_at,
            "state": VoiceState.WAITING.value,
        }
        return (await self._db.execute(put, values)).scalar() is not None

    async def next_waiting(self) -> VoiceReading | None:
        waiting = is_fixed(voice_reading.c.state, "waiting")
        query = sa.select(voice_reading).where(waiting).order_by(voice_reading.c.id.desc()).limit(1)
        return next((_voice(row) for row in await self._db.execute(query)), None)

    async def settle(self, voice: VoiceReading) -> None:
        await self._db.execute(
            sa.update(voice_reading)
            .where(voice_reading.c.file_id == voice.file_id)
            .values(state=voice.state.value, words=voice.words, reason=voice.reason)
        )

    async def words_of(self, file_ids: Collection[str]) -> dict[str, str]:
        if not file_ids:
            return {}
        query = sa.select(voice_reading.c.file_id, voice_reading.c.words).where(
            voice_reading.c.file_id.in_(list(file_ids)), voice_reading.c.state == VoiceState.READ.value
        )
        return {row.file_id: row.words for row in await self._db.execute(query)}


def _voice(row: Any) -> VoiceReading:
    return VoiceReading(row.file_id, row.subject, row.asked_at, VoiceState(row.state), row.words, row.reason)
