"""Reading ledgers in pages, by id, so that the pages of an export cost one pass together.

Words are looked for in the hazards that the index of words finds (storage/word_index.py), and there with LIKE.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hazards import ALIVE, HazardState, Move
from domain.ledger import LedgerFilter
from services.ports.hazards import HazardRow
from services.ports.ledger import DigestLine, HazardLine, PatrolLine
from storage.checks import spot_check
from storage.database import BigId, UtcTime, metadata
from storage.digests import digests_between
from storage.drill_scope import Scope
from storage.hazards import _hazard, _is_alive, hazard, hazard_event, hazard_report
from storage.patrols import check_in, patrol_task
from storage.people import person
from storage.points import risk_point
from storage.warnings import warning
from storage.word_index import hazard_pair, holding, rarest

ledger_wish = sa.Table(
    "ledger_wish",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("words", sa.Text, nullable=False, comment="as typed: buttons have no room for them"),
    sa.Column("at", UtcTime, nullable=False),
)
sa.Index("ix_ledger_wish_at", ledger_wish.c.at)

_SIGNS = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


class LedgerTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    async def hazards(self, wanted: LedgerFilter, after: int = 0, limit: int = 500) -> list[HazardLine]:
        pair = await rarest(self._db, wanted.words)
        query = page_of_lines(wanted, after, limit, pair).where(self._seen())
        return [
            HazardLine(
                _hazard(row),
                row.reporter_name or "",
                row.assignee_name or "",
                row.assignee_phone or "",
                row.taken_name or "",
                row.fixed_name or "",
                row.closed_name or "",
                row.recheck_name or "",
                (row.closing or {}).get("verified", ""),
                row.point_name or "",
                row.point_number or "",
            )
            for row in await self._db.execute(query)
        ]

    async def newest(self, wanted: LedgerFilter, before: int | None = None, limit: int = 8) -> list[HazardRow]:
        source, by = _source(await rarest(self._db, wanted.words))
        where = [*_where(wanted, by_id=True), self._seen()]
        where += [] if before is None else [by < before]
        query = sa.select(hazard).select_from(source).where(*where).order_by(by.desc()).limit(limit)
        return [_hazard(row) for row in await self._db.execute(query)]

    async def count(self, wanted: LedgerFilter) -> int:
        source, _ = _source(await rarest(self._db, wanted.words))
        query = sa.select(sa.func.count()).select_from(source).where(*_where(wanted), self._seen())
        return int(await self._db.scalar(query) or 0)

    def _seen(self) -> sa.ColumnElement[bool]:
        return self._scope.keeps("hazard", hazard.c.id)

    async def counts(self, wanted: LedgerFilter) -> Mapping[str, int]:
        source, _ = _source(await rarest(self._db, wanted.words))
        where = [*_where(wanted), self._seen()]
        query = sa.select(hazard.c.state, sa.func.count()).select_from(source).where(*where).group_by(hazard.c.state)
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
            .where(check_in.c.id > after, *_where_patrol(wanted), self._scope.keeps("patrol", check_in.c.task_id))
            .order_by(check_in.c.id)
            .limit(limit)
        )
        return [_patrol(row) for row in await self._db.execute(query)]

    async def warnings_between(self, since: datetime, until: datetime) -> list[int]:
        c = warning.c
        came = (c.created_at >= since, c.created_at < until, c.state.not_in(("held", "refused")))
        query = sa.select(c.id).where(*came, self._scope.keeps("warning", c.id)).order_by(c.id)
        return list((await self._db.execute(query)).scalars())

    async def checks_between(self, since: datetime, until: datetime) -> list[int]:
        c = spot_check.c
        issued = (c.issued_at >= since, c.issued_at < until, self._scope.keeps("check", c.id))
        return list((await self._db.execute(sa.select(c.id).where(*issued).order_by(c.id))).scalars())

    async def digests_between(self, first: str, last: str) -> list[DigestLine]:
        return await digests_between(self._db, first, last)

    async def keep_wish(self, words: str, at: datetime) -> int:
        put = sa.insert(ledger_wish).values(words=words, at=at).returning(ledger_wish.c.id)
        return int(await self._db.scalar(put) or 0)

    async def wish(self, number: int) -> str | None:
        found: str | None = await self._db.scalar(sa.select(ledger_wish.c.words).where(ledger_wish.c.id == number))
        return found

    async def forget_wishes(self, before: datetime) -> int:
        return (await self._db.execute(sa.delete(ledger_wish).where(ledger_wish.c.at < before))).rowcount

    async def first_patrol(self, since: datetime) -> int:
        """Ids grow with the time at which something was said."""
        first = sa.select(check_in.c.id).where(check_in.c.at >= since).order_by(check_in.c.at).limit(1)
        return max(0, int(await self._db.scalar(first) or 1) - 1)

    async def count_patrols(self, wanted: LedgerFilter) -> int:
        seen = self._scope.keeps("patrol", check_in.c.task_id)
        query = sa.select(sa.func.count()).select_from(check_in).where(*_where_patrol(wanted), seen)
        return int(await self._db.scalar(query) or 0)


def _source(pair: str | None) -> tuple[sa.FromClause, sa.ColumnElement[int]]:
    """What lines are read from, and by which id they go: where words are looked for, the hazards that have the rarest
    pair of them, in the order of the index, so that a page ends after its lines and a search in vain at once."""
    if pair is None:
        return hazard, hazard.c.id
    having = sa.and_(hazard_pair.c.hazard_id == hazard.c.id, hazard_pair.c.pair == pair)
    return hazard.join(hazard_pair, having), hazard_pair.c.hazard_id


def page_of_lines(wanted: LedgerFilter, after: int, limit: int, pair: str | None = None) -> sa.Select[Any]:
    source, by = _source(pair)
    assignee, taken, fixed, closed, recheck = (
        person.alias(name) for name in ("assignee_", "taken_", "fixed_", "closed_", "recheck_")
    )
    one = hazard_report.alias("one")
    first = sa.select(sa.func.min(one.c.id)).where(one.c.hazard_id == hazard.c.id).correlate(hazard).scalar_subquery()
    closing = (
        sa.select(hazard_event.c.facts)
        .where(hazard_event.c.hazard_id == hazard.c.id, hazard_event.c.move == Move.CLOSE.value)
        .where(hazard.c.state == HazardState.CLOSED.value)
        .order_by(hazard_event.c.version.desc())
        .limit(1)
        .correlate(hazard)
        .scalar_subquery()
    )
    joined = (
        source.outerjoin(hazard_report, hazard_report.c.id == first)
        .outerjoin(assignee, assignee.c.id == hazard.c.assignee)
        .outerjoin(taken, taken.c.id == hazard.c.taken_by)
        .outerjoin(fixed, fixed.c.id == hazard.c.fixed_by)
        .outerjoin(closed, closed.c.id == hazard.c.closed_by)
        .outerjoin(recheck, recheck.c.id == hazard.c.recheck_by)
        .outerjoin(risk_point, risk_point.c.id == hazard.c.point_id)
    )
    known = sa.case((hazard_report.c.person_id.is_not(None), hazard_report.c.name), else_="")
    return (
        sa.select(
            hazard,
            known.label("reporter_name"),
            assignee.c.name.label("assignee_name"),
            assignee.c.phone.label("assignee_phone"),
            taken.c.name.label("taken_name"),
            fixed.c.name.label("fixed_name"),
            closed.c.name.label("closed_name"),
            recheck.c.name.label("recheck_name"),
            closing.label("closing"),
            risk_point.c.name.label("point_name"),
            risk_point.c.number.label("point_number"),
        )
        .select_from(joined)
        .where(by > after, *_where(wanted, by_id=True))
        .order_by(by)
        .limit(limit)
    )


def _within(column: sa.ColumnElement[str], wanted: LedgerFilter) -> list[sa.ColumnElement[bool]]:
    """By the ends of a range and not by LIKE, which uses no index where a database sorts by language."""
    if not wanted.places:
        return []
    return [sa.or_(*(sa.and_(column >= code, column < code + ":") for code in wanted.places))]  # ":" follows "9"


def _where(wanted: LedgerFilter, *, by_id: bool = False) -> list[sa.ColumnElement[bool]]:
    """`by_id`: for pages, which must not be sorted out of an index of places each time, but for the few open ones."""
    few = wanted.states == ALIVE or wanted.overdue_at is not None
    where = _within(sa.func.coalesce(hazard.c.place, "") if by_id and not few else hazard.c.place, wanted)
    if wanted.department:
        owned = hazard.c.category.in_(sorted(one.value for one in wanted.owns))
        where.append(sa.or_(hazard.c.department == wanted.department, sa.and_(hazard.c.department == "", owned)))
    if wanted.states == ALIVE:
        where.append(_is_alive)  # its constants are those of the index
    elif wanted.states is not None:
        where.append(hazard.c.state.in_(sorted(one.value for one in wanted.states)))
    if wanted.grade is not None:
        where.append(hazard.c.grade == wanted.grade.value)
    if wanted.overdue_at is not None:
        where += [_is_alive, hazard.c.due_at < wanted.overdue_at]
    if wanted.since is not None:
        where.append(hazard.c.created_at >= wanted.since)
    if wanted.until is not None:
        where.append(hazard.c.created_at < wanted.until)
    if wanted.numbers:
        where.append(hazard.c.number.in_(wanted.numbers))
    where += [hazard.c.id.in_(holding(word.lower())) for word in wanted.words if len(word) == 1]
    text = hazard.c.what + " " + hazard.c.place_words + " " + hazard.c.unit + " " + hazard.c.measure
    return where + [text.like(f"%{word.translate(_SIGNS)}%", escape="\\") for word in wanted.words]


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
