"""Warnings as they were issued, version by version, with their evidence."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.colours import Colour
from domain.places import PlaceCode
from services.ports.warnings import Evidence, WarningRow
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of
from storage.warning_record import WarningRecordTable

STATES = ("held", "active", "superseded", "lifted", "expired", "refused")

warning = sa.Table(
    "warning",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("event", sa.BigInteger, nullable=False, comment="id of the first version of the chain"),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("identifier", sa.Text, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("sent", UtcTime, nullable=False),
    sa.Column("references", Json, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("colour", sa.Text, nullable=False),
    sa.Column("colour_conflict", sa.Boolean, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("instruction", sa.Text, nullable=False),
    sa.Column("onset", UtcTime),
    sa.Column("expires", UtcTime, nullable=False),
    sa.Column("expires_assumed", sa.Boolean, nullable=False),
    sa.Column("places", Json, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("held_because", sa.Text, nullable=False, server_default=""),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("composed_by", sa.BigInteger),
    sa.Column("created_at", UtcTime, nullable=False),
    one_of("state", STATES),
)
sa.Index("ix_warning_identity", warning.c.identifier, warning.c.sender)
sa.Index("ix_warning_event", warning.c.event, warning.c.id)
sa.Index(
    "ix_warning_active",
    warning.c.expires,
    sqlite_where=sa.text("state = 'active'"),
    postgresql_where=sa.text("state = 'active'"),
)
sa.Index(
    "ix_warning_held",
    warning.c.id,
    sqlite_where=sa.text("state = 'held'"),
    postgresql_where=sa.text("state = 'held'"),
)
sa.Index("ix_warning_number", warning.c.number)
_is_active = is_fixed(warning.c.state, "active")
_is_held = is_fixed(warning.c.state, "held")

warning_raw = sa.Table(
    "warning_raw",
    metadata,
    sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="the bytes as they came: evidence"),
)

warning_more = sa.Table(
    "warning_more",
    metadata,
    sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), primary_key=True, autoincrement=False),
    sa.Column("evidence", Json, nullable=False, server_default="{}"),
    sa.Column("release_at", UtcTime),
    sa.Column("corrected", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("outranked", Json, nullable=False, server_default="{}"),
    sa.Column("drafts", Json, nullable=False, server_default="{}", comment="places ticked so far, by person"),
)
_MORE = (warning_more.c.evidence, warning_more.c.release_at, warning_more.c.corrected, warning_more.c.outranked)
"""what most warnings have none of"""


class WarningTable(WarningRecordTable):
    async def add(self, row: WarningRow) -> WarningRow:
        values = {
            "event": row.event,
            "number": row.number,
            "source": row.source,
            "sender": row.sender,
            "identifier": row.identifier,
            "part": row.part,
            "sent": row.sent,
            "references": list(row.references),
            "kind": row.kind,
            "colour": row.colour.value,
            "colour_conflict": row.colour_conflict,
            "issuer": row.issuer,
            "headline": row.headline,
            "text": row.text,
            "instruction": row.instruction,
            "onset": row.onset,
            "expires": row.expires,
            "expires_assumed": row.expires_assumed,
            "places": sorted(row.places),
            "exercise": row.exercise,
            "state": row.state,
            "held_because": row.held_because,
            "content_hash": row.content_hash,
            "composed_by": row.composed_by,
            "created_at": row.created_at,
        }
        number = int(await self._db.scalar(sa.insert(warning).values(values).returning(warning.c.id)) or 0)
        if row.event == 0:
            await self._db.execute(sa.update(warning).where(warning.c.id == number).values(event=number))
        if row.evidence != Evidence():
            await self._remember(number, evidence=asdict(row.evidence))
        await self._scope.enlist("warning", number)
        return replace(row, id=number, event=row.event or number)

    async def _list(self, *where: Any) -> list[WarningRow]:
        query = sa.select(warning, *_MORE).outerjoin(warning_more, warning_more.c.warning_id == warning.c.id)
        found = [_warning(row) for row in await self._db.execute(query.where(*where))]
        return sorted(found, key=lambda row: row.id)  # ordered by SQLite, all would be read for the few that are active

    async def get(self, warning_id: int) -> WarningRow | None:
        found = await self._list(warning.c.id == warning_id)
        return found[0] if found else None

    async def by_identity(self, sender: str, identifier: str, sent: datetime | None = None) -> list[WarningRow]:
        where = [warning.c.sender == sender, warning.c.identifier == identifier]
        if sent is not None:
            where.append(warning.c.sent == sent)
        return await self._list(*where)

    async def by_identifier(self, identifier: str) -> list[WarningRow]:
        return await self._list(warning.c.identifier == identifier)

    async def named(self, part: str) -> list[WarningRow]:
        return await self._list(warning.c.identifier.contains(part, autoescape=True))

    async def of_event(self, event: int) -> list[WarningRow]:
        return await self._list(warning.c.event == event)

    async def active(self, now: datetime) -> list[WarningRow]:
        return await self._list(_is_active, warning.c.expires > now, self._seen())

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("warning", warning.c.id)

    async def run_out(self, now: datetime) -> list[WarningRow]:
        """Still marked active although their end has passed."""
        return await self._list(_is_active, warning.c.expires <= now, self._seen())

    async def set_state(self, warning_id: int, from_states: Collection[str], to: str) -> bool:
        moved = await self._db.execute(
            sa.update(warning)
            .where(warning.c.id == warning_id, warning.c.state.in_(list(from_states)))
            .values(state=to)
        )
        return moved.rowcount == 1

    async def decide(self, warning_id: int, colour: Colour, places: Collection[PlaceCode], evidence: Evidence) -> None:
        await self._change(warning_id, colour=colour.value, places=sorted(places))
        await self._remember(warning_id, evidence=asdict(evidence))

    async def hold_because(self, warning_id: int, reason: str) -> None:
        await self._change(warning_id, held_because=reason)

    async def keep_raw(self, warning_id: int, raw: bytes) -> None:
        await self._db.execute(sa.insert(warning_raw).values(warning_id=warning_id, body=raw))

    async def raw(self, warning_id: int) -> bytes | None:
        body: bytes | None = await self._db.scalar(
            sa.select(warning_raw.c.body).where(warning_raw.c.warning_id == warning_id)
        )
        return body

    async def numbered(self, number: str) -> list[WarningRow]:
        return await self._list(warning.c.number == number)

    async def held(self) -> list[WarningRow]:
        return await self._list(_is_held, self._seen())

    async def _change(self, warning_id: int, *where: Any, **values: Any) -> bool:
        changed = await self._db.execute(sa.update(warning).where(warning.c.id == warning_id, *where).values(**values))
        return changed.rowcount == 1

    async def _remember(self, warning_id: int, **values: Any) -> None:
        row = insert_new(warning_more, self._db.dialect.name).values(warning_id=warning_id)
        await self._db.execute(row)
        await self._db.execute(sa.update(warning_more).where(warning_more.c.warning_id == warning_id).values(**values))

    async def hold_until(self, warning_id: int, release_at: datetime) -> None:
        await self._change(warning_id, held_because="quiet")
        await self._remember(warning_id, release_at=release_at)

    async def extend(self, warning_id: int, expires: datetime) -> bool:
        over = warning.c.state.in_(("active", "expired"))
        return await self._change(warning_id, over, state="active", expires=expires)

    async def mark_corrected(self, warning_id: int) -> bool:
        told = warning.c.state.in_(("active", "expired"))
        if not await self._change(warning_id, told, state="lifted"):
            return False
        await self._remember(warning_id, corrected=True)
        return True

    async def outrank(self, warning_id: int, villages: Mapping[PlaceCode, int]) -> None:
        await self._remember(warning_id, outranked=dict(villages))

    async def _drafts(self, warning_id: int) -> dict[str, list[str]]:
        query = sa.select(warning_more.c.drafts).where(warning_more.c.warning_id == warning_id)
        return await self._db.scalar(query) or {}

    async def draft(self, warning_id: int, person_id: int) -> frozenset[PlaceCode]:
        drafts = await self._drafts(warning_id)
        return frozenset(PlaceCode(code) for code in drafts.get(str(person_id), ()))

    async def save_draft(self, warning_id: int, person_id: int, places: Collection[PlaceCode]) -> None:
        drafts = await self._drafts(warning_id)
        await self._remember(warning_id, drafts={**drafts, str(person_id): sorted(places)})


def _warning(row: Any) -> WarningRow:
    return WarningRow(
        id=row.id,
        event=row.event,
        number=row.number,
        source=row.source,
        sender=row.sender,
        identifier=row.identifier,
        part=row.part,
        sent=row.sent,
        references=tuple(row.references),
        kind=row.kind,
        colour=Colour(row.colour),
        colour_conflict=row.colour_conflict,
        issuer=row.issuer,
        headline=row.headline,
        text=row.text,
        instruction=row.instruction,
        onset=row.onset,
        expires=row.expires,
        expires_assumed=row.expires_assumed,
        places=frozenset(PlaceCode(code) for code in row.places),
        exercise=row.exercise,
        state=row.state,
        held_because=row.held_because,
        content_hash=row.content_hash,
        composed_by=row.composed_by,
        created_at=row.created_at,
        evidence=_evidence(row.evidence),
        release_at=row.release_at,
        corrected=bool(row.corrected),
        outranked={PlaceCode(code): int(number) for code, number in (row.outranked or {}).items()},
    )


def _evidence(kept: Mapping[str, Any] | None) -> Evidence:
    found = kept or {}
    return Evidence(**{**found, "doubts": tuple(found.get("doubts", ()))})
