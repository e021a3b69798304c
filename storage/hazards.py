"""Hazards: the ledger as it stands, and, only ever added to, what was reported and every move with its author."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import Enum
from math import degrees
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.geometry import EARTH_RADIUS_KM, Point, distance_km
from domain.hazards import ALIVE, Category, Grade, HazardState, Move, Treatment
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.hazards import HazardCard, HazardEvent, HazardReport, HazardRow
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of
from storage.drill_scope import Scope
from storage.word_index import SEARCHED, index_words

hazard = sa.Table(
    "hazard",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("place_words", sa.Text, nullable=False, server_default=""),
    sa.Column("place_guessed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("households", sa.Integer, comment="threatened; empty is not known, never nil"),
    sa.Column("people", sa.Integer),
    sa.Column("suspected", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False, server_default=""),
    sa.Column("taken_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("unit", sa.Text, nullable=False, server_default=""),
    sa.Column("assignee", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("measure", sa.Text, nullable=False, server_default=""),
    sa.Column("interim", sa.Text, nullable=False, server_default=""),
    sa.Column("due_at", UtcTime),
    sa.Column("fixed_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("closed_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("closed_at", UtcTime),
    sa.Column("point_id", sa.BigInteger, comment="the risk point; empty: none is known"),
    sa.Column("found_at", UtcTime, comment="empty: when it was reported"),
    sa.Column("consequence", sa.Text, nullable=False, server_default=""),
    sa.Column("refusals", sa.Integer, nullable=False, server_default="0"),
    sa.Column("with_county", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("merged_into", sa.BigInteger, sa.ForeignKey("hazard.id")),
    sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("whistled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("treatment", sa.Text),
    sa.Column("fund", sa.Text, nullable=False, server_default=""),
    sa.Column("recheck_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("extension_until", UtcTime, comment="more time is asked for until then"),
    sa.Column("extensions", sa.Integer, nullable=False, server_default="0"),
    sa.Column("progress_due_at", UtcTime),
    sa.Column("at_once", sa.Boolean, nullable=False, server_default=sa.false()),
    one_of("state", [s.value for s in HazardState]),
    one_of("grade", [g.value for g in Grade]),
    one_of("category", [c.value for c in Category]),
    one_of("treatment", [t.value for t in Treatment]),
    sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged_into_one"),
    # The rules once more, where no code can go round them: no assignment without its four parts, no closing by the
    # hand that fixed.
    sa.CheckConstraint(
        "state NOT IN ('assigned', 'fixed', 'closed') OR "
        "(unit <> '' AND assignee IS NOT NULL AND measure <> '' AND due_at IS NOT NULL)",
        name="assigned_whole",
    ),
    sa.CheckConstraint(
        "state <> 'closed' OR (closed_by IS NOT NULL AND fixed_by IS NOT NULL "
        "AND closed_by <> fixed_by AND closed_by <> assignee)",
        name="another_hand",
    ),
)
# Word for word what `_is_alive` says: SQLite uses an index of some rows only where it sees the very same condition.
_alive_sql = sa.text("state IN ('assigned', 'fixed', 'referred', 'reported', 'taken')")
sa.Index("ix_hazard_alive", hazard.c.place, hazard.c.category, sqlite_where=_alive_sql, postgresql_where=_alive_sql)
sa.Index("ix_hazard_fixer", hazard.c.assignee, sqlite_where=_alive_sql, postgresql_where=_alive_sql)
sa.Index("ix_hazard_at_point", hazard.c.point_id, sqlite_where=_alive_sql, postgresql_where=_alive_sql)
sa.Index("ix_hazard_spot", hazard.c.lat, sqlite_where=_alive_sql, postgresql_where=_alive_sql)
sa.Index(
    "ix_hazard_list",
    *(hazard.c[name] for name in ("place", "category", "state", "grade", "suspected", "due_at")),
    *(hazard.c[name] for name in ("assignee", "taken_by", "recheck_by", "department", "at_once")),
    sqlite_where=_alive_sql,
    postgresql_where=_alive_sql,
)
_merged_sql = sa.text("merged_into IS NOT NULL")
sa.Index("ix_hazard_merged", hazard.c.merged_into, sqlite_where=_merged_sql, postgresql_where=_merged_sql)
_asked_sql = sa.text("progress_due_at IS NOT NULL")
sa.Index("ix_hazard_progress", hazard.c.progress_due_at, sqlite_where=_asked_sql, postgresql_where=_asked_sql)
sa.Index("ix_hazard_ledger", hazard.c.state, hazard.c.place, hazard.c.created_at)
_is_alive = is_fixed(hazard.c.state, *sorted(state.value for state in ALIVE))

hazard_report = sa.Table(
    "hazard_report",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("what", sa.Text, nullable=False, server_default=""),
    sa.Column("voice", sa.Text, nullable=False, server_default=""),
    sa.Column("seconds", sa.Integer, nullable=False, server_default="0"),
    sa.Column("photos", Json, nullable=False),
    sa.Column("households", sa.Integer),
    sa.Column("people", sa.Integer),
    sa.Column("unnamed", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("ix_hazard_report_hazard", hazard_report.c.hazard_id, hazard_report.c.id)
sa.Index("ix_hazard_report_user", hazard_report.c.user_id, hazard_report.c.id)

hazard_event = sa.Table(
    "hazard_event",
    metadata,
    sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text, nullable=False),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column(
        "author", sa.BigInteger, sa.ForeignKey("person.id"), comment="empty: a reporter the roster does not know"
    ),
    sa.Column("facts", Json, nullable=False),
    one_of("move", ["report", *(m.value for m in Move)]),
)

hazard_card = sa.Table(
    "hazard_card",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
)
sa.Index("ix_hazard_card_hazard", hazard_card.c.hazard_id, hazard_card.c.id)


class HazardTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def add(self, row: HazardRow, report: HazardReport) -> HazardRow:
        values = {name: _plain(getattr(row, name)) for name in _COLUMNS}
        number = int(await self._db.scalar(sa.insert(hazard).values(values).returning(hazard.c.id)) or 0)
        await self.add_report(replace(report, hazard_id=number))
        await self._add_event(
            HazardEvent(number, row.version, row.created_at, "report", "", row.state.value, report.person_id)
        )
        await self._scope.enlist("hazard", number)
        await index_words(self._db, number, (values[name] for name in SEARCHED))
        return replace(row, id=number)

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("hazard", hazard.c.id)

    async def _list(self, *where: Any, limit: int | None = None, newest: bool = False) -> list[HazardRow]:
        order = hazard.c.id.desc() if newest else hazard.c.id
        query = sa.select(hazard).where(*where).order_by(order).limit(limit)
        return [_hazard(row) for row in await self._db.execute(query)]

    async def numbered(self, number: str) -> HazardRow | None:
        found = await self._list(hazard.c.number == number, self._seen(), limit=1)
        return found[0] if found else None

    async def get(self, hazard_id: int) -> HazardRow | None:
        found = await self._list(hazard.c.id == hazard_id)
        return found[0] if found else None

    async def move(self, row: HazardRow, event: HazardEvent, **fields: Any) -> HazardRow | None:
        moved = await self._db.execute(
            sa.update(hazard)
            .where(hazard.c.id == row.id, hazard.c.state == row.state.value, hazard.c.version == row.version)
            .values(
                state=event.to_state,
                version=event.version,
                **{name: _plain(value) for name, value in fields.items()},
            )
        )
        if moved.rowcount != 1:
            return None
        await self._add_event(event)
        await index_words(self._db, row.id, (fields.get(name) for name in SEARCHED))
        return replace(row, state=HazardState(event.to_state), version=event.version, **fields)

    async def _add_event(self, event: HazardEvent) -> None:
        await self._db.execute(
            sa.insert(hazard_event).values(
                hazard_id=event.hazard_id,
                version=event.version,
                at=event.at,
                move=event.move,
                from_state=event.from_state,
                to_state=event.to_state,
                author=event.author,
                facts=dict(event.facts),
            )
        )

    async def add_report(self, report: HazardReport) -> HazardReport:
        put = (
            sa.insert(hazard_report)
            .values(
                hazard_id=report.hazard_id,
                at=report.at,
                user_id=report.user_id,
                person_id=report.person_id,
                name=report.name,
                language=report.language,
                private=report.private,
                what=report.what,
                voice=report.voice,
                seconds=report.seconds,
                photos=list(report.photos),
                households=report.households,
                people=report.people,
                unnamed=report.unnamed,
            )
            .returning(hazard_report.c.id)
        )
        return replace(report, id=int(await self._db.scalar(put) or 0))

    async def reports_of(self, hazard_id: int) -> list[HazardReport]:
        every = sa.or_(hazard_report.c.hazard_id == hazard_id, hazard_report.c.hazard_id.in_(_leading_to(hazard_id)))
        query = sa.select(hazard_report).where(every).order_by(hazard_report.c.id)
        return [_report(row) for row in await self._db.execute(query)]

    async def events_of(self, hazard_id: int) -> list[HazardEvent]:
        query = sa.select(hazard_event).where(hazard_event.c.hazard_id == hazard_id).order_by(hazard_event.c.version)
        return [
            HazardEvent(
                hazard_id=row.hazard_id,
                version=row.version,
                at=row.at,
                move=row.move,
                from_state=row.from_state,
                to_state=row.to_state,
                author=_person(row.author),
                facts=row.facts,
            )
            for row in await self._db.execute(query)
        ]

    async def alike(self, category: Category, place: PlaceCode, since: Any) -> list[HazardRow]:
        where = (_is_alive, hazard.c.place == place, hazard.c.category == category.value, hazard.c.created_at >= since)
        return await self._list(*where, self._seen(), newest=True)

    async def alive_in(self, within: Collection[PlaceCode], limit: int = 200) -> list[HazardRow]:
        inside = sa.or_(sa.false(), *(hazard.c.place.startswith(code, autoescape=True) for code in within))
        return await self._list(_is_alive, inside, self._seen(), limit=limit) if within else []

    async def alive_of(self, person_id: int) -> list[HazardRow]:
        return await self._list(_is_alive, hazard.c.assignee == person_id, self._seen())

    async def at_point(self, point_id: int) -> list[HazardRow]:
        return await self._list(_is_alive, hazard.c.point_id == point_id, self._seen(), newest=True)

    async def around(self, spot: Point, metres: float) -> list[HazardRow]:
        """By a band of latitude, which the index finds, then by the distance itself."""
        band = degrees(metres / 1000 / EARTH_RADIUS_KM)
        near = await self._list(_is_alive, hazard.c.lat.between(spot.lat - band, spot.lat + band), self._seen())
        apart = [(distance_km(spot, at), row.id, row) for row in near if (at := row.position) is not None]
        return [row for km, _, row in sorted(apart) if km * 1000 <= metres]

    async def merged_with(self, hazard_id: int) -> list[HazardRow]:
        return await self._list(hazard.c.id.in_(_leading_to(hazard_id)))

    async def reported_by(self, user_id: int, limit: int = 10) -> list[HazardRow]:
        mine = sa.select(hazard_report.c.hazard_id).where(hazard_report.c.user_id == user_id)
        return await self._list(hazard.c.id.in_(mine), self._seen(), limit=limit, newest=True)

    async def progress_due(self, now: datetime, limit: int = 200) -> list[HazardRow]:
        due = (hazard.c.progress_due_at <= now, self._seen())
        query = sa.select(hazard).where(*due).order_by(hazard.c.progress_due_at).limit(limit)
        return [_hazard(row) for row in await self._db.execute(query)]

    async def ask_progress_at(self, hazard_id: int, at: datetime | None) -> None:
        await self._db.execute(sa.update(hazard).where(hazard.c.id == hazard_id).values(progress_due_at=at))

    async def name_reporter(self, hazard_id: int, user_id: int, *, unnamed: bool) -> None:
        his = (hazard_report.c.hazard_id == hazard_id) & (hazard_report.c.user_id == user_id)
        await self._db.execute(sa.update(hazard_report).where(his).values(unnamed=unnamed))

    async def add_card(self, card: HazardCard) -> None:
        await self._db.execute(
            insert_new(hazard_card, self._db.dialect.name).values(
                hazard_id=card.hazard_id, person_id=card.person_id, key=card.key, version=card.version
            )
        )

    async def cards_of(self, hazard_id: int) -> list[HazardCard]:
        query = sa.select(hazard_card).where(hazard_card.c.hazard_id == hazard_id).order_by(hazard_card.c.id)
        return [
            HazardCard(row.hazard_id, PersonId(row.person_id), row.key, row.version)
            for row in await self._db.execute(query)
        ]


def _leading_to(hazard_id: int) -> Any:
    """The ids of all that were merged into this one, however many steps away."""
    lead = sa.select(hazard.c.id).where(hazard.c.merged_into == hazard_id).cte("lead", recursive=True)
    further = sa.select(hazard.c.id).where(hazard.c.merged_into == lead.c.id)
    return sa.select(lead.union(further).c.id)


_COLUMNS = tuple(column.name for column in hazard.columns if column.name != "id")


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _person(number: int | None) -> PersonId | None:
    return None if number is None else PersonId(number)


def _hazard(row: Any) -> HazardRow:
    return HazardRow(
        id=row.id,
        number=row.number,
        category=Category(row.category),
        place=PlaceCode(row.place),
        place_words=row.place_words,
        place_guessed=row.place_guessed,
        what=row.what,
        households=row.households,
        people=row.people,
        suspected=row.suspected,
        created_at=row.created_at,
        lat=row.lat,
        lon=row.lon,
        state=HazardState(row.state),
        version=row.version,
        grade=Grade(row.grade),
        department=row.department,
        taken_by=_person(row.taken_by),
        unit=row.unit,
        assignee=_person(row.assignee),
        measure=row.measure,
        interim=row.interim,
        due_at=row.due_at,
        fixed_by=_person(row.fixed_by),
        closed_by=_person(row.closed_by),
        closed_at=row.closed_at,
        point_id=row.point_id,
        found_at=row.found_at,
        consequence=row.consequence,
        refusals=row.refusals,
        with_county=row.with_county,
        merged_into=row.merged_into,
        listed=row.listed,
        whistled=row.whistled,
        treatment=None if row.treatment is None else Treatment(row.treatment),
        fund=row.fund,
        recheck_by=_person(row.recheck_by),
        extension_until=row.extension_until,
        extensions=row.extensions,
        progress_due_at=row.progress_due_at,
        at_once=row.at_once,
    )


def _report(row: Any) -> HazardReport:
    return HazardReport(
        id=row.id,
        hazard_id=row.hazard_id,
        at=row.at,
        user_id=row.user_id,
        person_id=_person(row.person_id),
        name=row.name,
        language=row.language,
        private=row.private,
        what=row.what,
        voice=row.voice,
        seconds=row.seconds,
        photos=tuple(row.photos),
        households=row.households,
        people=row.people,
        unnamed=row.unnamed,
    )
