"""The sources of warnings: how each is, what of it was taken in, what it listed, which signed calls were made."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ports.sources import Listed, SourceState
from storage.database import UtcTime, insert_new, insert_or_update, metadata

source_state = sa.Table(
    "source_state",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("watched_since", UtcTime, nullable=False),
    sa.Column("last_try", UtcTime),
    sa.Column("last_good", UtcTime),
    sa.Column("last_notice", UtcTime),
    sa.Column("failing_since", UtcTime),
    sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    sa.Column("told_at", UtcTime),
)
source_seen = sa.Table(
    "source_seen",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("mark", sa.Text, primary_key=True, comment="hash of what was taken in, version included"),
    sa.Column("at", UtcTime, nullable=False),
)
sa.Index("ix_source_seen_at", source_seen.c.at)
source_listed = sa.Table(
    "source_listed",
    metadata,
    sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("misses", sa.Integer, nullable=False),
    sa.Column("asked", sa.Boolean, nullable=False),
)
sa.Index("ix_source_listed_source", source_listed.c.source)
hook_nonce = sa.Table(
    "hook_nonce",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("nonce", sa.Text, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
)
sa.Index("ix_hook_nonce_at", hook_nonce.c.at)

_STATE = [column.name for column in source_state.c if column.name != "name"]


class SourceTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def state(self, name: str) -> SourceState | None:
        found = await self._db.execute(sa.select(source_state).where(source_state.c.name == name))
        return next((_state(row) for row in found), None)

    async def states(self) -> list[SourceState]:
        return [_state(row) for row in await self._db.execute(sa.select(source_state).order_by(source_state.c.name))]

    async def save(self, state: SourceState) -> None:
        statement = insert_or_update(source_state, self._db.dialect.name, ["name"], _STATE)
        await self._db.execute(statement, asdict(state))

    async def seen(self, source: str, marks: Collection[str]) -> set[str]:
        if not marks:
            return set()
        query = sa.select(source_seen.c.mark).where(source_seen.c.source == source, source_seen.c.mark.in_(list(marks)))
        return set((await self._db.execute(query)).scalars())

    async def mark_seen(self, source: str, marks: Collection[str], at: datetime) -> None:
        if marks:
            rows = [{"source": source, "mark": mark, "at": at} for mark in sorted(marks)]
            await self._db.execute(insert_new(source_seen, self._db.dialect.name), rows)

    async def listed(self, source: str) -> dict[int, Listed]:
        found = await self._db.execute(sa.select(source_listed).where(source_listed.c.source == source))
        return {row.warning_id: Listed(row.warning_id, row.source, row.misses, row.asked) for row in found}

    async def save_listed(self, listed: Listed) -> None:
        columns = ["source", "misses", "asked"]
        statement = insert_or_update(source_listed, self._db.dialect.name, ["warning_id"], columns)
        await self._db.execute(statement, asdict(listed))

    async def take_nonce(self, source: str, nonce: str, at: datetime) -> bool:
        statement = insert_new(hook_nonce, self._db.dialect.name).returning(hook_nonce.c.nonce)
        taken = await self._db.execute(statement, {"source": source, "nonce": nonce, "at": at})
        return taken.scalar() is not None

    async def prune(self, seen_before: datetime, nonces_before: datetime) -> int:
        gone = await self._db.execute(sa.delete(source_seen).where(source_seen.c.at < seen_before))
        more = await self._db.execute(sa.delete(hook_nonce).where(hook_nonce.c.at < nonces_before))
        return gone.rowcount + more.rowcount


def _state(row: Any) -> SourceState:
    return SourceState(**row._mapping)
