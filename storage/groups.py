"""Telegram groups and what they stand for; dialogues that somebody is in the middle of."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import PlaceCode
from services.ports.core import DialogueRow, Group
from storage.database import UtcTime, insert_or_update, metadata, one_of
from storage.drill_scope import Scope, drill_chat
from storage.prepared import Prepared

chat_group = sa.Table(
    "chat_group",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code")),
    sa.Column("department", sa.Text, nullable=False, server_default=""),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("can_send", sa.Boolean, nullable=False),
    sa.Column("can_pin", sa.Boolean, nullable=False),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    one_of("status", ("active", "left", "unbound")),
)
sa.Index("ix_chat_group_place", chat_group.c.place)
_COLUMNS = ("title", "place", "department", "status", "can_send", "can_pin", "is_admin")

dialogue = sa.Table(
    "dialogue",
    metadata,
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("screen_key", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Column("reminded", sa.Boolean, nullable=False, server_default=sa.false()),
)


_FEW = 500
"""so many places are named in the statement; of more, the groups are read and looked at here"""


class GroupTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def _list(self, *where: Any) -> list[Group]:
        query = sa.select(chat_group).where(*where).order_by(chat_group.c.place, chat_group.c.chat_id)
        return [_group(row) for row in await self._db.execute(query)]

    async def get(self, chat_id: int) -> Group | None:
        found = await self._list(chat_group.c.chat_id == chat_id)
        return found[0] if found else None

    async def save(self, group: Group) -> None:
        await self._db.execute(
            insert_or_update(chat_group, self._db.dialect.name, ["chat_id"], _COLUMNS).values(
                chat_id=group.chat_id,
                title=group.title,
                place=group.place,
                department=group.department,
                status=group.status,
                can_send=group.can_send,
                can_pin=group.can_pin,
                is_admin=group.is_admin,
            )
        )

    async def bound_to(self, places: Collection[PlaceCode]) -> list[Group]:
        wanted, active = frozenset(places), chat_group.c.status == "active"
        if self._scope.drill is not None:
            chats = (await self._scope.reach_of(self._scope.drill)).chats
            return [g for g in await self._list(active) if g.place in wanted and g.chat_id in chats]
        if len(wanted) <= _FEW:
            return await self._list(active, chat_group.c.place.in_(sorted(wanted)))
        return [g for g in await self._list(active) if g.place in wanted]

    async def all(self) -> list[Group]:
        return await self._list()

    async def migrate(self, old: int, new: int) -> None:
        await self._db.execute(sa.delete(chat_group).where(chat_group.c.chat_id == new))
        await self._db.execute(sa.update(chat_group).where(chat_group.c.chat_id == old).values(chat_id=new))
        await self._db.execute(sa.update(drill_chat).where(drill_chat.c.chat_id == old).values(chat_id=new))


_OPEN_HERE = Prepared(
    sa.select(dialogue).where(
        dialogue.c.user_id == sa.bindparam("user", type_=sa.BigInteger),
        dialogue.c.chat_id == sa.bindparam("chat", type_=sa.BigInteger),
    )
)
"""asked for every message"""


class DialogueTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def get(self, user_id: int, chat_id: int) -> DialogueRow | None:
        row = await _OPEN_HERE.first(self._db, user=user_id, chat=chat_id)
        return None if row is None else _dialogue(row)

    async def save(self, row: DialogueRow) -> None:
        columns = ("form", "session", "screen_key", "updated_at", "reminded")
        await self._db.execute(
            insert_or_update(dialogue, self._db.dialect.name, ["user_id", "chat_id"], columns).values(
                user_id=row.user_id,
                chat_id=row.chat_id,
                form=row.form,
                session=row.session,
                screen_key=row.screen_key,
                updated_at=row.updated_at,
                reminded=row.reminded,
            )
        )

    async def drop(self, user_id: int, chat_id: int) -> None:
        await self._db.execute(sa.delete(dialogue).where(dialogue.c.user_id == user_id, dialogue.c.chat_id == chat_id))

    async def drop_user(self, user_id: int) -> int:
        gone = await self._db.execute(sa.delete(dialogue).where(dialogue.c.user_id == user_id))
        return gone.rowcount

    async def mark_reminded(self, user_id: int, chat_id: int) -> None:
        await self._db.execute(
            sa.update(dialogue)
            .where(dialogue.c.user_id == user_id, dialogue.c.chat_id == chat_id)
            .values(reminded=True)
        )

    async def idle_since(self, before: datetime) -> list[DialogueRow]:
        query = sa.select(dialogue).where(dialogue.c.updated_at < before).order_by(dialogue.c.updated_at)
        return [_dialogue(row) for row in await self._db.execute(query)]


def _group(row: Any) -> Group:
    return Group(
        chat_id=row.chat_id,
        title=row.title,
        place=None if row.place is None else PlaceCode(row.place),
        department=row.department,
        status=row.status,
        can_send=row.can_send,
        can_pin=row.can_pin,
        is_admin=row.is_admin,
    )


def _dialogue(row: Any) -> DialogueRow:
    return DialogueRow(
        user_id=row.user_id,
        chat_id=row.chat_id,
        form=row.form,
        session=row.session,
        screen_key=row.screen_key,
        updated_at=row.updated_at,
        reminded=row.reminded,
    )
