"""One-time enrolment links, by the hash of their code, and the tries of each account."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import PersonId
from services.ports.enrolment import LinkRow
from storage.database import BigId, UtcTime, metadata

enrolment_link = sa.Table(
    "enrolment_link",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("code_hash", sa.Text, nullable=False, unique=True, comment="sha256 in hex; the code is kept nowhere"),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("issued_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("issued_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
    sa.Column("used_by", sa.BigInteger),
    sa.Column("revoked_at", UtcTime),
    sa.CheckConstraint("expires_at > issued_at", name="order"),
    sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used"),
    sa.CheckConstraint("length(code_hash) = 64", name="hash"),
)
sa.Index("ix_enrolment_link_person", enrolment_link.c.person_id)

enrolment_try = sa.Table(
    "enrolment_try",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
sa.Index("ix_enrolment_try_user", enrolment_try.c.user_id, enrolment_try.c.at)


class EnrolmentTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add_link(
        self, *, code_hash: str, person_id: int, issued_by: int | None, issued_at: datetime, expires_at: datetime
    ) -> int:
        number = await self._db.scalar(
            sa.insert(enrolment_link)
            .values(
                code_hash=code_hash,
                person_id=person_id,
                issued_by=issued_by,
                issued_at=issued_at,
                expires_at=expires_at,
            )
            .returning(enrolment_link.c.id)
        )
        return int(number or 0)

    async def link_of(self, code_hash: str) -> LinkRow | None:
        row = (await self._db.execute(sa.select(enrolment_link).where(enrolment_link.c.code_hash == code_hash))).first()
        return None if row is None else _link(row)

    async def use_link(self, link_id: int, user_id: int, at: datetime) -> bool:
        used = await self._db.execute(
            sa.update(enrolment_link)
            .where(
                enrolment_link.c.id == link_id,
                enrolment_link.c.used_at.is_(None),
                enrolment_link.c.revoked_at.is_(None),
                enrolment_link.c.expires_at > at,
            )
            .values(used_at=at, used_by=user_id)
        )
        return used.rowcount == 1

    async def revoke_links(self, person_ids: Collection[int], at: datetime) -> int:
        ids, gone = list(person_ids), 0
        for start in range(0, len(ids), 500):
            revoked = await self._db.execute(
                sa.update(enrolment_link)
                .where(
                    enrolment_link.c.person_id.in_(ids[start : start + 500]),
                    enrolment_link.c.used_at.is_(None),
                    enrolment_link.c.revoked_at.is_(None),
                )
                .values(revoked_at=at)
            )
            gone += revoked.rowcount
        return gone

    async def add_try(self, user_id: int, at: datetime) -> None:
        await self._db.execute(sa.insert(enrolment_try).values(user_id=user_id, at=at))

    async def tries_since(self, user_id: int, since: datetime) -> list[datetime]:
        query = (
            sa.select(enrolment_try.c.at)
            .where(enrolment_try.c.user_id == user_id, enrolment_try.c.at > since)
            .order_by(enrolment_try.c.at)
        )
        return list((await self._db.execute(query)).scalars())

    async def prune(self, before: datetime) -> int:
        tries = await self._db.execute(sa.delete(enrolment_try).where(enrolment_try.c.at < before))
        links = await self._db.execute(sa.delete(enrolment_link).where(enrolment_link.c.expires_at < before))
        return tries.rowcount + links.rowcount


def _link(row: Any) -> LinkRow:
    return LinkRow(
        id=row.id,
        person_id=PersonId(row.person_id),
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        used_by=row.used_by,
        revoked_at=row.revoked_at,
    )
