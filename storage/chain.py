"""The 包保 chain and rehearsals. An assignment that ended stays, with its end."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calling import CallResult
from domain.chain import Assignment, Tier
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.duty_log import Rehearsal
from storage.database import BigId, UtcTime, metadata, one_of

assignment = sa.Table(
    "assignment",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code"), nullable=False),
    sa.Column("households", sa.Text, nullable=False, server_default=""),
    sa.Column("made_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    one_of("tier", [t.value for t in Tier]),
)
sa.Index("ix_assignment_place", assignment.c.place)
sa.Index("ix_assignment_person", assignment.c.person_id)

rehearsal = sa.Table(
    "rehearsal",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code"), nullable=False),
    sa.Column("started_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("closes_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    one_of("state", ("running", "closed")),
)

rehearsal_call = sa.Table(
    "rehearsal_call",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("rehearsal_id", sa.BigInteger, sa.ForeignKey("rehearsal.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    one_of("result", [r.value for r in CallResult]),
)
sa.Index("ix_rehearsal_call_rehearsal", rehearsal_call.c.rehearsal_id, rehearsal_call.c.id)

_in_force = assignment.c.ended_at.is_(None)


class ChainTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def assign(self, row: Assignment) -> Assignment | None:
        same = (assignment.c.person_id == row.person_id, assignment.c.place == row.place, _in_force)
        found = await self._list(*same)
        if found and found[0].households == row.households:
            return None
        await self._db.execute(sa.update(assignment).where(*same).values(ended_at=row.made_at))
        number = await self._db.scalar(
            sa.insert(assignment)
            .values(
                person_id=row.person_id,
                tier=row.tier.value,
                place=row.place,
                households=row.households,
                made_by=row.made_by,
                made_at=row.made_at,
            )
            .returning(assignment.c.id)
        )
        return replace(row, id=int(number or 0))

    async def end(self, assignment_id: int, at: datetime) -> bool:
        done = await self._db.execute(
            sa.update(assignment).where(assignment.c.id == assignment_id, _in_force).values(ended_at=at)
        )
        return done.rowcount == 1

    async def _list(self, *where: Any) -> list[Assignment]:
        query = sa.select(assignment).where(*where).order_by(assignment.c.id)
        return [_assignment(row) for row in await self._db.execute(query)]

    async def of_places(self, places: Collection[PlaceCode]) -> list[Assignment]:
        return await self._list(assignment.c.place.in_(list(places)), _in_force)

    async def of_person(self, person_id: int) -> list[Assignment]:
        return await self._list(assignment.c.person_id == person_id, _in_force)

    async def assigned_to(self, person_id: int) -> list[PlaceCode]:
        return list(dict.fromkeys(one.place for one in await self.of_person(person_id)))


class RehearsalTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, row: Rehearsal) -> Rehearsal:
        number = await self._db.scalar(
            sa.insert(rehearsal)
            .values(
                place=row.place,
                started_by=row.started_by,
                started_at=row.started_at,
                closes_at=row.closes_at,
                state=row.state,
            )
            .returning(rehearsal.c.id)
        )
        return replace(row, id=int(number or 0))

    async def _list(self, *where: Any, limit: int | None = None) -> list[Rehearsal]:
        query = sa.select(rehearsal).where(*where).order_by(rehearsal.c.id.desc()).limit(limit)
        return [_rehearsal(row) for row in await self._db.execute(query)]

    async def get(self, rehearsal_id: int) -> Rehearsal | None:
        found = await self._list(rehearsal.c.id == rehearsal_id)
        return found[0] if found else None

    async def running(self) -> list[Rehearsal]:
        return await self._list(rehearsal.c.state == "running")

    async def newest(self, limit: int = 5) -> list[Rehearsal]:
        return await self._list(limit=limit)

    async def add_call(self, rehearsal_id: int, person_id: int, result: CallResult, by: int, at: datetime) -> None:
        values = {"rehearsal_id": rehearsal_id, "person_id": person_id, "result": result.value, "by": by, "at": at}
        await self._db.execute(sa.insert(rehearsal_call).values(values))

    async def calls_of(self, rehearsal_id: int) -> Mapping[int, CallResult]:
        query = sa.select(rehearsal_call.c.person_id, rehearsal_call.c.result)
        query = query.where(rehearsal_call.c.rehearsal_id == rehearsal_id).order_by(rehearsal_call.c.id)
        return {int(person): CallResult(result) for person, result in await self._db.execute(query)}

    async def close(self, rehearsal_id: int) -> bool:
        done = await self._db.execute(
            sa.update(rehearsal)
            .where(rehearsal.c.id == rehearsal_id, rehearsal.c.state == "running")
            .values(state="closed")
        )
        return done.rowcount == 1


def _assignment(row: Any) -> Assignment:
    return Assignment(
        id=row.id,
        person_id=PersonId(row.person_id),
        tier=Tier(row.tier),
        place=PlaceCode(row.place),
        households=row.households,
        made_by=None if row.made_by is None else PersonId(row.made_by),
        made_at=row.made_at,
        ended_at=row.ended_at,
    )


def _rehearsal(row: Any) -> Rehearsal:
    return Rehearsal(
        id=row.id,
        place=PlaceCode(row.place),
        started_by=PersonId(row.started_by),
        started_at=row.started_at,
        closes_at=row.closes_at,
        state=row.state,
    )
