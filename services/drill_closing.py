"""What was made in a drill ends with it, silently: no lifting is posted, nobody is told of an end of a response."""

from collections.abc import Awaitable, Callable, Mapping

from domain.checks import CheckState
from domain.drills import Drill
from domain.hazards import ALIVE, HazardState
from domain.hazards import Move as HazardMove
from domain.obligations import ObligationState
from domain.outgoing import Kind, Outgoing, Policy
from domain.patrols import TaskState
from domain.people import Person
from domain.response import Move, PeriodChange
from domain.response_moves import changed
from services.answer_subjects import beside
from services.check_asking import settle_question
from services.check_view import everyone
from services.ports import HazardEvent, WarningRow
from services.warning_told import ask_key
from services.work import Work

_Closing = Callable[[Work, Drill, int], Awaitable[None]]


async def close_things(work: Work, drill: Drill) -> None:
    for thing in await work.rows.drills.things_of(drill.id):
        if (close := _CLOSINGS.get(thing.kind)) is not None:
            await close(work, drill, thing.number)


async def _warning(work: Work, _drill: Drill, number: int) -> None:
    await work.rows.warnings.set_state(number, ["active"], "lifted")
    await work.rows.warnings.set_state(number, ["held"], "refused")
    row = await work.rows.warnings.get(number)
    assert row is not None  # rows are never deleted
    await work.rows.boards.mark_all(row.subject)
    asked = [one for name in (row.subject, *beside(row.id)) for one in await work.rows.obligations.of_subject(name)]
    still = {one.person_id for one in asked if one.state is ObligationState.CLOSED and one.answered_at is None}
    for person in (await work.rows.people.many(still)).values():
        await _take_back(work, row, person)


async def _take_back(work: Work, row: WarningRow, person: Person) -> None:
    """The question somebody still has before him says that it is over, and has no buttons any more."""
    newest = await work.rows.outbox.newest_to(row.subject, person.id)
    colour = work.words.label(f"warning.colour.{row.colour.value}", person.language)
    text = work.words.text("drill.over.question", person.language, kind=row.kind, colour=colour, number=row.number)
    for target in dict.fromkeys(one for one in (ask_key(row, person.id), newest) if one is not None):
        if person.user_id is not None and await work.rows.outbox.message_of(target) is not None:
            await work.rows.outbox.put(
                Outgoing(
                    key=f"{target}:drill_over",
                    chat_id=person.user_id,
                    person_id=person.id,
                    kind=Kind.EDIT,
                    policy=Policy.IDEMPOTENT,
                    subject=row.subject,
                    text=text,
                    target=target,
                )
            )


async def _response(work: Work, drill: Drill, number: int) -> None:
    period = await work.rows.responses.get(number)
    if period is None or not period.active:
        return
    after = changed(await work.tree(), period, Move.END, work.now)
    by, reason = drill.ended_by or drill.opened_by, work.words.label("drill.ended_with")
    line = PeriodChange(period.id, after.version, Move.END, after.level, after.places, work.now, by, reason)
    await work.rows.responses.move(after, line)


async def _check(work: Work, _drill: Drill, number: int) -> None:
    await work.rows.checks.set_state(number, CheckState.OPEN, CheckState.DONE)
    check = await work.rows.checks.get(number)
    assert check is not None
    for one in await everyone(work, check):
        if one.owed is not None and one.owed.answered_at is None:
            await settle_question(work, check, one.asked, one.person, "cancelled")


async def _patrol(work: Work, _drill: Drill, number: int) -> None:
    await work.rows.rounds.finish(number, TaskState.ENDED)


async def _hazard(work: Work, drill: Drill, number: int) -> None:
    """Nobody but the drill's record sees it; refused, no button that was left somewhere moves it any more."""
    row = await work.rows.hazards.get(number)
    if row is None or row.state not in ALIVE:
        return
    by, frm, to = drill.ended_by or drill.opened_by, row.state.value, HazardState.REJECTED.value
    facts = {"drill": drill.id}
    event = HazardEvent(row.id, row.version + 1, work.now, HazardMove.REJECT.value, frm, to, by, facts)
    await work.rows.hazards.move(row, event)


_CLOSINGS: Mapping[str, _Closing] = {
    "warning": _warning,
    "response": _response,
    "check": _check,
    "patrol": _patrol,
    "hazard": _hazard,
}
