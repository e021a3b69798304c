"""What a patrol looks like to the person who walks it: one message for all his tasks, drawn from how they stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.outgoing import Kind, Outgoing, Policy
from domain.patrols import CHECK_IN, HINDRANCES, TaskState, lapses_at
from domain.people import Person
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Html, Rows
from services.ports import CheckIn, PatrolTask
from services.work import Work

SHOWN = 8
"""so many tasks have buttons in one message; the next ones come up as these are done"""
_GONE = (TaskState.CANCELLED, TaskState.MISSED, TaskState.EXCUSED, TaskState.ENDED)
REASON_WITHIN = timedelta(minutes=30)
"""so long a typed word is taken for the reason that was asked for"""


async def open_tasks(work: Work, person: Person) -> list[PatrolTask]:
    """What the person still has to walk, the one due first in front: his own, and what was handed to him."""
    owed = await work.rows.obligations.open_of_person(person.id, CHECK_IN)
    ids = {int(one.subject.partition(":")[2]) for one in owed if one.subject.startswith("patrol:")}
    own = await work.rows.patrols.open_of([person.id])
    found = {one.id: one for one in (*own, *await work.rows.patrols.many(ids))}
    alive = [one for one in found.values() if one.state is TaskState.OPEN and ends_at(work, one) > work.now]
    return sorted(alive, key=lambda one: (one.due_at, one.id))


def round_ends_at(task: PatrolTask) -> datetime:
    """Until when a round is asked for: as long again as it is, four hours at most."""
    return task.due_at + timedelta(minutes=min(task.minutes or 240, 240))


def ends_at(work: Work, task: PatrolTask) -> datetime:
    """When nobody is asked about the task any more."""
    return lapses_at(task.due_at, work.policy.patrols.ladder) if task.period_id is None else round_ends_at(task)


async def together(work: Work, task: PatrolTask) -> list[PatrolTask]:
    """The tasks that went out in one message with this one."""
    if task.plan is None:
        return [task]
    return [one for one in await work.rows.patrols.of_plan(task.plan) if one.person_id == task.person_id]


async def in_order(work: Work, tasks: Sequence[PatrolTask]) -> list[PatrolTask]:
    """The tasks as the message numbers them: with what is done already, so that a number stays what it was."""
    sent = [one for one in await together(work, tasks[0]) if one.state not in _GONE]
    return sent if {one.id for one in tasks} <= {one.id for one in sent} else list(tasks)


def ask_key(tasks: Sequence[PatrolTask], person: Person, purpose: str = "ask") -> str:
    """The outbox key of the message about these tasks."""
    return f"{ask_subject(tasks)}:{purpose}:{person.id}"


def ask_subject(tasks: Sequence[PatrolTask]) -> str:
    """What a message about these tasks is about: the first of them."""
    return min(tasks, key=lambda one: one.id).subject


async def place_names(work: Work, tasks: Sequence[PatrolTask]) -> dict[PlaceCode, str]:
    """The tasks' places by the name people type."""
    tree = await work.tree()
    found = {one.place: tree.get(one.place) for one in tasks}
    return {code: place.name for code, place in found.items() if place is not None}


async def task_facts(work: Work, task: PatrolTask, lang: str) -> dict[str, Any]:
    tree = await work.tree()
    place = tree.get(task.place)
    point = None if task.point_id is None else await work.rows.points.get(task.point_id)
    first = None if task.check_in_id is None else await work.rows.patrols.check_in(task.check_in_id)
    newest: CheckIn | None = first
    if first is not None and first.finding.value != task.state.value:
        newest = next(reversed(await work.rows.patrols.check_ins_of(task.id)), first)
    return {
        "place": point.name if point is not None else task.place if place is None else place.name,
        "phase": work.words.label(f"patrol.phase.{task.phase.value}", lang),
        "due": work.local(task.due_at),
        "state": task.state.value,
        "at": work.local(task.due_at if newest is None else newest.seen_at),
    }


async def view(work: Work, tasks: Sequence[PatrolTask], lang: str, again: bool = False) -> tuple[Html, Rows]:
    """The message about these tasks as they stand: what is open with its buttons, what is done with its mark, and
    where 去不了 was just said, the question why."""
    why = next((one for one in tasks if one.ask_why), None)
    if why is not None:
        facts = await task_facts(work, why, lang)
        return work.words.text("patrol.why", lang, place=facts["place"]), _why_buttons(work, why, lang)
    tasks = [one for one in tasks if one.state not in _GONE] or tasks
    left = [one for one in tasks if one.state is TaskState.OPEN]
    order = [one.id for one in await in_order(work, tasks)]
    numbers = {number: at for at, number in enumerate(order, 1)} if len(order) > 1 else {}
    listed = [await task_facts(work, one, lang) | {"number": numbers.get(one.id, 0)} for one in tasks]
    if not left:
        return work.words.card("patrol_done", lang, tasks=listed), ()
    text = work.words.card(
        "patrol_ask",
        lang,
        again=again,
        today=all(work.local(one.due_at).date() <= work.local(work.now).date() for one in left),
        tasks=listed,
        several=len(left) > 1,
        first=next(facts["place"] for facts in listed if facts["state"] == "open"),
    )
    if len(left) == 1:
        return text, answer_buttons(work, left[0], lang)
    return text, tuple([await _task_row(work, one, lang) for one in left[:SHOWN]])


def answer_buttons(work: Work, task: PatrolTask, lang: str) -> Rows:
    label = work.words.label
    return (
        (Button(label("patrol.button.normal", lang), f"p:ok:{task.id}", style=ButtonStyle.SUCCESS),),
        (Button(label("patrol.button.abnormal", lang), f"p:bad:{task.id}", style=ButtonStyle.DANGER),),
        (Button(label("patrol.button.unable", lang), f"p:no:{task.id}"),),
    )


async def _task_row(work: Work, task: PatrolTask, lang: str) -> tuple[Button, ...]:
    facts = await task_facts(work, task, lang)
    label = work.words.label
    return (
        Button(
            label("patrol.button.normal_at", lang, place=facts["place"])[:64],
            f"p:ok:{task.id}",
            style=ButtonStyle.SUCCESS,
        ),
        Button(label("patrol.button.otherwise", lang), f"p:show:{task.id}"),
    )


def _why_buttons(work: Work, task: PatrolTask, lang: str) -> Rows:
    label = work.words.label
    buttons = [
        Button(
            label("patrol.button.reason", lang, number=number, why=label(f"patrol.hindrance.{one.code}", lang)),
            f"p:why:{task.id}:{one.code}",
        )
        for number, one in enumerate(HINDRANCES, 1)
    ]
    return (tuple(buttons[:3]), tuple(buttons[3:]))


async def tell_tasks(
    work: Work,
    person: Person,
    tasks: Sequence[PatrolTask],
    key: str,
    *,
    again: bool = False,
    silent: bool = False,
    expires_at: datetime | None = None,
) -> bool:
    """One private message for all of them. False where the private chat is not open."""
    text, buttons = await view(work, tasks, person.language, again)
    return await work.tell(
        person,
        key,
        text,
        subject=ask_subject(tasks),
        buttons=buttons,
        silent=silent,
        expires_at=expires_at,
    )


async def redraw(work: Work, task: PatrolTask, person: Person) -> None:
    """The message that asked shows how its tasks stand now."""
    tasks = await together(work, task)
    key = ask_key(tasks, person)
    if person.user_id is None or await work.rows.outbox.message_of(key) is None:
        return
    text, buttons = await view(work, tasks, person.language)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{key}:{work.new_id()}",
            chat_id=person.user_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            subject=f"{task.subject}:answered",
            target=key,
            text=text,
            buttons=buttons,
        )
    )
