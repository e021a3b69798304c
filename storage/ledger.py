"""Reading ledgers in pages. Words are looked for with LIKE in the few columns that hold them; numbers by index."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import LedgerFilter
from services.ports.hazards import HazardRow
from services.ports.ledger import HazardLine, PatrolLine
from storage.hazards import _hazard, _is_alive, hazard, hazard_report
from storage.patrols import check_in, patrol_task
from storage.people import person

_NUMBER = re.compile(r"(?:(\d{4})\s*[-—－年]\s*)?0*(\d{1,7})\s*号?")
_SIGNS = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


class LedgerTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def hazards(self, wanted: LedgerFilter, after: int = 0, limit: int = 500) -> list[HazardLine]:
        assignee, taken, fixed, closed = (person.alias(name) for name in ("assignee_", "taken_", "fixed_", "closed_"))
        one = hazard_report.alias("one")
        first = (
            sa.select(sa.func.min(one.c.id)).where(one.c.hazard_id == hazard.c.id).correlate(hazard).scalar_subquery()
        )
        joined = (
            hazard.outerjoin(hazard_report, hazard_report.c.id == first)
            .outerjoin(assignee, assignee.c.id == hazard.c.assignee)
            .outerjoin(taken, taken.c.id == hazard.c.taken_by)
            .outerjoin(fixed, fixed.c.id == hazard.c.fixed_by)
            .outerjoin(closed, closed.c.id == hazard.c.closed_by)
        )
        known = sa.case((hazard_report.c.person_id.is_not(None), hazard_report.c.name), else_="")
        query = (
            sa.select(
                hazard,
                known.label("reporter_name"),
                assignee.c.name.label("assignee_name"),
                assignee.c.phone.label("assignee_phone"),
                taken.c.name.label("taken_name"),
                fixed.c.name.label("fixed_name"),
                closed.c.name.label("closed_name"),
            )
            .select_from(joined)
            .where(hazard.c.id > after, *_where(wanted))
            .order_by(hazard.c.id)
            .limit(limit)
        )
        return [
            HazardLine(
                _hazard(row),
                row.reporter_name or "",
                row.assignee_name or "",
                row.assignee_phone or "",
                row.taken_name or "",
                row.fixed_name or "",
                row.closed_name or "",
            )
            for row in await self._db.execute(query)
        ]

    async def newest(self, wanted: LedgerFilter, before: int | None = None, limit: int = 8) -> list[HazardRow]:
        where = _where(wanted) if before is None else [*_where(wanted), hazard.c.id < before]
        query = sa.select(hazard).where(*where).order_by(hazard.c.id.desc()).limit(limit)
        return [_hazard(row) for row in await self._db.execute(query)]

    async def count(self, wanted: LedgerFilter) -> int:
        return int(await self._db.scalar(sa.select(sa.func.count()).select_from(hazard).where(*_where(wanted))) or 0)

    async def counts(self, wanted: LedgerFilter) -> Mapping[str, int]:
        query = sa.select(hazard.c.state, sa.func.count()).where(*_where(wanted)).group_by(hazard.c.state)
        return {str(state): int(number) for state, number in await self._db.execute(query)}

    async def patrols(self, wanted: LedgerFilter, after: int = 0, limit: int = 500) -> list[PatrolLine]:
        walker, recorder = person.alias("walker"), person.alias("recorder")
        joined = (
            check_in.join(patrol_task, patrol_task.c.id == check_in.c.task_id)
            .outerjoin(walker, walker.c.id == check_in.c.person_id)
            .outerjoin(recorder, recorder.c.id == check_in.c.recorded_by)
            .outerjoin(hazard, hazard.c.id == check_in.c.hazard_id)
        )
        query = (
            sa.select(
                *(check_in, patrol_task.c.phase, walker.c.name.label("walker"), recorder.c.name.label("recorder")),
                hazard.c.number.label("hazard_number"),
            )
            .select_from(joined)
            .where(check_in.c.id > after, *_where_patrol(wanted))
            .order_by(check_in.c.id)
            .limit(limit)
        )
        return [_patrol(row) for row in await self._db.execute(query)]

    async def count_patrols(self, wanted: LedgerFilter) -> int:
        query = sa.select(sa.func.count()).select_from(check_in).where(*_where_patrol(wanted))
        return int(await self._db.scalar(query) or 0)


def _within(column: sa.ColumnElement[str], wanted: LedgerFilter) -> list[sa.ColumnElement[bool]]:
    """By the ends of a range and not by LIKE, which uses no index where a database sorts by language."""
    if not wanted.places:
        return []
    return [sa.or_(*(sa.and_(column >= code, column < code + ":") for code in wanted.places))]  # ":" follows "9"


def _where(wanted: LedgerFilter) -> list[sa.ColumnElement[bool]]:
    where = _within(hazard.c.place, wanted)
    if wanted.categories is not None:
        where.append(hazard.c.category.in_(sorted(one.value for one in wanted.categories)))
    if wanted.department:
        where.append(hazard.c.department == wanted.department)
    if wanted.states is not None:
        where.append(hazard.c.state.in_(sorted(one.value for one in wanted.states)))
    if wanted.grade is not None:
        where.append(hazard.c.grade == wanted.grade.value)
    if wanted.overdue_at is not None:
        where += [_is_alive, hazard.c.due_at < wanted.overdue_at]
    if wanted.since is not None:
        where.append(hazard.c.created_at >= wanted.since)
    if wanted.until is not None:
        where.append(hazard.c.created_at < wanted.until)
    return where + _words(wanted.words)


def _words(words: str) -> list[sa.ColumnElement[bool]]:
    """Every word somewhere in the line; a number alone is the number of a line."""
    words = words.strip()
    if number := _NUMBER.fullmatch(words):
        ending = f"{int(number[2]):04d}"
        if number[1]:
            return [hazard.c.number == f"{number[1]}-{ending}"]
        return [hazard.c.number.like(f"%-{ending}")]
    text = hazard.c.what + " " + hazard.c.place_words + " " + hazard.c.unit + " " + hazard.c.measure
    return [text.like(f"%{word.translate(_SIGNS)}%", escape="\\") for word in words.split()[:5]]


def _where_patrol(wanted: LedgerFilter) -> list[sa.ColumnElement[bool]]:
    where = _within(check_in.c.place, wanted)
    if wanted.since is not None:
        where.append(check_in.c.at >= wanted.since)
    if wanted.until is not None:
        where.append(check_in.c.at < wanted.until)
    return where


def _patrol(row: Any) -> PatrolLine:
    return PatrolLine(
        id=row.id,
        place=row.place,
        seen_at=row.seen_at,
        said_at=row.at,
        patroller=row.walker or "",
        recorder=(row.recorder or "") if row.recorded_by != row.person_id else "",
        phase=row.phase,
        finding=row.finding,
        hindrance=row.hindrance or "",
        words=row.words,
        late=row.late,
        filled_in=row.filled_in,
        hazard=row.hazard_number or "",
    )
