"""What a response period came to, read from the rows of every feature in one go; and what people concluded from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.checks import Reason, Result
from domain.digest_figures import Matter, Owing
from domain.hazards import HazardState
from domain.obligations import ObligationState
from domain.patrols import TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from domain.review import Called, Checked, Found, Lost, Manned, ReviewRows, Walked
from services.ports.reviews import Conclusion
from storage.checks import spot_check, spot_check_asked, spot_check_entry, spot_check_verdict
from storage.cutoffs import cutoff
from storage.database import UtcTime, metadata
from storage.drill_scope import Scope
from storage.duty import duty_shift, duty_shift_person
from storage.hazards import hazard
from storage.obligations import obligation
from storage.patrols import check_in, patrol_task
from storage.points import risk_point

response_conclusion = sa.Table(
    "response_conclusion",
    metadata,
    sa.Column("response_id", sa.BigInteger, sa.ForeignKey("response.id"), primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

_OWED = (Matter.WARNINGS.value, Matter.PATROLS.value, Matter.CHECKS.value)
_DOES_NOT_COUNT = (HazardState.REJECTED.value, HazardState.MERGED.value)


class ReviewTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def rows_of(self, period_id: int, since: datetime, until: datetime) -> ReviewRows:
        return ReviewRows(
            since,
            until,
            called=await self._called(since, until),
            walked=await self._walked(period_id),
            found=await self._found(since, until),
            checked=await self._checked(since, until),
            manned=await self.manned_between(since, until),
            lost=await self._lost(since, until),
        )

    async def _called(self, since: datetime, until: datetime) -> list[Called]:
        owed = obligation.c
        query = sa.select(obligation).where(
            *(owed.opened_at >= since, owed.opened_at < until, owed.what == Matter.WARNINGS.value),
            self._scope.keeps_subject(owed.subject),
        )
        return [
            Called(
                warning_id=int(row.subject.partition(":")[2]),
                person=PersonId(row.person_id),
                place=PlaceCode(row.place),
                asked_at=row.opened_at,
                answered_at=row.answered_at,
                late=row.late,
                excused=is_excused(row),
            )
            for row in await self._db.execute(query.order_by(owed.id))
        ]

    async def _walked(self, period_id: int) -> list[Walked]:
        """The first answer of each round says whether it came late or was filled in afterwards."""
        query = (
            sa.select(patrol_task, risk_point.c.name, check_in.c.late, check_in.c.filled_in)
            .outerjoin(risk_point, risk_point.c.id == patrol_task.c.point_id)
            .outerjoin(check_in, check_in.c.id == patrol_task.c.check_in_id)
            .where(patrol_task.c.period_id == period_id)
            .order_by(patrol_task.c.id)
        )
        return [
            Walked(
                task_id=row.id,
                point=row.name or "",
                person=PersonId(row.person_id),
                place=PlaceCode(row.place),
                due_at=row.due_at,
                state=TaskState(row.state),
                late=bool(row.late),
                filled_in=bool(row.filled_in),
            )
            for row in await self._db.execute(query)
        ]

    async def _found(self, since: datetime, until: datetime) -> list[Found]:
        query = (
            sa.select(hazard)
            .where(hazard.c.created_at >= since, hazard.c.created_at < until, self._scope.keeps("hazard", hazard.c.id))
            .order_by(hazard.c.id)
        )
        return [
            Found(
                number=row.number,
                place=PlaceCode(row.place),
                state=row.state,
                created_at=row.created_at,
                closed_at=row.closed_at,
                due_at=row.due_at,
                counts=row.state not in _DOES_NOT_COUNT,
            )
            for row in await self._db.execute(query)
        ]

    async def _checked(self, since: datetime, until: datetime) -> list[Checked]:
        """Everybody who was asked, with the verdict that holds."""
        asked, said = spot_check_asked.c, spot_check_entry.c
        verdict, later = spot_check_verdict, spot_check_verdict.alias()
        this = sa.and_(verdict.c.check_id == asked.check_id, verdict.c.person_id == asked.person_id)
        newer = sa.select(later.c.version).where(
            later.c.check_id == verdict.c.check_id,
            later.c.person_id == verdict.c.person_id,
            later.c.version > verdict.c.version,
        )
        answered = sa.exists().where(said.check_id == asked.check_id, said.person_id == asked.person_id)
        query = (
            sa.select(
                *(spot_check.c.number, spot_check.c.issued_at, asked.person_id, asked.place),
                *(verdict.c.result, verdict.c.reasons, answered.label("answered")),
            )
            .join(spot_check, spot_check.c.id == asked.check_id)
            .outerjoin(verdict, sa.and_(this, ~newer.exists()))
            .where(
                *(spot_check.c.issued_at >= since, spot_check.c.issued_at < until, spot_check.c.state != "cancelled"),
                self._scope.keeps("check", spot_check.c.id),
            )
            .order_by(spot_check.c.id, asked.person_id)
        )
        return [
            Checked(
                number=row.number,
                person=PersonId(row.person_id),
                place=PlaceCode(row.place),
                asked_at=row.issued_at,
                answered=bool(row.answered),
                result=None if row.result is None else Result(row.result),
                reasons=tuple(Reason(one) for one in row.reasons or ()),
            )
            for row in await self._db.execute(query)
        ]

    async def owed_between(self, since: datetime, until: datetime) -> list[Owing]:
        asked = obligation.c.opened_at
        query = sa.select(obligation).where(
            *(asked >= since, asked < until, obligation.c.what.in_(_OWED)),
            self._scope.keeps_subject(obligation.c.subject),
        )
        return [_owing(row) for row in await self._db.execute(query.order_by(obligation.c.id))]

    async def manned_between(self, since: datetime, until: datetime) -> list[Manned]:
        on, owed = duty_shift_person.c, obligation.c
        said = sa.and_(
            owed.subject == sa.literal("duty:").concat(sa.cast(duty_shift.c.id, sa.Text)),
            owed.person_id == on.person_id,
            owed.what == "confirm",
        )
        query = (
            sa.select(duty_shift.c.id, duty_shift.c.place, duty_shift.c.starts_at, on.person_id, owed.answered_at)
            .join(duty_shift_person, on.shift_id == duty_shift.c.id)
            .outerjoin(obligation, said)
            .where(
                *(duty_shift.c.starts_at >= since, duty_shift.c.starts_at < until),
                *(duty_shift.c.state == "planned", on.until.is_(None)),
            )
            .order_by(duty_shift.c.id, on.id)
        )
        return [
            Manned(row.id, PlaceCode(row.place), row.starts_at, PersonId(row.person_id), row.answered_at)
            for row in await self._db.execute(query)
        ]

    async def _lost(self, since: datetime, until: datetime) -> list[Lost]:
        ended = sa.or_(cutoff.c.until.is_(None), cutoff.c.until > since)
        query = sa.select(cutoff).where(cutoff.c.since.is_not(None), cutoff.c.since < until, ended)
        rows = await self._db.execute(query.order_by(cutoff.c.id))
        return [Lost(PlaceCode(row.place), row.since, row.until) for row in rows]

    # -- what people concluded ----------------------------------------------------------------------------------

    async def conclude(self, period_id: int, place: PlaceCode, words: str, by: int, at: datetime) -> Conclusion:
        newest = sa.select(sa.func.coalesce(sa.func.max(response_conclusion.c.version), 0)).where(
            response_conclusion.c.response_id == period_id, response_conclusion.c.place == place
        )
        version = int(await self._db.scalar(newest) or 0) + 1
        values = {"response_id": period_id, "place": place, "version": version, "words": words, "by": by, "at": at}
        await self._db.execute(sa.insert(response_conclusion).values(values))
        return Conclusion(period_id, place, version, words, PersonId(by), at)

    async def conclusions(self, period_id: int) -> Sequence[Conclusion]:
        table: Any = response_conclusion.c
        query = sa.select(response_conclusion).where(table.response_id == period_id)
        rows = await self._db.execute(query.order_by(table.place, table.version.desc()))
        return [
            Conclusion(row.response_id, PlaceCode(row.place), row.version, row.words, PersonId(row.by), row.at)
            for row in rows
        ]


def is_excused(row: Any) -> bool:
    """Nobody's fault: decided so, or closed with its subject. Whoever was reminded of a warning before it ended had his
    time."""
    had_time = row.what == Matter.WARNINGS.value and row.step > 0
    return row.state == ObligationState.EXCUSED.value or (row.state == ObligationState.CLOSED.value and not had_time)


def _owing(row: Any) -> Owing:
    return Owing(
        what=row.what,
        person=PersonId(row.person_id),
        place=PlaceCode(row.place),
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        late=row.late,
        excused=is_excused(row),
        open=row.state == ObligationState.OPEN.value,
    )
