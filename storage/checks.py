"""Spot checks: each check with its draw, whom it asked, what came back, and the versions of every verdict."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.checks import CheckState, Manner, Result, Topic
from domain.obligations import Channel, ObligationState
from domain.people import Role
from services.ports.checks import Activity, AskedRow, CheckEntry, CheckRow, VerdictRow
from storage import check_rows
from storage.daily_checks import daily_check
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of
from storage.drill_scope import Scope
from storage.hazards import hazard_report
from storage.obligations import obligation
from storage.outbox import outbox
from storage.patrols import check_in
from storage.prepared import Prepared
from storage.warnings import warning

spot_check = sa.Table(
    "spot_check",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("issued_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("issued_at", UtcTime, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("roles", Json, nullable=False),
    sa.Column("department", sa.Text, nullable=False, server_default=""),
    sa.Column("draw", Json, comment="seed, pool, exclusions and spent ones: with them anybody can draw again"),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("phone_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("overview_key", sa.Text, nullable=False, server_default=""),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("daily_id", sa.BigInteger, comment="the daily draw it came from"),
    sa.CheckConstraint("(draw IS NULL) = (manner = 'named')", name="drawn"),
    one_of("topic", [t.value for t in Topic]),
    one_of("manner", [m.value for m in Manner]),
    one_of("state", [s.value for s in CheckState]),
)
sa.Index("ix_spot_check_issuer", spot_check.c.issued_by, spot_check.c.id)
sa.Index("ix_spot_check_issued", spot_check.c.issued_at)
sa.Index("ix_spot_check_daily", spot_check.c.daily_id)

spot_check_asked = sa.Table(
    "spot_check_asked",
    metadata,
    sa.Column("check_id", sa.BigInteger, sa.ForeignKey("spot_check.id"), primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("standing_in_for", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("question_key", sa.Text, nullable=False, server_default=""),
    sa.Column("facts", Json),
    sa.Column("topic", sa.Text, comment="his own, where not all of the check are asked the same"),
    one_of("role", [r.value for r in Role]),
)
sa.Index("ix_spot_check_asked_person", spot_check_asked.c.person_id, spot_check_asked.c.check_id)

spot_check_entry = sa.Table(
    "spot_check_entry",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("check_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("author", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("codes", Json, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("vouched", sa.Boolean, nullable=False),
    sa.Column("metres", sa.Integer),
    sa.Column("live_message", sa.BigInteger, comment="the message whose live position it is"),
    sa.Column("nearest", sa.Integer, comment="metres, of that live position since"),
    sa.ForeignKeyConstraint(["check_id", "person_id"], ["spot_check_asked.check_id", "spot_check_asked.person_id"]),
    sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position"),
    one_of("kind", ("answer", "supplement", "call", "explanation")),
    one_of("channel", [c.value for c in Channel if c is not Channel.SATELLITE]),
)
sa.Index("ix_spot_check_entry_check", spot_check_entry.c.check_id, spot_check_entry.c.id)
_live_sql = sa.text("live_message IS NOT NULL")
sa.Index(
    "ix_spot_check_entry_live",
    spot_check_entry.c.person_id,
    spot_check_entry.c.live_message,
    sqlite_where=_live_sql,
    postgresql_where=_live_sql,
)
_first_sql = sa.text("kind = 'answer'")
sa.Index(
    "uq_spot_check_entry_first",
    spot_check_entry.c.check_id,
    spot_check_entry.c.person_id,
    unique=True,
    sqlite_where=_first_sql,
    postgresql_where=_first_sql,
)

spot_check_verdict = sa.Table(
    "spot_check_verdict",
    metadata,
    sa.Column("check_id", sa.BigInteger, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("reasons", Json, nullable=False),
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("author", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("upheld", sa.Boolean, nullable=False),
    sa.Column("leave_missing", sa.Boolean, nullable=False),
    sa.ForeignKeyConstraint(["check_id", "person_id"], ["spot_check_asked.check_id", "spot_check_asked.person_id"]),
    sa.CheckConstraint("author <> person_id", name="not_himself"),
    one_of("result", [r.value for r in Result]),
)

_ASKED_OF = Prepared(
    sa.select(spot_check_asked).where(spot_check_asked.c.person_id == sa.bindparam("person", type_=sa.BigInteger))
)
"""asked for every message; see storage/prepared.py"""


class CheckTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    # -- checks -----------------------------------------------------------------------------------------------------

    async def add(self, row: CheckRow, asked: Sequence[AskedRow]) -> CheckRow:
        values = {
            "number": row.number,
            "issued_by": row.issued_by,
            "issued_at": row.issued_at,
            "topic": row.topic.value,
            "question": row.question,
            "manner": row.manner.value,
            "place": row.place,
            "roles": [role.value for role in row.roles],
            "department": row.department,
            "draw": None if row.draw is None else check_rows.draw_json(row.draw),
            "due_at": row.due_at,
            "phone_at": row.phone_at,
            "state": row.state.value,
            "overview_key": row.overview_key,
            "daily_id": row.daily_id,
        }
        number = int(await self._db.scalar(sa.insert(spot_check).values(values).returning(spot_check.c.id)) or 0)
        people = [
            {
                "check_id": number,
                "person_id": one.person_id,
                "place": one.place,
                "role": one.role.value,
                "standing_in_for": one.standing_in_for,
                "question_key": one.question_key,
                "topic": None if one.topic is None else one.topic.value,
            }
            for one in asked
        ]
        if people:
            await self._db.execute(sa.insert(spot_check_asked), people)
        await self._scope.enlist("check", number)
        return replace(row, id=number)

    async def _list(self, *where: Any) -> list[CheckRow]:
        query = sa.select(spot_check).where(*where).order_by(spot_check.c.id.desc())
        return [check_rows.check(row) for row in await self._db.execute(query)]

    async def get(self, check_id: int) -> CheckRow | None:
        found = await self._list(spot_check.c.id == check_id)
        return found[0] if found else None

    async def set_state(self, check_id: int, from_state: CheckState, to: CheckState) -> bool:
        moved = await self._db.execute(
            sa.update(spot_check)
            .where(spot_check.c.id == check_id, spot_check.c.state == from_state.value)
            .values(state=to.value)
        )
        return moved.rowcount == 1

    async def next_revision(self, check_id: int) -> int:
        counted = (
            sa.update(spot_check)
            .where(spot_check.c.id == check_id)
            .values(revision=spot_check.c.revision + 1)
            .returning(spot_check.c.revision)
        )
        return int(await self._db.scalar(counted) or 0)

    async def set_overview(self, check_id: int, key: str) -> None:
        await self._db.execute(sa.update(spot_check).where(spot_check.c.id == check_id).values(overview_key=key))

    async def open_of(self, checker_id: int) -> list[CheckRow]:
        mine = (spot_check.c.issued_by == checker_id, spot_check.c.state == CheckState.OPEN.value)
        return await self._list(*mine, self._seen())

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("check", spot_check.c.id)

    async def topics_of(self, checker_id: int, limit: int = 50) -> list[Topic]:
        query = (
            sa.select(spot_check.c.topic)
            .where(spot_check.c.issued_by == checker_id, spot_check.c.daily_id.is_(None), self._seen())
            .order_by(spot_check.c.id.desc())
            .limit(limit)
        )
        return [Topic(topic) for topic in (await self._db.execute(query)).scalars()]

    async def drawn_since(self, since: datetime) -> list[int]:
        query = (
            sa.select(spot_check.c.draw)
            .where(spot_check.c.issued_at >= since, spot_check.c.draw.is_not(None), self._seen())
            .order_by(spot_check.c.id)
        )
        return [person for record in (await self._db.execute(query)).scalars() for person in record["chosen"]]

    async def of_daily(self, daily_id: int) -> list[CheckRow]:
        return await self._list(spot_check.c.daily_id == daily_id)

    async def open_of_period(self, period_id: int) -> list[CheckRow]:
        mine = sa.select(daily_check.c.id).where(daily_check.c.period_id == period_id)
        return await self._list(spot_check.c.daily_id.in_(mine), spot_check.c.state == CheckState.OPEN.value)

    async def by_number(self, number: str) -> CheckRow | None:
        found = await self._list(spot_check.c.number == number)
        return found[0] if found else None

    async def topics_asked(self, persons: Collection[int]) -> Mapping[int, list[Topic]]:
        query = (
            sa.select(
                spot_check_asked.c.person_id, sa.func.coalesce(spot_check_asked.c.topic, spot_check.c.topic).label("on")
            )
            .join(spot_check, spot_check.c.id == spot_check_asked.c.check_id)
            .where(spot_check_asked.c.person_id.in_(list(persons)), self._seen())
            .order_by(spot_check.c.id.desc())
        )
        found: dict[int, list[Topic]] = {}
        for row in await self._db.execute(query):
            found.setdefault(row.person_id, []).append(Topic(row.on))
        return found

    async def asked_since(self, since: datetime) -> frozenset[int]:
        query = (
            sa.select(spot_check_asked.c.person_id)
            .join(spot_check, spot_check.c.id == spot_check_asked.c.check_id)
            .where(spot_check.c.issued_at >= since, self._seen())
        )
        return frozenset((await self._db.execute(query)).scalars())

    # -- who is asked -----------------------------------------------------------------------------------------------

    async def asked(self, check_id: int) -> list[AskedRow]:
        query = (
            sa.select(spot_check_asked)
            .where(spot_check_asked.c.check_id == check_id)
            .order_by(spot_check_asked.c.place, spot_check_asked.c.person_id)
        )
        return [check_rows.asked(row) for row in await self._db.execute(query)]

    async def asked_one(self, check_id: int, person_id: int) -> AskedRow | None:
        row = (await self._db.execute(sa.select(spot_check_asked).where(*_whom(check_id, person_id)))).first()
        return None if row is None else check_rows.asked(row)

    async def newest_asked(self, person_id: int, since: datetime) -> list[tuple[CheckRow, AskedRow]]:
        asked = {row.check_id: check_rows.asked(row) for row in await _ASKED_OF.all(self._db, person=person_id)}
        if not asked:
            return []
        cancelled = spot_check.c.state == CheckState.CANCELLED.value
        these = (spot_check.c.id.in_(list(asked)), spot_check.c.issued_at >= since, ~cancelled)
        checks = await self._list(*these, self._seen())
        return [(check, asked[check.id]) for check in checks]

    async def question_of(self, person_id: int, message_id: int, subjects: Collection[str]) -> str | None:
        query = sa.select(outbox.c.subject).where(
            outbox.c.subject.in_(list(subjects)),
            outbox.c.person_id == person_id,
            outbox.c.message_id == message_id,
        )
        found: str | None = await self._db.scalar(query.limit(1))
        return found

    async def set_question(self, check_id: int, person_id: int, key: str) -> None:
        await self._db.execute(sa.update(spot_check_asked).where(*_whom(check_id, person_id)).values(question_key=key))

    async def keep_facts(self, check_id: int, person_id: int, facts: Sequence[Mapping[str, Any]]) -> None:
        await self._db.execute(
            sa.update(spot_check_asked)
            .where(*_whom(check_id, person_id), spot_check_asked.c.facts.is_(None))
            .values(facts=list(facts))
        )

    # -- what came back ---------------------------------------------------------------------------------------------

    async def add_entry(self, entry: CheckEntry) -> CheckEntry:
        values = {
            "check_id": entry.check_id,
            "person_id": entry.person_id,
            "kind": entry.kind,
            "at": entry.at,
            "author": entry.by,
            "channel": entry.channel.value,
            "late": entry.late,
            "text": entry.text,
            "codes": list(entry.codes),
            "file_id": entry.file_id,
            "seconds": entry.seconds,
            "lat": entry.lat,
            "lon": entry.lon,
            "vouched": entry.vouched,
            "metres": entry.metres,
            "live_message": entry.live_message,
        }
        query = sa.insert(spot_check_entry).values(values).returning(spot_check_entry.c.id)
        return replace(entry, id=int(await self._db.scalar(query) or 0))

    async def entry_of_live(self, person_id: int, message: int) -> CheckEntry | None:
        mine = (spot_check_entry.c.person_id == person_id, spot_check_entry.c.live_message == message)
        query = sa.select(spot_check_entry).where(*mine).order_by(spot_check_entry.c.id.desc()).limit(1)
        return next((check_rows.entry(row) for row in await self._db.execute(query)), None)

    async def came_nearer(self, entry_id: int, metres: int) -> None:
        this = spot_check_entry.c.id == entry_id
        await self._db.execute(sa.update(spot_check_entry).where(this).values(nearest=metres))

    async def entries(self, check_id: int) -> list[CheckEntry]:
        query = (
            sa.select(spot_check_entry).where(spot_check_entry.c.check_id == check_id).order_by(spot_check_entry.c.id)
        )
        return [check_rows.entry(row) for row in await self._db.execute(query)]

    async def add_verdict(self, verdict: VerdictRow) -> bool:
        values = {
            "check_id": verdict.check_id,
            "person_id": verdict.person_id,
            "version": verdict.version,
            "result": verdict.result.value,
            "reasons": [reason.value for reason in verdict.reasons],
            "other": verdict.other,
            "author": verdict.by,
            "at": verdict.at,
            "upheld": verdict.upheld,
            "leave_missing": verdict.leave_missing,
        }
        added = await self._db.execute(insert_new(spot_check_verdict, self._db.dialect.name).values(values))
        return bool(added.rowcount == 1)

    async def verdicts(self, check_id: int) -> list[VerdictRow]:
        query = (
            sa.select(spot_check_verdict)
            .where(spot_check_verdict.c.check_id == check_id)
            .order_by(spot_check_verdict.c.person_id, spot_check_verdict.c.version)
        )
        return [check_rows.verdict(row) for row in await self._db.execute(query)]

    # -- what else is known -----------------------------------------------------------------------------------------

    async def active_since(self, since: datetime) -> list[Activity]:
        return await self._activities(since=since)

    async def last_activity(self, person_id: int) -> Activity | None:
        found = await self._activities(person_id=person_id)
        return found[-1] if found else None

    async def _activities(self, *, since: datetime | None = None, person_id: int | None = None) -> list[Activity]:
        answered = sa.select(obligation.c.person_id, obligation.c.answered_at, obligation.c.subject).where(
            sa.or_(obligation.c.subject.startswith("warning:"), obligation.c.subject.startswith("acting:")),
            obligation.c.answered_by == obligation.c.person_id,
            self._scope.keeps_subject(obligation.c.subject),
        )
        walked = sa.select(check_in.c.person_id, check_in.c.at, check_in.c.task_id).where(
            check_in.c.recorded_by == check_in.c.person_id, self._scope.keeps("patrol", check_in.c.task_id)
        )
        reported = sa.select(hazard_report.c.person_id, hazard_report.c.at, hazard_report.c.hazard_id).where(
            hazard_report.c.person_id.is_not(None), self._scope.keeps("hazard", hazard_report.c.hazard_id)
        )
        if since is not None:
            reported = reported.where(hazard_report.c.at >= since)
            answered = answered.where(obligation.c.answered_at >= since)
            walked = walked.where(check_in.c.at >= since)
        if person_id is not None:
            answered = answered.where(obligation.c.person_id == person_id)
            answered = answered.order_by(obligation.c.answered_at.desc()).limit(1)
            walked = walked.where(check_in.c.person_id == person_id).order_by(check_in.c.at.desc()).limit(1)
            reported = reported.where(hazard_report.c.person_id == person_id)
            reported = reported.order_by(hazard_report.c.at.desc()).limit(1)
        found = [Activity(row.person_id, row.answered_at, row.subject) for row in await self._db.execute(answered)]
        found += [Activity(row.person_id, row.at, f"patrol:{row.task_id}") for row in await self._db.execute(walked)]
        found += [
            Activity(row.person_id, row.at, f"hazard:{row.hazard_id}") for row in await self._db.execute(reported)
        ]
        return sorted(found, key=lambda one: one.at)

    async def owing(self) -> frozenset[int]:
        is_open = is_fixed(obligation.c.state, ObligationState.OPEN.value)
        seen = self._scope.keeps_subject(obligation.c.subject)
        query = sa.select(obligation.c.person_id).where(is_open, obligation.c.subject.startswith("check:"), seen)
        return frozenset((await self._db.execute(query)).scalars())

    async def newest_warnings(self, limit: int = 30) -> list[int]:
        in_force = is_fixed(warning.c.state, "active", "superseded", "lifted", "expired")
        seen = self._scope.keeps("warning", warning.c.id)
        query = sa.select(warning.c.id).where(in_force, seen).order_by(warning.c.id.desc()).limit(limit)
        return list((await self._db.execute(query)).scalars())


def _whom(check_id: int, person_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return spot_check_asked.c.check_id == check_id, spot_check_asked.c.person_id == person_id
