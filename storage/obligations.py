"""What people owe. One row for each (subject, person, what); every change is compare-and-set."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligations import CUT_OFF, Channel, ObligationState, Plan, due_at
from domain.people import PersonId
from domain.places import PlaceCode
from domain.warning_tally import Counts
from services.ports.core import Obligation
from storage.database import BigId, UtcTime, insert_new, is_fixed, metadata, one_of
from storage.drill_scope import Scope
from storage.prepared import Prepared

obligation = sa.Table(
    "obligation",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False, comment="the ladder as it was when this began"),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("stopped_seconds", sa.Float, nullable=False, server_default="0"),
    sa.Column("step", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_step_at", UtcTime),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reachable", sa.Boolean, nullable=False),
    sa.Column("answered_at", UtcTime),
    sa.Column("channel", sa.Text),
    sa.Column("answered_by", sa.BigInteger),
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("subject", "person_id", "what"),
    one_of("state", [s.value for s in ObligationState]),
)
_open_sql = sa.text("state = 'open'")
sa.Index("ix_obligation_due", obligation.c.next_step_at, sqlite_where=_open_sql, postgresql_where=_open_sql)
sa.Index("ix_obligation_person", obligation.c.person_id, sqlite_where=_open_sql, postgresql_where=_open_sql)
sa.Index("ix_obligation_opened_at", obligation.c.opened_at)
_is_open = is_fixed(obligation.c.state, ObligationState.OPEN.value)
_OPEN_OF_PERSON = Prepared(
    sa.select(obligation).where(
        obligation.c.person_id == sa.bindparam("person", type_=sa.BigInteger),
        _is_open,
    )
)
"""asked several times for every message"""
_is_cut_off = sa.and_(obligation.c.state == ObligationState.EXCUSED.value, obligation.c.note == CUT_OFF)
_takes_an_answer = sa.or_(
    obligation.c.state.in_((ObligationState.OPEN.value, ObligationState.LAPSED.value)), _is_cut_off
)


class ObligationTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def open(
        self,
        *,
        subject: str,
        what: str,
        plan: Plan,
        opened_at: datetime,
        owing: Iterable[tuple[PersonId, PlaceCode, bool]],
    ) -> list[int]:
        frozen = plan.model_dump_json()
        first = plan.next_after(0)
        rows = [
            {
                "subject": subject,
                "person_id": person_id,
                "what": what,
                "place": place,
                "plan": frozen,
                "opened_at": opened_at,
                "due_at": due_at(plan, opened_at),
                "next_step_at": None if first is None else opened_at + timedelta(seconds=first),
                "state": ObligationState.OPEN.value,
                "reachable": reachable,
            }
            for person_id, place, reachable in owing
        ]
        if (drill := (await self._scope.drills_of([subject])).get(subject)) is not None:
            takes_part = (await self._scope.reach_of(drill)).people  # nobody else owes anything in a drill
            rows = [row for row in rows if row["person_id"] in takes_part]
        if not rows:
            return []
        added = await self._db.execute(insert_new(obligation, self._db.dialect.name).returning(obligation.c.id), rows)
        return list(added.scalars())

    async def _one(self, *where: Any) -> Obligation | None:
        row = (await self._db.execute(sa.select(obligation).where(*where))).first()
        return None if row is None else _obligation(row)

    async def _list(self, *where: Any) -> list[Obligation]:
        found = [_obligation(row) for row in await self._db.execute(sa.select(obligation).where(*where))]
        return sorted(found, key=lambda one: one.id)  # ordered by SQLite, all would be read for the few that are open

    async def get(self, obligation_id: int) -> Obligation | None:
        return await self._one(obligation.c.id == obligation_id)

    async def find(self, subject: str, person_id: int, what: str) -> Obligation | None:
        return await self._one(
            obligation.c.subject == subject, obligation.c.person_id == person_id, obligation.c.what == what
        )

    async def of_subject(self, subject: str) -> list[Obligation]:
        return await self._list(obligation.c.subject == subject)

    async def open_of_person(self, person_id: int, what: str | None = None) -> list[Obligation]:
        found = await _OPEN_OF_PERSON.all(self._db, person=person_id)
        kept = await self._scope.kept(row.subject for row in found)
        wanted = [_obligation(row) for row in found if what in {None, row.what} and row.subject in kept]
        return sorted(wanted, key=lambda one: one.id)

    async def due(self, now: datetime, limit: int = 500) -> list[Obligation]:
        query = (
            sa.select(obligation)
            .where(_is_open, obligation.c.next_step_at <= now)
            .order_by(obligation.c.next_step_at, obligation.c.id)
            .limit(limit)
        )
        return [_obligation(row) for row in await self._db.execute(query)]

    async def climbed(self, obligation_id: int, from_step: int, to_step: int, next_at: datetime | None) -> bool:
        moved = await self._db.execute(
            sa.update(obligation)
            .where(obligation.c.id == obligation_id, obligation.c.step == from_step, _is_open)
            .values(step=to_step, next_step_at=next_at)
        )
        return moved.rowcount == 1

    async def answer(
        self, obligation_id: int, *, at: datetime, channel: Channel, by: int, note: str = "", late: bool
    ) -> bool:
        answered = await self._db.execute(
            sa.update(obligation)
            .where(
                obligation.c.id == obligation_id,
                obligation.c.answered_at.is_(None),
                _takes_an_answer,
            )
            .values(
                state=ObligationState.ANSWERED.value,
                answered_at=at,
                channel=channel.value,
                answered_by=by,
                note=note,
                late=late,
                next_step_at=None,
            )
            .returning(obligation.c.subject)
        )
        subject: str | None = answered.scalar()
        if subject is not None and self._scope.drill is None:
            # Whoever answers something of a drill stands in it from here on: what he is told now is of the drill.
            self._scope.drill = (await self._scope.drills_of([subject])).get(subject)
        return subject is not None

    async def finish(self, obligation_id: int, state: ObligationState, note: str = "") -> bool:
        values: dict[str, Any] = {"state": state.value, "next_step_at": None}
        if note:
            values["note"] = note
        ended = await self._db.execute(
            sa.update(obligation).where(obligation.c.id == obligation_id, _is_open).values(**values)
        )
        return ended.rowcount == 1

    async def quiet_places(self, subject: str, steps: int) -> list[PlaceCode]:
        owed = obligation.c.state != ObligationState.EXCUSED.value
        query = (
            sa.select(obligation.c.place)
            .where(obligation.c.subject == subject, owed)
            .group_by(obligation.c.place)
            .having(sa.func.count(obligation.c.answered_at) == 0, sa.func.min(obligation.c.step) >= steps)
        )
        return [PlaceCode(place) for place in (await self._db.execute(query)).scalars()]

    async def cut_off_in(self, places: Collection[PlaceCode]) -> list[Obligation]:
        return await self._list(_is_cut_off, obligation.c.place.in_(list(places)))

    async def open_again(self, obligation_id: int, at: datetime, reachable: bool) -> bool:
        """A cut-off one is asked anew: its whole ladder, counted from this instant."""
        one = await self.get(obligation_id)
        if one is None:
            return False
        first = one.plan.next_after(0)
        opened = await self._db.execute(
            sa.update(obligation)
            .where(obligation.c.id == obligation_id, _is_cut_off)
            .values(
                state=ObligationState.OPEN.value,
                note="",
                opened_at=at,
                due_at=due_at(one.plan, at),
                stopped_seconds=0,
                step=0,
                next_step_at=None if first is None else at + timedelta(seconds=first),
                reachable=reachable,
            )
        )
        return opened.rowcount == 1

    async def close_subject(self, subject: str, state: ObligationState = ObligationState.CLOSED) -> list[Obligation]:
        were_open = await self._list(obligation.c.subject == subject, _is_open)
        if were_open:
            await self._db.execute(
                sa.update(obligation)
                .where(obligation.c.subject == subject, _is_open)
                .values(state=state.value, next_step_at=None)
            )
        return were_open

    async def stop_clocks(self, since: datetime, until: datetime) -> list[Obligation]:
        touched = await self._list(_is_open, obligation.c.opened_at < until)
        moved = []
        for one in touched:
            pause = until - max(since, one.opened_at)
            moved.append(
                {
                    "row_id": one.id,
                    "stopped_seconds": (one.stopped + pause).total_seconds(),
                    "due_at": one.due_at + pause,
                    "next_step_at": None if one.next_step_at is None else one.next_step_at + pause,
                }
            )
        if moved:
            await self._db.execute(sa.update(obligation).where(obligation.c.id == sa.bindparam("row_id")), moved)
        return touched

    async def set_reachable(self, person_id: int, reachable: bool) -> None:
        await self._db.execute(
            sa.update(obligation)
            .where(obligation.c.person_id == person_id, _is_open, obligation.c.reachable != reachable)
            .values(reachable=reachable)
        )

    async def wake(self, person_id: int, at: datetime) -> None:
        """Let the tick look at this person's open obligations at once."""
        await self._db.execute(
            sa.update(obligation)
            .where(obligation.c.person_id == person_id, _is_open, obligation.c.next_step_at > at)
            .values(next_step_at=at)
        )

    async def tally(self, subject: str) -> Mapping[PlaceCode, tuple[int, int]]:
        answered = sa.func.sum(sa.case((obligation.c.state == ObligationState.ANSWERED.value, 1), else_=0))
        query = (
            sa.select(obligation.c.place, answered, sa.func.count())
            .where(obligation.c.subject == subject, obligation.c.state != ObligationState.EXCUSED.value)
            .group_by(obligation.c.place)
        )
        return {PlaceCode(place): (int(done), int(owed)) for place, done, owed in await self._db.execute(query)}

    async def counts(self, subject: str) -> Mapping[PlaceCode, Counts]:
        answered = obligation.c.state == ObligationState.ANSWERED.value
        helped = sa.and_(answered, obligation.c.answered_by != obligation.c.person_id)
        columns = [sa.func.sum(sa.case((which, 1), else_=0)) for which in (answered, obligation.c.late, helped)]
        query = (
            sa.select(obligation.c.place, sa.func.count(), *columns)
            .where(obligation.c.subject == subject, obligation.c.state != ObligationState.EXCUSED.value)
            .group_by(obligation.c.place)
        )
        return {
            PlaceCode(place): Counts(int(done), int(owed), int(late), int(by_helper))
            for place, owed, done, late, by_helper in await self._db.execute(query)
        }


def _obligation(row: Any) -> Obligation:
    return Obligation(
        id=row.id,
        subject=row.subject,
        person_id=PersonId(row.person_id),
        what=row.what,
        place=PlaceCode(row.place),
        plan=Plan.model_validate_json(row.plan),
        opened_at=row.opened_at,
        due_at=row.due_at,
        stopped=timedelta(seconds=row.stopped_seconds),
        step=row.step,
        next_step_at=row.next_step_at,
        state=ObligationState(row.state),
        reachable=row.reachable,
        answered_at=row.answered_at,
        channel=None if row.channel is None else Channel(row.channel),
        answered_by=None if row.answered_by is None else PersonId(row.answered_by),
        late=row.late,
        note=row.note,
    )
