"""Drills, who takes part, what was made in each, and the scope by which all other tables keep them apart.

`drill_subject` says what belongs to a drill. Whatever is made while a transaction stands in one is put there by the
table that makes it (`Scope.enlist`), and whatever lists rows leaves out what `Scope.keeps` leaves out: that is all.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action_cards import Family
from domain.channels import SideState
from domain.drills import Content, Drill, DrillForm, DrillState, Evaluation, Verdict
from domain.obligations import ObligationState
from domain.outgoing import OutboxState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.core import Obligation
from services.ports.drills import DrillThing
from storage.channels import side_message
from storage.database import insert_new
from storage.drill_scope import Scope, drill, drill_chat, drill_person, drill_subject
from storage.obligations import _obligation, obligation
from storage.outbox import outbox

_OPEN = (DrillState.PLANNED.value, DrillState.RUNNING.value)


class DrillTable:
    def __init__(self, connection: AsyncConnection, scope: Scope, now: datetime) -> None:
        self._db, self._scope, self._now = connection, scope, now

    # -- the scope ----------------------------------------------------------------------------------------------

    @property
    def standing(self) -> int | None:
        return self._scope.drill

    @property
    def marked(self) -> bool:
        return self._scope.marked or self._scope.drill is not None

    def stand(self, drill_id: int) -> None:
        self._scope.drill = drill_id

    def leave(self) -> None:
        self._scope.drill, self._scope.marked = None, False

    def mark(self) -> None:
        self._scope.marked = True

    @contextmanager
    def inside(self, drill_id: int | None) -> Iterator[None]:
        before = self._scope.drill, self._scope.marked
        self._scope.drill, self._scope.marked = drill_id, False
        try:
            yield
        finally:
            self._scope.drill, self._scope.marked = before

    async def of_subjects(self, subjects: Collection[str]) -> Mapping[str, int]:
        return await self._scope.drills_of(subjects)

    # -- drills -------------------------------------------------------------------------------------------------

    async def add(self, row: Drill) -> Drill:
        values = {
            "place": row.place,
            "kind": row.kind.value,
            "form": row.form.value,
            "contents": [one.value for one in row.contents],
            "blind": row.blind,
            "reason": row.reason,
            "script": row.script,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "opened_by": row.opened_by,
            "opened_at": row.opened_at,
            "upward": row.upward,
            "elsewhere": row.elsewhere,
            "state": row.state.value,
            "began_at": row.began_at,
            "ended_at": row.ended_at,
            "ended_by": row.ended_by,
        }
        number = int(await self._db.scalar(sa.insert(drill).values(values).returning(drill.c.id)) or 0)
        with self.inside(number):
            await self._scope.enlist("drill", number)
        return replace(row, id=number)

    async def _list(self, *where: Any, limit: int | None = None, newest: bool = False) -> list[Drill]:
        order = (drill.c.starts_at.desc(), drill.c.id.desc()) if newest else (drill.c.starts_at, drill.c.id)
        query = sa.select(drill).where(*where).order_by(*order).limit(limit)
        return [_drill(row) for row in await self._db.execute(query)]

    async def get(self, drill_id: int) -> Drill | None:
        found = await self._list(drill.c.id == drill_id)
        return found[0] if found else None

    async def open(self) -> list[Drill]:
        return await self._list(drill.c.state.in_(_OPEN))

    async def running(self) -> list[Drill]:
        return await self._list(drill.c.state == DrillState.RUNNING.value)

    async def newest_in(self, places: Collection[PlaceCode], limit: int = 5) -> list[Drill]:
        inside = sa.or_(sa.false(), *(drill.c.place.startswith(code, autoescape=True) for code in places))
        return await self._list(inside, limit=limit, newest=True)

    async def began_since(self, since: datetime) -> list[Drill]:
        return await self._list(drill.c.began_at >= since)

    async def over_since(self, since: datetime) -> list[Drill]:
        over = drill.c.state.in_((DrillState.ENDED.value, DrillState.BROKEN_OFF.value))
        return await self._list(over, drill.c.ended_at >= since)

    async def move(
        self,
        drill_id: int,
        from_state: DrillState,
        to: DrillState,
        at: datetime,
        *,
        by: PersonId | None = None,
        stopped_by: str = "",
    ) -> bool:
        values: dict[str, Any] = {"state": to.value, "stopped_by": stopped_by}
        values |= {"began_at": at} if to is DrillState.RUNNING else {"ended_at": at, "ended_by": by}
        moved = await self._db.execute(
            sa.update(drill).where(drill.c.id == drill_id, drill.c.state == from_state.value).values(values)
        )
        return moved.rowcount == 1

    async def evaluate(self, drill_id: int, evaluation: Evaluation) -> None:
        kept = asdict(evaluation) | {"verdict": evaluation.verdict.value}
        await self._db.execute(sa.update(drill).where(drill.c.id == drill_id).values(evaluation=kept))

    # -- who takes part -----------------------------------------------------------------------------------------

    async def enrol(self, drill_id: int, people: Collection[int], chats: Collection[int]) -> None:
        dialect = self._db.dialect.name
        if people:
            rows = [{"drill_id": drill_id, "person_id": one} for one in sorted(people)]
            await self._db.execute(insert_new(drill_person, dialect), rows)
        if chats:
            rows = [{"drill_id": drill_id, "chat_id": one} for one in sorted(chats)]
            await self._db.execute(insert_new(drill_chat, dialect), rows)
        self._scope.forget(drill_id)

    async def people_of(self, drill_id: int) -> frozenset[int]:
        return (await self._scope.reach_of(drill_id)).people

    async def chats_of(self, drill_id: int) -> frozenset[int]:
        return (await self._scope.reach_of(drill_id)).chats

    async def chats_told(self, drill_id: int) -> frozenset[int]:
        query = sa.select(outbox.c.chat_id).where(outbox.c.drill_id == drill_id, outbox.c.chat_id < 0).distinct()
        return frozenset((await self._db.scalars(query)).all())

    async def running_of(self, person_id: int) -> list[Drill]:
        his = sa.select(drill_person.c.drill_id).where(drill_person.c.person_id == person_id)
        return await self._list(drill.c.state == DrillState.RUNNING.value, drill.c.id.in_(his))

    async def said_in(self, drill_id: int, chat_id: int, message_id: int) -> bool:
        this = (outbox.c.drill_id == drill_id, outbox.c.chat_id == chat_id, outbox.c.message_id == message_id)
        return await self._db.scalar(sa.select(outbox.c.id).where(*this).limit(1)) is not None

    # -- what was made in it ------------------------------------------------------------------------------------

    async def things_of(self, drill_id: int) -> list[DrillThing]:
        query = (
            sa.select(drill_subject.c.kind, drill_subject.c.number, drill_subject.c.made_at)
            .where(drill_subject.c.drill_id == drill_id, drill_subject.c.own)
            .order_by(drill_subject.c.made_at, drill_subject.c.number)
        )
        return [DrillThing(row.kind, int(row.number), row.made_at) for row in await self._db.execute(query)]

    async def owed_in(self, drill_id: int) -> list[Obligation]:
        query = sa.select(obligation).where(_of_drill(drill_id)).order_by(obligation.c.id)
        return [_obligation(row) for row in await self._db.execute(query)]

    async def close_all(self, drill_id: int) -> int:
        is_open = obligation.c.state == ObligationState.OPEN.value
        closed = await self._db.execute(
            sa.update(obligation)
            .where(_of_drill(drill_id), is_open)
            .values(state=ObligationState.CLOSED.value, next_step_at=None)
        )
        waiting = outbox.c.state.in_((OutboxState.PENDING.value, OutboxState.RETRY.value))
        gone = {"state": OutboxState.SUPERSEDED.value, "settled_at": self._now}
        await self._db.execute(sa.update(outbox).where(outbox.c.drill_id == drill_id, waiting).values(gone))
        sides = sa.select(drill_subject.c.subject).where(drill_subject.c.drill_id == drill_id)
        gone["state"] = SideState.SUPERSEDED.value
        waiting = side_message.c.state.in_((SideState.PENDING.value, SideState.RETRY.value))
        await self._db.execute(sa.update(side_message).where(side_message.c.subject.in_(sides), waiting).values(gone))
        return closed.rowcount

    async def open_owed(self, person_id: int) -> Mapping[int | None, int]:
        query = (
            sa.select(drill_subject.c.drill_id)
            .select_from(obligation.outerjoin(drill_subject, drill_subject.c.subject == obligation.c.subject))
            .where(obligation.c.person_id == person_id, obligation.c.state == ObligationState.OPEN.value)
        )
        return Counter((await self._db.scalars(query)).all())


def _of_drill(drill_id: int) -> sa.ColumnElement[bool]:
    return obligation.c.subject.in_(sa.select(drill_subject.c.subject).where(drill_subject.c.drill_id == drill_id))


def _drill(row: Any) -> Drill:
    told = row.evaluation
    return Drill(
        id=row.id,
        place=PlaceCode(row.place),
        kind=Family(row.kind),
        form=DrillForm(row.form),
        contents=tuple(Content(one) for one in row.contents),
        blind=row.blind,
        reason=row.reason,
        script=row.script,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        opened_by=PersonId(row.opened_by),
        opened_at=row.opened_at,
        upward=row.upward,
        elsewhere=row.elsewhere,
        state=DrillState(row.state),
        began_at=row.began_at,
        ended_at=row.ended_at,
        ended_by=None if row.ended_by is None else PersonId(row.ended_by),
        stopped_by=row.stopped_by,
        evaluation=None if not told else Evaluation(**{**told, "verdict": Verdict(told["verdict"])}),
    )
