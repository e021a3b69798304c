"""Papers that were asked for, and pictures that are to be fetched: queues of their own, outside the outbox."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.papers import PaperState, PhotoState
from domain.people import PersonId
from services.ports.papers import PaperJob, Photo
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of

paper_job = sa.Table(
    "paper_job",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("args", Json, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("not_before", UtcTime),
    sa.Column("boot", sa.Text, nullable=False, server_default=""),
    sa.Column("begun_at", UtcTime),
    sa.Column("ended_at", UtcTime),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("told_at", UtcTime),
    sa.Column("file", sa.Text, nullable=False, server_default="", comment="sha256 of the stored file"),
    sa.Column("file_name", sa.Text, nullable=False, server_default=""),
    one_of("state", [s.value for s in PaperState]),
)
_open_sql = sa.text("state IN ('waiting', 'making')")
sa.Index("ix_paper_job_open", paper_job.c.person_id, sqlite_where=_open_sql, postgresql_where=_open_sql)
_is_open = is_fixed(paper_job.c.state, PaperState.WAITING.value, PaperState.MAKING.value)

photo = sa.Table(
    "photo",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("file_id", sa.Text, nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False, server_default=""),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("not_before", UtcTime),
    sa.Column("sha256", sa.Text, nullable=False, server_default=""),
    sa.Column("width", sa.Integer, nullable=False, server_default="0"),
    sa.Column("height", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lat", sa.Float, comment="of the picture, by its own account"),
    sa.Column("lon", sa.Float),
    sa.Column("taken", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    one_of("state", [s.value for s in PhotoState]),
)
sa.Index("ix_photo_subject", photo.c.subject)
sa.Index(
    "ix_photo_located",
    photo.c.asked_at,
    sqlite_where=sa.text("lat IS NOT NULL"),
    postgresql_where=sa.text("lat IS NOT NULL"),
)
_waiting_sql = sa.text("state = 'waiting'")
sa.Index("ix_photo_waiting", photo.c.id, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)


class PaperTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, job: PaperJob) -> PaperJob:
        put = (
            sa.insert(paper_job)
            .returning(paper_job.c.id)
            .values(
                kind=job.kind,
                args=dict(job.args),
                person_id=job.person_id,
                chat_id=job.chat_id,
                language=job.language,
                asked_at=job.asked_at,
                state=PaperState.WAITING.value,
            )
        )
        return replace(job, id=int(await self._db.scalar(put) or 0))

    async def _jobs(self, *where: Any) -> list[PaperJob]:
        query = sa.select(paper_job).where(*where).order_by(paper_job.c.id)
        return [_job(row) for row in await self._db.execute(query)]

    async def get(self, job_id: int) -> PaperJob | None:
        found = await self._jobs(paper_job.c.id == job_id)
        return found[0] if found else None

    async def unfinished(self, person_id: int) -> list[PaperJob]:
        return await self._jobs(_is_open, paper_job.c.person_id == person_id)

    async def next_waiting(self, now: datetime) -> PaperJob | None:
        """Who asked first comes first, but one that failed lets the others pass until its time."""
        query = (
            sa.select(paper_job)
            .where(
                _is_open,
                paper_job.c.state == PaperState.WAITING.value,
                sa.or_(paper_job.c.not_before.is_(None), paper_job.c.not_before <= now),
            )
            .order_by(paper_job.c.id)
            .limit(1)
        )
        return next((_job(row) for row in await self._db.execute(query)), None)

    async def begin(self, job_id: int, boot: str, at: datetime) -> PaperJob | None:
        begun = await self._db.execute(
            sa.update(paper_job)
            .where(paper_job.c.id == job_id, paper_job.c.state == PaperState.WAITING.value)
            .values(state=PaperState.MAKING.value, boot=boot, begun_at=at, attempts=paper_job.c.attempts + 1, done=0)
        )
        return await self.get(job_id) if begun.rowcount == 1 else None

    async def advance(self, job_id: int, done: int, total: int, told_at: datetime) -> None:
        await self._db.execute(
            sa.update(paper_job).where(paper_job.c.id == job_id).values(done=done, total=total, told_at=told_at)
        )

    async def finish(self, job_id: int, state: PaperState, at: datetime, file: str = "", file_name: str = "") -> bool:
        ended = await self._db.execute(
            sa.update(paper_job)
            .where(paper_job.c.id == job_id, paper_job.c.state == PaperState.MAKING.value)
            .values(state=state.value, ended_at=at, file=file, file_name=file_name)
        )
        return ended.rowcount == 1

    async def wait_again(self, job_id: int, not_before: datetime) -> None:
        await self._db.execute(
            sa.update(paper_job)
            .where(paper_job.c.id == job_id, paper_job.c.state == PaperState.MAKING.value)
            .values(state=PaperState.WAITING.value, not_before=not_before)
        )

    async def recover(self, boot: str) -> int:
        again = await self._db.execute(
            sa.update(paper_job)
            .where(_is_open, paper_job.c.state == PaperState.MAKING.value, paper_job.c.boot != boot)
            .values(state=PaperState.WAITING.value)
        )
        return again.rowcount


class PhotoTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def want(self, photos: Collection[Photo]) -> int:
        added = 0
        put = insert_new(photo, self._db.dialect.name).returning(photo.c.id)
        for one in photos:
            values = {
                "file_id": one.file_id,
                "subject": one.subject,
                "role": one.role,
                "asked_at": one.asked_at,
                "state": PhotoState.WAITING.value,
            }
            added += (await self._db.execute(put, values)).scalar() is not None
        return added

    async def next_waiting(self, now: datetime) -> Photo | None:
        due = sa.or_(photo.c.not_before.is_(None), photo.c.not_before <= now)
        query = sa.select(photo).where(is_fixed(photo.c.state, "waiting"), due).order_by(photo.c.id).limit(1)
        return next((_photo(row) for row in await self._db.execute(query)), None)

    async def settle(self, done: Photo) -> None:
        await self._db.execute(
            sa.update(photo)
            .where(photo.c.file_id == done.file_id)
            .values(
                state=done.state.value,
                sha256=done.sha256,
                width=done.width,
                height=done.height,
                lat=done.lat,
                lon=done.lon,
                taken=done.taken,
                reason=done.reason,
            )
        )

    async def wait_again(self, file_id: str, not_before: datetime) -> None:
        await self._db.execute(
            sa.update(photo)
            .where(photo.c.file_id == file_id)
            .values(attempts=photo.c.attempts + 1, not_before=not_before)
        )

    async def of(self, subjects: Collection[str]) -> list[Photo]:
        if not subjects:
            return []
        query = sa.select(photo).where(photo.c.subject.in_(list(subjects))).order_by(photo.c.id)
        return [_photo(row) for row in await self._db.execute(query)]


def _job(row: Any) -> PaperJob:
    return PaperJob(
        id=row.id,
        kind=row.kind,
        args=row.args,
        person_id=PersonId(row.person_id),
        chat_id=row.chat_id,
        language=row.language,
        asked_at=row.asked_at,
        state=PaperState(row.state),
        attempts=row.attempts,
        done=row.done,
        total=row.total,
        told_at=row.told_at,
        file=row.file,
        file_name=row.file_name,
    )


def _photo(row: Any) -> Photo:
    return Photo(
        file_id=row.file_id,
        subject=row.subject,
        asked_at=row.asked_at,
        state=PhotoState(row.state),
        attempts=row.attempts,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        lat=row.lat,
        lon=row.lon,
        taken=row.taken,
        reason=row.reason,
        role=row.role,
    )
