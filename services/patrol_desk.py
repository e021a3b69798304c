"""What the township's desk is told of the patrols: who could not go, and what is not done yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.errors import NotAllowed, Stale
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.patrols import Hindrance, TaskState
from domain.people import RIGHTS, Action, Person, Role
from domain.places import PlaceCode
from services.patrol_texts import ask_subject, place_names, redraw, together
from services.ports import CheckIn, PatrolTask
from services.work import Work

_LOOK_BACK = timedelta(hours=48)


async def duty_desk(work: Work, place: PlaceCode) -> list[Person]:
    """Who sits at the township's desk; the county's where nobody there can be written to."""
    township = (await work.tree()).township_of(place)
    if township is not None:
        here = await work.rows.people.holding([Role.STATION, Role.DUTY], [township.code])
        if found := [one for one in here if one.reachable]:
            return found
    return [one for one in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]) if one.reachable]


async def tell_unable(work: Work, task: PatrolTask, walker: Person, row: CheckIn) -> None:
    """The desk knows at once that nobody is out there; the reason, which comes a moment later, is put into the same
    message."""
    place = (await work.tree()).path(task.place)
    point = None if task.point_id is None else await work.rows.points.get(task.point_id)
    if point is not None:
        place = f"{place} {point.name}"
    for helper in await duty_desk(work, task.place):
        if helper.user_id is None or helper.id == walker.id:
            continue
        label = work.words.label
        text = work.words.text(
            "patrol.desk_unable",
            helper.language,
            name=walker.name,
            phone=walker.phone,
            place=place,
            phase=label(f"patrol.phase.{task.phase.value}", helper.language),
            why="" if row.hindrance is None else label(f"patrol.hindrance.{row.hindrance.value}", helper.language),
            words=row.words if row.hindrance in {Hindrance.OTHER, None} else "",
        )
        key = f"{task.subject}:unable:{row.id}:{helper.id}"
        if await work.rows.outbox.state_of(key) is None:
            await work.tell(helper, key, text, subject=task.subject, lane=Lane.URGENT)
            continue
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:why",
                chat_id=helper.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                subject=task.subject,
                target=key,
                text=text,
            )
        )


async def sums_today(work: Work, officer: Person) -> list[tuple[PlaceCode, int, int]]:
    """(place, done, owed) of today's rounds in the order of the codes: by village below a township, by township for the
    county. Who was excused is in neither."""
    tree, morning = await work.tree(), work.local(work.now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = morning.astimezone(work.now.tzinfo)
    counted: dict[PlaceCode, tuple[int, int]] = {}
    for area in areas_of(officer):
        for one in await work.rows.rounds.rounds_due(area, since, since + timedelta(days=1)):
            township = tree.township_of(one.place)
            place = township.code if area == work.county and township is not None else one.place
            done, owed = counted.get(place, (0, 0))
            counted[place] = done + one.done, owed + one.total - one.excused
    return [(place, done, owed) for place, (done, owed) in sorted(counted.items()) if owed]


async def cancel_plan(work: Work, officer: Person, plan: int) -> list[PatrolTask]:
    """Take back what nobody has answered yet; who was sent out is told at once. Raises NotAllowed outside the
    officer's area, Stale when nothing is left to take back."""
    tasks = [one for one in await work.rows.patrols.of_plan(plan) if one.state is TaskState.OPEN]
    for task in tasks:
        await work.require(officer, Action.PLAN_PATROL, task.place)
    gone = [one for one in tasks if await work.rows.patrols.cancel(one.id)]
    if not gone:
        raise Stale("patrol.desk.nothing_to_cancel")
    people = await work.rows.people.many({one.person_id for one in gone})
    for task in gone:
        await work.rows.obligations.close_subject(task.subject)
    for person in people.values():
        own = [one for one in gone if one.person_id == person.id]
        await work.rows.outbox.supersede(subject=ask_subject(await together(work, own[0])), person_id=person.id)
        await redraw(work, own[0], person)
        names = list((await place_names(work, own)).values())
        text = work.words.text("patrol.cancelled", person.language, places=names)
        await work.tell(person, f"patrol-plan:{plan}:cancelled:{person.id}", text)
    await work.note("patrol.cancelled", f"patrol-plan:{plan}", officer, tasks=len(gone))
    return gone


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One task that is not walked. `overdue`: its time has passed."""

    task: PatrolTask
    person: Person
    overdue: bool
    why: Hindrance | None


async def unfinished(work: Work, leader: Person) -> list[Unfinished]:
    """What has not been walked in the leader's area these two days, by place. Raises NotAllowed."""
    areas = areas_of(leader)
    if not areas:
        raise NotAllowed("refused.no_right")
    tasks = await work.rows.patrols.unfinished(areas, work.now - _LOOK_BACK)
    people = await work.rows.people.many({one.person_id for one in tasks})
    found = [
        Unfinished(one, people[one.person_id], _is_overdue(work, one), await _why(work, one))
        for one in tasks
        if one.person_id in people
    ]
    return sorted(found, key=lambda one: (one.task.place, one.task.due_at, one.task.id))


def areas_of(leader: Person) -> list[PlaceCode]:
    wanted = {**RIGHTS[Action.PLAN_PATROL], **RIGHTS[Action.SEE_MISSING]}
    return [post.place for post in leader.posts if post.role in wanted]


def _is_overdue(work: Work, task: PatrolTask) -> bool:
    return task.state is TaskState.MISSED or (task.state is TaskState.OPEN and task.due_at < work.now)


async def _why(work: Work, task: PatrolTask) -> Hindrance | None:
    if task.state is not TaskState.UNABLE:
        return None
    said: Sequence[CheckIn] = await work.rows.patrols.check_ins_of(task.id)
    return next((one.hindrance for one in reversed(said) if one.hindrance is not None), None)
