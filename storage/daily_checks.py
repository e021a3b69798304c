"""Daily draws of response periods. Unique by (period, body, day, window): a restart neither loses nor repeats one."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.check_plans import Body, BodyKind, Cell, Chosen, DailyState, Member, PlanDraw, Spent, Stratum, StratumName
from domain.checks import Exclusion, Why
from domain.people import Role
from domain.places import PlaceCode
from services.ports.daily_checks import DailyRow
from storage.database import BigId, Json, UtcTime, insert_new, is_fixed, metadata, one_of

daily_check = sa.Table(
    "daily_check",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("period_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False, comment="place, or place/department"),
    sa.Column("day", sa.Date, nullable=False, comment="on the county's clock"),
    sa.Column("time_window", sa.Text, nullable=False),
    sa.Column("opens_at", UtcTime, nullable=False),
    sa.Column("closes_at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("seed", sa.Text, nullable=False, comment="16 hex digits"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False, server_default=""),
    sa.Column("drawn_at", UtcTime),
    sa.Column("record", Json, comment="strata, exclusions and rounds: with them and the seed anybody can draw again"),
    sa.Column("chosen", Json),
    sa.UniqueConstraint("period_id", "body", "day", "time_window"),
    one_of("kind", [k.value for k in BodyKind]),
    one_of("state", [s.value for s in DailyState]),
)
_waiting_sql = sa.text("state = 'waiting'")
sa.Index("ix_daily_check_due", daily_check.c.due_at, sqlite_where=_waiting_sql, postgresql_where=_waiting_sql)

_ALL_BUT_RECORD = [column for column in daily_check.c if column.name not in {"record", "chosen"}]


class DailyCheckTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, rows: Sequence[DailyRow]) -> list[DailyRow]:
        added = []
        for row in rows:
            query = insert_new(daily_check, self._db.dialect.name).values(_values(row)).returning(daily_check.c.id)
            number = await self._db.scalar(query)
            if number is not None:
                added.append(replace(row, id=int(number)))
        return added

    async def get(self, daily_id: int) -> DailyRow | None:
        row = (await self._db.execute(sa.select(daily_check).where(daily_check.c.id == daily_id))).first()
        return None if row is None else _row(row, row.record, row.chosen)

    async def settle(self, row: DailyRow) -> bool:
        record = row.record
        moved = await self._db.execute(
            sa.update(daily_check)
            .where(daily_check.c.id == row.id, daily_check.c.state == DailyState.WAITING.value)
            .values(
                state=row.state.value,
                level=row.level,
                drawn_at=row.drawn_at,
                record=None if record is None else record_json(record),
                chosen=None if record is None else [_chosen_json(one) for one in record.chosen],
            )
        )
        return bool(moved.rowcount == 1)

    async def known(self, period_id: int) -> frozenset[tuple[str, date, str]]:
        query = sa.select(daily_check.c.body, daily_check.c.day, daily_check.c.time_window)
        rows = await self._db.execute(query.where(daily_check.c.period_id == period_id))
        return frozenset((row.body, row.day, row.time_window) for row in rows)

    async def _list(self, *where: Any, order: Any = daily_check.c.id) -> list[DailyRow]:
        query = sa.select(*_ALL_BUT_RECORD).where(*where).order_by(order)
        return [_row(row, None, None) for row in await self._db.execute(query)]

    async def waiting(self) -> list[DailyRow]:
        return await self._list(is_fixed(daily_check.c.state, DailyState.WAITING.value), order=daily_check.c.due_at)

    async def unfinished(self) -> frozenset[int]:
        checks = sa.table("spot_check", sa.column("daily_id"), sa.column("state"))
        asked = sa.select(checks.c.daily_id).where(checks.c.daily_id.is_not(None), checks.c.state == "open")
        waits = is_fixed(daily_check.c.state, DailyState.WAITING.value)
        query = sa.select(daily_check.c.period_id).where(sa.or_(waits, daily_check.c.id.in_(asked))).distinct()
        return frozenset((await self._db.execute(query)).scalars())

    async def of_period(self, period_id: int, states: Collection[DailyState] = ()) -> list[DailyRow]:
        where = [daily_check.c.period_id == period_id]
        if states:
            where.append(daily_check.c.state.in_([state.value for state in states]))
        return await self._list(*where)

    async def history(self, period_id: int, body: str, before: int | None = None) -> list[Chosen]:
        """In the order in which they were drawn, which is not that of the windows."""
        mine = (daily_check.c.period_id == period_id, daily_check.c.body == body, daily_check.c.drawn_at.is_not(None))
        query = sa.select(daily_check.c.id, daily_check.c.chosen).where(*mine)
        found: list[Chosen] = []
        for row in await self._db.execute(query.order_by(daily_check.c.drawn_at, daily_check.c.id)):
            if row.id == before:
                break
            found += [_chosen(one) for one in row.chosen or ()]
        return found


def _values(row: DailyRow) -> dict[str, Any]:
    return {
        "period_id": row.period_id,
        "kind": row.body.kind.value,
        "body": row.body.key,
        "day": row.day,
        "time_window": row.window,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "due_at": row.due_at,
        "seed": f"{row.seed:016x}",
        "state": row.state.value,
        "level": row.level,
    }


def _row(row: Any, record: Any, chosen: Any) -> DailyRow:
    place, _, department = row.body.partition("/")
    drawn_at: datetime | None = row.drawn_at
    seed = int(row.seed, 16)
    return DailyRow(
        id=row.id,
        period_id=row.period_id,
        body=Body(BodyKind(row.kind), PlaceCode(place), department),
        day=row.day,
        window=row.time_window,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        due_at=row.due_at,
        seed=seed,
        state=DailyState(row.state),
        level=row.level,
        drawn_at=drawn_at,
        record=None if record is None else _record(seed, record, chosen),
    )


# -- a draw as JSON -----------------------------------------------------------------------------------------------


def record_json(made: PlanDraw) -> dict[str, Any]:
    return {
        "rule": made.rule,
        "strata": [
            {
                "name": one.name.value,
                "take": one.take,
                "persons": one.persons,
                "posts": one.posts,
                "cells": [[cell.place, [[m.person, m.role.value] for m in cell.members]] for cell in one.cells],
                "spent_cells": sorted(made.spent[one.name].cells),
                "spent": sorted(made.spent[one.name].persons),
            }
            for one in made.strata
        ],
        "excluded": [
            [person, one.why.value, None if one.at is None else one.at.isoformat()]
            for person, one in sorted(made.excluded.items())
        ],
    }


def _chosen_json(one: Chosen) -> list[Any]:
    return [one.stratum.value, one.place, one.person, one.role.value]


def _chosen(value: Sequence[Any]) -> Chosen:
    stratum, place, person, role = value
    return Chosen(StratumName(stratum), PlaceCode(place), person, Role(role))


def _record(seed: int, record: dict[str, Any], chosen: Sequence[Any]) -> PlanDraw:
    strata = record["strata"]
    return PlanDraw(
        seed=seed,
        strata=tuple(_stratum(one) for one in strata),
        excluded={
            person: Exclusion(Why(why), None if at is None else datetime.fromisoformat(at))
            for person, why, at in record["excluded"]
        },
        spent={
            StratumName(one["name"]): Spent(
                frozenset(PlaceCode(place) for place in one["spent_cells"]), frozenset(one["spent"])
            )
            for one in strata
        },
        chosen=tuple(_chosen(one) for one in chosen or ()),
        rule=record.get("rule"),
    )


def _stratum(one: dict[str, Any]) -> Stratum:
    cells = tuple(
        Cell(PlaceCode(place), tuple(Member(person, Role(role)) for person, role in members))
        for place, members in one["cells"]
    )
    return Stratum(StratumName(one["name"]), cells, one["take"], one["persons"], one["posts"])
