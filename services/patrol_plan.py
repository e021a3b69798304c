"""A human plans patrols: of whole places by those who hold a post there, or of chosen points by those in charge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.errors import DomainError
from domain.patrols import CHECK_IN, Phase, can_wait_till_morning, lapses_at, opened_at
from domain.people import Action, Person, PersonId, Role
from domain.places import PlaceCode
from domain.points import PointStatus
from services.patrol_texts import ask_key, tell_tasks
from services.ports import PatrolTask
from services.work import Work


@dataclass(frozen=True, slots=True)
class Planned:
    """What an officer wants walked: where, by whom, in which phase, by when."""

    places: frozenset[PlaceCode]
    roles: frozenset[Role]
    phase: Phase
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedPoints:
    """Which points of the register an officer wants walked; by whoever is in charge of each."""

    points: frozenset[int]
    phase: Phase
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlanMade:
    number: int
    tasks: tuple[PatrolTask, ...]
    people: tuple[Person, ...]
    unreached: tuple[Person, ...]
    """of these, to whom the bot cannot write"""
    spared: int
    """who has the same task already"""
    nobody: tuple[str, ...] = ()
    """chosen points that nobody is in charge of: nobody was sent there"""


async def plan_patrol(work: Work, officer: Person, said: Planned) -> PlanMade:
    """One task for each person and place, one message for each person. Raises NotAllowed outside the officer's area,
    DomainError when nobody there holds such a post, or everybody has the task already."""
    for code in said.places:
        await work.require(officer, Action.PLAN_PATROL, code)
    pairs = await _walkers(work, said)
    if not pairs:
        raise DomainError("patrol.plan.nobody")
    wanted = await _without_doubles(work, said, pairs)
    if not wanted:
        raise DomainError("patrol.plan.already")
    blank = PatrolTask(0, officer.id, officer.posts[0].place, said.phase, said.due_at, officer.id, work.now)
    tasks = [replace(blank, person_id=person_id, place=place) for person_id, place in wanted]
    return await _send_out(work, officer, tasks, spared=len(pairs) - len(wanted))


async def plan_points(work: Work, officer: Person, said: PlannedPoints) -> PlanMade:
    """One task for each chosen point and whoever is in charge of it. Raises NotAllowed for a point outside the
    officer's area, DomainError when none of them has anybody in charge, or everybody has the task already."""
    points = [one for one in (await work.rows.points.many(said.points)).values() if one.status is PointStatus.ACTIVE]
    for point in points:
        await work.require(officer, Action.PLAN_PATROL, point.place)
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    pairs = [(person, point) for point in points for person in dict.fromkeys(away.get(p, p) for p in point.patrollers)]
    if not pairs:
        raise DomainError("patrol.plan.nobody_at_points")
    day = work.local(said.due_at).date()
    had = {
        (one.person_id, one.point_id)
        for one in await work.rows.patrols.open_of({person for person, _ in pairs})
        if one.phase is said.phase and work.local(one.due_at).date() == day and one.due_at > work.now
    }
    blank = PatrolTask(0, officer.id, officer.posts[0].place, said.phase, said.due_at, officer.id, work.now)
    tasks = [
        replace(blank, person_id=person, place=point.place, point_id=point.id)
        for person, point in pairs
        if (person, point.id) not in had
    ]
    if not tasks:
        raise DomainError("patrol.plan.already")
    made = await _send_out(work, officer, tasks, spared=len(pairs) - len(tasks))
    return replace(made, nobody=tuple(one.name for one in points if not one.patrollers))


async def _send_out(work: Work, officer: Person, wanted: Sequence[PatrolTask], *, spared: int) -> PlanMade:
    number = await work.rows.counters.next("patrol_plan")
    tasks = await work.rows.patrols.add_tasks([replace(one, plan=number) for one in wanted])
    people = await work.rows.people.many({one.person_id for one in tasks})
    for task in tasks:
        await _owe(work, task, people[task.person_id])
    told = [person for person in people.values() if await _hand_out(work, person, tasks)]
    await work.note("patrol.planned", f"patrol-plan:{number}", officer, tasks=len(tasks), people=len(people))
    unreached = tuple(person for person in people.values() if person not in told)
    return PlanMade(number, tuple(tasks), tuple(people.values()), unreached, spared)


async def _walkers(work: Work, said: Planned) -> list[tuple[PersonId, PlaceCode]]:
    """Each person with the places of his posts there, once; for somebody on leave whoever stands in."""
    tree = await work.tree()
    codes = {one.code for code in said.places for one in tree.descendants(code)} | said.places
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    pairs = [
        (away.get(person.id, person.id), post.place)
        for person in await work.rows.people.holding(said.roles, codes)
        for post in person.posts
        if post.role in said.roles and post.place in codes
    ]
    return sorted(set(pairs), key=lambda pair: (pair[1], pair[0]))


async def _without_doubles(
    work: Work, said: Planned, pairs: list[tuple[PersonId, PlaceCode]]
) -> list[tuple[PersonId, PlaceCode]]:
    day = work.local(said.due_at).date()
    had = {
        (one.person_id, one.place)
        for one in await work.rows.patrols.open_of({person_id for person_id, _ in pairs})
        if one.phase is said.phase and work.local(one.due_at).date() == day and one.due_at > work.now
    }
    return [pair for pair in pairs if pair not in had]


async def _owe(work: Work, task: PatrolTask, person: Person) -> None:
    ladder = work.policy.patrols.ladder
    await work.rows.obligations.open(
        subject=task.subject,
        what=CHECK_IN,
        plan=ladder,
        opened_at=opened_at(task.due_at, ladder),
        owing=[(person.id, task.place, person.reachable)],
    )


async def _hand_out(work: Work, person: Person, tasks: Iterable[PatrolTask]) -> bool:
    own = [one for one in tasks if one.person_id == person.id]
    due = max(one.due_at for one in own)
    return await tell_tasks(
        work,
        person,
        own,
        ask_key(own, person),
        silent=can_wait_till_morning(work.local(work.now), work.local(due)),
        expires_at=lapses_at(due, work.policy.patrols.ladder),
    )
