"""People, their posts, their absences. One person is one row, however many posts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Leave, Person, PersonId, PersonStatus, Post, PrivateChat, Role
from domain.places import PlaceCode
from storage.database import BigId, UtcTime, metadata, one_of
from storage.drill_scope import Scope
from storage.prepared import Prepared

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("language", sa.Text, nullable=False, server_default="zh"),
    sa.Column("status", sa.Text, nullable=False, server_default="active"),
    sa.Column("user_id", sa.BigInteger, unique=True),
    sa.Column("private_chat", sa.Text, nullable=False, server_default="never_started"),
    sa.Column("deputy_id", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("enrolled_at", UtcTime),
    one_of("status", [s.value for s in PersonStatus]),
    one_of("private_chat", [s.value for s in PrivateChat]),
)

post = sa.Table(
    "post",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code"), nullable=False),
    sa.Column("department", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("person_id", "role", "place", "department"),
    one_of("role", [r.value for r in Role]),
)
sa.Index("ix_post_place", post.c.place, post.c.role)

leave = sa.Table(
    "leave",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("stand_in_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    sa.Column("recorded_by", sa.BigInteger, nullable=False),
    sa.CheckConstraint("ends_at > starts_at", name="order"),
)
sa.Index("ix_leave_end", leave.c.ends_at)

# Made once: somebody is looked up for every update, and making a statement costs more than running it.
_ACTIVE_BY_USER = Prepared(
    sa.select(person, post.c.role, post.c.place, post.c.department)
    .outerjoin(post, post.c.person_id == person.c.id)
    .where(
        person.c.user_id == sa.bindparam("user", type_=sa.BigInteger),
        person.c.status == PersonStatus.ACTIVE.value,
    )
    .order_by(post.c.id)
)


class PeopleTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def _where(self, *where: Any, limit: int | None = None) -> list[Person]:
        query = sa.select(person).where(*where).order_by(person.c.id).limit(limit)
        rows = (await self._db.execute(query)).all()
        if not rows:
            return []
        held = sa.select(post).order_by(post.c.id)
        held = held.where(post.c.person_id.in_([r.id for r in rows])) if len(rows) <= 500 else held
        posts: dict[int, list[Post]] = {}
        for row in await self._db.execute(held):
            posts.setdefault(row.person_id, []).append(Post(Role(row.role), PlaceCode(row.place), row.department))
        return [_person(row, tuple(posts.get(row.id, ()))) for row in rows]

    async def _one(self, *where: Any) -> Person | None:
        found = await self._where(*where)
        return found[0] if found else None

    async def get(self, person_id: int) -> Person | None:
        return await self._one(person.c.id == person_id)

    async def many(self, ids: Collection[int]) -> dict[int, Person]:
        if not ids:
            return {}
        if len(ids) > 500:
            wanted = frozenset(ids)
            return {p.id: p for p in await self._where() if p.id in wanted}
        return {p.id: p for p in await self._where(person.c.id.in_(list(ids)))}

    async def by_user(self, user_id: int) -> Person | None:
        rows = await _ACTIVE_BY_USER.all(self._db, user=user_id)
        if not rows:
            return None
        held = tuple(Post(Role(r.role), PlaceCode(r.place), r.department) for r in rows if r.role is not None)
        return _person(rows[0], held)

    async def by_phone(self, phone: str) -> Person | None:
        return await self._one(person.c.phone == phone)

    async def holding(self, roles: Collection[Role], places: Collection[PlaceCode]) -> list[Person]:
        ids: set[int] = set()
        codes = list(places)
        for start in range(0, len(codes), 500):
            found = await self._db.execute(
                sa.select(post.c.person_id).where(
                    post.c.role.in_([r.value for r in roles]), post.c.place.in_(codes[start : start + 500])
                )
            )
            ids.update(found.scalars())
        if self._scope.drill is not None:
            ids &= (await self._scope.reach_of(self._scope.drill)).people
        people = await self.many(ids)
        return [p for _, p in sorted(people.items()) if p.status is PersonStatus.ACTIVE]

    async def search(self, text: str, within: PlaceCode, limit: int = 10) -> list[Person]:
        in_area = sa.select(post.c.person_id).where(post.c.place.startswith(within, autoescape=True))
        like = sa.or_(person.c.name.contains(text, autoescape=True), person.c.phone.startswith(text, autoescape=True))
        return await self._where(
            person.c.id.in_(in_area), like, person.c.status == PersonStatus.ACTIVE.value, limit=limit
        )

    async def all(self) -> list[Person]:
        return await self._where()

    async def add(self, *, name: str, phone: str, title: str = "", language: str = "zh") -> PersonId:
        number = await self._db.scalar(
            sa.insert(person).values(name=name, phone=phone, title=title, language=language).returning(person.c.id)
        )
        return PersonId(int(number or 0))

    async def update(self, person_id: int, **fields: Any) -> None:
        await self._db.execute(sa.update(person).where(person.c.id == person_id).values(**fields))

    async def set_posts(self, person_id: int, posts: Iterable[Post]) -> None:
        await self._db.execute(sa.delete(post).where(post.c.person_id == person_id))
        rows = [
            {"person_id": person_id, "role": p.role.value, "place": p.place, "department": p.department}
            for p in dict.fromkeys(posts)
        ]
        if rows:
            await self._db.execute(sa.insert(post), rows)

    async def enrol(self, person_id: int, user_id: int, at: datetime) -> bool:
        other = person.alias("other")
        tied = await self._db.execute(
            sa.update(person)
            .where(
                person.c.id == person_id,
                sa.or_(person.c.user_id.is_(None), person.c.user_id == user_id),
                ~sa.exists().where(other.c.user_id == user_id, other.c.id != person_id),
            )
            .values(user_id=user_id, private_chat=PrivateChat.OPEN.value, enrolled_at=at)
        )
        return tied.rowcount == 1

    async def release_account(self, person_id: int) -> None:
        """Untie the Telegram account: somebody who left, or a telephone that changed hands."""
        await self._db.execute(
            sa.update(person)
            .where(person.c.id == person_id)
            .values(user_id=None, private_chat=PrivateChat.NEVER.value, enrolled_at=None)
        )

    async def set_private_chat(self, person_id: int, state: PrivateChat) -> None:
        await self._db.execute(sa.update(person).where(person.c.id == person_id).values(private_chat=state.value))

    async def add_leave(self, absence: Leave, recorded_by: int) -> None:
        await self._db.execute(
            sa.insert(leave).values(
                person_id=absence.person_id,
                stand_in_id=absence.stand_in_id,
                starts_at=absence.starts_at,
                ends_at=absence.ends_at,
                recorded_by=recorded_by,
            )
        )

    async def end_leave(self, person_id: int, at: datetime) -> bool:
        ended = await self._db.execute(
            sa.update(leave)
            .where(leave.c.person_id == person_id, leave.c.starts_at < at, leave.c.ends_at > at)
            .values(ends_at=at)
        )
        return ended.rowcount > 0

    async def leaves(self, at: datetime) -> list[Leave]:
        query = sa.select(leave).where(leave.c.starts_at <= at, leave.c.ends_at > at).order_by(leave.c.id)
        return [
            Leave(PersonId(row.person_id), PersonId(row.stand_in_id), row.starts_at, row.ends_at)
            for row in await self._db.execute(query)
        ]


def _person(row: Any, posts: tuple[Post, ...]) -> Person:
    return Person(
        id=PersonId(row.id),
        name=row.name,
        phone=row.phone,
        title=row.title,
        language=row.language,
        status=PersonStatus(row.status),
        user_id=row.user_id,
        private_chat=PrivateChat(row.private_chat),
        posts=posts,
        deputy_id=None if row.deputy_id is None else PersonId(row.deputy_id),
    )
