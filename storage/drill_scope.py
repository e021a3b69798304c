"""In which drill a transaction stands, and what follows from it for every other table.

One `Scope` belongs to one transaction and is shared by its tables. Standing nowhere, lists show what is real; standing
in a drill, they show what was made in it. It is cheap where there never was a drill: the subqueries find nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.drills import DrillForm, DrillState
from storage.database import BigId, Json, UtcTime, insert_new, metadata, one_of

drill = sa.Table(
    "drill",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("contents", Json, nullable=False),
    sa.Column("blind", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("script", sa.Text, nullable=False, server_default=""),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    sa.Column("opened_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("upward", sa.Boolean, nullable=False),
    sa.Column("elsewhere", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("began_at", UtcTime),
    sa.Column("ended_at", UtcTime),
    sa.Column("ended_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("stopped_by", sa.Text, nullable=False, server_default="", comment="what broke it off"),
    sa.Column("evaluation", Json),
    one_of("form", [f.value for f in DrillForm]),
    one_of("state", [s.value for s in DrillState]),
)
sa.Index("ix_drill_place", drill.c.place)
sa.Index("ix_drill_state", drill.c.state)

drill_person = sa.Table(
    "drill_person",
    metadata,
    sa.Column("drill_id", sa.BigInteger, sa.ForeignKey("drill.id"), primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), primary_key=True),
)
sa.Index("ix_drill_person_person", drill_person.c.person_id)

drill_chat = sa.Table(
    "drill_chat",
    metadata,
    sa.Column("drill_id", sa.BigInteger, sa.ForeignKey("drill.id"), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
)
drill_subject = sa.Table(
    "drill_subject",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("drill_id", sa.BigInteger, sa.ForeignKey("drill.id"), nullable=False),
    sa.Column("own", sa.Boolean, nullable=False, comment="false: stands beside another, as acting beside a warning"),
    sa.Column("made_at", UtcTime, nullable=False),
)
sa.Index("ix_drill_subject_kind", drill_subject.c.kind, drill_subject.c.number)
sa.Index("ix_drill_subject_drill", drill_subject.c.drill_id)

_BESIDE: Mapping[str, tuple[str, ...]] = {"warning": ("acting", "reply", "relay")}
_NUMBERS_OF_A_DRILL = 1000
"""numbers made in a drill begin at its id times this: nobody takes them for those of the real series"""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who takes part."""

    people: frozenset[int]
    chats: frozenset[int]
    elsewhere: bool


class Scope:
    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._db, self._now = connection, now
        self.drill: int | None = None
        self.marked = False
        self._reach: dict[int, Reach] = {}

    def keeps(self, kind: str, number: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """The rows of this kind that are seen from where the transaction stands."""
        made = sa.select(drill_subject.c.number).where(drill_subject.c.kind == kind)
        if self.drill is None:
            return number.not_in(made)
        return number.in_(made.where(drill_subject.c.drill_id == self.drill))

    def keeps_subject(self, subject: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        made = sa.select(drill_subject.c.subject)
        if self.drill is None:
            return subject.not_in(made)
        return subject.in_(made.where(drill_subject.c.drill_id == self.drill))

    async def kept(self, subjects: Iterable[str]) -> frozenset[str]:
        """Of these subjects those that are seen from here."""
        every = frozenset(subjects)
        if not every:
            return every
        drills = await self.drills_of(every)
        return frozenset(one for one in every if drills.get(one) == self.drill)

    async def enlist(self, kind: str, *numbers: int) -> None:
        """What was just made belongs to where the transaction stands."""
        if self.drill is None or not numbers:
            return
        rows = [
            {
                "subject": f"{name}:{number}",
                "kind": name,
                "number": number,
                "drill_id": self.drill,
                "own": name == kind,
                "made_at": self._now,
            }
            for number in numbers
            for name in (kind, *_BESIDE.get(kind, ()))
        ]
        await self._db.execute(insert_new(drill_subject, self._db.dialect.name), rows)

    def counted(self, name: str) -> str:
        """Drills have series of numbers of their own."""
        return name if self.drill is None else f"drill{self.drill}:{name}"

    def number(self, count: int) -> int:
        return count if self.drill is None else self.drill * _NUMBERS_OF_A_DRILL + count

    async def drills_of(self, subjects: Collection[str]) -> dict[str, int]:
        """subject → drill, for those that belong to one; by the first two parts of its name."""
        roots = {one: _root(one) for one in subjects if one}
        if not roots:
            return {}
        query = sa.select(drill_subject.c.subject, drill_subject.c.drill_id).where(
            drill_subject.c.subject.in_(sorted(set(roots.values())))
        )
        found = {row.subject: int(row.drill_id) for row in await self._db.execute(query)}
        return {one: found[root] for one, root in roots.items() if root in found} if found else {}

    async def reach_of(self, drill_id: int) -> Reach:
        if drill_id not in self._reach:
            people = sa.select(drill_person.c.person_id).where(drill_person.c.drill_id == drill_id)
            chats = sa.select(drill_chat.c.chat_id).where(drill_chat.c.drill_id == drill_id)
            ticked = sa.select(drill.c.elsewhere).where(drill.c.id == drill_id)
            self._reach[drill_id] = Reach(
                frozenset((await self._db.scalars(people)).all()),
                frozenset((await self._db.scalars(chats)).all()),
                bool(await self._db.scalar(ticked)),
            )
        return self._reach[drill_id]

    def forget(self, drill_id: int) -> None:
        self._reach.pop(drill_id, None)


def _root(subject: str) -> str:
    return ":".join(subject.split(":", 2)[:2])
