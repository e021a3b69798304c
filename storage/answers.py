"""What people do about a warning beyond 收到. Rows are only added, never changed: the newest counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calling import CallResult
from domain.households import Means
from domain.obligations import Channel
from domain.people import PersonId
from domain.places import PlaceCode
from domain.stage_two import Measure
from services.ports.answers import Attempt, FirstReply, HouseholdReport, Measured, PhoneList
from storage.database import BigId, Json, UtcTime, insert_new, metadata, one_of


def _warning_id() -> sa.Column[int]:
    return sa.Column("warning_id", sa.BigInteger, sa.ForeignKey("warning.id"), nullable=False)


def _person(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey("person.id"), nullable=False)


measure = sa.Table(
    "warning_measure",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    _warning_id(),
    _person("person_id"),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("channel", sa.Text, nullable=False),
    _person("by"),
    sa.Column("at", UtcTime, nullable=False),
    one_of("measure", [m.value for m in Measure]),
)
sa.Index("ix_warning_measure", measure.c.warning_id, measure.c.person_id)

attempt = sa.Table(
    "warning_attempt",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    _warning_id(),
    _person("person_id"),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    _person("by"),
    sa.Column("at", UtcTime, nullable=False),
    one_of("result", [r.value for r in CallResult]),
)
sa.Index("ix_warning_attempt", attempt.c.warning_id, attempt.c.person_id)

phone_list = sa.Table(
    "phone_list",
    metadata,
    sa.Column("key", sa.Text, primary_key=True, comment="of the message in the outbox"),
    _warning_id(),
    sa.Column("what", sa.Text, nullable=False),
    _person("to_person"),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("members", Json, nullable=False),
    sa.Column("times_drawn", sa.Integer, nullable=False, server_default="0"),
)

phone_list_entry = sa.Table(
    "phone_list_entry",
    metadata,
    sa.Column("key", sa.Text, sa.ForeignKey("phone_list.key"), primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), primary_key=True, autoincrement=False),
    _warning_id(),
)
sa.Index("ix_phone_list_entry", phone_list_entry.c.warning_id, phone_list_entry.c.person_id)

first_reply = sa.Table(
    "first_reply",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    _warning_id(),
    sa.Column("township", sa.Text, nullable=False),
    _person("person_id"),
    _person("by"),
    sa.Column("commander", sa.Text, nullable=False),
    sa.Column("villages", sa.Integer, comment="empty: not known"),
    sa.Column("moved", sa.Integer, comment="empty: not known, which is not 0"),
    sa.Column("at", UtcTime, nullable=False),
)
sa.Index("ix_first_reply", first_reply.c.warning_id, first_reply.c.id)

household_report = sa.Table(
    "household_report",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    _warning_id(),
    sa.Column("village", sa.Text, nullable=False),
    sa.Column("reached", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("means", Json, nullable=False),
    sa.Column("left", sa.Text, nullable=False, server_default="", comment="which households; forgotten by retention"),
    _person("by"),
    sa.Column("at", UtcTime, nullable=False),
    sa.CheckConstraint("reached >= 0 AND reached <= total", name="reached_of_total"),
)
sa.Index("ix_household_report", household_report.c.warning_id, household_report.c.village, household_report.c.id)
sa.Index("ix_household_village", household_report.c.village, household_report.c.id)


class AnswerTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def _add(self, table: sa.Table, values: Mapping[str, Any]) -> int:
        return int(await self._db.scalar(sa.insert(table).values(dict(values)).returning(table.c.id)) or 0)

    async def _all(self, table: sa.Table, *where: Any) -> Sequence[Any]:
        return (await self._db.execute(sa.select(table).where(*where).order_by(table.c.id))).all()

    # -- measures and calls ---------------------------------------------------------------------------------------

    async def add_measure(self, row: Measured) -> Measured:
        values = _plain(row) | {"measure": row.measure.value, "words": row.words}
        return replace(row, id=await self._add(measure, values))

    async def measures_of(self, warning_id: int, person_id: int | None = None) -> list[Measured]:
        where = [measure.c.warning_id == warning_id]
        if person_id is not None:
            where.append(measure.c.person_id == person_id)
        return [
            Measured(
                id=r.id,
                warning_id=r.warning_id,
                person_id=PersonId(r.person_id),
                place=PlaceCode(r.place),
                measure=Measure(r.measure),
                words=r.words,
                channel=Channel(r.channel),
                by=PersonId(r.by),
                at=r.at,
            )
            for r in await self._all(measure, *where)
        ]

    async def add_attempt(self, row: Attempt) -> Attempt:
        return replace(row, id=await self._add(attempt, _plain(row) | {"result": row.result.value}))

    async def attempts_of(self, warning_id: int, persons: Collection[int]) -> list[Attempt]:
        where = (attempt.c.warning_id == warning_id, attempt.c.person_id.in_(list(persons)))
        return [
            Attempt(
                id=r.id,
                warning_id=r.warning_id,
                person_id=PersonId(r.person_id),
                place=PlaceCode(r.place),
                result=CallResult(r.result),
                channel=Channel(r.channel),
                by=PersonId(r.by),
                at=r.at,
            )
            for r in await self._all(attempt, *where)
        ]

    # -- phone lists ----------------------------------------------------------------------------------------------

    async def add_list(self, row: PhoneList) -> None:
        added = await self._db.execute(
            insert_new(phone_list, self._db.dialect.name).returning(phone_list.c.key),
            [
                {
                    "key": row.key,
                    "warning_id": row.warning_id,
                    "what": row.what,
                    "to_person": row.to_person,
                    "heading": row.heading,
                    "members": list(row.members),
                }
            ],
        )
        if added.first() is not None and row.members:
            entries = [{"key": row.key, "person_id": one, "warning_id": row.warning_id} for one in row.members]
            await self._db.execute(sa.insert(phone_list_entry), entries)

    async def lists_with(self, warning_id: int, persons: Collection[int], what: str) -> list[PhoneList]:
        named = sa.select(phone_list_entry.c.key).where(
            phone_list_entry.c.warning_id == warning_id, phone_list_entry.c.person_id.in_(list(persons))
        )
        query = (
            sa.select(phone_list)
            .where(phone_list.c.key.in_(named), phone_list.c.what == what)
            .order_by(phone_list.c.key)
        )
        return [
            PhoneList(
                key=r.key,
                warning_id=r.warning_id,
                what=r.what,
                to_person=PersonId(r.to_person),
                heading=r.heading,
                members=tuple(PersonId(one) for one in r.members),
                times_drawn=r.times_drawn,
            )
            for r in await self._db.execute(query)
        ]

    async def list_drawn(self, key: str) -> None:
        await self._db.execute(
            sa.update(phone_list).where(phone_list.c.key == key).values(times_drawn=phone_list.c.times_drawn + 1)
        )

    # -- townships and households ---------------------------------------------------------------------------------

    async def add_first_reply(self, row: FirstReply) -> FirstReply:
        values = {name: getattr(row, name) for name in _FIRST_REPLY}
        return replace(row, id=await self._add(first_reply, values))

    async def first_replies(self, warning_id: int) -> Mapping[PlaceCode, FirstReply]:
        found = await self._all(first_reply, first_reply.c.warning_id == warning_id)
        return {
            PlaceCode(r.township): FirstReply(
                id=r.id,
                warning_id=r.warning_id,
                township=PlaceCode(r.township),
                person_id=PersonId(r.person_id),
                by=PersonId(r.by),
                commander=r.commander,
                villages=r.villages,
                moved=r.moved,
                at=r.at,
            )
            for r in found
        }

    async def add_households(self, row: HouseholdReport) -> HouseholdReport:
        values = {
            name: getattr(row, name) for name in ("warning_id", "village", "reached", "total", "left", "by", "at")
        }
        values["means"] = sorted(one.value for one in row.means)
        return replace(row, id=await self._add(household_report, values))

    async def households_of(self, warning_id: int) -> Mapping[PlaceCode, HouseholdReport]:
        found = await self._all(household_report, household_report.c.warning_id == warning_id)
        return {PlaceCode(r.village): _households(r) for r in found}

    async def household_history(self, warning_id: int, village: PlaceCode) -> list[HouseholdReport]:
        where = (household_report.c.warning_id == warning_id, household_report.c.village == village)
        return [_households(r) for r in await self._all(household_report, *where)]

    async def last_households(self, village: PlaceCode) -> HouseholdReport | None:
        query = (
            sa.select(household_report)
            .where(household_report.c.village == village)
            .order_by(household_report.c.id.desc())
            .limit(1)
        )
        row = (await self._db.execute(query)).first()
        return None if row is None else _households(row)


_HOUSEHOLDS = ("warning_id", "village", "reached", "total", "left", "by", "at")
_FIRST_REPLY = ("warning_id", "township", "person_id", "by", "commander", "villages", "moved", "at")


def _plain(row: Measured | Attempt) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("warning_id", "person_id", "place", "by", "at")} | {
        "channel": row.channel.value
    }


def _households(r: Any) -> HouseholdReport:
    return HouseholdReport(
        id=r.id,
        warning_id=r.warning_id,
        village=PlaceCode(r.village),
        reached=r.reached,
        total=r.total,
        means=frozenset(Means(one) for one in r.means),
        left=r.left,
        by=PersonId(r.by),
        at=r.at,
    )


async def forget_answers(connection: AsyncConnection, since: datetime, until: datetime) -> int:
    """What was said in words about measures, and which households were left: gone. The counts stay."""
    gone = 0
    for table, words in ((measure, measure.c.words), (household_report, household_report.c.left)):
        where = (table.c.at >= since, table.c.at < until, words != "")
        gone += (await connection.execute(sa.update(table).where(*where).values({words.name: ""}))).rowcount
    return gone
