"""Whistles (吹哨报到): a township calls departments on one hazard, a leader confirms, each says that it comes.

The clock of each department runs from the confirmation. The caller's card lives: every tap of a department is on it.
"""

from datetime import timedelta
from typing import Any

from domain.errors import DomainError, NotAllowed, Stale
from domain.hazards import ALIVE, Mark, is_grave
from domain.people import Action, Person, Role
from domain.whistles import (
    ARRIVE,
    CONFIRM,
    MOST_DEPARTMENTS,
    REPORT_IN,
    Called,
    CallMove,
    CallState,
    Whistle,
    WhistleMove,
    WhistleState,
    call_after,
    whistle_after,
)
from services.casework import allowed, holders, in_reality, load, move, owe, settle
from services.hazard_desk import departments, has_right, officers_of
from services.hazard_marks import mark
from services.ports import HazardRow
from services.whistle_cards import follow_whistle, is_officer, show_whistle
from services.work import Work

_STALE = "whistle.moved"


async def named_departments(work: Work, row: HazardRow, words: str) -> list[str]:
    """The departments that somebody's words name, of those that can be reached."""
    return [one for one in await departments(work, row.category) if one in words][:MOST_DEPARTMENTS]


async def blow(work: Work, by: Person, hazard_id: int, words: str, reason: str) -> Whistle:
    """吹哨. Who may confirm need not be confirmed; anybody else's waits for a leader. An ordinary hazard needs a reason
    of its own."""
    row = await work.rows.hazards.get(hazard_id)
    if row is None or row.state not in ALIVE:
        raise Stale("refused.stale")
    township = (await work.tree()).township_of(row.place)
    if township is None or not await has_right(work, by, Action.BLOW_WHISTLE, row):
        raise NotAllowed("refused.no_right")
    in_reality(work)
    named = await named_departments(work, row, words)
    if not named:
        raise DomainError("whistle.refused.no_department")
    reason = reason.strip()
    if not reason and not is_grave(row.grade, suspected=row.suspected):
        raise DomainError("whistle.refused.no_reason")
    if any(one.state in {WhistleState.ASKED, WhistleState.CALLED} for one in await _of_hazard(work, row.id)):
        raise Stale("whistle.refused.blown")
    whistle = await work.rows.supervision.whistles.add(
        Whistle(0, row.id, township.code, WhistleState.ASKED, 0, work.now, reason, by.id), by.id, work.now
    )
    for department in named:
        called = Called(0, whistle.id, department, CallState.WAITING, 0)
        await work.rows.supervision.called.add(called, by.id, work.now)
    await work.note("whistle.asked", whistle.subject, by, hazard=row.id, departments=len(named))
    if await allowed(work, by, Action.CONFIRM_WHISTLE, whistle.place):
        return await _call(work, whistle, by)
    leaders = await holders(work, [Role.PRINCIPAL, Role.LEADER_IN_CHARGE], whistle.place)
    await owe(work, whistle.subject, CONFIRM, work.policy.whistles.confirm_ladder, work.now, leaders, whistle.place)
    for person in leaders:
        await show_whistle(work, whistle, person, "confirm", "confirm")
    await show_whistle(work, whistle, by, "asked", "asked" if leaders else "no_leader")
    return whistle


async def _of_hazard(work: Work, hazard_id: int) -> list[Whistle]:
    return await work.rows.supervision.whistles.of(hazard_id=hazard_id)


async def _move(work: Work, whistle: Whistle, what: WhistleMove, by: Person | None, **fields: Any) -> Whistle:
    to = (what, whistle_after(whistle.state, what))
    return await move(work, work.rows.supervision.whistles, whistle, to, by, stale=_STALE, **fields)


async def confirm(work: Work, by: Person, whistle_id: int, version: int) -> Whistle:
    whistle = await load(work.rows.supervision.whistles, whistle_id, version, _STALE)
    if not await allowed(work, by, Action.CONFIRM_WHISTLE, whistle.place):
        raise NotAllowed("refused.no_right")
    return await _call(work, whistle, by)


async def _call(work: Work, whistle: Whistle, by: Person) -> Whistle:
    """Every officer of every department called is asked; the first word of one is the department's."""
    whistle = await _move(work, whistle, WhistleMove.CONFIRM, by, confirmed_by=by.id, confirmed_at=work.now)
    await settle(work, whistle.subject, CONFIRM, by)
    shown: set[int] = set()
    for called in await work.rows.supervision.called.of(whistle_id=whistle.id):
        officers = await officers_of(work, [called.department])
        plan = work.policy.whistles.report_ladder
        await owe(work, whistle.subject, f"{REPORT_IN}.{called.id}", plan, work.now, officers, whistle.place)
        for officer in officers:
            if officer.id not in shown:
                await show_whistle(work, whistle, officer, "call", "call")
                shown.add(officer.id)
    asker = await work.rows.people.get(whistle.asked_by)
    for person in {one.id: one for one in (by, asker) if one is not None}.values():
        await show_whistle(work, whistle, person, "board", "board")
        shown.add(person.id)
    await follow_whistle(work, whistle, shown)
    await mark(work, whistle.hazard_id, Mark.WHISTLED, by, on=True)
    return whistle


async def refuse(work: Work, by: Person, whistle_id: int, version: int) -> Whistle:
    whistle = await load(work.rows.supervision.whistles, whistle_id, version, _STALE)
    if not await allowed(work, by, Action.CONFIRM_WHISTLE, whistle.place):
        raise NotAllowed("refused.no_right")
    whistle = await _move(work, whistle, WhistleMove.REFUSE, by, ended_by=by.id, ended_at=work.now)
    await settle(work, whistle.subject, CONFIRM, by)
    await follow_whistle(work, whistle)
    return whistle


# -- departments ------------------------------------------------------------------------------------------------


async def _called(work: Work, by: Person, called_id: int, version: int) -> tuple[Called, Whistle]:
    """Of the officer's own department; or of any, by the desk that called and has it from the telephone."""
    called = await load(work.rows.supervision.called, called_id, version, _STALE)
    whistle = await work.rows.supervision.whistles.get(called.whistle_id)
    if whistle is None or whistle.state is not WhistleState.CALLED:
        raise Stale(_STALE)
    if not await is_officer(work, by, called) and not await allowed(work, by, Action.BLOW_WHISTLE, whistle.place):
        raise NotAllowed("refused.no_right")
    return called, whistle


async def _answer(work: Work, called: Called, what: CallMove, by: Person, **fields: Any) -> Called:
    to = (what, call_after(called.state, what))
    facts = {"words": fields.get("words", "")}
    return await move(work, work.rows.supervision.called, called, to, by, stale=_STALE, facts=facts, **fields)


async def report_in(work: Work, by: Person, called_id: int, version: int, words: str) -> Called:
    """报到, with a short word. The first of the department counts; its latency is kept."""
    called, whistle = await _called(work, by, called_id, version)
    called = await _answer(work, called, CallMove.REPORT, by, words=words, reported_at=work.now, reported_by=by.id)
    await settle(work, whistle.subject, f"{REPORT_IN}.{called.id}", by)
    since = whistle.confirmed_at or work.now
    if await is_officer(work, by, called):
        plan = work.policy.whistles.arrive_ladder
        await owe(work, whistle.subject, f"{ARRIVE}.{called.id}", plan, since, [by], whistle.place)
    seconds = int((work.now - since) / timedelta(seconds=1))
    await work.note("whistle.reported_in", whistle.subject, by, called=called.id, seconds=seconds)
    await follow_whistle(work, whistle)
    return called


async def cannot(work: Work, by: Person, called_id: int, version: int, words: str) -> Called:
    """来不了, with the reason: whoever called and the county's duty desk are told at once."""
    called, whistle = await _called(work, by, called_id, version)
    called = await _answer(work, called, CallMove.CANNOT, by, words=words, reported_by=by.id)
    await settle(work, whistle.subject, f"{REPORT_IN}.{called.id}", by)
    told = await holders(work, [Role.COUNTY_DUTY], work.county)
    told += list((await work.rows.people.many([whistle.asked_by])).values())
    for person in told:
        await show_whistle(work, whistle, person, f"cannot{called.id}", "cannot")
    await follow_whistle(work, whistle, {person.id for person in told})
    return called


async def arrive(work: Work, by: Person, called_id: int, version: int) -> Called:
    called, whistle = await _called(work, by, called_id, version)
    called = await _answer(work, called, CallMove.ARRIVE, by, arrived_at=work.now)
    await settle(work, whistle.subject, f"{ARRIVE}.{called.id}", by)
    await follow_whistle(work, whistle)
    return called


# -- the caller -------------------------------------------------------------------------------------------------


async def _own(work: Work, by: Person, whistle_id: int, version: int) -> Whistle:
    whistle = await load(work.rows.supervision.whistles, whistle_id, version, _STALE)
    if not await allowed(work, by, Action.BLOW_WHISTLE, whistle.place):
        raise NotAllowed("refused.no_right")
    return whistle


async def on_site(work: Work, by: Person, whistle_id: int, version: int) -> Whistle:
    """先期管控: the township has the place under control."""
    whistle = await _own(work, by, whistle_id, version)
    if whistle.on_site_at is not None:
        raise Stale(_STALE)
    whistle = await _move(work, whistle, WhistleMove.ON_SITE, by, on_site_at=work.now)
    await follow_whistle(work, whistle)
    return whistle


async def end(work: Work, by: Person | None, whistle: Whistle, result: str) -> Whistle:
    """结束, with its result. Who has not reported in is asked no more."""
    whistle = await _move(work, whistle, WhistleMove.END, by, result=result, ended_by=by and by.id, ended_at=work.now)
    await work.rows.obligations.close_subject(whistle.subject)
    await mark(work, whistle.hazard_id, Mark.WHISTLED, by, on=False)
    await follow_whistle(work, whistle)
    return whistle


async def end_by(work: Work, by: Person, whistle_id: int, version: int, result: str) -> Whistle:
    return await end(work, by, await _own(work, by, whistle_id, version), result)


async def over_whistles(work: Work, row: HazardRow) -> None:
    """The hazard is closed or was none."""
    for whistle in await _of_hazard(work, row.id):
        if whistle.state is WhistleState.CALLED:
            await end(work, None, whistle, work.words.label("whistle.hazard_over"))
        elif whistle.state is WhistleState.ASKED:
            moved = await _move(work, whistle, WhistleMove.REFUSE, None, ended_at=work.now)
            await work.rows.obligations.close_subject(whistle.subject)
            await follow_whistle(work, moved)
