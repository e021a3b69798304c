"""A human moves a response: starts, raises, lowers, widens, narrows or ends it, with a reason, against the version he
saw. Announced in services/response_posts.py; what ends with it is in services/response_endings.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.action_cards import Family, family_of
from domain.errors import DomainError, Stale
from domain.people import Action, Person, PersonId
from domain.places import PlaceCode, PlaceTree, is_within
from domain.response import Move, Period, PeriodChange, PeriodState, ResponseLevel, covers, tidy
from domain.response_moves import changed
from services.desk import allowed
from services.drills import break_off, require_inside
from services.duty_strength import tell_short
from services.response_endings import Closed, close_what_ends
from services.response_posts import announce
from services.response_texts import name_of
from services.work import Work


@dataclass(frozen=True, slots=True)
class Wish:
    """What a response is to be."""

    kind: Family
    level: ResponseLevel
    places: tuple[PlaceCode, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    period: Period
    change: PeriodChange
    groups: int
    closed: tuple[Closed, ...] = ()
    """what ended with it, and what stays open"""


@dataclass(frozen=True, slots=True)
class Grounds:
    """The warnings in force that speak for a response of this kind there."""

    events: tuple[int, ...]
    suggested: ResponseLevel | None


async def grounds(work: Work, kind: Family, places: Iterable[PlaceCode]) -> Grounds:
    area = tuple(places)
    found = [
        row
        for row in await work.rows.warnings.active(work.now)
        if not row.exercise
        and family_of(row.kind) is kind
        and any(is_within(a, b) or is_within(b, a) for a in row.places for b in area)
    ]
    levels = [work.policy.response.suggested(kind, row.colour) for row in found]
    return Grounds(tuple(sorted({row.event for row in found})), max((one for one in levels if one), default=None))


async def require_everywhere(work: Work, person: Person | None, action: Action, places: Iterable[PlaceCode]) -> Person:
    """The person, if he may do this at every one of the places; NotAllowed otherwise."""
    for place in places:
        person = await work.require(person, action, place)
    if person is None:
        raise DomainError("response.refused.nowhere")
    return person


async def may_everywhere(work: Work, person: Person, action: Action, places: Iterable[PlaceCode]) -> bool:
    return all([await allowed(work, person, action, place) for place in places])


async def start(work: Work, person: Person | None, wish: Wish, *, prepared_by: PersonId | None = None) -> Moved:
    """Raises NotAllowed, DomainError where one of the kind runs there already."""
    tree = await work.tree()
    places = tidy(tree, wish.places)
    person = await require_everywhere(work, person, Action.MOVE_RESPONSE, places)
    await require_inside(work, places)
    await _refuse_a_second(work, tree, wish, places)
    based = await grounds(work, wish.kind, places)
    year = work.local(work.now).year
    number = await work.rows.counters.next(f"response:{year}")
    period = await work.rows.responses.add(
        Period(
            id=0,
            number=f"{year}-{number:02d}",
            hazard_kind=wish.kind,
            places=places,
            level=wish.level,
            state=PeriodState.ACTIVE,
            started_at=work.now,
            started_by=person.id,
            basis=wish.reason,
            events=based.events,
            suggested=based.suggested,
        ),
        wish.reason,
        prepared_by,
    )
    (change,) = await work.rows.responses.changes_of(period.id)
    done = await _announced(work, person, Moved(period, change, 0), None)
    what = work.words.label("drill.by_response", level=period.level.sign, number=period.number)
    await break_off(work, places, period.subject, what)
    return done


async def _refuse_a_second(work: Work, tree: PlaceTree, wish: Wish, places: tuple[PlaceCode, ...]) -> None:
    """A stricter one of the same kind may lie over a wider one: two townships at Ⅱ in a county at Ⅳ."""
    for one in await work.rows.responses.active():
        if one.hazard_kind is wish.kind and one.level >= wish.level and covers(tree, one.places, places):
            by = await name_of(work, one.started_by)
            raise DomainError("response.refused.already", number=one.number, level=one.level.sign, by=by)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done with a period, as it was seen: its id and version."""

    period_id: int
    version: int
    move: Move
    reason: str
    level: ResponseLevel | None = None
    places: tuple[PlaceCode, ...] = ()
    """that come to it, or leave it"""


async def current(work: Work, wanted: Change) -> Period:
    """The period, if it still is as it was seen. Raises Stale, and DomainError saying who was first."""
    period = await work.rows.responses.get(wanted.period_id)
    if period is None:
        raise Stale("refused.gone")
    if not period.active or period.version != wanted.version:
        last = (await work.rows.responses.changes_of(period.id))[-1]
        what = work.words.label(f"response.move.{last.move.value}")
        by = await name_of(work, last.by)
        raise DomainError("response.refused.changed", what=what, level=period.level.sign, by=by)
    return period


async def change(work: Work, person: Person | None, wanted: Change, *, prepared_by: PersonId | None = None) -> Moved:
    """Raises NotAllowed, Stale, DomainError."""
    period = await current(work, wanted)
    tree = await work.tree()
    after = changed(tree, period, wanted.move, work.now, level=wanted.level, places=wanted.places)
    person = await require_everywhere(work, person, Action.MOVE_RESPONSE, {*period.places, *after.places})
    based = await grounds(work, period.hazard_kind, after.places)
    after = changed(
        tree,
        period,
        wanted.move,
        work.now,
        level=wanted.level,
        places=wanted.places,
        events=tuple(sorted({*period.events, *based.events})),
        suggested=based.suggested,
    )
    line = PeriodChange(
        period_id=period.id,
        version=after.version,
        move=wanted.move,
        level=after.level,
        places=after.places,
        at=work.now,
        by=person.id,
        reason=wanted.reason,
        prepared_by=prepared_by,
    )
    if not await work.rows.responses.move(after, line):
        raise Stale("refused.stale")
    closed = await close_what_ends(work, period, after)
    return await _announced(work, person, Moved(after, line, 0, closed), period)


async def _announced(work: Work, person: Person, done: Moved, before: Period | None) -> Moved:
    groups = await announce(work, done.period, done.change, before)
    await tell_short(work, done.period, before)
    await work.note(
        f"response.{done.change.move.value}",
        done.period.subject,
        person,
        version=done.period.version,
        level=done.period.level.value,
        places=list(done.period.places),
        groups=groups,
    )
    return Moved(done.period, done.change, groups, done.closed)
