"""Leave as it is asked for, and what became of it. The granted leave itself is a row of storage/people.py."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import PersonId
from services.ports.leave import LeaveRequest
from storage.database import BigId, UtcTime, metadata, one_of
from storage.people import leave

leave_request = sa.Table(
    "leave_request",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("stand_in_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("asked_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("decided_at", UtcTime),
    sa.Column("handed_over", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("ends_at > starts_at", name="order"),
    sa.CheckConstraint("person_id <> stand_in_id", name="somebody_else"),
    one_of("state", ("asked", "granted", "refused", "withdrawn", "ended")),
)
sa.Index("ix_leave_request_person", leave_request.c.person_id, leave_request.c.state)


class LeaveRequestTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, request: LeaveRequest) -> LeaveRequest:
        row = (
            await self._db.execute(
                sa.insert(leave_request)
                .values(
                    person_id=request.person_id,
                    stand_in_id=request.stand_in_id,
                    asked_by=request.asked_by,
                    starts_at=request.starts_at,
                    ends_at=request.ends_at,
                    asked_at=request.asked_at,
                    state=request.state,
                )
                .returning(leave_request)
            )
        ).one()
        return _request(row)

    async def _list(self, *where: Any) -> list[LeaveRequest]:
        query = sa.select(leave_request).where(*where).order_by(leave_request.c.id)
        return [_request(row) for row in await self._db.execute(query)]

    async def get(self, request_id: int) -> LeaveRequest | None:
        found = await self._list(leave_request.c.id == request_id)
        return found[0] if found else None

    async def of_person(self, person_id: int, states: tuple[str, ...]) -> list[LeaveRequest]:
        return await self._list(leave_request.c.person_id == person_id, leave_request.c.state.in_(states))

    async def decide(self, request_id: int, from_state: str, to: str, by: int, at: datetime) -> bool:
        decided = await self._db.execute(
            sa.update(leave_request)
            .where(leave_request.c.id == request_id, leave_request.c.state == from_state)
            .values(state=to, decided_by=by, decided_at=at)
        )
        return decided.rowcount == 1

    async def to_begin(self, now: datetime) -> list[LeaveRequest]:
        return await self._list(
            leave_request.c.state == "granted",
            ~leave_request.c.handed_over,
            leave_request.c.starts_at <= now,
            leave_request.c.ends_at > now,
        )

    async def handed_over(self, request_id: int) -> bool:
        marked = await self._db.execute(
            sa.update(leave_request)
            .where(leave_request.c.id == request_id, ~leave_request.c.handed_over)
            .values(handed_over=True)
        )
        return marked.rowcount == 1

    async def cancel_future(self, person_id: int, after: datetime) -> int:
        """A leave that never began leaves no row in `leave`; its request keeps the history."""
        gone = await self._db.execute(
            sa.delete(leave).where(leave.c.person_id == person_id, leave.c.starts_at >= after)
        )
        return gone.rowcount

    async def standing_in(self, person_id: int, at: datetime) -> list[tuple[int, datetime]]:
        query = sa.select(leave.c.person_id, leave.c.ends_at).where(
            leave.c.stand_in_id == person_id, leave.c.ends_at > at
        )
        return [(row.person_id, row.ends_at) for row in await self._db.execute(query)]


def _request(row: Any) -> LeaveRequest:
    return LeaveRequest(
        id=row.id,
        person_id=PersonId(row.person_id),
        stand_in_id=PersonId(row.stand_in_id),
        asked_by=PersonId(row.asked_by),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        asked_at=row.asked_at,
        state=row.state,
        decided_by=None if row.decided_by is None else PersonId(row.decided_by),
        decided_at=row.decided_at,
        handed_over=row.handed_over,
    )
