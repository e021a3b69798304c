"""How a hazard is written: loaded as it stands, moved by compare-and-set after the rules were asked, asked about by
obligations. What follows from a move for other people is services/hazard_moves.py.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.errors import NotAllowed, Stale
from domain.hazards import Move, Objection, leads_to, objection, right_for
from domain.obligations import Channel, ObligationState, Plan, is_late
from domain.people import Person
from services.hazard_desk import hand_of, has_right
from services.ports import HazardEvent, HazardRow
from services.ports.hazards import hands_of
from services.work import Work


async def load(work: Work, hazard_id: int, version: int | None = None) -> HazardRow:
    """The hazard as it stands; Stale where the button was drawn for an earlier version."""
    row = await work.rows.hazards.get(hazard_id)
    if row is None:
        raise Stale("refused.stale")
    if version is not None and version != row.version:
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    return row


def refuse(row: HazardRow, found: Objection | None) -> None:
    match found:
        case Objection.MOVED_ON:
            raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
        case Objection.OWN_WORK:
            raise NotAllowed("hazard.refused.own_work")
        case Objection.NOT_REPORTER:
            raise NotAllowed("hazard.refused.not_reporter")
        case Objection.NO_RIGHT:
            raise NotAllowed("refused.no_right")


async def move_by(
    work: Work, row: HazardRow, move: Move, by: Person, facts: dict[str, Any], **fields: Any
) -> HazardRow:
    """Ask the rules, then write. Raises NotAllowed, and Stale when another hand was first."""
    hands = hands_of(row, await work.rows.hazards.reports_of(row.id))
    allowed = await has_right(work, by, right_for(move, row.grade, at_once=row.at_once), row)
    actor = await hand_of(work, by, row, move)
    refuse(row, objection(hands, move, actor, has_right=allowed))
    return await write(work, row, move, by, facts, **fields)


async def write(
    work: Work, row: HazardRow, move: Move, by: Person | None, facts: dict[str, Any], **fields: Any
) -> HazardRow:
    to = leads_to(row.state, move, at_once=row.at_once)
    assert to is not None  # the rules were asked before
    author = None if by is None else by.id
    event = HazardEvent(row.id, row.version + 1, work.now, move.value, row.state.value, to.value, author, facts)
    moved = await work.rows.hazards.move(row, event, **fields)
    if moved is None:
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    await work.note("hazard.moved", row.subject, by, move=move.value, to=to.value, version=event.version)
    return moved


async def owe(work: Work, row: HazardRow, what: str, plan: Plan, since: datetime, people: Iterable[Person]) -> None:
    """Asked anew at every version: what was answered once can come back."""
    await work.rows.obligations.open(
        subject=row.subject,
        what=f"{what}.{row.version}",
        plan=plan,
        opened_at=since,
        owing=[(person.id, row.place, person.reachable) for person in people],
    )


async def settle(work: Work, row: HazardRow, what: str, by: Person | None = None) -> None:
    """What was asked is decided: answered by the hand that did it, closed for the others."""
    for owed in await work.rows.obligations.of_subject(row.subject):
        if owed.what.partition(".")[0] != what or owed.state is not ObligationState.OPEN:
            continue
        if by is not None and owed.person_id == by.id:
            late = is_late(owed.due_at, work.now)
            await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.BUTTON, by=by.id, late=late)
        else:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED)
