"""Shifts and who is on them. Who was taken off stays in the record with the instant at which he was."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.duty import Part, Shift, ShiftState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.duty import Swap
from storage.database import BigId, UtcTime, metadata, one_of

duty_shift = sa.Table(
    "duty_shift",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code"), nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("night", sa.Boolean, nullable=False),
    sa.Column("called", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("made_by", sa.BigInteger, sa.ForeignKey("person.id"), comment="empty: an import at the console"),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("cancelled_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("cancelled_at", UtcTime),
    sa.CheckConstraint("ends_at > starts_at", name="order"),
    one_of("state", [s.value for s in ShiftState]),
)
sa.Index("ix_duty_shift_place", duty_shift.c.place, duty_shift.c.ends_at)
sa.Index("ix_duty_shift_ends", duty_shift.c.ends_at)

duty_shift_person = sa.Table(
    "duty_shift_person",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("shift_id", sa.BigInteger, sa.ForeignKey("duty_shift.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, comment="the first is asked first"),
    sa.Column("since", UtcTime, comment="empty: from the beginning"),
    sa.Column("until", UtcTime, comment="taken off at this instant"),
    sa.Column("set_by", sa.BigInteger, sa.ForeignKey("person.id")),
    one_of("part", [p.value for p in Part]),
)
sa.Index("ix_duty_shift_person_shift", duty_shift_person.c.shift_id)
sa.Index("ix_duty_shift_person_person", duty_shift_person.c.person_id)

duty_swap = sa.Table(
    "duty_swap",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("shift_id", sa.BigInteger, sa.ForeignKey("duty_shift.id"), nullable=False),
    sa.Column("from_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("to_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_at", UtcTime),
    sa.CheckConstraint("from_id <> to_id", name="somebody_else"),
    one_of("state", ("asked", "agreed", "refused", "withdrawn")),
)
sa.Index("ix_duty_swap_shift", duty_swap.c.shift_id, duty_swap.c.from_id)

_planned = duty_shift.c.state == ShiftState.PLANNED.value
_on_it = duty_shift_person.c.until.is_(None)


class DutyTable:
    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._db = connection
        self._now = now

    async def add(self, shift: Shift) -> Shift:
        number = await self._db.scalar(
            sa.insert(duty_shift)
            .values(
                place=shift.place,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                state=shift.state.value,
                night=shift.night,
                called=shift.called,
                made_by=shift.made_by,
                made_at=shift.made_at or self._now,
            )
            .returning(duty_shift.c.id)
        )
        added = replace(shift, id=int(number or 0), made_at=shift.made_at or self._now)
        await self._insert(added.id, shift.leader, shift.officers, shift.made_by, None)
        return added

    async def _insert(
        self,
        shift_id: int,
        leader: PersonId | None,
        officers: Sequence[PersonId],
        by: int | None,
        since: datetime | None,
    ) -> None:
        parts = [(Part.LEADER, leader)] if leader is not None else []
        rows = [
            {
                "shift_id": shift_id,
                "person_id": person_id,
                "part": part.value,
                "position": position,
                "since": since,
                "set_by": by,
            }
            for position, (part, person_id) in enumerate([*parts, *((Part.OFFICER, one) for one in officers)])
        ]
        if rows:
            await self._db.execute(sa.insert(duty_shift_person), rows)

    # -- reading ------------------------------------------------------------------------------------------------

    async def _list(self, *where: Any, order: Any = duty_shift.c.starts_at, limit: int | None = None) -> list[Shift]:
        query = sa.select(duty_shift).where(*where).order_by(order, duty_shift.c.id).limit(limit)
        rows = list(await self._db.execute(query))
        if not rows:
            return []
        numbers = [row.id for row in rows]
        persons: dict[int, list[Any]] = {}
        for at in range(0, len(numbers), 500):
            named = sa.select(duty_shift_person).where(duty_shift_person.c.shift_id.in_(numbers[at : at + 500]), _on_it)
            for row in await self._db.execute(named.order_by(duty_shift_person.c.position, duty_shift_person.c.id)):
                persons.setdefault(row.shift_id, []).append(row)
        return [_shift(row, persons.get(row.id, [])) for row in rows]

    async def get(self, shift_id: int) -> Shift | None:
        found = await self._list(duty_shift.c.id == shift_id)
        return found[0] if found else None

    async def on_duty(self, place: PlaceCode, at: datetime) -> list[PersonId]:
        """Asked at every climb of every ladder: one query."""
        query = (
            sa.select(duty_shift_person.c.person_id)
            .join(duty_shift, duty_shift.c.id == duty_shift_person.c.shift_id)
            .where(
                duty_shift.c.place == place,
                duty_shift.c.ends_at > at,
                duty_shift.c.starts_at <= at,
                _planned,
                sa.or_(_on_it, duty_shift_person.c.until > at),
                sa.or_(duty_shift_person.c.since.is_(None), duty_shift_person.c.since <= at),
            )
            .order_by(
                duty_shift_person.c.part.desc(),
                duty_shift.c.starts_at,
                duty_shift_person.c.position,
                duty_shift_person.c.id,
            )
        )
        return list(dict.fromkeys(PersonId(one) for one in (await self._db.execute(query)).scalars()))

    async def finished_night_shift_since(self, at: datetime) -> set[int]:
        worked = sa.or_(_on_it, duty_shift_person.c.until > duty_shift.c.starts_at)
        query = (
            sa.select(duty_shift_person.c.person_id)
            .join(duty_shift, duty_shift.c.id == duty_shift_person.c.shift_id)
            .where(duty_shift.c.ends_at >= at, duty_shift.c.ends_at <= self._now, _planned, duty_shift.c.night, worked)
        )
        return set((await self._db.execute(query)).scalars())

    async def shifts_between(
        self, since: datetime, until: datetime, places: Collection[PlaceCode] | None = None
    ) -> list[Shift]:
        where = [_planned, duty_shift.c.ends_at > since, duty_shift.c.starts_at < until]
        if places is not None:
            where.append(duty_shift.c.place.in_(list(places)))
        return await self._list(*where)

    async def last_before(self, place: PlaceCode, at: datetime) -> Shift | None:
        found = await self._list(
            _planned,
            duty_shift.c.place == place,
            duty_shift.c.ends_at <= at,
            order=duty_shift.c.ends_at.desc(),
            limit=1,
        )
        return found[0] if found else None

    async def next_after(self, place: PlaceCode, at: datetime) -> Shift | None:
        found = await self._list(_planned, duty_shift.c.place == place, duty_shift.c.starts_at >= at, limit=1)
        return found[0] if found else None

    async def of_person(self, person_id: int, since: datetime, limit: int = 10) -> list[Shift]:
        his = sa.select(duty_shift_person.c.shift_id).where(duty_shift_person.c.person_id == person_id, _on_it)
        return await self._list(_planned, duty_shift.c.ends_at > since, duty_shift.c.id.in_(his), limit=limit)

    async def to_call(self, now: datetime) -> list[Shift]:
        return await self._list(
            _planned, ~duty_shift.c.called, duty_shift.c.ends_at > now, duty_shift.c.starts_at <= now
        )

    async def places_with_shifts(self, since: datetime) -> list[PlaceCode]:
        query = sa.select(duty_shift.c.place).distinct().where(_planned, duty_shift.c.ends_at > since)
        return [PlaceCode(one) for one in sorted((await self._db.execute(query)).scalars())]

    # -- changing -----------------------------------------------------------------------------------------------

    async def called(self, shift_id: int) -> bool:
        marked = await self._db.execute(
            sa.update(duty_shift).where(duty_shift.c.id == shift_id, ~duty_shift.c.called).values(called=True)
        )
        return marked.rowcount == 1

    async def cancel(self, shift_id: int, by: int | None, at: datetime) -> bool:
        done = await self._db.execute(
            sa.update(duty_shift)
            .where(duty_shift.c.id == shift_id, _planned)
            .values(state=ShiftState.CANCELLED.value, cancelled_by=by, cancelled_at=at)
        )
        return done.rowcount == 1

    async def set_persons(
        self, shift_id: int, leader: PersonId | None, officers: Sequence[PersonId], by: int | None, at: datetime
    ) -> bool:
        shift = await self.get(shift_id)
        if shift is None or shift.state is not ShiftState.PLANNED:
            return False
        if (leader, tuple(officers)) == (shift.leader, shift.officers):
            return True
        await self._db.execute(
            sa.update(duty_shift_person).where(duty_shift_person.c.shift_id == shift_id, _on_it).values(until=at)
        )
        await self._insert(shift_id, leader, officers, by, at if shift.starts_at <= at else None)
        return True

    async def put_in(self, shift_id: int, old: int, new: int, by: int, at: datetime) -> bool:
        shift = await self.get(shift_id)
        if shift is None or shift.state is not ShiftState.PLANNED or new in shift.members:
            return False
        his = sa.and_(duty_shift_person.c.shift_id == shift_id, duty_shift_person.c.person_id == old, _on_it)
        held = list(await self._db.execute(sa.select(duty_shift_person).where(his)))
        ended = await self._db.execute(sa.update(duty_shift_person).where(his).values(until=at))
        if not held or ended.rowcount != len(held):
            return False
        since = at if shift.starts_at <= at else None
        rows = [
            {
                "shift_id": shift_id,
                "person_id": new,
                "part": row.part,
                "position": row.position,
                "since": since,
                "set_by": by,
            }
            for row in held
        ]
        await self._db.execute(sa.insert(duty_shift_person), rows)
        return True

    # -- swaps --------------------------------------------------------------------------------------------------

    async def add_swap(self, swap: Swap) -> Swap:
        number = await self._db.scalar(
            sa.insert(duty_swap)
            .values(
                shift_id=swap.shift_id,
                from_id=swap.from_id,
                to_id=swap.to_id,
                asked_at=swap.asked_at,
                state=swap.state,
            )
            .returning(duty_swap.c.id)
        )
        return replace(swap, id=int(number or 0))

    async def _swaps(self, *where: Any) -> list[Swap]:
        query = sa.select(duty_swap).where(*where).order_by(duty_swap.c.id)
        return [_swap(row) for row in await self._db.execute(query)]

    async def swap(self, swap_id: int) -> Swap | None:
        found = await self._swaps(duty_swap.c.id == swap_id)
        return found[0] if found else None

    async def swaps_of(self, shift_id: int, from_id: int, state: str = "asked") -> list[Swap]:
        return await self._swaps(
            duty_swap.c.shift_id == shift_id, duty_swap.c.from_id == from_id, duty_swap.c.state == state
        )

    async def decide_swap(self, swap_id: int, to: str, at: datetime) -> bool:
        done = await self._db.execute(
            sa.update(duty_swap)
            .where(duty_swap.c.id == swap_id, duty_swap.c.state == "asked")
            .values(state=to, decided_at=at)
        )
        return done.rowcount == 1


def _shift(row: Any, persons: Sequence[Any]) -> Shift:
    leaders = [PersonId(one.person_id) for one in persons if one.part == Part.LEADER.value]
    return Shift(
        id=row.id,
        place=PlaceCode(row.place),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        leader=leaders[0] if leaders else None,
        officers=tuple(PersonId(one.person_id) for one in persons if one.part == Part.OFFICER.value),
        state=ShiftState(row.state),
        night=row.night,
        made_by=None if row.made_by is None else PersonId(row.made_by),
        made_at=row.made_at,
        called=row.called,
    )


def _swap(row: Any) -> Swap:
    return Swap(
        id=row.id,
        shift_id=row.shift_id,
        from_id=PersonId(row.from_id),
        to_id=PersonId(row.to_id),
        asked_at=row.asked_at,
        state=row.state,
        decided_at=row.decided_at,
    )
