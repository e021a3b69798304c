"""Judging: a human does it, once, and every correction is a new version with its author. The person is told first and
alone; nobody else is told at all.

The telephone calls before it are recorded here too. A wrong number is a task for the roster, no fault of the person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from domain.check_compare import agrees
from domain.checks import CONNECTED, EXCUSED, UNQUALIFIED, Call, CheckState, Reason, Result, check_verdict
from domain.errors import NotAllowed, Stale
from domain.obligations import Channel, ObligationState
from domain.people import Action, Person
from domain.text import Button
from services.check_answers import keep_facts
from services.check_asking import settle_question
from services.check_facts import comparison
from services.check_naming import take_back
from services.check_overview import redraw
from services.check_texts import told_text
from services.check_view import One, check_of, everyone, one_of, require_judge
from services.desk import keepers, tell_keepers
from services.office import report_wrong_number
from services.ports import CheckEntry, CheckRow, VerdictRow
from services.work import Work

_SAME_CALL = timedelta(minutes=1)
"""the same result pressed twice within this time is one call"""


@dataclass(frozen=True, slots=True)
class Judged:
    """`told`: his private chat is open and the result is on its way to him."""

    check: CheckRow
    one: One
    verdict: VerdictRow
    told: bool


async def to_judge(work: Work, judge: Person | None, check_id: int, person_id: int) -> tuple[CheckRow, One]:
    """What somebody who may judge it looks at. Raises NotAllowed, Stale."""
    if judge is None:
        raise NotAllowed("refused.not_enrolled")
    check = await check_of(work, check_id)
    one = await one_of(work, check, person_id)
    await require_judge(work, judge, check, one)
    return check, one


async def judge(
    work: Work,
    by: Person | None,
    check_id: int,
    person_id: int,
    result: Result,
    *,
    version: int,
    reasons: Collection[Reason] = (),
    other: str = "",
) -> Judged:
    """Judge, or judge anew. `version` is the last one the judge has seen, 0 for none: another hand that was quicker
    makes this Stale. Raises NotAllowed for the person himself and for whoever has no right, DomainError for a result
    that does not fit."""
    check, one = await _judgeable(work, by, check_id, person_id, version)
    check_verdict(result, reasons, other, heard=one.heard, tried=one.tried, explained=one.explained)
    assert by is not None
    verdict = VerdictRow(
        check_id=check.id,
        person_id=one.person.id,
        version=version + 1,
        result=result,
        reasons=tuple(reason for reason in Reason if reason in reasons),
        other=other.strip(),
        by=by.id,
        at=work.now,
        leave_missing=result is Result.COVERED and not await _on_leave(work, check, one),
    )
    await _keep(work, check, one, verdict)
    if one.verdict is not None and one.verdict.result in UNQUALIFIED and result not in UNQUALIFIED:
        await take_back(work, check, one, one.verdict.version)
    if result is Result.WRONG_NUMBER and not any(call.text == Call.WRONG_NUMBER for call in one.calls):
        await report_wrong_number(work, by, one.person.id)
    if verdict.leave_missing:
        await _ask_for_leave(work, check, one)
    return await _told(work, by, check.id, one, verdict)


async def uphold(work: Work, by: Person | None, check_id: int, person_id: int, *, version: int) -> Judged:
    """The explanation was read, and the result stays: a version of its own."""
    check, one = await _judgeable(work, by, check_id, person_id, version)
    if one.verdict is None or by is None:
        raise Stale("refused.stale")
    before = one.verdict
    verdict = VerdictRow(
        check_id=check.id,
        person_id=one.person.id,
        version=version + 1,
        result=before.result,
        reasons=before.reasons,
        other=before.other,
        by=by.id,
        at=work.now,
        upheld=True,
        leave_missing=before.leave_missing,
    )
    await _keep(work, check, one, verdict)
    return await _told(work, by, check.id, one, verdict)


async def _judgeable(
    work: Work, by: Person | None, check_id: int, person_id: int, version: int
) -> tuple[CheckRow, One]:
    check, one = await to_judge(work, by, check_id, person_id)
    if check.state is CheckState.CANCELLED:
        raise Stale("check.refused.cancelled")
    if version != (0 if one.verdict is None else one.verdict.version):
        raise Stale("check.refused.judged_already")
    return check, one


async def _keep(work: Work, check: CheckRow, one: One, verdict: VerdictRow) -> None:
    """The version, and the end of whatever was still asked of the person."""
    if not await work.rows.checks.add_verdict(verdict):
        raise Stale("check.refused.judged_already")
    if one.owed is not None:
        state = ObligationState.EXCUSED if verdict.result in EXCUSED else ObligationState.LAPSED
        await work.rows.obligations.finish(one.owed.id, state, f"judged:{verdict.result.value}")
    if one.answer is None:
        await settle_question(work, check, one.asked, one.person, "judged")
    await work.note(
        "check.judged",
        check.subject,
        await work.rows.people.get(verdict.by),
        person=one.person.id,
        result=verdict.result.value,
        reasons=[reason.value for reason in verdict.reasons],
        version=verdict.version,
        upheld=verdict.upheld,
    )


async def _told(work: Work, by: Person, check_id: int, one: One, verdict: VerdictRow) -> Judged:
    """Tell the person, and only him; close the check when he was the last."""
    check = await check_of(work, check_id)
    told = await _tell(work, by, check, one, verdict)
    await close_if_done(work, check)
    return Judged(check, await one_of(work, check, one.person.id), verdict, told)


async def _tell(work: Work, by: Person, check: CheckRow, one: One, verdict: VerdictRow) -> bool:
    buttons: tuple[tuple[Button, ...], ...] = ()
    if verdict.result is not Result.ON_POST:
        explain = Button(work.words.label("check.button.explain", one.person.language), f"c:explain:{check.id}")
        buttons = ((explain,),)
    return await work.tell(
        one.person,
        f"{check.subject}:result:{one.person.id}:{verdict.version}",
        told_text(work, check, one, verdict, by.name),
        subject=f"{check.subject}:result",
        buttons=buttons,
    )


async def close_if_done(work: Work, check: CheckRow) -> None:
    """Done when nobody is left to be judged; the overview follows."""
    if all(each.verdict is not None or each.released for each in await everyone(work, check)):
        await work.rows.checks.set_state(check.id, CheckState.OPEN, CheckState.DONE)
    await redraw(work, check.id)


# -- several at once ----------------------------------------------------------------------------------------------


async def agreeing(work: Work, judge: Person | None, check: CheckRow) -> list[One]:
    """Those not judged yet whose answer came in time and differs in nothing from the bot's records. Whoever may not be
    judged by him is left out."""
    found = []
    for one in await everyone(work, check):
        fits = one.verdict is None and one.answer is not None and not one.answer.late
        if fits and agrees(comparison(check, one)) and await _may_judge(work, judge, check, one):
            found.append(one)
    return found


async def _may_judge(work: Work, judge: Person | None, check: CheckRow, one: One) -> bool:
    try:
        await require_judge(work, judge, check, one)
    except NotAllowed:
        return False
    return True


def fingerprint(people: Collection[One]) -> str:
    """Of a list that was shown: what is confirmed must be the same list."""
    return sha256(",".join(str(one.person.id) for one in people).encode()).hexdigest()[:8]


async def judge_agreeing(work: Work, by: Person | None, check_id: int, shown: str) -> list[One]:
    """全部判为在岗: all of the list that was shown, by the human who saw it. Raises Stale when it is another list by
    now."""
    check = await check_of(work, check_id)
    people = await agreeing(work, by, check)
    if by is None or not people or fingerprint(people) != shown or check.state is CheckState.CANCELLED:
        raise Stale("check.refused.list_changed")
    for one in people:
        verdict = VerdictRow(check.id, one.person.id, 1, Result.ON_POST, (), "", by.id, work.now)
        await _keep(work, check, one, verdict)
        await _tell(work, by, check, one, verdict)
    await close_if_done(work, check)
    return people


async def _on_leave(work: Work, check: CheckRow, one: One) -> bool:
    """Whether a leave is recorded for the post that was asked about, then or now."""
    absent = one.asked.standing_in_for
    if absent is not None:
        return True
    for instant in (check.issued_at, work.now):
        if any(leave.person_id == one.person.id for leave in await work.rows.people.leaves(instant)):
            return True
    return False


async def _ask_for_leave(work: Work, check: CheckRow, one: One) -> None:
    """He is on leave and the roster does not know: whoever grants leaves is asked to record it."""
    told = await keepers(work, Action.GRANT_LEAVE, one.asked.place, but={one.person.id})
    facts: dict[str, object] = {"name": one.person.name, "place": (await work.tree()).path(one.asked.place)}
    await tell_keepers(work, told, f"{check.subject}:leave:{one.person.id}", "check.leave_missing", facts)


# -- the telephone ------------------------------------------------------------------------------------------------


async def record_call(work: Work, caller: Person | None, check_id: int, person_id: int, how: Call) -> One:
    """How the telephone call went. A connected one counts as an answer; a dead number or a dead network excuses.
    Whatever it was, the verdict is still to come. Raises NotAllowed, Stale."""
    check, one = await to_judge(work, caller, check_id, person_id)
    assert caller is not None
    if check.state is CheckState.CANCELLED:
        raise Stale("check.refused.cancelled")
    if one.verdict is not None:
        raise Stale("check.refused.judged_already")
    last = one.calls[-1] if one.calls else None
    if last is not None and (last.text, last.by) == (how.value, caller.id) and work.now - last.at < _SAME_CALL:
        return one
    await work.rows.checks.add_entry(
        CheckEntry(
            id=0,
            check_id=check.id,
            person_id=one.person.id,
            kind="call",
            at=work.now,
            by=caller.id,
            channel=Channel.PHONE,
            text=how.value,
        )
    )
    await _after_call(work, caller, check, one, how)
    await work.note("check.called", check.subject, caller, person=one.person.id, how=how.value)
    await redraw(work, check.id)
    return await one_of(work, check, one.person.id)


async def _after_call(work: Work, caller: Person, check: CheckRow, one: One, how: Call) -> None:
    if how in CONNECTED:
        await keep_facts(work, check, one.asked, one.person)
        if one.owed is not None:
            await work.rows.obligations.answer(
                one.owed.id,
                at=work.now,
                channel=Channel.PHONE,
                by=caller.id,
                note=how.value,
                late=one.is_late(work.now),
            )
    elif how in {Call.WRONG_NUMBER, Call.NETWORK} and one.owed is not None:
        await work.rows.obligations.finish(one.owed.id, ObligationState.EXCUSED, how.value)
    if how is Call.WRONG_NUMBER:
        await report_wrong_number(work, caller, one.person.id)
    if how is not Call.NO_ANSWER and one.answer is None:
        await settle_question(work, check, one.asked, one.person, "called")
