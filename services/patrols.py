"""Patrols: a human plans them, each person answers for himself, and 去不了 is always an answer.

Nobody is asked to check in unless somebody planned it. What he finds is written down as he says it; a photo or a
position he sends is kept beside it and judges nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.errors import Stale
from domain.obligations import Channel, ObligationState, is_late
from domain.patrol_policy import grace
from domain.patrols import (
    CHECK_IN,
    DESCRIBE,
    Finding,
    Hindrance,
    Phase,
    TaskState,
    is_own,
    is_same,
)
from domain.people import Action, Person
from domain.places import PlaceCode
from services.patrol_desk import tell_unable
from services.patrol_texts import REASON_WITHIN, ask_subject, redraw, together
from services.ports import CheckIn, PatrolTask
from services.work import Work

# -- checking in ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says about one task. `seen_at` is given where it is filled in later."""

    finding: Finding
    channel: Channel
    seen_at: datetime | None = None
    hindrance: Hindrance | None = None
    words: str = ""
    spoken_at: datetime | None = None
    """when the walker said it by voice; somebody else has listened since"""


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """`kind`: recorded · late · filled_in · merged (the same was said a moment ago)"""

    task: PatrolTask
    check_in: CheckIn
    kind: str


async def check_in(work: Work, task_id: int, by: Person, said: Report) -> CheckedIn:
    """Take an answer. The walker's own, his stand-in's, or a helper's who asked him by telephone.

    Raises Stale for a task that does not exist any more, NotAllowed for somebody else's.
    """
    task = await work.rows.patrols.task(task_id)
    if task is None or task.state is TaskState.CANCELLED:
        raise Stale("refused.stale")
    walker = await _walker(work, task, by)
    before = await _just_said(work, walker, task.place, said, task.point_id)
    if before is not None and before.late != await _is_late(work, task, walker, before.seen_at):
        before = None  # late for an older round, in time for this one: each has a row of its own
    row = before or await _write(work, task, walker, by, said)
    ask_why = said.finding is Finding.UNABLE and row.hindrance is None
    state = TaskState(said.finding.value)
    await work.rows.patrols.settle(task.id, state, row.id, ask_why=ask_why)
    task = replace(task, state=state, check_in_id=task.check_in_id or row.id, ask_why=ask_why)
    await _answered(work, task, walker, by, row)
    await _for_the_others(work, task, walker, row)
    owner = walker if walker.id == task.person_id else await work.rows.people.get(task.person_id)
    for one in {p.id: p for p in (owner, walker) if p is not None}.values():
        # Who typed is answered below his words: an edit as well would double the messages of his chat.
        if one.id != by.id or said.channel is not Channel.TEXT:
            await redraw(work, task, one)
    if before is not None:
        return CheckedIn(task, row, "merged")
    kind = "late" if row.late else "filled_in" if row.filled_in else "recorded"
    return CheckedIn(task, row, kind)


async def check_in_freely(work: Work, person: Person, place: PlaceCode, said: Report) -> CheckedIn:
    """A check-in nobody asked for, at a place of the person's own. Raises NotAllowed elsewhere."""
    await work.require(person, Action.PATROL, place, own=is_own(person, place))
    before = await _just_said(work, person, place, said)
    if before is not None:
        task = await work.rows.patrols.task(before.task_id)
        assert task is not None
        return CheckedIn(task, before, "merged")
    row = PatrolTask(0, person.id, place, Phase.DURING, said.seen_at or work.now, person.id, work.now)
    (task,) = await work.rows.patrols.add_tasks([row])
    return await check_in(work, task.id, person, said)


async def _walker(work: Work, task: PatrolTask, by: Person) -> Person:
    """Who walked: the owner of the task, whoever it was handed to, or the owner by a helper's mouth."""
    if by.id == task.person_id or await work.rows.obligations.find(task.subject, by.id, CHECK_IN) is not None:
        return by
    owner = await work.rows.people.get(task.person_id)
    if owner is None:
        raise Stale("refused.stale")
    if owner.deputy_id == by.id or any(one.id == owner.id for one in await work.stood_in_for(by)):
        return by
    await work.require(by, Action.RECORD_FOR_OTHERS, task.place)
    return owner


async def _for_the_others(work: Work, task: PatrolTask, walker: Person, row: CheckIn) -> None:
    """Who else was asked for the same round of the same point need not go: it has been walked. 去不了 is everybody's
    own."""
    if task.period_id is None or task.point_id is None or row.finding is Finding.UNABLE:
        return
    for other in await work.rows.rounds.of_round(task.point_id, task.due_at):
        if other.id == task.id or other.state is not TaskState.OPEN:
            continue
        await work.rows.patrols.settle(other.id, TaskState(row.finding.value), row.id)
        for owed in await work.rows.obligations.of_subject(other.subject):
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "done_by_another")
        if (person := await work.rows.people.get(other.person_id)) is not None and person.id != walker.id:
            await redraw(work, other, person)


async def _just_said(
    work: Work, walker: Person, place: PlaceCode, said: Report, point_id: int | None = None
) -> CheckIn | None:
    """The same finding by the same person at the same place a moment ago: it is not written twice."""
    within = timedelta(minutes=work.policy.patrols.merge_minutes)
    before = await _newest_there(work, walker, place, point_id, within)
    if before is None or said.seen_at is not None:
        return None
    return before if is_same(before.finding, before.at, said.finding, work.now, within) else None


async def _newest_there(
    work: Work, walker: Person, place: PlaceCode, point_id: int | None, within: timedelta
) -> CheckIn | None:
    if point_id is None:
        return await work.rows.patrols.newest_at(walker.id, place, work.now - within)
    newest = await work.rows.patrols.last_at_point(point_id)
    return newest if newest is not None and newest.person_id == walker.id else None


async def _write(work: Work, task: PatrolTask, walker: Person, by: Person, said: Report) -> CheckIn:
    seen_at = min(said.seen_at or said.spoken_at or work.now, work.now)
    row = CheckIn(
        id=0,
        task_id=task.id,
        person_id=walker.id,
        recorded_by=by.id,
        place=task.place,
        finding=said.finding,
        at=work.now,
        seen_at=seen_at,
        filled_in=said.seen_at is not None,
        late=await _is_late(work, task, walker, seen_at),
        channel=said.channel.value,
        words=said.words,
        hindrance=said.hindrance,
        point_id=task.point_id,
        level=task.level,
    )
    row = await work.rows.patrols.add_check_in(row)
    await work.note(
        "patrol.checked_in",
        task.subject,
        by,
        person=walker.id,
        finding=said.finding.value,
        late=row.late,
        filled_in=row.filled_in,
    )
    if said.finding is Finding.UNABLE:
        await tell_unable(work, task, walker, row)
    return row


async def _is_late(work: Work, task: PatrolTask, walker: Person, seen_at: datetime) -> bool:
    """What nobody asked for is never late."""
    owed = await work.rows.obligations.find(task.subject, walker.id, CHECK_IN)
    due = task.due_at if owed is None else owed.due_at
    if task.period_id is not None and task.minutes is not None:
        due += timedelta(minutes=grace(task.minutes))
    return task.plan is not None and is_late(due, seen_at)


async def _answered(work: Work, task: PatrolTask, walker: Person, by: Person, row: CheckIn) -> None:
    """The question is answered, for everybody who was asked about this very task."""
    for owed in await work.rows.obligations.of_subject(task.subject):
        if owed.what != CHECK_IN:
            continue
        if owed.person_id == walker.id:
            note = row.finding.value if row.hindrance is None else f"{row.finding.value}:{row.hindrance.value}"
            await work.rows.obligations.answer(
                owed.id, at=work.now, channel=Channel(row.channel), by=by.id, note=note, late=row.late
            )
        else:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "done_by_another")
    if all(one.state is not TaskState.OPEN for one in await together(work, task)):
        await work.rows.outbox.supersede(subject=ask_subject(await together(work, task)), person_id=walker.id)
    if row.finding is Finding.ABNORMAL and row.hazard_id is None:
        await work.rows.obligations.open(
            subject=task.subject,
            what=DESCRIBE,
            plan=work.policy.hazards.triage_ladder,
            opened_at=work.now,
            owing=[(walker.id, task.place, walker.reachable)],
        )


async def became_hazard(work: Work, task_id: int, hazard_id: int, by: Person | None) -> None:
    """What was abnormal has been described: it is in the ledger."""
    task = await work.rows.patrols.task(task_id)
    if task is None:
        return
    await work.rows.patrols.tie_hazard(task.id, hazard_id)
    for owed in await work.rows.obligations.of_subject(task.subject):
        if owed.what != DESCRIBE:
            continue
        if by is not None and owed.person_id == by.id:
            late = is_late(owed.due_at, work.now)
            await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.TEXT, by=by.id, late=late)
        else:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "described")


# -- 去不了 -----------------------------------------------------------------------------------------------------


async def waits_for_reason(work: Work, person: Person) -> PatrolTask | None:
    """The task whose 去不了 has just been said and whose reason is still asked for."""
    newest = await work.rows.patrols.newest_of(person.id, work.now - REASON_WITHIN)
    task = None if newest is None else await work.rows.patrols.task(newest.task_id)
    return task if task is not None and task.ask_why else None


async def give_reason(work: Work, task_id: int, by: Person, hindrance: Hindrance, words: str = "") -> PatrolTask:
    """Why he could not go. Raises Stale when it has been said already."""
    task = await work.rows.patrols.task(task_id)
    if task is None:
        raise Stale("refused.stale")
    walker = await _walker(work, task, by)
    if not await work.rows.patrols.give_reason(task_id, hindrance, words):
        raise Stale("patrol.reason_known")
    task = replace(task, ask_why=False)
    await work.note("patrol.reason", task.subject, by, why=hindrance.value)
    row = (await work.rows.patrols.check_ins_of(task_id))[-1]
    await tell_unable(work, task, walker, row)
    if not words:
        await redraw(work, task, walker)
    return task
