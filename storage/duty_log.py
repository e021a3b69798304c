"""Hand-overs and the duty log. An entry is never changed: a correction is the next version."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.duty_log import DutyEntry, Handover, LinesOf, LogLine
from storage.database import BigId, Json, UtcTime, insert_new, metadata, one_of
from storage.drill_scope import Scope
from storage.timeline import timeline

duty_handover = sa.Table(
    "duty_handover",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("to_shift", sa.BigInteger, sa.ForeignKey("duty_shift.id"), nullable=False, unique=True),
    sa.Column("from_shift", sa.BigInteger, sa.ForeignKey("duty_shift.id")),
    sa.Column("drafted_at", UtcTime, nullable=False),
    sa.Column("lines", Json, nullable=False, comment="what was open, as keys and figures"),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("voice", sa.Text, nullable=False, server_default=""),
    sa.Column("said_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("decided_at", UtcTime),
    one_of("state", ("open", "accepted", "refused")),
)

duty_entry = sa.Table(
    "duty_entry",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("thread", sa.BigInteger, nullable=False, comment="the id of the first version; 0 for that one itself"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("heard_at", UtcTime, nullable=False),
    sa.Column("written_at", UtcTime, nullable=False),
    sa.Column("author", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("caller", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False, server_default=""),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("proposal", sa.Text, nullable=False, server_default=""),
    sa.Column("result", sa.Text, nullable=False, server_default=""),
)
sa.Index("ix_duty_entry_place", duty_entry.c.place, duty_entry.c.heard_at)
sa.Index("ix_duty_entry_thread", duty_entry.c.thread)
sa.Index("ix_timeline_at", timeline.c.at)


class DutyLogTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def add_handover(self, row: Handover) -> Handover | None:
        values = {
            "place": row.place,
            "to_shift": row.to_shift,
            "from_shift": row.from_shift,
            "drafted_at": row.drafted_at,
            "lines": [dict(line) for line in row.lines],
            "state": row.state,
        }
        added = await self._db.execute(
            insert_new(duty_handover, self._db.dialect.name).returning(duty_handover.c.id), [values]
        )
        number = added.scalars().first()
        return None if number is None else replace(row, id=number)

    async def _one(self, *where: Any) -> Handover | None:
        row = (await self._db.execute(sa.select(duty_handover).where(*where))).first()
        return None if row is None else _handover(row)

    async def handover(self, handover_id: int) -> Handover | None:
        return await self._one(duty_handover.c.id == handover_id)

    async def handover_to(self, shift_id: int) -> Handover | None:
        return await self._one(duty_handover.c.to_shift == shift_id)

    async def decide(self, handover_id: int, to: str, by: int, at: datetime) -> bool:
        done = await self._db.execute(
            sa.update(duty_handover)
            .where(duty_handover.c.id == handover_id, duty_handover.c.state != "accepted", duty_handover.c.state != to)
            .values(state=to, decided_by=by, decided_at=at)
        )
        return done.rowcount == 1

    async def say(self, handover_id: int, words: str, voice: str, by: int) -> bool:
        done = await self._db.execute(
            sa.update(duty_handover)
            .where(duty_handover.c.id == handover_id, duty_handover.c.state != "accepted")
            .values(words=words, voice=voice, said_by=by)
        )
        return done.rowcount == 1

    async def write(self, entry: DutyEntry) -> DutyEntry:
        version = 1
        if entry.thread:
            newest = sa.select(sa.func.max(duty_entry.c.version)).where(
                sa.or_(duty_entry.c.thread == entry.thread, duty_entry.c.id == entry.thread)
            )
            version = int(await self._db.scalar(newest) or 0) + 1
        columns = [column.name for column in duty_entry.columns if column.name not in {"id", "version"}]
        values = {name: getattr(entry, name) for name in columns} | {"version": version}
        number = await self._db.scalar(sa.insert(duty_entry).values(values).returning(duty_entry.c.id))
        return replace(entry, id=int(number or 0), version=version, thread=entry.thread or int(number or 0))

    async def entry(self, entry_id: int) -> DutyEntry | None:
        row = (await self._db.execute(sa.select(duty_entry).where(duty_entry.c.id == entry_id))).first()
        return None if row is None else _entry(row)

    async def entries(self, place: PlaceCode, since: datetime, until: datetime) -> list[DutyEntry]:
        query = (
            sa.select(duty_entry)
            .where(duty_entry.c.place == place, duty_entry.c.heard_at >= since, duty_entry.c.heard_at < until)
            .order_by(duty_entry.c.id)
        )
        newest = {(one := _entry(row)).thread: one for row in await self._db.execute(query)}
        return sorted(newest.values(), key=lambda one: (one.heard_at, one.id))

    async def lines(
        self, wanted: Sequence[LinesOf], span: tuple[datetime, datetime], after: int = 0, limit: int = 200
    ) -> list[LogLine]:
        since, until = span
        query = (
            sa.select(timeline)
            .where(
                timeline.c.at >= since,
                timeline.c.at < until,
                timeline.c.seq > after,
                sa.or_(*(_wanted(one) for one in wanted)),
                self._scope.keeps_subject(timeline.c.subject),
            )
            .order_by(timeline.c.seq)
            .limit(limit)
        )
        return [
            LogLine(row.seq, row.at, row.what, row.subject, row.actor, json.loads(row.facts))
            for row in await self._db.execute(query)
        ]


def _wanted(one: LinesOf) -> sa.ColumnElement[bool]:
    his = timeline.c.actor.is_(None) if one.actors is None else timeline.c.actor.in_(sorted(one.actors))
    return sa.and_(his, timeline.c.what.in_(sorted(one.whats)))


def _handover(row: Any) -> Handover:
    return Handover(
        id=row.id,
        place=PlaceCode(row.place),
        to_shift=row.to_shift,
        from_shift=row.from_shift,
        drafted_at=row.drafted_at,
        lines=tuple(row.lines),
        words=row.words,
        voice=row.voice,
        said_by=None if row.said_by is None else PersonId(row.said_by),
        state=row.state,
        decided_by=None if row.decided_by is None else PersonId(row.decided_by),
        decided_at=row.decided_at,
    )


def _entry(row: Any) -> DutyEntry:
    return DutyEntry(
        id=row.id,
        place=PlaceCode(row.place),
        thread=row.thread or row.id,
        version=row.version,
        heard_at=row.heard_at,
        written_at=row.written_at,
        author=PersonId(row.author),
        caller=row.caller,
        phone=row.phone,
        content=row.content,
        proposal=row.proposal,
        result=row.result,
    )
