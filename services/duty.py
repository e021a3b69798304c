"""Who is on duty: shifts planned, changed, swapped; what is missing in the days ahead.

A desk's rung of a ladder asks `first_on_duty`: whoever is on shift and has said that he is there comes first, and at
night nobody else of the desk is woken. Where no shift is planned, or nobody of it can be written to or has said that he
is there, everybody of the desk is asked as if there were no shifts: nobody becomes unreachable by a roster.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.duty import Outlook, Shift, check_shift, is_night, outlook, overlapping
from domain.errors import DomainError, NotAllowed, Stale
from domain.obligations import ObligationState
from domain.people import Action, Person, PersonId, PersonStatus
from domain.places import Level, PlaceCode, is_within
from domain.text import Button, ButtonStyle
from services.ports import Swap
from services.response import officers_at
from services.work import Work

CONFIRM = "confirm"
WEEK = timedelta(days=7)


def subject_of(shift: Shift) -> str:
    return f"duty:{shift.id}"


# -- who is there -------------------------------------------------------------------------------------------------


async def on_shift(work: Work, place: PlaceCode, at: datetime | None = None) -> list[Person]:
    """Who is on duty at exactly this place: officers first. Whoever is on leave is covered by his stand-in."""
    at = at or work.now
    ids = await work.rows.duty.on_duty(place, at)
    return await _present(work, ids, at) if ids else []


async def _present(work: Work, ids: Sequence[PersonId], at: datetime) -> list[Person]:
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(at)}
    wanted = list(dict.fromkeys(away.get(one, one) for one in ids))
    found = await work.rows.people.many(wanted)
    return [found[one] for one in wanted if one in found and found[one].status is PersonStatus.ACTIVE]


async def _there(work: Work, place: PlaceCode, person_id: int) -> bool:
    """He has said so for the shift that runs."""
    for shift in await work.rows.duty.shifts_between(work.now, work.now + timedelta(seconds=1), [place]):
        owed = await work.rows.obligations.find(subject_of(shift), person_id, CONFIRM)
        if owed is not None and owed.answered_at is not None:
            return True
    return False


async def first_on_duty(work: Work, place: PlaceCode, desk: Sequence[Person], but: int = 0) -> list[Person]:
    """The desk in the order in which it is turned to; at night only those who are on shift and there."""
    here = [one for one in await on_shift(work, place) if one.reachable and one.id != but]
    if not here:
        return list(desk)
    there = [one for one in here if await _there(work, place, one.id)]
    if there and at_night(work):
        return there
    return list({one.id: one for one in (*here, *desk)}.values())


def at_night(work: Work) -> bool:
    clock, policy = work.local(work.now).time(), work.policy.warnings
    return clock >= policy.quiet_from or clock < policy.quiet_until


# -- planning -----------------------------------------------------------------------------------------------------


async def unit_of(work: Work, person: Person) -> PlaceCode | None:
    """The body whose duty the person shares: his township, or the county."""
    tree = await work.tree()
    for post in person.posts:
        township = tree.township_of(post.place)
        if township is not None:
            return township.code
    return work.county if person.posts else None


async def may_be_on_duty(work: Work, place: PlaceCode) -> list[Person]:
    """Whoever has a post in the body itself; a township's also those of its villages' contact cadres."""
    tree = await work.tree()
    found = tree.get(place)
    people = await work.rows.people.all()
    fit = []
    for one in people:
        if one.status is not PersonStatus.ACTIVE:
            continue
        if any(post.place == place for post in one.posts) or (
            found is not None
            and found.level is not Level.COUNTY
            and any(is_within(post.place, place) and post.role.value == "T5" for post in one.posts)
        ):
            fit.append(one)
    return fit


async def plan_shift(
    work: Work,
    planner: Person | None,
    place: PlaceCode,
    starts: datetime,
    ends: datetime,
    leader: PersonId | None,
    officers: Sequence[PersonId],
) -> Shift:
    """A new shift. One with the same hours is changed instead; one that runs into another is refused."""
    planner = await work.require(planner, Action.PLAN_DUTY, place)
    shift = made_shift(work, place, starts, ends, leader, officers, planner.id)
    if (wrong := check_shift(shift)) is not None:
        raise DomainError(f"duty.wrong.{wrong}")
    if shift.ends_at <= work.now:
        raise DomainError("duty.wrong.over")
    fit = {one.id for one in await may_be_on_duty(work, place)}
    if not set(shift.members) <= fit:
        raise DomainError("duty.wrong.stranger")
    return (await put_shift(work, shift, planner.id))[0]


def made_shift(
    work: Work,
    place: PlaceCode,
    starts: datetime,
    ends: datetime,
    leader: PersonId | None,
    officers: Sequence[PersonId],
    by: PersonId | None,
) -> Shift:
    night = is_night(work.local(starts), work.local(ends))
    only = tuple(one for one in dict.fromkeys(officers) if one != leader)
    return Shift(0, place, starts, ends, leader, only, night=night, made_by=by, made_at=work.now)


async def put_shift(work: Work, shift: Shift, by: PersonId | None) -> tuple[Shift, bool]:
    """The shift as it is kept now, and whether anything changed. Raises DomainError where it runs into another."""
    near = await work.rows.duty.shifts_between(shift.starts_at, shift.ends_at, [shift.place])
    others = overlapping(shift, near)
    same = next((o for o in others if (o.starts_at, o.ends_at) == (shift.starts_at, shift.ends_at)), None)
    if same is not None:
        if (same.leader, same.officers) == (shift.leader, shift.officers):
            return same, False
        await work.rows.duty.set_persons(same.id, shift.leader, shift.officers, by, work.now)
        await work.note("duty.changed", subject_of(same), None, place=shift.place, by=by)
        await follow(work, replace(same, leader=shift.leader, officers=shift.officers))
        return replace(same, leader=shift.leader, officers=shift.officers), True
    if others:
        first = others[0]
        raise DomainError("duty.wrong.overlaps", starts=work.local(first.starts_at), ends=work.local(first.ends_at))
    added = await work.rows.duty.add(shift)
    await work.note("duty.planned", subject_of(added), None, place=shift.place, by=by)
    return added, True


async def follow(work: Work, shift: Shift) -> None:
    """Whoever is not on a running shift any more owes nothing; whoever is new is asked by the next beat."""
    if not shift.called:
        return
    for owed in await work.rows.obligations.of_subject(subject_of(shift)):
        if owed.person_id not in shift.members:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "changed")


async def as_last_week(work: Work, planner: Person | None, place: PlaceCode) -> tuple[int, int]:
    """This week's shifts again, seven days later. Returns how many were made, and how many were in the way."""
    planner = await work.require(planner, Action.PLAN_DUTY, place)
    today = work.local(work.now).replace(hour=0, minute=0, second=0, microsecond=0)
    made = in_the_way = 0
    for one in await work.rows.duty.shifts_between(today - WEEK, today + WEEK, [place]):
        starts, ends = one.starts_at + WEEK, one.ends_at + WEEK
        if starts < work.now or one.starts_at >= today + timedelta(days=1):
            continue
        again = made_shift(work, place, starts, ends, one.leader, one.officers, planner.id)
        if await work.rows.duty.shifts_between(starts, ends, [place]):
            in_the_way += 1
            continue
        await put_shift(work, again, planner.id)
        made += 1
    return made, in_the_way


async def cancel_shift(work: Work, planner: Person | None, shift_id: int) -> Shift:
    shift = await work.rows.duty.get(shift_id)
    if shift is None:
        raise Stale("refused.stale")
    planner = await work.require(planner, Action.PLAN_DUTY, shift.place)
    if not await work.rows.duty.cancel(shift.id, planner.id, work.now):
        raise Stale("refused.stale")
    await work.rows.obligations.close_subject(subject_of(shift))
    await work.note("duty.cancelled", subject_of(shift), planner)
    return shift


async def look_ahead(work: Work, place: PlaceCode, hours: int = 168, officers: int | None = None) -> Outlook:
    """The shifts of the hours to come, with what is missing for the level that holds there now."""
    until = work.now + timedelta(hours=hours)
    shifts = await work.rows.duty.shifts_between(work.now, until, [place])
    people = await work.rows.people.many({one for shift in shifts for one in shift.members})
    silent = [one for one, person in people.items() if not person.reachable]
    wanted = await officers_at(work, place) if officers is None else officers
    return outlook(shifts, work.now, until, wanted, [PersonId(one) for one in silent])


# -- swaps --------------------------------------------------------------------------------------------------------


async def can_swap_with(work: Work, person: Person, shift: Shift) -> list[Person]:
    """Those of the body who are not on this shift, not away, and can be asked."""
    away = {leave.person_id for leave in await work.rows.people.leaves(shift.starts_at)}
    busy: Collection[int] = {*shift.members, *away, person.id}
    return [one for one in await may_be_on_duty(work, shift.place) if one.id not in busy and one.reachable]


async def own_shift(work: Work, person: Person | None, shift_id: int) -> Shift:
    shift = await work.rows.duty.get(shift_id)
    if person is None or shift is None or person.id not in shift.members:
        raise NotAllowed("duty.not_yours")
    if shift.ends_at <= work.now:
        raise Stale("duty.wrong.over")
    return shift


async def ask_swap(work: Work, person: Person, shift_id: int, other_id: int) -> Person:
    """Ask the other one. Asked before: that question is withdrawn."""
    shift = await own_shift(work, person, shift_id)
    other = next((one for one in await can_swap_with(work, person, shift) if one.id == other_id), None)
    if other is None:
        raise DomainError("duty.swap.unfit")
    for earlier in await work.rows.duty.swaps_of(shift.id, person.id):
        await work.rows.duty.decide_swap(earlier.id, "withdrawn", work.now)
    swap = await work.rows.duty.add_swap(Swap(0, shift.id, person.id, other.id, work.now))
    text = work.words.text("duty.swap.asked", other.language, name=person.name, **hours_of(work, shift))
    label = work.words.label
    buttons = (
        (Button(label("duty.button.take", other.language), f"du:yes:{swap.id}", style=ButtonStyle.SUCCESS),),
        (Button(label("duty.button.refuse", other.language), f"du:no:{swap.id}"),),
    )
    await work.tell(other, f"duty:swap:{swap.id}:ask", text, buttons=buttons)
    await work.note("duty.swap_asked", subject_of(shift), person, to=other.id)
    return other


async def answer_swap(work: Work, other: Person | None, swap_id: int, *, agreed: bool) -> tuple[Shift, Person]:
    """One tap of the one who was asked. From then on he is on the shift; the leader and the first one are told."""
    swap = await work.rows.duty.swap(swap_id)
    if other is None or swap is None or swap.to_id != other.id:
        raise NotAllowed("duty.not_yours")
    shift = await work.rows.duty.get(swap.shift_id)
    asker = await work.rows.people.get(swap.from_id)
    if shift is None or asker is None or shift.ends_at <= work.now:
        raise Stale("duty.wrong.over")
    if not await work.rows.duty.decide_swap(swap.id, "agreed" if agreed else "refused", work.now):
        raise Stale("duty.swap.decided")
    if not agreed:
        await _told(work, asker, f"swap:{swap.id}:no", "duty.swap.refused", shift, name=other.name)
        return shift, asker
    if not await work.rows.duty.put_in(shift.id, asker.id, other.id, other.id, work.now):
        raise Stale("duty.swap.decided")
    await work.note("duty.swapped", subject_of(shift), other, asker=asker.id)
    await _let_go(work, shift, asker)
    await _told(work, asker, f"swap:{swap.id}:yes", "duty.swap.agreed", shift, name=other.name)
    leader = None if shift.leader is None else await work.rows.people.get(shift.leader)
    if leader is not None and leader.id not in {asker.id, other.id}:
        facts = {"name": asker.name, "other": other.name}
        await _told(work, leader, f"swap:{swap.id}:led", "duty.swap.leader", shift, **facts)
    return shift, asker


async def _let_go(work: Work, shift: Shift, asker: Person) -> None:
    owed = await work.rows.obligations.find(subject_of(shift), asker.id, CONFIRM)
    if owed is not None:
        await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "swapped")


async def _told(work: Work, person: Person, key: str, address: str, shift: Shift, **facts: object) -> None:
    text = work.words.text(address, person.language, **facts, **hours_of(work, shift))
    await work.tell(person, f"duty:{key}:{person.id}", text)


def hours_of(work: Work, shift: Shift) -> dict[str, object]:
    return {"starts": work.local(shift.starts_at), "ends": work.local(shift.ends_at)}
