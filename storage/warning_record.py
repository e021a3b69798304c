"""What people did with a warning, and which group got it when: lines beside the warning's own row."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import PlaceCode
from services.ports.warnings import GroupPost, WarningAct
from storage.database import BigId, UtcTime, insert_new, metadata
from storage.drill_scope import Scope

warning_act = sa.Table(
    "warning_act",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("place", sa.Text),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("at", UtcTime, nullable=False),
)
sa.Index("ix_warning_act", warning_act.c.warning_id, warning_act.c.id)

group_post = sa.Table(
    "group_post",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, comment="outbox key of the message that carries it"),
    sa.Column("posted_at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, comment="of the digest it waits for"),
    sa.Column("digested", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("ix_group_post_posted", group_post.c.posted_at)
sa.Index(
    "ix_group_post_due",
    group_post.c.due_at,
    sqlite_where=sa.text("due_at IS NOT NULL AND digested = 0"),
    postgresql_where=sa.text("due_at IS NOT NULL AND NOT digested"),
)

warning_overtaken = sa.Table(
    "warning_overtaken",
    metadata,
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("identifier", sa.Text, primary_key=True),
    sa.Column("sent", UtcTime, nullable=False, comment="of the message that replaced or cancelled it"),
)
sa.Index("ix_warning_overtaken_sent", warning_overtaken.c.sent)


class WarningRecordTable:
    """The part of `WarningRows` that these tables carry."""

    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def overtake(self, sender: str, identifier: str, sent: datetime) -> None:
        here = (warning_overtaken.c.sender == sender, warning_overtaken.c.identifier == identifier)
        later = sa.update(warning_overtaken).where(*here, warning_overtaken.c.sent < sent).values(sent=sent)
        added = insert_new(warning_overtaken, self._db.dialect.name)
        await self._db.execute(added, [{"sender": sender, "identifier": identifier, "sent": sent}])
        await self._db.execute(later)

    async def overtaken_at(self, sender: str, identifier: str) -> datetime | None:
        here = (warning_overtaken.c.sender == sender, warning_overtaken.c.identifier == identifier)
        sent: datetime | None = await self._db.scalar(sa.select(warning_overtaken.c.sent).where(*here))
        return sent

    async def forget_overtaken(self, before: datetime) -> int:
        gone = await self._db.execute(sa.delete(warning_overtaken).where(warning_overtaken.c.sent < before))
        return gone.rowcount

    async def add_act(self, act: WarningAct) -> None:
        await self._db.execute(
            sa.insert(warning_act).values(
                warning_id=act.warning_id,
                what=act.what,
                person_id=act.person_id,
                place=act.place,
                note=act.note,
                at=act.at,
            )
        )

    async def acts(self, warning_id: int) -> list[WarningAct]:
        query = sa.select(warning_act).where(warning_act.c.warning_id == warning_id).order_by(warning_act.c.id)
        return [
            WarningAct(
                row.warning_id,
                row.what,
                row.person_id,
                row.at,
                None if row.place is None else PlaceCode(row.place),
                row.note,
            )
            for row in await self._db.execute(query)
        ]

    async def add_posts(self, posts: Collection[GroupPost]) -> None:
        if posts:
            await self._db.execute(
                insert_new(group_post, self._db.dialect.name),
                [
                    {
                        "subject": one.subject,
                        "chat_id": one.chat_id,
                        "place": one.place,
                        "key": one.key,
                        "posted_at": one.posted_at,
                        "due_at": one.due_at,
                    }
                    for one in posts
                ],
            )

    async def _posts(self, *where: Any) -> list[GroupPost]:
        query = sa.select(group_post).where(*where).order_by(group_post.c.posted_at, group_post.c.chat_id)
        return [
            GroupPost(row.chat_id, row.subject, PlaceCode(row.place), row.key, row.posted_at, row.due_at)
            for row in await self._db.execute(query)
        ]

    async def posts_of(self, subject: str) -> list[GroupPost]:
        return await self._posts(group_post.c.subject == subject)

    async def posted_since(self, since: datetime) -> Mapping[int, int]:
        query = (
            sa.select(group_post.c.chat_id, sa.func.count())
            .where(
                *(group_post.c.posted_at >= since, group_post.c.due_at.is_(None)),
                self._scope.keeps_subject(group_post.c.subject),
            )
            .group_by(group_post.c.chat_id)
        )
        return {int(chat): int(number) for chat, number in await self._db.execute(query)}

    async def digests_due(self, now: datetime) -> list[GroupPost]:
        waiting = (group_post.c.due_at <= now, group_post.c.digested == sa.false())
        return await self._posts(*waiting, self._scope.keeps_subject(group_post.c.subject))

    async def digested(self, chat_id: int, subjects: Collection[str], key: str) -> None:
        await self._db.execute(
            sa.update(group_post)
            .where(group_post.c.chat_id == chat_id, group_post.c.subject.in_(list(subjects)))
            .values(digested=True, key=key)
        )

    async def move_posts(self, old: int, new: int) -> None:
        """The group goes by another number now."""
        await self._db.execute(sa.update(group_post).where(group_post.c.chat_id == old).values(chat_id=new))
