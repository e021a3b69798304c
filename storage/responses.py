"""Response periods, every change of them, what was proposed, where they were announced; days whose digest is made."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action_cards import Family
from domain.people import PersonId
from domain.places import PlaceCode
from domain.response import Move, Period, PeriodChange, PeriodState, ResponseLevel
from services.ports.responses import ResponsePost, ResponseProposal
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of
from storage.drill_scope import Scope

_LEVELS = [level.value for level in ResponseLevel]
_MOVES = [move.value for move in Move]

response = sa.Table(
    "response",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("hazard_kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("places", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("started_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("reviewed_at", UtcTime),
    sa.Column("events", Json, nullable=False, comment="chains of warnings it stands on"),
    sa.Column("suggested", sa.Text, comment="what warnings suggested at the last change"),
    one_of("hazard_kind", [family.value for family in Family]),
    one_of("level", _LEVELS),
    one_of("state", [state.value for state in PeriodState]),
    one_of("suggested", _LEVELS),
    sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="whole_end"),
)
sa.Index("ix_response_ended_at", response.c.ended_at)
_active = is_fixed(response.c.state, PeriodState.ACTIVE.value)
_active_sql = sa.text("state = 'active'")
sa.Index("ix_response_now", response.c.id, sqlite_where=_active_sql, postgresql_where=_active_sql)

response_change = sa.Table(
    "response_change",
    metadata,
    sa.Column("response_id", sa.BigInteger, sa.ForeignKey("response.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("places", Json, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("prepared_by", sa.BigInteger, sa.ForeignKey("person.id")),
    one_of("move", _MOVES),
    one_of("level", _LEVELS),
)

response_proposal = sa.Table(
    "response_proposal",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("cause", sa.Text, nullable=False, unique=True),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("response_id", sa.BigInteger, sa.ForeignKey("response.id")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("hazard_kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("places", Json, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("event", sa.BigInteger),
    sa.Column("made_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("decided_at", UtcTime),
    one_of("move", _MOVES),
    one_of("level", _LEVELS),
    one_of("state", ("open", "taken", "refused", "overtaken")),
)
_open = is_fixed(response_proposal.c.state, "open")
_open_sql = sa.text("state = 'open'")
sa.Index("ix_response_proposal_open", response_proposal.c.id, sqlite_where=_open_sql, postgresql_where=_open_sql)

response_post = sa.Table(
    "response_post",
    metadata,
    sa.Column("response_id", sa.BigInteger, sa.ForeignKey("response.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("posted_at", UtcTime, nullable=False),
)
sa.Index("ix_response_post_posted_at", response_post.c.posted_at)

response_day = sa.Table(
    "response_day",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True, comment="on the county's clock, as 2026-06-20"),
    sa.Column("made_at", UtcTime, nullable=False),
)


class ResponseTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    # -- periods ------------------------------------------------------------------------------------------------

    async def _list(self, *where: Any) -> list[Period]:
        query = sa.select(response).where(*where).order_by(response.c.started_at, response.c.id)
        return [_period(row) for row in await self._db.execute(query)]

    async def active(self) -> list[Period]:
        return await self._list(_active, self._seen())

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("response", response.c.id)

    async def get(self, period_id: int) -> Period | None:
        found = await self._list(response.c.id == period_id)
        return found[0] if found else None

    async def between(self, since: datetime, until: datetime) -> list[Period]:
        ended = sa.or_(response.c.ended_at.is_(None), response.c.ended_at > since)
        return await self._list(response.c.started_at < until, ended, self._seen())

    async def add(self, period: Period, reason: str, prepared_by: int | None = None) -> Period:
        values = _values(period) | {
            "number": period.number,
            "hazard_kind": period.hazard_kind.value,
            "started_at": period.started_at,
            "started_by": period.started_by,
            "basis": period.basis,
        }
        row = (await self._db.execute(sa.insert(response).values(values).returning(response))).one()
        added = _period(row)
        first = PeriodChange(
            added.id,
            added.version,
            Move.START,
            added.level,
            added.places,
            added.started_at,
            added.started_by,
            reason,
            None if prepared_by is None else PersonId(prepared_by),
        )
        await self._keep(first)
        await self._scope.enlist("response", added.id)
        return added

    async def move(self, after: Period, change: PeriodChange) -> bool:
        where = (response.c.id == after.id, response.c.version == change.version - 1, _active)
        moved = await self._db.execute(sa.update(response).where(*where).values(_values(after)))
        if moved.rowcount != 1:
            return False
        await self._keep(change)
        return True

    async def _keep(self, change: PeriodChange) -> None:
        await self._db.execute(
            sa.insert(response_change).values(
                response_id=change.period_id,
                version=change.version,
                move=change.move.value,
                level=change.level.value,
                places=list(change.places),
                at=change.at,
                by=change.by,
                reason=change.reason,
                prepared_by=change.prepared_by,
            )
        )

    async def changes_of(self, period_id: int) -> list[PeriodChange]:
        query = sa.select(response_change).where(response_change.c.response_id == period_id)
        rows = await self._db.execute(query.order_by(response_change.c.version))
        return [_change(row) for row in rows]

    # -- proposals ----------------------------------------------------------------------------------------------

    async def propose(self, proposal: ResponseProposal) -> ResponseProposal | None:
        added = await self._db.execute(
            insert_new(response_proposal, self._db.dialect.name).returning(response_proposal),
            [
                {
                    "cause": proposal.cause,
                    "move": proposal.move.value,
                    "response_id": proposal.period_id,
                    "version": proposal.version,
                    "hazard_kind": proposal.hazard_kind.value,
                    "level": proposal.level.value,
                    "places": list(proposal.places),
                    "reason": proposal.reason,
                    "event": proposal.event,
                    "made_by": proposal.made_by,
                    "made_at": proposal.made_at,
                    "state": "open",
                }
            ],
        )
        row = added.first()
        return None if row is None else _proposal(row)

    async def _proposals(self, *where: Any) -> list[ResponseProposal]:
        query = sa.select(response_proposal).where(*where).order_by(response_proposal.c.id)
        return [_proposal(row) for row in await self._db.execute(query)]

    async def proposal(self, proposal_id: int) -> ResponseProposal | None:
        found = await self._proposals(response_proposal.c.id == proposal_id)
        return found[0] if found else None

    async def open_proposals(self) -> list[ResponseProposal]:
        return await self._proposals(_open)

    async def decide(self, proposal_id: int, to: str, by: int | None, at: datetime) -> bool:
        where = (response_proposal.c.id == proposal_id, _open)
        values = {"state": to, "decided_by": by, "decided_at": at}
        return (await self._db.execute(sa.update(response_proposal).where(*where).values(values))).rowcount == 1

    async def causes(self, causes: Collection[str]) -> set[str]:
        column = response_proposal.c.cause
        return set(await self._db.scalars(sa.select(column).where(column.in_(sorted(causes)))))

    # -- posts and days -----------------------------------------------------------------------------------------

    async def posted(self, posts: Collection[ResponsePost]) -> None:
        rows = [
            {
                "response_id": post.period_id,
                "version": post.version,
                "chat_id": post.chat_id,
                "key": post.key,
                "posted_at": post.posted_at,
            }
            for post in posts
        ]
        if rows:
            await self._db.execute(insert_new(response_post, self._db.dialect.name), rows)

    async def posts_of(self, period_id: int) -> list[ResponsePost]:
        query = sa.select(response_post).where(response_post.c.response_id == period_id)
        rows = await self._db.execute(query.order_by(response_post.c.version, response_post.c.chat_id))
        return [ResponsePost(r.response_id, r.version, r.chat_id, r.key, r.posted_at) for r in rows]

    async def posts_since(self, since: datetime) -> dict[int, int]:
        counted = sa.select(response_post.c.chat_id, sa.func.count().label("posts"))
        rows = await self._db.execute(
            counted.where(
                response_post.c.posted_at >= since, self._scope.keeps("response", response_post.c.response_id)
            ).group_by(response_post.c.chat_id)
        )
        return {row.chat_id: row.posts for row in rows}

    async def move_chat(self, old: int, new: int) -> None:
        await self._db.execute(sa.update(response_post).where(response_post.c.chat_id == old).values(chat_id=new))

    async def day_done(self, what: str, place: PlaceCode, day: str, at: datetime) -> bool:
        added = await self._db.execute(
            insert_new(response_day, self._db.dialect.name).returning(response_day.c.day),
            [{"what": what, "place": place, "day": day, "made_at": at}],
        )
        return added.first() is not None

    async def days_done(self, what: str, day: str) -> set[PlaceCode]:
        query = sa.select(response_day.c.place).where(response_day.c.what == what, response_day.c.day == day)
        return {PlaceCode(code) for code in await self._db.scalars(query)}

    async def to_review(self, since: datetime, until: datetime) -> list[Period]:
        ended = (response.c.ended_at >= since, response.c.ended_at <= until)
        return await self._list(*ended, response.c.reviewed_at.is_(None), self._seen())

    async def reviewed(self, period_id: int, at: datetime) -> bool:
        where = (response.c.id == period_id, response.c.reviewed_at.is_(None), ~_active)
        return (await self._db.execute(sa.update(response).where(*where).values(reviewed_at=at))).rowcount == 1


def _values(period: Period) -> dict[str, Any]:
    """What changes in the life of a period."""
    return {
        "level": period.level.value,
        "places": list(period.places),
        "state": period.state.value,
        "version": period.version,
        "ended_at": period.ended_at,
        "events": list(period.events),
        "suggested": None if period.suggested is None else period.suggested.value,
    }


def _places(written: Any) -> tuple[PlaceCode, ...]:
    return tuple(PlaceCode(code) for code in written)


def _person(number: int | None) -> PersonId | None:
    return None if number is None else PersonId(number)


def _period(row: Any) -> Period:
    return Period(
        id=row.id,
        number=row.number,
        hazard_kind=Family(row.hazard_kind),
        places=_places(row.places),
        level=ResponseLevel(row.level),
        state=PeriodState(row.state),
        started_at=row.started_at,
        started_by=PersonId(row.started_by),
        basis=row.basis,
        ended_at=row.ended_at,
        version=row.version,
        events=tuple(row.events),
        suggested=None if row.suggested is None else ResponseLevel(row.suggested),
    )


def _change(row: Any) -> PeriodChange:
    return PeriodChange(
        period_id=row.response_id,
        version=row.version,
        move=Move(row.move),
        level=ResponseLevel(row.level),
        places=_places(row.places),
        at=row.at,
        by=PersonId(row.by),
        reason=row.reason,
        prepared_by=_person(row.prepared_by),
    )


def _proposal(row: Any) -> ResponseProposal:
    return ResponseProposal(
        id=row.id,
        cause=row.cause,
        move=Move(row.move),
        period_id=row.response_id,
        version=row.version,
        hazard_kind=Family(row.hazard_kind),
        level=ResponseLevel(row.level),
        places=_places(row.places),
        reason=row.reason,
        event=row.event,
        made_by=_person(row.made_by),
        made_at=row.made_at,
        state=row.state,
        decided_by=_person(row.decided_by),
        decided_at=row.decided_at,
    )
