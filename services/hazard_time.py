"""Time for fixing: more of it asked and given or not, how it goes asked as often as the level says."""

from datetime import datetime, timedelta

from domain.errors import DomainError, NotAllowed, Stale
from domain.hazards import EXTENSION, FIX, PROGRESS, Grade, HazardState, Move, objection, right_for
from domain.obligations import ObligationState
from domain.people import Action, Person
from services.casework import in_the_day
from services.hazard_cards import follow, show_card, tell_reporters
from services.hazard_desk import desk_of, hand_of, has_right, leaders_of
from services.hazard_moves import fix_plan
from services.hazard_writing import load, move_by, owe, refuse, settle, write
from services.listings import progress_heard
from services.ports import HazardRow
from services.ports.hazards import hands_of
from services.work import Work

# -- more time ----------------------------------------------------------------------------------------------------


async def ask_extension(work: Work, by: Person, hazard_id: int, until: datetime, reason: str) -> HazardRow:
    """申请延期, by whoever has to fix it, before the deadline. Asked late it is written down and given to nobody:
    `extension_until` stays empty then. Raises NotAllowed, Stale, DomainError."""
    row = await load(work, hazard_id)
    if row.state is not HazardState.ASSIGNED or row.due_at is None:
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    if row.extension_until is not None:
        raise Stale("hazard.refused.asked_already", number=row.number)
    if until <= row.due_at:
        raise DomainError("hazard.refused.no_later")
    due, late = row.due_at, work.now > row.due_at
    facts = {"until": until.isoformat(), "words": reason, "late": late}
    row = await move_by(work, row, Move.ASK_EXTENSION, by, facts, extension_until=None if late else until)
    await follow(work, row)
    if late:
        return row
    answerers = await _who_gives_time(work, row)
    await owe(work, row, EXTENSION, work.policy.hazards.triage_ladder, work.now, answerers)
    for person in answerers:
        until_there = work.words.label(
            "hazard.wants_until", person.language, until=work.local(until), due=work.local(due), words=reason
        )
        await show_card(work, row, person, f"extension{row.version}", heading="extension", words=until_there)
    return row


async def _who_gives_time(work: Work, row: HazardRow) -> list[Person]:
    if row.grade is not Grade.MAJOR:
        return await desk_of(work, row)
    found = [*await leaders_of(work, row), *await desk_of(work, row)]
    return [one for one in found if await has_right(work, one, Action.GRADE_HAZARD, row)] or await desk_of(work, row)


async def answer_extension(work: Work, by: Person, hazard_id: int, version: int, *, yes: bool) -> HazardRow:
    """同意 or 不同意延期. What is asked of the one who fixes goes on with the deadline that holds now."""
    row = await load(work, hazard_id, version)
    until = row.extension_until
    if until is None:
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    if by.id == row.assignee:
        raise NotAllowed("hazard.refused.own_time")
    move = Move.EXTEND if yes else Move.NO_EXTENSION
    facts = {"due": until.isoformat()} if yes else {}
    if yes:
        row = await move_by(
            work, row, move, by, facts, extension_until=None, due_at=until, extensions=row.extensions + 1
        )
        fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
        await settle(work, row, FIX)
        if fixer is not None:
            since, plan = fix_plan(work, until)
            await owe(work, row, FIX, plan, since, [fixer])
    else:
        row = await move_by(work, row, move, by, facts, extension_until=None)
    await settle(work, row, EXTENSION, by)
    await _tell_fixer(work, row, "hazard.more_time" if yes else "hazard.no_more_time")
    await follow(work, row)
    if yes:
        await tell_reporters(work, row, "extend", due=until)
    return row


async def _tell_fixer(work: Work, row: HazardRow, address: str) -> None:
    fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
    if fixer is not None and row.due_at is not None:
        text = work.words.text(address, fixer.language, number=row.number, due=work.local(row.due_at))
        await work.tell(fixer, f"{row.subject}:time{row.version}:{fixer.id}", text, subject=row.subject)


# -- how it goes --------------------------------------------------------------------------------------------------


async def ask_how_it_goes(work: Work) -> int:
    """A duty of the clock, by day only: whoever has to fix something is asked how it goes. Returns how many."""
    if in_the_day(work, work.now) != work.now:
        return 0
    asked = 0
    for row in await work.rows.hazards.progress_due(work.now):
        fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
        if row.state is not HazardState.ASSIGNED or fixer is None:
            await work.rows.hazards.ask_progress_at(row.id, None)
            continue
        await work.rows.hazards.ask_progress_at(row.id, next_question(work, row))
        await settle(work, row, PROGRESS)
        stamp = int(work.now.timestamp())
        await work.rows.obligations.open(
            subject=row.subject,
            what=f"{PROGRESS}.{stamp}",
            plan=work.policy.hazards.progress_ladder,
            opened_at=work.now,
            owing=[(fixer.id, row.place, fixer.reachable)],
        )
        await show_card(work, row, fixer, f"progress{stamp}", heading="progress")
        asked += 1
    return asked


def next_question(work: Work, row: HazardRow) -> datetime | None:
    """As often as the level says; None: never. How a listed one goes is asked by its listing."""
    days = 0 if row.listed else work.policy.hazards.progress_days.get(row.grade, 0)
    return work.now + timedelta(days=days) if days else None


async def progress(work: Work, by: Person, hazard_id: int, words: str, version: int | None = None) -> HazardRow:
    """One line of how it goes; "" is 没变化."""
    row = await load(work, hazard_id, version)
    hands = hands_of(row, ())
    allowed = await has_right(work, by, right_for(Move.PROGRESS, row.grade), row)
    refuse(row, objection(hands, Move.PROGRESS, await hand_of(work, by, row, Move.PROGRESS), has_right=allowed))
    later = next_question(work, row)
    row = await write(work, row, Move.PROGRESS, by, {"words": words}, progress_due_at=later)
    await settle(work, row, PROGRESS, by)
    await follow(work, row)
    if row.listed:
        await progress_heard(work, by, row, words)
    return row


async def asked_for_progress(work: Work, person: Person) -> list[HazardRow]:
    """What this person has been asked about and not answered, the newest question first."""
    found = []
    for owed in reversed(await work.rows.obligations.open_of_person(person.id)):
        if owed.what.partition(".")[0] != PROGRESS or owed.state is not ObligationState.OPEN:
            continue
        if (row := await _asked_about(work, owed.subject)) is not None:
            found.append(row)
    return found


async def _asked_about(work: Work, subject: str) -> HazardRow | None:
    """The hazard, or the hazard whose listing asks."""
    kind, _, number = subject.partition(":")
    if kind == "listing":
        listing = await work.rows.supervision.listings.get(int(number))
        return None if listing is None else await work.rows.hazards.get(listing.hazard_id)
    return await work.rows.hazards.get(int(number)) if kind == "hazard" else None
