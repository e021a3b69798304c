"""Letters, listings, whistles and rewards. Rows of one shape: a state, a version, and one event for every move."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import datetime
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hazards import ALIVE, HazardState
from domain.letters import IN_FORCE, LIVE, Letter, LetterKind, LetterState
from domain.listings import Listing, ListingState
from domain.people import PersonId
from domain.places import PlaceCode
from domain.rewards import Reward, RewardState
from domain.whistles import Called, CallState, Whistle, WhistleState
from services.ports.hazards import HazardRow
from services.ports.supervision import CaseEvent
from storage.database import BigId, Json, UtcTime, is_fixed, metadata, one_of
from storage.drill_scope import Scope
from storage.hazards import _hazard, hazard


class Case(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def state(self) -> StrEnum: ...
    @property
    def version(self) -> int: ...
    @property
    def subject(self) -> str: ...


R = TypeVar("R", bound=Case)


def _person(name: str, *, required: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey("person.id"), nullable=not required)


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _case(name: str, states: type[StrEnum], *columns: Any) -> sa.Table:
    """A table of cases: what all of them have, and its own columns."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", BigId, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *columns,
        one_of("state", [state.value for state in states]),
    )


def _of_hazard(*, required: bool = True) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=not required),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
    )


letter = _case(
    "letter",
    LetterState,
    *_of_hazard(required=False),
    sa.Column("kind", sa.Text, nullable=False),
    _words("department"),
    _words("about"),
    sa.Column("unit", sa.Text, nullable=False),
    _person("addressee", required=True),
    sa.Column("paragraphs", Json, nullable=False),
    sa.Column("due_at", UtcTime),
    _person("drafted_by"),
    _words("number"),
    _person("signed_by"),
    sa.Column("signed_at", UtcTime),
    _person("received_by"),
    sa.Column("received_at", UtcTime),
    sa.Column("replaces", sa.BigInteger, sa.ForeignKey("letter.id")),
    sa.Column("listed_at", UtcTime),
    one_of("kind", [kind.value for kind in LetterKind]),
    # the rule once more, where no code can go round it: nothing is in force without a number and a hand
    sa.CheckConstraint(
        "state NOT IN ('signed', 'received', 'withdrawn') OR (number <> '' AND signed_by IS NOT NULL)", name="signed"
    ),
)
sa.Index("ix_letter_hazard", letter.c.hazard_id)
sa.Index("ix_letter_addressee", letter.c.addressee, letter.c.state)
sa.Index("ix_letter_place", letter.c.place, letter.c.id)
_numbered = sa.text("number <> ''")
sa.Index("uq_letter_number", letter.c.number, unique=True, sqlite_where=_numbered, postgresql_where=_numbered)
_live_sql = sa.text("state IN ('draft', 'received', 'signed')")
sa.Index("ix_letter_live", letter.c.kind, letter.c.listed_at, sqlite_where=_live_sql, postgresql_where=_live_sql)

listing = _case(
    "listing",
    ListingState,
    *_of_hazard(),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("period_days", sa.Integer, nullable=False),
    _person("proposed_by", required=True),
    _person("decided_by"),
    sa.Column("decided_at", UtcTime),
    sa.Column("due_at", UtcTime),
    _words("number"),
    sa.Column("registered_at", UtcTime),
    sa.Column("published_at", UtcTime),
    sa.Column("published_in", sa.BigInteger),
    sa.Column("asked_at", UtcTime),
    sa.Column("asked_until", UtcTime),
    sa.Column("asked_late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("progress_at", UtcTime),
    _person("lifted_by"),
    sa.Column("lifted_at", UtcTime),
    sa.CheckConstraint("period_days BETWEEN 1 AND 365", name="a_year_at_most"),
)
sa.Index("ix_listing_place", listing.c.place, listing.c.id)
_listed_sql = sa.text("state = 'listed'")
sa.Index("ix_listing_progress", listing.c.progress_at, sqlite_where=_listed_sql, postgresql_where=_listed_sql)
_one_sql = sa.text("state IN ('proposed', 'listed')")
sa.Index("uq_listing_hazard", listing.c.hazard_id, unique=True, sqlite_where=_one_sql, postgresql_where=_one_sql)

whistle = _case(
    "whistle",
    WhistleState,
    *_of_hazard(),
    sa.Column("reason", sa.Text, nullable=False),
    _person("asked_by", required=True),
    _person("confirmed_by"),
    sa.Column("confirmed_at", UtcTime),
    sa.Column("on_site_at", UtcTime),
    _words("result"),
    _person("ended_by"),
    sa.Column("ended_at", UtcTime),
)
sa.Index("ix_whistle_place", whistle.c.place, whistle.c.id)
_open_sql = sa.text("state IN ('asked', 'called')")
sa.Index("uq_whistle_hazard", whistle.c.hazard_id, unique=True, sqlite_where=_open_sql, postgresql_where=_open_sql)

whistle_called = _case(
    "whistle_called",
    CallState,
    sa.Column("whistle_id", sa.BigInteger, sa.ForeignKey("whistle.id"), nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("reported_at", UtcTime),
    _person("reported_by"),
    _words("words"),
    sa.Column("arrived_at", UtcTime),
    sa.UniqueConstraint("whistle_id", "department"),
)

reward = _case(
    "reward",
    RewardState,
    *_of_hazard(),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    _words("number"),
    _words("code_hash"),
    sa.Column("wrong_tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("amount", sa.Integer),
    _person("proposed_by"),
    _person("approved_by"),
    sa.Column("approved_at", UtcTime),
    _person("paid_by"),
    sa.Column("paid_at", UtcTime),
    _words("reason"),
    # one case for a hazard; nobody approves his own proposal
    sa.UniqueConstraint("hazard_id"),
    sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="another_hand"),
    sa.CheckConstraint("state NOT IN ('approved', 'paid') OR (amount > 0 AND approved_by IS NOT NULL)", name="decided"),
)
sa.Index("ix_reward_place", reward.c.place, reward.c.id)
sa.Index("ix_reward_user", reward.c.user_id)

case_event = sa.Table(
    "case_event",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text, nullable=False),
    sa.Column("to_state", sa.Text, nullable=False),
    _person("author"),
    sa.Column("facts", Json, nullable=False),
)

_due_sql = sa.text("state = 'assigned'")
sa.Index("ix_hazard_due", hazard.c.due_at, sqlite_where=_due_sql, postgresql_where=_due_sql)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


class CaseTable(Generic[R]):
    """One family: its table, the type of its rows, and which of their fields are not plain values."""

    def __init__(
        self, connection: AsyncConnection, table: sa.Table, row_type: type[R], typed: Mapping[str, Any]
    ) -> None:
        self._db = connection
        self._table = table
        self._type = row_type
        self._typed = typed
        self._names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]

    def read(self, row: Any) -> R:
        found = {name: getattr(row, name) for name in self._names}
        return self._type(
            **{name: self._typed[name](value) if name in self._typed else value for name, value in found.items()}
        )

    async def pick(self, *where: Any, order: Any = None, limit: int | None = None) -> list[R]:
        query = sa.select(self._table).where(*where).order_by(self._table.c.id if order is None else order).limit(limit)
        return [self.read(row) for row in await self._db.execute(query)]

    async def add(self, row: R, author: PersonId | None, at: datetime) -> R:
        values = {name: _plain(getattr(row, name)) for name in self._names if name != "id"}
        number = await self._db.scalar(sa.insert(self._table).values(values).returning(self._table.c.id))
        made: R = replace(row, id=int(number or 0))  # type: ignore[type-var]
        await self._event(CaseEvent(made.subject, made.version, at, "begin", "", made.state.value, author))
        return made

    async def get(self, case_id: int) -> R | None:
        found = await self.pick(self._table.c.id == case_id)
        return found[0] if found else None

    async def move(self, row: R, event: CaseEvent, **changed: Any) -> R | None:
        done = await self._db.execute(
            sa.update(self._table)
            .where(
                self._table.c.id == row.id,
                self._table.c.state == row.state.value,
                self._table.c.version == row.version,
            )
            .values(
                state=event.to_state,
                version=event.version,
                **{name: _plain(value) for name, value in changed.items()},
            )
        )
        if done.rowcount != 1:
            return None
        await self._event(event)
        state = type(row.state)(event.to_state)
        moved: R = replace(row, state=state, version=event.version, **changed)  # type: ignore[type-var]
        return moved

    async def _event(self, event: CaseEvent) -> None:
        values = {field.name: getattr(event, field.name) for field in fields(event)}
        await self._db.execute(sa.insert(case_event).values(values | {"facts": dict(event.facts)}))

    async def of(self, **equal: Any) -> list[R]:
        return await self.pick(*(self._table.c[name] == _plain(value) for name, value in equal.items()))

    async def within(
        self, places: Collection[PlaceCode], states: Collection[str], limit: int = 200, before: int | None = None
    ) -> list[R]:
        if not places or not states:
            return []
        table = self._table
        inside = sa.or_(*(table.c.place.startswith(code, autoescape=True) for code in places))
        where = [inside, table.c.state.in_(sorted(states))]
        if before is not None:
            where.append(table.c.id < before)
        return await self.pick(*where, order=table.c.id.desc(), limit=limit)

    async def events_of(self, subject: str) -> list[CaseEvent]:
        query = sa.select(case_event).where(case_event.c.subject == subject).order_by(case_event.c.version)
        names = [field.name for field in fields(CaseEvent)]
        return [CaseEvent(**{name: getattr(row, name) for name in names}) for row in await self._db.execute(query)]


class SupervisionTable:
    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._db = connection
        self._scope = scope

    @cached_property
    def letters(self) -> CaseTable[Letter]:
        typed = {"kind": LetterKind, "state": LetterState, "paragraphs": tuple}
        return CaseTable(self._db, letter, Letter, typed)

    @cached_property
    def listings(self) -> CaseTable[Listing]:
        return CaseTable(self._db, listing, Listing, {"state": ListingState})

    @cached_property
    def whistles(self) -> CaseTable[Whistle]:
        return CaseTable(self._db, whistle, Whistle, {"state": WhistleState})

    @cached_property
    def called(self) -> CaseTable[Called]:
        return CaseTable(self._db, whistle_called, Called, {"state": CallState})

    @cached_property
    def rewards(self) -> CaseTable[Reward]:
        return CaseTable(self._db, reward, Reward, {"state": RewardState})

    async def overdue_without_order(self, due_before: datetime, limit: int = 50) -> list[HazardRow]:
        order = sa.select(letter.c.id).where(
            letter.c.hazard_id == hazard.c.id,
            letter.c.kind == LetterKind.ORDER.value,
            letter.c.created_at >= hazard.c.due_at,
        )
        seen = self._scope.keeps("hazard", hazard.c.id)
        query = (
            sa.select(hazard)
            .where(
                is_fixed(hazard.c.state, HazardState.ASSIGNED.value),
                hazard.c.due_at < due_before,
                ~order.exists(),
                seen,
            )
            .order_by(hazard.c.due_at, hazard.c.id)
            .limit(limit)
        )
        return [_hazard(row) for row in await self._db.execute(query)]

    async def without_effect(self, drafted_before: datetime, due_before: datetime) -> list[Letter]:
        there = sa.select(hazard.c.id).where(
            hazard.c.id == letter.c.hazard_id, hazard.c.state.in_(sorted(state.value for state in ALIVE))
        )
        unsigned = sa.and_(letter.c.state == LetterState.DRAFT.value, letter.c.created_at < drafted_before)
        ignored = sa.and_(letter.c.state.in_(sorted(state.value for state in IN_FORCE)), letter.c.due_at < due_before)
        return await self.letters.pick(
            letter.c.kind == LetterKind.ORDER.value,
            letter.c.listed_at.is_(None),
            is_fixed(letter.c.state, *(state.value for state in sorted(LIVE))),
            sa.or_(unsigned, ignored),
            there.exists(),
        )

    async def progress_due(self, asked_before: datetime) -> list[Listing]:
        return await self.listings.pick(
            is_fixed(listing.c.state, ListingState.LISTED.value), listing.c.progress_at < asked_before
        )

    async def paid_in(self, user_id: int, since: datetime, until: datetime) -> list[int]:
        query = sa.select(reward.c.amount).where(
            reward.c.user_id == user_id, reward.c.approved_at >= since, reward.c.approved_at < until
        )
        return [int(amount) for amount in await self._db.scalars(query) if amount]
