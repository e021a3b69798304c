"""Risk points: the register as it stands, who is in charge, and, only ever added to, every version there was."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from math import cos, radians
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.geometry import KM_PER_DEGREE, Box, Point, distance_km
from domain.hazards import Category
from domain.people import PersonId
from domain.places import PlaceCode
from domain.points import PointAct, PointDuty, PointStatus, PointVersion, RiskLevel, RiskPoint, typed
from services.ports.points import PointFilter, PointProposal, PointSums, ProposalState
from storage.database import BigId, Json, UtcTime, is_fixed, metadata, one_of

risk_point = sa.Table(
    "risk_point",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("place", sa.Text, sa.ForeignKey("place.code"), nullable=False),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("households", sa.Integer, comment="threatened; empty is not known, never nil"),
    sa.Column("people", sa.Integer),
    sa.Column("department", sa.Text, nullable=False, server_default=""),
    sa.Column("threshold", sa.Text, nullable=False, server_default=""),
    sa.Column("warning_level", sa.Text, comment="a decimal figure, exact on both databases"),
    sa.Column("route", sa.Text, nullable=False, server_default=""),
    sa.Column("shelter", sa.Text, nullable=False, server_default=""),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Column("updated_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("confirmed_at", UtcTime, nullable=False),
    one_of("category", [c.value for c in Category]),
    one_of("level", [level.value for level in RiskLevel]),
    one_of("status", [s.value for s in PointStatus]),
    sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="whole_position"),
)
sa.Index("ix_risk_point_place", risk_point.c.place, risk_point.c.category)
sa.Index("ix_risk_point_position", risk_point.c.lat, risk_point.c.lon)
sa.Index("ix_risk_point_confirmed", risk_point.c.confirmed_at)

risk_point_person = sa.Table(
    "risk_point_person",
    metadata,
    sa.Column("point_id", sa.BigInteger, sa.ForeignKey("risk_point.id"), primary_key=True),
    sa.Column("duty", sa.Text, primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, comment="the first is asked first"),
    one_of("duty", [d.value for d in PointDuty]),
)
sa.Index("ix_risk_point_person_person", risk_point_person.c.person_id, risk_point_person.c.duty)

risk_point_version = sa.Table(
    "risk_point_version",
    metadata,
    sa.Column("point_id", sa.BigInteger, sa.ForeignKey("risk_point.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("author", sa.BigInteger, sa.ForeignKey("person.id"), comment="empty: an import at the console"),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("line", Json, nullable=False, comment="the whole line as it stood after it"),
    one_of("act", [a.value for a in PointAct]),
)

point_proposal = sa.Table(
    "point_proposal",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("point_id", sa.BigInteger, sa.ForeignKey("risk_point.id")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("decided_at", UtcTime),
    one_of("act", [a.value for a in PointAct]),
    one_of("state", [s.value for s in ProposalState]),
)
sa.Index("ix_point_proposal_point", point_proposal.c.point_id, point_proposal.c.state)

_active = is_fixed(risk_point.c.status, PointStatus.ACTIVE.value)
_COLUMNS = tuple(column.name for column in risk_point.columns if column.name != "id")
_PERSONS = {
    "patrollers": PointDuty.PATROL,
    "warners": PointDuty.WARN,
    "evacuators": PointDuty.EVACUATE,
}
_AT_ONCE = 500
"""keys named in one query; of more the whole table is read"""


class PointTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    # -- writing ------------------------------------------------------------------------------------------------

    async def add(self, point: RiskPoint, *, reason: str = "") -> RiskPoint:
        values = {name: _plain(getattr(point, name)) for name in _COLUMNS}
        number = await self._db.scalar(sa.insert(risk_point).values(values).returning(risk_point.c.id))
        added = replace(point, id=int(number or 0))
        await self._set_persons(added)
        await self._keep(added, PointAct.ADD, point.updated_by, point.updated_at, reason)
        return added

    async def add_many(self, points: Sequence[RiskPoint]) -> None:
        for start in range(0, len(points), _AT_ONCE):
            piece = points[start : start + _AT_ONCE]
            values = [{name: _plain(getattr(point, name)) for name in _COLUMNS} for point in piece]
            await self._db.execute(sa.insert(risk_point), values)
            numbered = sa.select(risk_point.c.number, risk_point.c.id).where(
                risk_point.c.number.in_([point.number for point in piece])
            )
            ids = {row.number: row.id for row in await self._db.execute(numbered)}
            added = [replace(point, id=ids[point.number]) for point in piece]
            persons = [row for point in added for row in _persons_of(point)]
            if persons:
                await self._db.execute(sa.insert(risk_point_person), persons)
            versions = [_version(point, PointAct.ADD, point.updated_by, point.updated_at, "") for point in added]
            await self._db.execute(sa.insert(risk_point_version), versions)

    async def change(
        self,
        point: RiskPoint,
        *,
        author: PersonId | None,
        at: datetime,
        act: PointAct = PointAct.CHANGE,
        reason: str = "",
        **fields: Any,
    ) -> RiskPoint | None:
        after = replace(point, version=point.version + 1, updated_at=at, updated_by=author, confirmed_at=at, **fields)
        changed = await self._db.execute(
            sa.update(risk_point)
            .where(risk_point.c.id == point.id, risk_point.c.version == point.version)
            .values({name: _plain(getattr(after, name)) for name in _COLUMNS})
        )
        if changed.rowcount != 1:
            return None
        if any(getattr(after, name) != getattr(point, name) for name in _PERSONS):
            await self._db.execute(sa.delete(risk_point_person).where(risk_point_person.c.point_id == point.id))
            await self._set_persons(after)
        await self._keep(after, act, author, at, reason)
        return after

    async def retire(self, point: RiskPoint, *, author: PersonId | None, at: datetime, reason: str) -> RiskPoint | None:
        return await self.change(
            point, author=author, at=at, act=PointAct.RETIRE, reason=reason, status=PointStatus.RETIRED
        )

    async def _set_persons(self, point: RiskPoint) -> None:
        rows = _persons_of(point)
        if rows:
            await self._db.execute(sa.insert(risk_point_person), rows)

    async def _keep(self, point: RiskPoint, act: PointAct, author: PersonId | None, at: datetime, reason: str) -> None:
        await self._db.execute(sa.insert(risk_point_version).values(_version(point, act, author, at, reason)))

    # -- reading ------------------------------------------------------------------------------------------------

    async def _list(self, *where: Any, offset: int = 0, limit: int | None = None) -> list[RiskPoint]:
        query = sa.select(risk_point).where(*where).order_by(risk_point.c.number).offset(offset).limit(limit)
        rows = (await self._db.execute(query)).all()
        if not rows:
            return []
        held = sa.select(risk_point_person).order_by(risk_point_person.c.position)
        if len(rows) <= _AT_ONCE:
            held = held.where(risk_point_person.c.point_id.in_([row.id for row in rows]))
        persons: dict[tuple[int, str], list[PersonId]] = {}
        for row in await self._db.execute(held):
            persons.setdefault((row.point_id, row.duty), []).append(PersonId(row.person_id))
        return [_point(row, persons) for row in rows]

    async def get(self, point_id: int) -> RiskPoint | None:
        found = await self._list(risk_point.c.id == point_id)
        return found[0] if found else None

    async def by_number(self, number: str) -> RiskPoint | None:
        found = await self._list(risk_point.c.number == number)
        return found[0] if found else None

    async def many(self, ids: Collection[int]) -> dict[int, RiskPoint]:
        if len(ids) > _AT_ONCE:
            wanted = frozenset(ids)
            return {one.id: one for one in await self._list() if one.id in wanted}
        return {one.id: one for one in await self._list(risk_point.c.id.in_(list(ids)))} if ids else {}

    async def all(self) -> list[RiskPoint]:
        return await self._list()

    async def in_places(self, places: Collection[PlaceCode]) -> list[RiskPoint]:
        return await self._list(_active, inside(risk_point.c.place, places)) if places else []

    async def find(self, wanted: PointFilter, offset: int = 0, limit: int = 20) -> tuple[list[RiskPoint], int]:
        where = list(_where(wanted))
        total = await self._db.scalar(sa.select(sa.func.count()).select_from(risk_point).where(*where))
        return await self._list(*where, offset=offset, limit=limit), int(total or 0)

    async def of_patroller(self, person_id: int) -> list[RiskPoint]:
        return await self._held_by(person_id, risk_point_person.c.duty == PointDuty.PATROL.value)

    async def of_person(self, person_id: int) -> list[RiskPoint]:
        return await self._held_by(person_id)

    async def _held_by(self, person_id: int, *where: Any) -> list[RiskPoint]:
        held = sa.select(risk_point_person.c.point_id).where(risk_point_person.c.person_id == person_id, *where)
        return await self._list(_active, risk_point.c.id.in_(held))

    async def near(self, lat: float, lon: float, metres: float) -> list[tuple[RiskPoint, float]]:
        centre, high = Point(lat, lon), metres / 1000 / KM_PER_DEGREE
        wide = min(180.0, high / max(0.01, cos(radians(lat))))
        found = await self.in_box(Box(lat - high, lon - wide, lat + high, lon + wide))
        far = [(one, distance_km(centre, at) * 1000) for one in found if (at := one.position) is not None]
        return sorted((pair for pair in far if pair[1] <= metres), key=lambda pair: (pair[1], pair[0].number))

    async def in_box(self, box: Box) -> list[RiskPoint]:
        return await self._list(
            _active, risk_point.c.lat.between(box.south, box.north), risk_point.c.lon.between(box.west, box.east)
        )

    async def positions_in(self, box: Box) -> list[tuple[PlaceCode, Point]]:
        c = risk_point.c
        query = sa.select(c.place, c.lat, c.lon).where(
            _active, c.lat.between(box.south, box.north), c.lon.between(box.west, box.east)
        )
        return [(PlaceCode(row.place), Point(row.lat, row.lon)) for row in await self._db.execute(query)]

    async def in_charge_at(
        self, places: Collection[PlaceCode], duties: Collection[PointDuty]
    ) -> list[tuple[PersonId, PlaceCode]]:
        if not places or not duties:
            return []
        held = risk_point_person.c
        query = (
            sa.select(held.person_id, risk_point.c.place)
            .join_from(risk_point_person, risk_point, risk_point.c.id == held.point_id)
            .where(_active, inside(risk_point.c.place, places), held.duty.in_(sorted(one.value for one in duties)))
            .order_by(held.person_id, risk_point.c.place)
            .distinct()
        )
        return [(PersonId(row.person_id), PlaceCode(row.place)) for row in await self._db.execute(query)]

    async def sums(self, places: Collection[PlaceCode]) -> PointSums:
        if not places:
            return PointSums()
        c, total = risk_point.c, sa.func.sum
        query = (
            sa.select(
                c.level,
                sa.func.count(),
                total(sa.func.coalesce(c.households, 0)),
                total(sa.func.coalesce(c.people, 0)),
                total(sa.case((c.people.is_(None), 1), else_=0)),
            )
            .where(_active, inside(c.place, places))
            .group_by(c.level)
        )
        rows = (await self._db.execute(query)).all()
        points, households, people, unknown = (sum(int(row[at]) for row in rows) for at in range(1, 5))
        by_level = {RiskLevel(row[0]): int(row[1]) for row in rows}
        return PointSums(points, households, people, unknown, by_level)

    async def versions_of(self, point_id: int) -> list[PointVersion]:
        kept = risk_point_version
        query = sa.select(kept).where(kept.c.point_id == point_id).order_by(kept.c.version)
        return [
            PointVersion(
                row.point_id, row.version, row.at, _person(row.author), PointAct(row.act), row.reason, _line(row)
            )
            for row in await self._db.execute(query)
        ]

    async def stale(self, before: datetime) -> list[RiskPoint]:
        return await self._list(_active, risk_point.c.confirmed_at < before)

    # -- proposals ----------------------------------------------------------------------------------------------

    async def propose(self, proposal: PointProposal) -> PointProposal:
        put = (
            sa.insert(point_proposal)
            .values(
                point_id=proposal.point_id,
                version=proposal.version,
                place=proposal.place,
                act=proposal.act.value,
                fields={name: _written(value) for name, value in proposal.fields.items()},
                reason=proposal.reason,
                by=proposal.by,
                at=proposal.at,
                state=proposal.state.value,
            )
            .returning(point_proposal.c.id)
        )
        return replace(proposal, id=int(await self._db.scalar(put) or 0))

    async def _proposals(self, *where: Any) -> list[PointProposal]:
        query = sa.select(point_proposal).where(*where).order_by(point_proposal.c.id)
        return [_proposal(row) for row in await self._db.execute(query)]

    async def proposal(self, proposal_id: int) -> PointProposal | None:
        found = await self._proposals(point_proposal.c.id == proposal_id)
        return found[0] if found else None

    async def decide(self, proposal_id: int, state: ProposalState, by: PersonId | None, at: datetime) -> bool:
        decided = await self._db.execute(
            sa.update(point_proposal)
            .where(point_proposal.c.id == proposal_id, point_proposal.c.state == ProposalState.OPEN.value)
            .values(state=state.value, decided_by=by, decided_at=at)
        )
        return decided.rowcount == 1

    async def proposals_of(self, point_id: int) -> list[PointProposal]:
        return await self._proposals(
            point_proposal.c.point_id == point_id, point_proposal.c.state == ProposalState.OPEN.value
        )


def _persons_of(point: RiskPoint) -> list[dict[str, Any]]:
    return [
        {"point_id": point.id, "duty": duty.value, "person_id": person, "position": at}
        for duty in PointDuty
        for at, person in enumerate(dict.fromkeys(point.in_charge(duty)))
    ]


def _version(point: RiskPoint, act: PointAct, author: PersonId | None, at: datetime, reason: str) -> dict[str, Any]:
    line = {name: _written(value) for name, value in asdict(point).items() if name != "id"}
    kept = {"point_id": point.id, "version": point.version, "at": at, "author": author}
    return {**kept, "act": act.value, "reason": reason, "line": line}


def inside(column: sa.ColumnElement[Any], places: Iterable[PlaceCode]) -> sa.ColumnElement[bool]:
    """The code is one of these or below it, as ranges, which an index serves on both databases."""
    return sa.or_(sa.false(), *(column.between(code, code + "9" * (15 - len(code))) for code in places))


def _where(wanted: PointFilter) -> Iterable[sa.ColumnElement[bool]]:
    yield inside(risk_point.c.place, wanted.places)
    yield ~_active if wanted.retired else _active
    if wanted.categories:
        yield risk_point.c.category.in_(sorted(one.value for one in wanted.categories))
    if wanted.department:
        yield risk_point.c.department == wanted.department
    if wanted.level is not None:
        yield risk_point.c.level == wanted.level.value
    if wanted.words:
        part = wanted.words.lower()
        in_name = sa.func.lower(risk_point.c.name).contains(part, autoescape=True)
        yield sa.or_(in_name, sa.func.lower(risk_point.c.number).contains(part, autoescape=True))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value.value if isinstance(value, Enum) else value


def _written(value: Any) -> Any:
    """As it stands in JSON."""
    return value.isoformat() if isinstance(value, datetime) else _plain(value)


def _person(number: int | None) -> PersonId | None:
    return None if number is None else PersonId(number)


def _point(row: Any, persons: Mapping[tuple[int, str], list[PersonId]]) -> RiskPoint:
    held = {name: tuple(persons.get((row.id, duty.value), ())) for name, duty in _PERSONS.items()}
    return _made({name: getattr(row, name) for name in ("id", *_COLUMNS)} | held)


def _line(row: Any) -> RiskPoint:
    line = dict(row.line) | {"id": row.point_id}
    for name in ("updated_at", "confirmed_at"):
        line[name] = datetime.fromisoformat(line[name])
    return _made(line)


def _made(values: Mapping[str, Any]) -> RiskPoint:
    return RiskPoint(**typed({**values, "updated_by": _person(values["updated_by"])}))


def _proposal(row: Any) -> PointProposal:
    return PointProposal(
        id=row.id,
        point_id=row.point_id,
        version=row.version,
        place=PlaceCode(row.place),
        act=PointAct(row.act),
        fields=typed(row.fields),
        reason=row.reason,
        by=PersonId(row.by),
        at=row.at,
        state=ProposalState(row.state),
        decided_by=_person(row.decided_by),
        decided_at=row.decided_at,
    )
