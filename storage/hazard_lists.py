"""Open hazards as lists. A page is picked out of one index that holds all it is picked by (`ix_hazard_list`); only its
lines are read from the table.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hazard_lists import HazardScope, HazardTab, HazardWish, PageEnd
from domain.hazards import Category, Grade, HazardState
from domain.obligations import ObligationState
from domain.people import PersonId
from domain.places import PlaceCode
from services.ports.hazard_lists import HazardListLine
from storage.database import is_fixed
from storage.drill_scope import Scope
from storage.hazards import _hazard, _is_alive, hazard
from storage.obligations import obligation
from storage.people import person

_Bool = sa.ColumnElement[bool]
_c = hazard.c
_GRAVE = sa.or_(_c.grade == Grade.MAJOR.value, sa.and_(_c.grade == Grade.OPEN.value, _c.suspected))
_ASSIGNED = _c.state == HazardState.ASSIGNED.value
_UNDECIDED = _c.state.in_([HazardState.REPORTED.value, HazardState.REFERRED.value, HazardState.TAKEN.value])
_FIXED = _c.state == HazardState.FIXED.value


class HazardListTable:
    def __init__(self, connection: AsyncConnection, drills: Scope) -> None:
        self._db = connection
        self._drills = drills

    def _kept(self) -> _Bool:
        return self._drills.keeps("hazard", _c.id)

    async def page(
        self, scope: HazardScope, wish: HazardWish, now: datetime, after: PageEnd | None = None, limit: int = 10
    ) -> list[HazardListLine]:
        urgency = sa.case((_overdue(now), 0), (_GRAVE, 1), else_=2)
        picked = sa.select(_c.id, urgency.label("urgency")).where(*_where(scope, wish, now), self._kept())
        if after is not None:
            later = sa.and_(urgency == after.urgency, _c.id > after.id)
            picked = picked.where(sa.or_(urgency > after.urgency, later))
        lines = picked.order_by(urgency, _c.id).limit(limit).subquery("lines")
        query = (
            sa.select(hazard, person.c.name.label("assignee_name"), lines.c.urgency)
            .select_from(lines.join(hazard, _c.id == lines.c.id).outerjoin(person, person.c.id == _c.assignee))
            .order_by(lines.c.urgency, lines.c.id)
        )
        return [
            HazardListLine(_hazard(row), row.assignee_name or "", int(row.urgency))
            for row in await self._db.execute(query)
        ]

    async def sums(self, scope: HazardScope, wish: HazardWish, now: datetime) -> Mapping[HazardTab, int]:
        every = HazardWish(place=wish.place, category=wish.category)
        counted = [sa.func.sum(sa.case((_tab(tab, scope, now), 1), else_=0)) for tab in HazardTab]
        row = (await self._db.execute(sa.select(*counted).where(*_where(scope, every, now), self._kept()))).one()
        return {tab: int(number or 0) for tab, number in zip(HazardTab, row, strict=True)}

    async def by_place(self, scope: HazardScope, wish: HazardWish, now: datetime) -> Mapping[PlaceCode, int]:
        anywhere = HazardWish(wish.tab, category=wish.category)
        return {PlaceCode(code): number for code, number in await self._grouped(_c.place, scope, anywhere, now)}

    async def by_category(self, scope: HazardScope, wish: HazardWish, now: datetime) -> Mapping[Category, int]:
        any_kind = HazardWish(wish.tab, place=wish.place)
        return {Category(code): number for code, number in await self._grouped(_c.category, scope, any_kind, now)}

    async def _grouped(
        self, column: sa.ColumnElement[str], scope: HazardScope, wish: HazardWish, now: datetime
    ) -> list[tuple[str, int]]:
        query = sa.select(column, sa.func.count()).where(*_where(scope, wish, now), self._kept()).group_by(column)
        return [(str(code), int(number)) for code, number in await self._db.execute(query)]


def _overdue(now: datetime) -> _Bool:
    return sa.and_(_ASSIGNED, _c.due_at < now)


def _where(scope: HazardScope, wish: HazardWish, now: datetime) -> list[_Bool]:
    where = [_is_alive, _seen(scope)]
    if wish.tab is not HazardTab.ALL:
        where.append(_tab(wish.tab, scope, now))
    if wish.place is not None:
        where.append(_within([wish.place]))
    if wish.category is not None:
        where.append(_c.category == wish.category.value)
    return where


def _within(places: Collection[PlaceCode]) -> _Bool:
    """By the ends of a range and not by LIKE, which uses no index where a database sorts by language."""
    return sa.or_(sa.false(), *(sa.and_(_c.place >= code, _c.place < code + ":") for code in places))


def _seen(scope: HazardScope) -> _Bool:
    return sa.or_(
        _within(scope.areas),
        sa.and_(_within(scope.lesser), ~_GRAVE),
        sa.and_(_within(scope.at_once), _c.at_once, ~_GRAVE),
        *(
            sa.and_(
                _within([one.place]),
                sa.or_(
                    _c.department == one.name,
                    sa.and_(_c.department == "", _c.category.in_(sorted(kind.value for kind in one.owns))),
                ),
            )
            for one in scope.departments
        ),
        *(column.in_(scope.people) for column in (_c.assignee, _c.taken_by, _c.recheck_by)),
    )


def _tab(tab: HazardTab, scope: HazardScope, now: datetime) -> _Bool:
    match tab:
        case HazardTab.MINE:
            return _mine(scope.people)
        case HazardTab.OVERDUE:
            return _overdue(now)
        case HazardTab.MAJOR:
            return _GRAVE
        case HazardTab.UNDECIDED:
            return _UNDECIDED
        case HazardTab.FIXING:
            return _ASSIGNED
        case HazardTab.RECHECK:
            return _FIXED
    return sa.true()


def _mine(people: Collection[PersonId]) -> _Bool:
    """What is asked of him is an open obligation; what is his by name is his also between two questions."""
    owed: sa.Select[Any] = sa.select(obligation.c.subject).where(
        obligation.c.person_id.in_(people),
        is_fixed(obligation.c.state, ObligationState.OPEN.value),
        obligation.c.subject.startswith("hazard:"),
    )
    return sa.or_(
        sa.and_(_ASSIGNED, _c.assignee.in_(people)),
        sa.and_(_UNDECIDED, _c.taken_by.in_(people)),
        sa.and_(_FIXED, _c.recheck_by.in_(people)),
        (sa.literal("hazard:") + sa.cast(_c.id, sa.Text)).in_(owed),
    )
