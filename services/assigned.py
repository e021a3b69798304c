"""What somebody is put to: the places he answers for (包保) and the shifts ahead of him. And how he is taken off.

Shown to whoever keeps the one or plans the other, each with his part only. Nothing is deleted: an assignment ends, a
shift remembers who was on it. Somebody who is taken off a shift is told, because otherwise he would come.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.chain import Assignment
from domain.duty import Shift
from domain.errors import Stale
from domain.people import Action, Person
from domain.places import PlaceCode
from services.chain import end_assignment
from services.desk import allowed
from services.duty import cancel_shift, follow, hours_of, subject_of
from services.work import Work

_SHOWN = 8
_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What the reader may take away."""

    places: tuple[Assignment, ...] = ()
    shifts: tuple[Shift, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.places or self.shifts)


async def assigned(work: Work, reader: Person, person: Person) -> Assigned:
    """His places and coming shifts, as far as the reader keeps them."""
    places = [
        one
        for one in await work.rows.chain.of_person(person.id)
        if await allowed(work, reader, Action.ASSIGN_CHAIN, one.place)
    ]
    shifts = [
        one
        for one in await work.rows.duty.of_person(person.id, work.now, _SHOWN)
        if await allowed(work, reader, Action.PLAN_DUTY, one.place)
    ]
    return Assigned(tuple(places[:_SHOWN]), tuple(shifts))


async def on_coming_shifts(work: Work, place: PlaceCode) -> list[Person]:
    """Whoever is on a shift of this body that is not over, each once."""
    until = work.now + _AHEAD
    shifts = await work.rows.duty.shifts_between(work.now, until, [place])
    ids = list(dict.fromkeys(member for shift in shifts for member in shift.members))
    found = await work.rows.people.many(ids)
    return [found[one] for one in ids if one in found]


async def the_assignment(work: Work, keeper: Person | None, person_id: int, assignment_id: int) -> Assignment:
    """Raises Stale where it ended, NotAllowed."""
    found = [one for one in await work.rows.chain.of_person(person_id) if one.id == assignment_id]
    if not found:
        raise Stale("refused.stale")
    await work.require(keeper, Action.ASSIGN_CHAIN, found[0].place)
    return found[0]


async def end_place(work: Work, keeper: Person | None, person_id: int, assignment_id: int) -> Assignment:
    one = await the_assignment(work, keeper, person_id, assignment_id)
    await end_assignment(work, keeper, one.id, one.place)
    return one


async def the_shift(work: Work, planner: Person | None, person_id: int, shift_id: int) -> Shift:
    """Raises Stale where it is over or he is not on it any more, NotAllowed."""
    shift = await work.rows.duty.get(shift_id)
    if shift is None or person_id not in shift.members or shift.ends_at <= work.now:
        raise Stale("refused.stale")
    await work.require(planner, Action.PLAN_DUTY, shift.place)
    return shift


async def take_off(work: Work, planner: Person | None, person_id: int, shift_id: int) -> Shift:
    """He is on the shift no more; without anybody else on it the shift itself is cancelled. He is told."""
    shift = await the_shift(work, planner, person_id, shift_id)
    leader = None if shift.leader == person_id else shift.leader
    officers = tuple(one for one in shift.officers if one != person_id)
    left = replace(shift, leader=leader, officers=officers)
    if left.members:
        by = None if planner is None else planner.id
        if not await work.rows.duty.set_persons(shift.id, leader, officers, by, work.now):
            raise Stale("refused.stale")
        await follow(work, left)
    else:
        await cancel_shift(work, planner, shift.id)
    await work.note("duty.taken_off", subject_of(shift), planner, person=person_id)
    person = await work.rows.people.get(person_id)
    if person is not None and planner is not None and person.id != planner.id:
        text = work.words.text("assigned.told", person.language, name=planner.name, **hours_of(work, shift))
        await work.tell(person, f"{subject_of(shift)}:off:{person.id}:{int(work.now.timestamp())}", text)
    return left
