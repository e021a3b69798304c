"""How a silent patrol climbs: the walker again, the village head, the desk. One message however many tasks it is.

Tasks that fall due in the same moment are one message: the first obligation of a tick speaks for all, and the others
find their words already said.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.obligations import Rung
from domain.outgoing import Lane
from domain.patrols import DESCRIBE, TaskState
from domain.people import Person
from domain.places import PlaceCode, is_within
from domain.text import Button, ButtonStyle, Rows
from services.patrol_texts import ask_key, ends_at, open_tasks, task_facts, tell_tasks
from services.ports import Obligation, PatrolTask
from services.work import Work

_LISTED = 8
"""so many silent tasks are named in one message, each with its button"""


class PatrolVoice:
    """services.ladder.Voice for patrols."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        task = await _task_of(work, owed)
        if task is None:
            return
        stamp = int(work.now.timestamp())
        if owed.what == DESCRIBE:
            await _ask_to_describe(work, task, person, f"{task.subject}:tell{owed.step}:{person.id}")
            return
        due = [one for one in await open_tasks(work, person) if one.due_at <= work.now]
        if due:
            key = f"patrol:remind:{person.id}:{stamp}"
            await tell_tasks(work, person, due, key, again=True, expires_at=_end(work, due))

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        stamp = int(work.now.timestamp())
        tasks = []
        for one in owed:
            task = await _task_of(work, one)
            if task is not None and one.what == DESCRIBE:
                await _ask_to_describe(work, task, person, f"{task.subject}:tell:{person.id}:{stamp}")
            elif task is not None and task.state is TaskState.OPEN:
                tasks.append(task)
        if tasks:
            key = ask_key(tasks, person, f"again{stamp}")
            await tell_tasks(work, person, tasks, key, again=True, expires_at=_end(work, tasks))

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        task = await _task_of(work, owed[0])
        if task is None:
            return
        if owed[0].what == DESCRIBE:
            await _hand_up_abnormal(work, rung, to, task, owed[0])
            return
        silent = await _silent(work, rung, to, owed[0])
        people = await work.rows.people.many({one.person_id for one in silent})
        silent = [one for one in silent if not await _listed_today(work, one, people.get(one.person_id))]
        lines = [
            await task_facts(work, one, to.language)
            | {"name": people[one.person_id].name, "phone": people[one.person_id].phone}
            for one in silent
            if one.person_id in people
        ]
        if not lines:
            return
        text = work.words.card(
            "patrol_silent",
            to.language,
            rung=rung.value,
            tasks=lines[:_LISTED],
            more=max(0, len(lines) - _LISTED),
        )
        buttons: Rows = tuple(
            (
                Button(
                    work.words.label("patrol.button.record", to.language, name=people[one.person_id].name)[:64],
                    f"p:for:{one.id}",
                    style=ButtonStyle.PRIMARY,
                ),
            )
            for one in silent[:_LISTED]
            if one.person_id in people
        )
        key = f"patrol:up:{rung.value}:{to.id}:{_listed(silent)}"
        await work.tell(to, key, text, buttons=buttons, lane=Lane.URGENT, expires_at=_end(work, silent))


async def _task_of(work: Work, owed: Obligation) -> PatrolTask | None:
    number = owed.subject.partition(":")[2]
    return await work.rows.patrols.task(int(number)) if number.isdigit() else None


def _end(work: Work, tasks: Sequence[PatrolTask]) -> datetime:
    return max(ends_at(work, one) for one in tasks)


async def _silent(work: Work, rung: Rung, to: Person, owed: Obligation) -> list[PatrolTask]:
    """Everything in reach of this one further up that has been silent as long as this obligation."""
    after = next((step.after for step in owed.plan.steps if step.rung is rung), owed.plan.answer_within)
    late_by = timedelta(seconds=after - owed.plan.answer_within)
    areas = [post.place for post in to.posts] or [owed.place]
    tasks = await work.rows.patrols.unfinished(areas, work.now - timedelta(days=3))
    found = [
        one
        for one in tasks
        if one.state is TaskState.OPEN and one.due_at + late_by <= work.now and one.person_id != to.id
    ]
    if not any(one.subject == owed.subject for one in found) and (own := await _task_of(work, owed)):
        found.append(own)
    return [one for one in found if _reaches(areas, one.place) or one.subject == owed.subject]


def _listed(silent: Sequence[PatrolTask]) -> str:
    """The same for the same tasks: rounds of one time are laid out over some beats and so fall silent one after the
    other, and each of them would bring the list anew."""
    return hashlib.sha256(",".join(str(one.id) for one in sorted(silent, key=lambda one: one.id)).encode()).hexdigest()[
        :16
    ]


async def _listed_today(work: Work, task: PatrolTask, person: Person | None) -> bool:
    """Somebody who cannot be written to was on the list of an earlier round since this morning, and nobody has reached
    him: one more list in the night tells nobody anything new."""
    if person is None or person.reachable or task.period_id is None:
        return False
    due, morning = work.local(task.due_at), work.policy.patrols.day_from
    since = datetime.combine(due.date() - timedelta(days=int(due.time() < morning)), morning, due.tzinfo)
    before = await work.rows.rounds.of_person_due(person.id, since, task.due_at)
    return any(one.point_id == task.point_id and one.state is TaskState.MISSED for one in before)


def _reaches(areas: Sequence[PlaceCode], place: PlaceCode) -> bool:
    return any(is_within(place, area) for area in areas)


async def _ask_to_describe(work: Work, task: PatrolTask, person: Person, key: str) -> None:
    facts = await task_facts(work, task, person.language)
    text = work.words.text("patrol.describe.remind", person.language, place=facts["place"], at=facts["at"])
    button = Button(work.words.label("patrol.button.describe", person.language), f"p:tell:{task.id}")
    await work.tell(person, key, text, subject=task.subject, buttons=((button,),))


async def _hand_up_abnormal(work: Work, rung: Rung, to: Person, task: PatrolTask, owed: Obligation) -> None:
    walker = await work.rows.people.get(owed.person_id)
    if walker is None:
        return
    facts = await task_facts(work, task, to.language)
    text = work.words.text(
        "patrol.describe.desk",
        to.language,
        name=walker.name,
        phone=walker.phone,
        place=(await work.tree()).path(task.place),
        at=facts["at"],
    )
    button = Button(work.words.label("patrol.button.describe", to.language), f"p:tell:{task.id}")
    await work.tell(
        to,
        f"{task.subject}:tell:{rung.value}:{to.id}",
        text,
        subject=task.subject,
        buttons=((button,),),
        lane=Lane.URGENT,
    )
