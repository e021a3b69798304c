"""Patrols: tasks as they were planned, check-ins as they were said, proofs as they were sent."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.checklists import Measure
from domain.obligations import Channel
from domain.patrol_marks import Mark
from domain.patrols import Asking, Finding, Hindrance, Phase, TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.patrols import CheckIn, PatrolTask, Proof
from storage.database import BigId, UtcTime, is_fixed, metadata, one_of
from storage.drill_scope import Scope, drill_subject
from storage.prepared import Prepared

patrol_task = sa.Table(
    "patrol_task",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("plan", sa.BigInteger, comment="tasks planned together; empty for a voluntary check-in"),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("planned_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("check_in_id", sa.BigInteger, comment="the first answer"),
    sa.Column("ask_why", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("point_id", sa.BigInteger, comment="the risk point; empty: the place as a whole"),
    sa.Column("period_id", sa.BigInteger, comment="the response that asks for it"),
    sa.Column("level", sa.Text, nullable=False, server_default="", comment="of that response, when it was made"),
    sa.Column("minutes", sa.Integer, comment="length of its round"),
    sa.Column("asking", sa.Text, nullable=False, server_default="", comment="what was asked beside the finding"),
    sa.Column("told", sa.Boolean, nullable=False, server_default=sa.true()),
    one_of("asking", [a.value for a in Asking]),
    one_of("phase", [p.value for p in Phase]),
    one_of("state", [s.value for s in TaskState]),
)
_open_sql = sa.text("state = 'open'")
sa.Index("ix_patrol_task_open", patrol_task.c.person_id, sqlite_where=_open_sql, postgresql_where=_open_sql)
sa.Index("ix_patrol_task_created", patrol_task.c.created_at)
sa.Index("ix_patrol_task_due", patrol_task.c.due_at)
sa.Index("ix_patrol_task_point", patrol_task.c.point_id, patrol_task.c.due_at)
sa.Index("ix_patrol_task_period", patrol_task.c.period_id, patrol_task.c.state)
sa.Index("ix_patrol_task_person_due", patrol_task.c.person_id, patrol_task.c.due_at)


def _index_where(name: str, condition: str, *columns: sa.Column[Any], unique: bool = False) -> None:
    """An index over some of the rows only."""
    only = sa.text(condition)
    sa.Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


_plan_of = (patrol_task.c.plan, patrol_task.c.person_id)
_index_where("uq_patrol_task_place", "point_id IS NULL", *_plan_of, patrol_task.c.place, unique=True)
_index_where("uq_patrol_task_point", "point_id IS NOT NULL", *_plan_of, patrol_task.c.point_id, unique=True)
_index_where("ix_patrol_task_untold", "NOT told", patrol_task.c.person_id)
_round_of = (patrol_task.c.point_id, patrol_task.c.person_id, patrol_task.c.due_at)
_index_where("uq_patrol_task_round", "period_id IS NOT NULL AND state <> 'ended'", *_round_of, unique=True)
_is_open = is_fixed(patrol_task.c.state, TaskState.OPEN.value)

check_in = sa.Table(
    "check_in",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("patrol_task.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("recorded_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("finding", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("filled_in", sa.Boolean, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("hindrance", sa.Text),
    sa.Column("hazard_id", sa.BigInteger),
    sa.Column("point_id", sa.BigInteger),
    sa.Column("level", sa.Text, nullable=False, server_default="", comment="of the response at that time"),
    sa.Column("items", sa.Text, nullable=False, server_default="", comment="ticked of the list, with commas"),
    sa.Column("measure", sa.Text),
    sa.Column("reading", sa.BigInteger, comment="thousandths of the measure's unit"),
    sa.Column("stake", sa.Text, nullable=False, server_default=""),
    one_of("measure", [m.value for m in Measure]),
    sa.CheckConstraint("seen_at <= at", name="seen_before_said"),
    one_of("finding", [f.value for f in Finding]),
    one_of("channel", [c.value for c in Channel if c is not Channel.SATELLITE]),  # nobody patrols by satellite phone
    one_of("hindrance", [h.value for h in Hindrance]),
)
sa.Index("ix_check_in_task", check_in.c.task_id, check_in.c.id)
sa.Index("ix_check_in_said", check_in.c.at, check_in.c.place)
sa.Index("ix_check_in_person", check_in.c.person_id, check_in.c.at)
sa.Index("ix_check_in_point", check_in.c.point_id, check_in.c.id)
_index_where("ix_check_in_reading", "reading IS NOT NULL", check_in.c.point_id, check_in.c.id)

patrol_proof = sa.Table(
    "patrol_proof",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("patrol_task.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False, server_default=""),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("accuracy", sa.Float),
    sa.Column("live", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("forwarded", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("distance_m", sa.Integer),
    sa.Column("marks", sa.Text, nullable=False, server_default="", comment="domain.patrol_marks, with commas"),
    sa.Column("live_message", sa.BigInteger, comment="the message whose live position it is"),
)
sa.Index("ix_patrol_proof_task", patrol_proof.c.task_id, patrol_proof.c.id)
_index_where("ix_patrol_proof_live", "live_message IS NOT NULL", patrol_proof.c.person_id, patrol_proof.c.live_message)

# Asked for every message; see storage/prepared.py.
_OPEN_OF_ONE = Prepared(
    sa.select(patrol_task)
    .where(patrol_task.c.person_id == sa.bindparam("person", type_=sa.BigInteger), _is_open)
    .order_by(patrol_task.c.due_at, patrol_task.c.id)
)
_REAL = check_in.c.task_id.not_in(sa.select(drill_subject.c.number).where(is_fixed(drill_subject.c.kind, "patrol")))
"""what is no part of a drill"""
_NEWEST_OF = Prepared(
    sa.select(check_in)
    .where(
        check_in.c.person_id == sa.bindparam("person", type_=sa.BigInteger),
        check_in.c.at >= sa.bindparam("since", type_=UtcTime),
        _REAL,
    )
    .order_by(check_in.c.id.desc())
    .limit(1)
)
_AT_POINT = check_in.c.point_id == sa.bindparam("point", type_=sa.BigInteger)
_LAST_AT_POINT = Prepared(sa.select(check_in).where(_AT_POINT, _REAL).order_by(check_in.c.id.desc()).limit(1))
_LAST_READING = Prepared(
    sa.select(check_in)
    .where(_AT_POINT, _REAL, check_in.c.reading.is_not(None), check_in.c.id != sa.bindparam("but", type_=sa.BigInteger))
    .order_by(check_in.c.id.desc())
    .limit(1)
)


class PatrolTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    # -- tasks --------------------------------------------------------------------------------------------------

    async def add_tasks(self, tasks: Sequence[PatrolTask]) -> list[PatrolTask]:
        added = [await self._add_task(one) for one in tasks]
        await self._scope.enlist("patrol", *(one.id for one in added))
        return added

    async def _add_task(self, row: PatrolTask) -> PatrolTask:
        values = {
            "plan": row.plan,
            "person_id": row.person_id,
            "place": row.place,
            "phase": row.phase.value,
            "due_at": row.due_at,
            "planned_by": row.planned_by,
            "created_at": row.created_at,
            "state": row.state.value,
            "point_id": row.point_id,
            "period_id": row.period_id,
            "level": row.level,
            "minutes": row.minutes,
            "told": row.told,
        }
        put = sa.insert(patrol_task).values(values).returning(patrol_task.c.id)
        return replace(row, id=int(await self._db.scalar(put) or 0))

    async def _tasks(self, *where: Any) -> list[PatrolTask]:
        query = sa.select(patrol_task).where(*where).order_by(patrol_task.c.due_at, patrol_task.c.id)
        return [task_row(row) for row in await self._db.execute(query)]

    async def task(self, task_id: int) -> PatrolTask | None:
        found = await self._tasks(patrol_task.c.id == task_id)
        return found[0] if found else None

    async def open_of(self, person_ids: Collection[int]) -> list[PatrolTask]:
        if len(person_ids) == 1:
            found = [task_row(row) for row in await _OPEN_OF_ONE.all(self._db, person=next(iter(person_ids)))]
            kept = await self._scope.kept(one.subject for one in found)
            return [one for one in found if one.subject in kept]
        return await self._tasks(patrol_task.c.person_id.in_(list(person_ids)), _is_open, self._seen())

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("patrol", patrol_task.c.id)

    async def many(self, task_ids: Collection[int]) -> list[PatrolTask]:
        return await self._tasks(patrol_task.c.id.in_(list(task_ids))) if task_ids else []

    async def of_plan(self, plan: int) -> list[PatrolTask]:
        return await self._tasks(patrol_task.c.plan == plan)

    async def unfinished(self, within: Collection[PlaceCode], since: datetime) -> list[PatrolTask]:
        inside = sa.or_(sa.false(), *(patrol_task.c.place.startswith(code, autoescape=True) for code in within))
        state = patrol_task.c.state.in_((TaskState.OPEN.value, TaskState.UNABLE.value, TaskState.MISSED.value))
        asked = sa.or_(patrol_task.c.plan.is_not(None), patrol_task.c.period_id.is_not(None))
        recent = patrol_task.c.created_at >= since
        return await self._tasks(inside, state, asked, recent, self._seen()) if within else []

    async def settle(self, task_id: int, state: TaskState, check_in_id: int, *, ask_why: bool = False) -> bool:
        settled = await self._db.execute(
            sa.update(patrol_task)
            .where(patrol_task.c.id == task_id, patrol_task.c.state != TaskState.CANCELLED.value)
            .values(
                state=state.value,
                check_in_id=sa.func.coalesce(patrol_task.c.check_in_id, check_in_id),
                ask_why=ask_why,
            )
        )
        return settled.rowcount == 1

    async def cancel(self, task_id: int) -> bool:
        gone = await self._db.execute(
            sa.update(patrol_task).where(patrol_task.c.id == task_id, _is_open).values(state=TaskState.CANCELLED.value)
        )
        return gone.rowcount == 1

    # -- check-ins ----------------------------------------------------------------------------------------------

    async def add_check_in(self, row: CheckIn) -> CheckIn:
        values = {
            "task_id": row.task_id,
            "person_id": row.person_id,
            "recorded_by": row.recorded_by,
            "place": row.place,
            "finding": row.finding.value,
            "at": row.at,
            "seen_at": row.seen_at,
            "filled_in": row.filled_in,
            "late": row.late,
            "channel": row.channel,
            "words": row.words,
            "hindrance": None if row.hindrance is None else row.hindrance.value,
            "point_id": row.point_id,
            "level": row.level,
            **_seen(row),
        }
        put = sa.insert(check_in).values(values).returning(check_in.c.id)
        return replace(row, id=int(await self._db.scalar(put) or 0))

    async def _check_ins(self, *where: Any, newest: bool = False) -> list[CheckIn]:
        query = sa.select(check_in).where(*where)
        query = query.order_by(check_in.c.id.desc()).limit(1) if newest else query.order_by(check_in.c.id)
        return [_check_in(row) for row in await self._db.execute(query)]

    async def check_in(self, check_in_id: int) -> CheckIn | None:
        found = await self._check_ins(check_in.c.id == check_in_id)
        return found[0] if found else None

    async def check_ins_of(self, task_id: int) -> list[CheckIn]:
        return await self._check_ins(check_in.c.task_id == task_id)

    async def newest_of(self, person_id: int, since: datetime) -> CheckIn | None:
        if self._scope.drill is not None:
            mine = (check_in.c.person_id == person_id, check_in.c.at >= since)
            found = await self._check_ins(*mine, self._scope.keeps("patrol", check_in.c.task_id), newest=True)
            return found[0] if found else None
        row = await _NEWEST_OF.first(self._db, person=person_id, since=since)
        return None if row is None else _check_in(row)

    async def newest_at(self, person_id: int, place: PlaceCode, since: datetime) -> CheckIn | None:
        found = await self._check_ins(
            *(check_in.c.person_id == person_id, check_in.c.place == place, check_in.c.at >= since),
            self._scope.keeps("patrol", check_in.c.task_id),
            newest=True,
        )
        return found[0] if found else None

    async def give_reason(self, task_id: int, hindrance: Hindrance, words: str) -> bool:
        asked = await self._db.execute(
            sa.update(patrol_task).where(patrol_task.c.id == task_id, patrol_task.c.ask_why).values(ask_why=False)
        )
        if asked.rowcount != 1:
            return False
        newest = await self._check_ins(
            check_in.c.task_id == task_id, check_in.c.finding == Finding.UNABLE.value, newest=True
        )
        await self._db.execute(
            sa.update(check_in)
            .where(check_in.c.id.in_([one.id for one in newest]))
            .values(hindrance=hindrance.value, words=words)
        )
        return True

    async def tie_hazard(self, task_id: int, hazard_id: int) -> None:
        newest = await self._check_ins(
            check_in.c.task_id == task_id, check_in.c.finding == Finding.ABNORMAL.value, newest=True
        )
        await self._db.execute(
            sa.update(check_in).where(check_in.c.id.in_([one.id for one in newest])).values(hazard_id=hazard_id)
        )

    async def last_at_point(self, point_id: int) -> CheckIn | None:
        row = await _LAST_AT_POINT.first(self._db, point=point_id)
        return None if row is None else _check_in(row)

    async def last_reading(self, point_id: int, but: int | None = None) -> CheckIn | None:
        row = await _LAST_READING.first(self._db, point=point_id, but=but or 0)
        return None if row is None else _check_in(row)

    async def ask(self, task_id: int, asking: Asking) -> None:
        await self._db.execute(sa.update(patrol_task).where(patrol_task.c.id == task_id).values(asking=asking.value))

    async def supplement(self, check_in_id: int, row: CheckIn) -> None:
        values = _seen(row) | {"words": row.words}
        await self._db.execute(sa.update(check_in).where(check_in.c.id == check_in_id).values(values))

    # -- proofs -------------------------------------------------------------------------------------------------

    async def add_proof(self, row: Proof) -> Proof:
        values = {
            "task_id": row.task_id,
            "person_id": row.person_id,
            "at": row.at,
            "file_id": row.file_id,
            "lat": row.lat,
            "lon": row.lon,
            "accuracy": row.accuracy,
            "live": row.live,
            "forwarded": row.forwarded,
            "distance_m": row.distance_m,
            "marks": ",".join(row.marks),
            "live_message": row.live_message,
        }
        put = sa.insert(patrol_proof).values(values).returning(patrol_proof.c.id)
        return replace(row, id=int(await self._db.scalar(put) or 0))

    async def proofs_of(self, task_id: int) -> list[Proof]:
        query = sa.select(patrol_proof).where(patrol_proof.c.task_id == task_id).order_by(patrol_proof.c.id)
        return [_proof(row) for row in await self._db.execute(query)]

    async def newest_of_live(self, person_id: int, message: int) -> Proof | None:
        mine = (patrol_proof.c.person_id == person_id, patrol_proof.c.live_message == message)
        query = sa.select(patrol_proof).where(*mine).order_by(patrol_proof.c.id.desc()).limit(1)
        row = (await self._db.execute(query)).first()
        return None if row is None else _proof(row)


def task_row(row: Any) -> PatrolTask:
    return PatrolTask(
        id=row.id,
        person_id=PersonId(row.person_id),
        place=PlaceCode(row.place),
        phase=Phase(row.phase),
        due_at=row.due_at,
        planned_by=PersonId(row.planned_by),
        created_at=row.created_at,
        plan=row.plan,
        state=TaskState(row.state),
        check_in_id=row.check_in_id,
        ask_why=row.ask_why,
        point_id=row.point_id,
        period_id=row.period_id,
        level=row.level,
        minutes=row.minutes,
        asking=Asking(row.asking),
        told=row.told,
    )


def _check_in(row: Any) -> CheckIn:
    return CheckIn(
        id=row.id,
        task_id=row.task_id,
        person_id=PersonId(row.person_id),
        recorded_by=PersonId(row.recorded_by),
        place=PlaceCode(row.place),
        finding=Finding(row.finding),
        at=row.at,
        seen_at=row.seen_at,
        filled_in=row.filled_in,
        late=row.late,
        channel=row.channel,
        words=row.words,
        hindrance=None if row.hindrance is None else Hindrance(row.hindrance),
        hazard_id=row.hazard_id,
        point_id=row.point_id,
        level=row.level,
        items=tuple(filter(None, row.items.split(","))),
        measure=None if row.measure is None else Measure(row.measure),
        reading=None if row.reading is None else Decimal(row.reading) / 1000,
        stake=row.stake,
    )


def _seen(row: CheckIn) -> dict[str, Any]:
    return {
        "items": ",".join(row.items),
        "measure": None if row.measure is None else row.measure.value,
        "reading": None if row.reading is None else round(row.reading * 1000),
        "stake": row.stake,
    }


def _proof(row: Any) -> Proof:
    return Proof(
        id=row.id,
        task_id=row.task_id,
        person_id=PersonId(row.person_id),
        at=row.at,
        file_id=row.file_id,
        lat=row.lat,
        lon=row.lon,
        accuracy=row.accuracy,
        live=row.live,
        forwarded=row.forwarded,
        distance_m=row.distance_m,
        marks=tuple(Mark(one) for one in row.marks.split(",") if one),
        live_message=row.live_message,
    )
