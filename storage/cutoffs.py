"""Villages that are cut off, and which ended warnings are still to be reported on."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.cutoffs import Cutoff, ReportDue
from storage.database import BigId, UtcTime, insert_new, metadata, one_of

cutoff = sa.Table(
    "cutoff",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), nullable=False),
    sa.Column("township", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("since", UtcTime),
    sa.Column("until", UtcTime),
    sa.Column("by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("ended_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.UniqueConstraint("warning_id", "place"),
    one_of("state", ("asked", "denied", "cut_off", "over")),
)
_now_sql = sa.text("state = 'cut_off'")
sa.Index("ix_cutoff_now", cutoff.c.township, sqlite_where=_now_sql, postgresql_where=_now_sql)

warning_report = sa.Table(
    "warning_report",
    metadata,
    sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), primary_key=True, autoincrement=False),
    sa.Column("ended_at", UtcTime, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("made_at", UtcTime),
    one_of("how", ("lifted", "expired", "retracted")),
)
_unmade_sql = sa.text("made_at IS NULL")
sa.Index("ix_warning_report_due", warning_report.c.ended_at, sqlite_where=_unmade_sql, postgresql_where=_unmade_sql)


class CutoffTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def _list(self, *where: Any) -> list[Cutoff]:
        rows = await self._db.execute(sa.select(cutoff).where(*where).order_by(cutoff.c.id))
        return [
            Cutoff(
                id=r.id,
                warning_id=r.warning_id,
                township=PlaceCode(r.township),
                place=PlaceCode(r.place),
                state=r.state,
                asked_at=r.asked_at,
                since=r.since,
                until=r.until,
                by=None if r.by is None else PersonId(r.by),
                ended_by=None if r.ended_by is None else PersonId(r.ended_by),
            )
            for r in rows
        ]

    async def ask(
        self, warning_id: int, township: PlaceCode, places: Collection[PlaceCode], at: datetime
    ) -> list[Cutoff]:
        rows = [
            {"warning_id": warning_id, "township": township, "place": place, "state": "asked", "asked_at": at}
            for place in sorted(places)
        ]
        if rows:
            await self._db.execute(insert_new(cutoff, self._db.dialect.name), rows)
        return await self.of(warning_id, township)

    async def of(self, warning_id: int, township: PlaceCode | None = None) -> list[Cutoff]:
        where = [cutoff.c.warning_id == warning_id]
        if township is not None:
            where.append(cutoff.c.township == township)
        return await self._list(*where)

    async def now(self) -> list[Cutoff]:
        return await self._list(cutoff.c.state == "cut_off")

    async def between(self, since: datetime, until: datetime) -> list[Cutoff]:
        ended = sa.or_(cutoff.c.until.is_(None), cutoff.c.until > since)
        return await self._list(cutoff.c.state.in_(("cut_off", "over")), cutoff.c.since < until, ended)

    async def decide(self, warning_id: int, township: PlaceCode, state: str, at: datetime, by: int) -> bool:
        values: dict[str, Any] = {"state": state, "by": by}
        if state == "cut_off":
            values["since"] = at
        where = (cutoff.c.warning_id == warning_id, cutoff.c.township == township, cutoff.c.state == "asked")
        return (await self._db.execute(sa.update(cutoff).where(*where).values(**values))).rowcount > 0

    async def end(self, township: PlaceCode, at: datetime, by: int) -> list[Cutoff]:
        where = (cutoff.c.township == township, cutoff.c.state == "cut_off")
        were = await self._list(*where)
        await self._db.execute(sa.update(cutoff).where(*where).values(state="over", until=at, ended_by=by))
        return were


class ReportTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def ended(self, warning_id: int, at: datetime, how: str) -> bool:
        added = await self._db.execute(
            insert_new(warning_report, self._db.dialect.name).returning(warning_report.c.warning_id),
            [{"warning_id": warning_id, "ended_at": at, "how": how}],
        )
        return added.first() is not None

    async def _list(self, *where: Any, limit: int = 20) -> list[ReportDue]:
        query = sa.select(warning_report).where(*where).order_by(warning_report.c.ended_at).limit(limit)
        return [ReportDue(r.warning_id, r.ended_at, r.how, r.made_at) for r in await self._db.execute(query)]

    async def due(self, ended_before: datetime, limit: int = 20) -> list[ReportDue]:
        return await self._list(
            warning_report.c.made_at.is_(None), warning_report.c.ended_at <= ended_before, limit=limit
        )

    async def made(self, warning_id: int, at: datetime) -> None:
        where = (warning_report.c.warning_id == warning_id, warning_report.c.made_at.is_(None))
        await self._db.execute(sa.update(warning_report).where(*where).values(made_at=at))

    async def get(self, warning_id: int) -> ReportDue | None:
        found = await self._list(warning_report.c.warning_id == warning_id)
        return found[0] if found else None
