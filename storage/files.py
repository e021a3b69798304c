"""Rows of the stored files: known by what they contain. The files themselves are storage/shelf.py's."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.papers import FileKind
from services.ports.files import StoredFile
from storage.database import UtcTime, insert_or_update, metadata, one_of

stored_file = sa.Table(
    "stored_file",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, comment="empty: kept for ever"),
    sa.Column("gone_at", UtcTime, comment="when it was taken off the disk"),
    one_of("kind", [k.value for k in FileKind]),
)
_there = sa.text("gone_at IS NULL")
sa.Index("ix_stored_file_expires", stored_file.c.expires_at, sqlite_where=_there, postgresql_where=_there)


class FileTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, file: StoredFile) -> None:
        known = await self.get(file.sha256)
        expires = file.expires_at
        if known is not None and known.gone_at is None:
            both = (known.expires_at, file.expires_at)
            expires = None if None in both else max(one for one in both if one is not None)
        put = insert_or_update(stored_file, self._db.dialect.name, ["sha256"], ["expires_at", "gone_at"])
        await self._db.execute(
            put,
            {
                "sha256": file.sha256,
                "size": file.size,
                "mime": file.mime,
                "kind": file.kind.value,
                "created_at": file.created_at,
                "expires_at": expires,
                "gone_at": None,
            },
        )

    async def get(self, sha256: str) -> StoredFile | None:
        found = await self._db.execute(sa.select(stored_file).where(stored_file.c.sha256 == sha256))
        return next((_file(row) for row in found), None)

    async def expired(self, now: datetime, limit: int = 200) -> list[StoredFile]:
        query = (
            sa.select(stored_file)
            .where(stored_file.c.gone_at.is_(None), stored_file.c.expires_at <= now)
            .order_by(stored_file.c.expires_at)
            .limit(limit)
        )
        return [_file(row) for row in await self._db.execute(query)]

    async def mark_gone(self, hashes: Collection[str], at: datetime) -> None:
        if hashes:
            these = stored_file.c.sha256.in_(list(hashes))
            await self._db.execute(sa.update(stored_file).where(these).values(gone_at=at))

    async def present(self, hashes: Collection[str]) -> set[str]:
        if not hashes:
            return set()
        these = (stored_file.c.sha256.in_(list(hashes)), stored_file.c.gone_at.is_(None))
        return set((await self._db.execute(sa.select(stored_file.c.sha256).where(*these))).scalars())


def _file(row: Any) -> StoredFile:
    return StoredFile(**{**row._mapping, "kind": FileKind(row.kind)})
