"""Rounds of a response: how far they are laid out, orders of the township, check-ins by voice."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.patrols import OrderKind, SpokenState, TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.patrol_rounds import Layout, PatrolOrder, SpokenCheckIn, VillageRounds
from services.ports.patrols import PatrolTask
from storage.database import BigId, UtcTime, insert_or_update, metadata, one_of
from storage.drill_scope import Scope
from storage.patrols import patrol_task, task_row

patrol_layout = sa.Table(
    "patrol_layout",
    metadata,
    sa.Column("period_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("level_since", UtcTime, nullable=False),
    sa.Column("highest", sa.Text, nullable=False),
    sa.Column("after_point", sa.BigInteger, comment="laid out up to this point; empty: all of them"),
)

patrol_order = sa.Table(
    "patrol_order",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("point_id", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("started_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("ended_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("ended_at", UtcTime),
    one_of("kind", [k.value for k in OrderKind]),
)
_holds = sa.text("ended_at IS NULL")
sa.Index("ix_patrol_order_holds", patrol_order.c.id, sqlite_where=_holds, postgresql_where=_holds)

patrol_spoken = sa.Table(
    "patrol_spoken",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("task_id", sa.BigInteger, sa.ForeignKey("patrol_task.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("heard", sa.Text, nullable=False, server_default="", comment="what an engine made of it"),
    sa.Column("state", sa.Text, nullable=False, server_default=SpokenState.WAITING.value),
    sa.Column("confirmed_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("confirmed_at", UtcTime),
    one_of("state", [s.value for s in SpokenState]),
)
sa.Index("ix_patrol_spoken_at", patrol_spoken.c.at)

_EXCUSED = (TaskState.EXCUSED.value, TaskState.UNABLE.value)
_DONE = (TaskState.NORMAL.value, TaskState.ABNORMAL.value)
_GONE = (TaskState.CANCELLED.value, TaskState.ENDED.value)


class RoundTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def _tasks(self, *where: Any, limit: int | None = None) -> list[PatrolTask]:
        query = sa.select(patrol_task).where(*where).order_by(patrol_task.c.due_at, patrol_task.c.id).limit(limit)
        return [task_row(row) for row in await self._db.execute(query)]

    async def of_points(self, point_ids: Collection[int], states: Collection[TaskState]) -> list[PatrolTask]:
        wanted = patrol_task.c.state.in_([one.value for one in states])
        inside = (patrol_task.c.point_id.in_(list(point_ids)), patrol_task.c.period_id.is_not(None))
        return await self._tasks(*inside, wanted, self._seen()) if point_ids else []

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("patrol", patrol_task.c.id)

    async def of_round(self, point_id: int, due_at: datetime) -> list[PatrolTask]:
        of_response = patrol_task.c.period_id.is_not(None)
        this = (patrol_task.c.point_id == point_id, patrol_task.c.due_at == due_at)
        return await self._tasks(*this, of_response, self._seen())

    async def of_person_due(self, person_id: int, since: datetime, until: datetime) -> list[PatrolTask]:
        return await self._tasks(
            patrol_task.c.person_id == person_id,
            patrol_task.c.due_at >= since,
            patrol_task.c.due_at < until,
            patrol_task.c.period_id.is_not(None),
            self._seen(),
        )

    async def open_of_period(self, period_id: int, limit: int) -> list[PatrolTask]:
        is_open = patrol_task.c.state == TaskState.OPEN.value
        return await self._tasks(patrol_task.c.period_id == period_id, is_open, limit=limit)

    async def points_walked(self, period_id: int) -> set[int]:
        query = sa.select(patrol_task.c.point_id).where(patrol_task.c.period_id == period_id).distinct()
        return {int(one) for one in await self._db.scalars(query) if one is not None}

    async def finish(self, task_id: int, state: TaskState, frm: TaskState = TaskState.OPEN) -> bool:
        done = await self._db.execute(
            sa.update(patrol_task)
            .where(patrol_task.c.id == task_id, patrol_task.c.state == frm.value)
            .values(state=state.value, told=True)
        )
        return done.rowcount == 1

    async def untold(self, limit: int) -> list[PatrolTask]:
        waiting = sa.and_(sa.not_(patrol_task.c.told), self._seen())
        person = patrol_task.c.person_id
        first = sa.select(person).where(waiting).group_by(person).order_by(person).limit(limit)
        found = [int(one) for one in await self._db.scalars(first)]
        return await self._tasks(waiting, person.in_(found)) if found else []

    async def hand_out(self, task_ids: Collection[int], plan: int) -> None:
        these = patrol_task.c.id.in_(list(task_ids))
        await self._db.execute(sa.update(patrol_task).where(these).values(told=True, plan=plan))

    async def rounds_due(self, within: PlaceCode, since: datetime, until: datetime) -> list[VillageRounds]:
        state = patrol_task.c.state

        def number(states: tuple[str, ...]) -> Any:
            return sa.func.sum(sa.case((state.in_(states), 1), else_=0))

        query = (
            sa.select(patrol_task.c.place, number(_DONE), number(_EXCUSED), sa.func.count())
            .where(
                patrol_task.c.due_at >= since,
                patrol_task.c.due_at < until,
                patrol_task.c.place.startswith(within, autoescape=True),
                sa.or_(patrol_task.c.period_id.is_not(None), patrol_task.c.plan.is_not(None)),
                state.not_in(_GONE),
                self._seen(),
            )
            .group_by(patrol_task.c.place)
            .order_by(patrol_task.c.place)
        )
        return [
            VillageRounds(PlaceCode(place), int(done), int(total), int(excused))
            for place, done, excused, total in await self._db.execute(query)
        ]

    # -- how far it is laid out ---------------------------------------------------------------------------------

    async def layout(self, period_id: int) -> Layout | None:
        query = sa.select(patrol_layout).where(patrol_layout.c.period_id == period_id)
        row = (await self._db.execute(query)).first()
        return None if row is None else Layout(**row._mapping)

    async def save_layout(self, layout: Layout) -> None:
        values = asdict(layout)
        columns = [name for name in values if name != "period_id"]
        put = insert_or_update(patrol_layout, self._db.dialect.name, ["period_id"], columns)
        await self._db.execute(put, values)

    # -- orders -------------------------------------------------------------------------------------------------

    async def orders(self) -> list[PatrolOrder]:
        query = sa.select(patrol_order).where(_holds).order_by(patrol_order.c.id)
        return [_order(row) for row in await self._db.execute(query)]

    async def add_order(self, order: PatrolOrder) -> PatrolOrder:
        values = {name: value for name, value in asdict(order).items() if name != "id"} | {"kind": order.kind.value}
        put = sa.insert(patrol_order).values(values).returning(patrol_order.c.id)
        return replace(order, id=int(await self._db.scalar(put) or 0))

    async def end_order(self, order_id: int, by: int, at: datetime) -> bool:
        this = (patrol_order.c.id == order_id, _holds)
        ended = await self._db.execute(sa.update(patrol_order).where(*this).values(ended_by=by, ended_at=at))
        return ended.rowcount == 1

    # -- by voice -----------------------------------------------------------------------------------------------

    async def add_spoken(self, row: SpokenCheckIn) -> SpokenCheckIn:
        values = {name: value for name, value in asdict(row).items() if name != "id"} | {"state": row.state.value}
        put = sa.insert(patrol_spoken).values(values).returning(patrol_spoken.c.id)
        return replace(row, id=int(await self._db.scalar(put) or 0))

    async def spoken(self, spoken_id: int) -> SpokenCheckIn | None:
        row = (await self._db.execute(sa.select(patrol_spoken).where(patrol_spoken.c.id == spoken_id))).first()
        return None if row is None else _spoken(row)

    async def settle_spoken(self, spoken_id: int, state: SpokenState, by: int, at: datetime) -> bool:
        settled = await self._db.execute(
            sa.update(patrol_spoken)
            .where(patrol_spoken.c.id == spoken_id, patrol_spoken.c.state == SpokenState.WAITING.value)
            .values(state=state.value, confirmed_by=by, confirmed_at=at)
        )
        return settled.rowcount == 1

    async def heard(self, spoken_id: int, words: str) -> None:
        await self._db.execute(sa.update(patrol_spoken).where(patrol_spoken.c.id == spoken_id).values(heard=words))


def _order(row: Any) -> PatrolOrder:
    facts = dict(row._mapping)
    started, ended = PersonId(row.started_by), None if row.ended_by is None else PersonId(row.ended_by)
    place = PlaceCode(row.place)
    return PatrolOrder(
        **facts | {"kind": OrderKind(row.kind), "place": place, "started_by": started, "ended_by": ended}
    )


def _spoken(row: Any) -> SpokenCheckIn:
    confirmed = None if row.confirmed_by is None else PersonId(row.confirmed_by)
    return SpokenCheckIn(
        **dict(row._mapping)
        | {"person_id": PersonId(row.person_id), "state": SpokenState(row.state), "confirmed_by": confirmed}
    )
