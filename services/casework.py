"""What letters, listings, whistles and rewards do alike: move by compare-and-set with one event and one line on the
timeline, ask by obligations, and let every card that was shown follow the state.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from domain.errors import DomainError, Stale
from domain.obligations import Channel, ObligationState, Plan, is_late
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Action, Person, PersonId, Role, may
from domain.places import PlaceCode
from domain.text import Html, Rows
from services.ports.supervision import CaseEvent, CaseRows
from services.work import Work


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


def in_reality(work: Work) -> None:
    """Letters, listings and whistles are real or not at all. Raises DomainError in a drill."""
    if work.rows.drills.standing is not None:
        raise DomainError("drill.not_played")


async def load(rows: CaseRows[R], case_id: int, version: int | None, stale: str) -> R:
    """The case as it stands; Stale where the button was drawn for an earlier version."""
    row = await rows.get(case_id)
    if row is None or (version is not None and version != row.version):
        raise Stale("refused.stale" if row is None else stale)
    return row


async def move(
    work: Work,
    rows: CaseRows[R],
    row: R,
    to: tuple[StrEnum, StrEnum | None],
    by: Person | None,
    *,
    stale: str,
    facts: Mapping[str, Any] | None = None,
    **fields: Any,
) -> R:
    """Make the move `to[0]`, which leads to `to[1]`. Raises Stale where it leads nowhere or another hand was first."""
    what, state = to
    if state is None:
        raise Stale(stale)
    author = None if by is None else by.id
    event = CaseEvent(
        row.subject, row.version + 1, work.now, what.value, row.state.value, state.value, author, facts or {}
    )
    moved = await rows.move(row, event, **fields)
    if moved is None:
        raise Stale(stale)
    kind = row.subject.partition(":")[0]
    await work.note(f"{kind}.moved", row.subject, by, move=what.value, to=state.value, version=event.version)
    return moved


# -- who --------------------------------------------------------------------------------------------------------


async def holders(work: Work, roles: Iterable[Role], place: PlaceCode, department: str = "") -> list[Person]:
    """Reachable holders of a post at exactly this place, of the department where one is named."""
    found = await work.rows.people.holding(list(roles), [place])
    return [
        one
        for one in found
        if one.reachable and (not department or any(post.department == department for post in one.posts))
    ]


async def allowed(
    work: Work, person: Person, action: Action, place: PlaceCode, departments: Iterable[str] = ()
) -> bool:
    """By the table of rights: over the place, or as officer of one of the departments; a stand-in's rights included."""
    for who in (person, *await work.stood_in_for(person)):
        if any(may(who, action, place, department=department) for department in ("", *departments)):
            return True
    return False


# -- asking -----------------------------------------------------------------------------------------------------


async def owe(
    work: Work, subject: str, what: str, plan: Plan, since: datetime, people: Iterable[Person], place: PlaceCode
) -> None:
    await work.rows.obligations.open(
        subject=subject,
        what=what,
        plan=plan,
        opened_at=since,
        owing=[(person.id, place, person.reachable) for person in people],
    )


async def settle(work: Work, subject: str, what: str, by: Person | None = None) -> None:
    """What was asked is decided: answered by the hand that did it, closed for the others."""
    for owed in await work.rows.obligations.of_subject(subject):
        if what not in {owed.what, owed.what.partition(".")[0]} or owed.state is not ObligationState.OPEN:
            continue
        if by is not None and owed.person_id == by.id:
            late = is_late(owed.due_at, work.now)
            await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.BUTTON, by=by.id, late=late)
        else:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED)


def in_the_day(work: Work, instant: datetime) -> datetime:
    """The instant itself, or the next morning: what can wait wakes nobody."""
    hours, local = work.policy.letters, work.local(instant)
    if hours.day_from <= local.time() < hours.day_until:
        return instant
    morning = local.replace(
        hour=hours.day_from.hour, minute=hours.day_from.minute, second=0, microsecond=0
    ) + timedelta(days=0 if local.time() < hours.day_from else 1)
    return morning.astimezone(instant.tzinfo)


# -- cards ------------------------------------------------------------------------------------------------------

Draw = Callable[[Person], Awaitable[tuple[Html, Rows]]]


async def follow(work: Work, row: Case, draw: Draw, but: Iterable[PersonId] = (), *, mark: str = "") -> None:
    """Every newest card about the subject says how it stands now. `but`: who has just been shown a new one;
    `mark`: what else has moved than the case itself."""
    told = await work.rows.outbox.told(row.subject)
    people = await work.rows.people.many([one for one in told if one not in set(but)])
    for person in people.values():
        key = await work.rows.outbox.newest_to(row.subject, person.id)
        if key is None or person.user_id is None:
            continue
        text, buttons = await draw(person)
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:v{row.version}{mark}",
                chat_id=person.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                lane=Lane.REPLY,
                subject=f"{row.subject}:cards",
                target=key,
                text=text,
                buttons=buttons,
            )
        )


_READ = 40


async def page_of(
    work: Work,
    person: Person,
    rows: CaseRows[R],
    states: Sequence[str],
    sees: Callable[[Work, Person, R], Awaitable[bool]],
    limit: int,
    before: int | None,
) -> list[R]:
    """At most `limit` of those in the person's areas that he may see, the newest first; `before` an id, to read on."""
    areas, found = [post.place for post in person.posts], list[R]()
    while len(found) < limit:
        read = await rows.within(areas, states, _READ, before)
        for one in read:
            if len(found) < limit and await sees(work, person, one):
                found.append(one)
        if len(read) < _READ:
            break
        before = read[-1].id
    return found
