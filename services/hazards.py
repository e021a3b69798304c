"""A hazard's life after it was reported: taken, passed on, assigned, fixed, looked at again and closed by another hand.

From where a move may be made, and by whom, stands in domain/hazards.py; who is asked in services/hazard_desk.py; what
they see in services/hazard_cards.py; how it comes in in services/hazard_report.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.errors import DomainError, Stale
from domain.hazards import (
    EXTENSION,
    FIX,
    PROGRESS,
    RECHECK,
    TRIAGE,
    Grade,
    HazardState,
    Move,
    Treatment,
    Verification,
    may_close_by,
    objection,
)
from domain.papers import PhotoRole
from domain.people import Person
from domain.places import PlaceCode
from services.hazard_cards import after_photos, follow, show_card, show_fixed, tell_reporters
from services.hazard_desk import departments, rechecks
from services.hazard_enclosed import heard_of
from services.hazard_moves import finish_step, fix_plan, put_before_desk
from services.hazard_once import not_fixed
from services.hazard_time import next_question
from services.hazard_writing import load, move_by, owe, refuse, settle, write
from services.listings import begun_again
from services.photos import want
from services.ports import HazardRow
from services.ports.hazards import hands_of
from services.work import Work

# -- the desk ---------------------------------------------------------------------------------------------------


async def take(work: Work, by: Person, hazard_id: int, version: int) -> HazardRow:
    """接办: from now on this person answers for it."""
    row = await load(work, hazard_id, version)
    row = await move_by(work, row, Move.TAKE, by, {}, taken_by=by.id)
    await settle(work, row, TRIAGE, by)
    await owe(work, row, TRIAGE, work.policy.hazards.triage_ladder, work.now, [by])
    await finish_step(work, row, "take", by)
    return row


async def refer(
    work: Work, by: Person, hazard_id: int, version: int, department: str, why: str = "not_ours"
) -> HazardRow:
    """不属本级, with the reason: to the department, whose officers now owe the decision. What has been passed on once
    is not passed on again: it goes to the county's desk, which says whose it is."""
    row = await load(work, hazard_id, version)
    if row.refusals:
        return await _to_county(work, row, by, why)
    if department not in await departments(work, row.category) or department == row.department:
        raise Stale("refused.stale")
    facts = {"department": department, "why": why}
    fields: dict[str, Any] = {"department": department, "taken_by": None, "refusals": row.refusals + 1}
    row = await move_by(work, row, Move.REFER, by, facts, **fields)
    await settle(work, row, TRIAGE, by)
    await put_before_desk(work, row, f"refer{row.version}", heading="refer", inform=False)
    await finish_step(work, row, "refer", by, department=department)
    return row


async def _to_county(work: Work, row: HazardRow, by: Person, why: str) -> HazardRow:
    if row.with_county:
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    fields: dict[str, Any] = {"with_county": True, "taken_by": None, "refusals": row.refusals + 1}
    row = await move_by(work, row, Move.TO_COUNTY, by, {"why": why}, **fields)
    await settle(work, row, TRIAGE, by)
    await put_before_desk(work, row, f"county{row.version}", heading="county", inform=False)
    await finish_step(work, row, "to_county", by)
    return row


async def decide_owner(work: Work, by: Person, hazard_id: int, version: int, department: str) -> HazardRow:
    """The county says whose it is: a department's, or "" the township's. A refusal after that comes back here."""
    row = await load(work, hazard_id, version)
    if not row.with_county or (department and department not in await departments(work, row.category)):
        raise Stale("refused.stale")
    fields: dict[str, Any] = {"department": department, "with_county": False, "refusals": 1}
    row = await move_by(work, row, Move.DECIDE, by, {"department": department}, **fields)
    await settle(work, row, TRIAGE, by)
    await put_before_desk(work, row, f"decided{row.version}", heading="decided", inform=False)
    await finish_step(work, row, "decide", by, department=department)
    return row


async def put_right(work: Work, by: Person, hazard_id: int, version: int, place: PlaceCode) -> HazardRow:
    """Its place is another one: the desk there decides."""
    row = await load(work, hazard_id, version)
    if place not in await work.tree() or place == row.place:
        raise Stale("refused.stale")
    fields: dict[str, Any] = {"place": place, "place_guessed": False, "department": "", "taken_by": None}
    row = await move_by(work, row, Move.LOCATE, by, {"place": place}, **fields)
    await settle(work, row, TRIAGE, by)
    await put_before_desk(work, row, f"place{row.version}", heading="place")
    await follow(work, row)
    return row


async def describe(work: Work, by: Person, hazard_id: int, words: str | None) -> HazardRow:
    """What was only spoken, in words of whoever listened; None: a machine's reading, for which he vouches."""
    row = await load(work, hazard_id)
    if row.what:
        raise Stale("hazard.refused.has_words", number=row.number)
    as_heard = words is None
    if words is None:
        words = "；".join(await heard_of(work, await work.rows.hazards.reports_of(row.id)))
    if not words.strip():
        raise Stale("refused.stale")
    facts: dict[str, Any] = {"words": words, "as_heard": as_heard}
    row = await move_by(work, row, Move.DESCRIBE, by, facts, what=words)
    await follow(work, row)
    return row


async def reject(work: Work, by: Person, hazard_id: int, version: int, reason: str) -> HazardRow:
    """不属实, with the reason. The reporter may say that it is still there."""
    row = await load(work, hazard_id, version)
    row = await move_by(work, row, Move.REJECT, by, {"reason": reason})
    await settle(work, row, TRIAGE, by)
    await finish_step(work, row, "reject", by, reason=reason)
    return row


async def grade(
    work: Work, by: Person, hazard_id: int, version: int, to: Grade, interim: str = "", consequence: str = ""
) -> HazardRow:
    """一般 or 重大: a human's word, never the bot's. 重大 needs what keeps people safe until it is fixed."""
    row = await load(work, hazard_id, version)
    if to in {Grade.OPEN, row.grade}:
        raise Stale("refused.stale")
    interim, consequence = interim.strip() or row.interim, consequence.strip() or row.consequence
    if to is Grade.MAJOR and not interim:
        raise DomainError("hazard.refused.needs_interim")
    facts = {"grade": to.value, "interim": interim, "consequence": consequence}
    asked = next_question(work, replace(row, grade=to)) if row.state is HazardState.ASSIGNED else None
    fields: dict[str, Any] = {"interim": interim, "consequence": consequence, "progress_due_at": asked}
    row = await move_by(work, row, Move.GRADE, by, facts, grade=to, **fields)
    await follow(work, row)
    return row


@dataclass(frozen=True, slots=True)
class Assignment:
    """Unit, person, measure and deadline: without all four nothing is assigned. `interim` for 重大."""

    unit: str
    assignee: int
    measure: str
    due_at: datetime
    interim: str = ""
    treatment: Treatment | None = None
    fund: str = ""
    recheck_by: int | None = None


async def assign(
    work: Work, by: Person, hazard_id: int, said: Assignment, *, was: tuple[str, int | None] | None = None
) -> tuple[HazardRow, Person]:
    """交办. `was` is the state and assignee that the officer saw when he began: if they changed, Stale."""
    row = await load(work, hazard_id)
    fixer = await work.rows.people.get(said.assignee)
    if fixer is None or not said.unit.strip() or not said.measure.strip() or said.due_at <= work.now:
        raise DomainError("hazard.refused.assignment_not_whole")
    interim = said.interim.strip() or row.interim
    if row.grade is Grade.MAJOR and not interim:
        raise DomainError("hazard.refused.needs_interim")
    if said.recheck_by == fixer.id:
        raise DomainError("hazard.refused.own_recheck")
    if was is not None and was != (row.state.value, row.assignee):
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    facts = {
        "unit": said.unit,
        "assignee": fixer.id,
        "measure": said.measure,
        "due": said.due_at.isoformat(),
        "interim": interim,
        "fund": said.fund,
        "recheck_by": said.recheck_by,
    }
    before = row.assignee
    fields: dict[str, Any] = {key: facts[key] for key in ("unit", "assignee", "measure", "interim", "fund")}
    fields |= {"treatment": said.treatment, "recheck_by": said.recheck_by, "extension_until": None}
    asked = next_question(work, row)
    fields["progress_due_at"] = asked if asked is not None and asked < said.due_at else None
    row = await move_by(work, row, Move.ASSIGN, by, facts, due_at=said.due_at, **fields)
    await settle(work, row, TRIAGE, by)
    for what in (FIX, EXTENSION, PROGRESS):
        await settle(work, row, what)
    since, plan = fix_plan(work, said.due_at)
    await owe(work, row, FIX, plan, since, [fixer])
    await show_card(work, row, fixer, f"fix{row.version}", heading="fix")
    if before is not None and before != fixer.id and (former := await work.rows.people.get(before)) is not None:
        text = work.words.text("hazard.not_yours_now", former.language, number=row.number)
        await work.tell(former, f"{row.subject}:off{row.version}:{former.id}", text, subject=row.subject)
    await finish_step(work, row, "assign", by, unit=row.unit, due=said.due_at)
    return row, fixer


# -- fixing and looking again -----------------------------------------------------------------------------------


async def fixed(work: Work, by: Person, hazard_id: int, photos: tuple[str, ...], words: str) -> HazardRow:
    """已整改, with a photo. By the one it was given to, his stand-in, or whoever records it for him."""
    row = await load(work, hazard_id)
    if not photos:
        raise DomainError("hazard.refused.needs_photo")
    await want(work, row.subject, photos, PhotoRole.AFTER)
    facts = {"photos": list(photos), "words": words}
    row = await move_by(work, row, Move.FIX, by, facts, fixed_by=by.id, extension_until=None, progress_due_at=None)
    for what in (FIX, EXTENSION, PROGRESS):
        await settle(work, row, what, by)
    lookers = await rechecks(work, row)
    await owe(work, row, RECHECK, work.policy.hazards.triage_ladder, work.now, lookers)
    for person in lookers:
        await show_card(work, row, person, f"recheck{row.version}", heading="recheck", words=words)
        await show_fixed(work, row, photos, person)
    await finish_step(work, row, "fix", by)
    return row


async def close(
    work: Work, by: Person, hazard_id: int, version: int, how: Verification = Verification.FIELD
) -> HazardRow:
    """合格销号, by somebody who did not fix it himself, who went there or, where the county lets him, looked at the
    pictures. Raises NotAllowed for the hands that fixed it."""
    row = await load(work, hazard_id, version)
    demanded = work.policy.hazards.verification(row.grade, suspected=row.suspected)
    if not may_close_by(demanded, how):
        raise DomainError("hazard.refused.needs_visit", number=row.number)
    if how is Verification.PHOTO and not await after_photos(work, row):
        raise DomainError("hazard.refused.no_after_photo", number=row.number)
    facts = {"verified": how.value}
    row = await move_by(work, row, Move.CLOSE, by, facts, closed_by=by.id, closed_at=work.now)
    await settle(work, row, RECHECK, by)
    if not row.at_once:  # who fixed it on the spot reported it, and hears of it as its reporter
        await _tell_fixer(work, row, "hazard.passed")
    await finish_step(work, row, "close", by, by_photo=how is Verification.PHOTO)
    return row


async def send_back(work: Work, by: Person, hazard_id: int, reason: str) -> HazardRow:
    """不合格退回, with the reason: it goes on where it was, with the same deadline."""
    row = await load(work, hazard_id)
    if row.at_once:
        return await not_fixed(work, by, row, reason)
    asked = next_question(work, row)
    row = await move_by(work, row, Move.SEND_BACK, by, {"reason": reason}, fixed_by=None, progress_due_at=asked)
    await settle(work, row, RECHECK, by)
    fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
    if fixer is not None:
        due = max(row.due_at or work.now, work.now)
        await owe(work, row, FIX, work.policy.hazards.fix_ladder, due, [fixer])
        await show_card(work, row, fixer, f"back{row.version}", heading="back", words=reason)
    await finish_step(work, row, "send_back", by)
    return row


async def reopen(work: Work, user_id: int, by: Person | None, hazard_id: int, version: int) -> HazardRow:
    """还没好: a reporter says that it is not over. It begins anew, with its history."""
    row = await load(work, hazard_id, version)
    hands = hands_of(row, await work.rows.hazards.reports_of(row.id))
    refuse(row, objection(hands, Move.REOPEN, user_id, has_right=True))
    days = work.policy.hazards.reopen_days
    if row.closed_at is not None and work.now - row.closed_at > timedelta(days=days):
        raise DomainError("hazard.refused.reopen_late", days=days)
    gone = ("taken_by", "assignee", "due_at", "fixed_by", "closed_by", "closed_at", "treatment", "recheck_by")
    fields: dict[str, Any] = {**dict.fromkeys(gone), **dict.fromkeys(("unit", "measure", "fund"), ""), "refusals": 0}
    fields["at_once"] = False
    row = await write(work, row, Move.REOPEN, by, {"user": user_id}, **fields)
    await begun_again(work, row)
    await put_before_desk(work, row, f"again{row.version}", heading="again")
    await tell_reporters(work, row, "reopen", but=user_id)
    await follow(work, row)
    return row


async def _tell_fixer(work: Work, row: HazardRow, address: str) -> None:
    fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
    if fixer is not None:
        text = work.words.text(address, fixer.language, number=row.number)
        await work.tell(fixer, f"{row.subject}:passed{row.version}:{fixer.id}", text, subject=row.subject)
