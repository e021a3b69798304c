"""补报: rounds that were missed, filled in several at a time. 补 alone lists them with their numbers."""

from collections.abc import Sequence
from datetime import timedelta

from domain.obligations import Channel
from domain.patrol_backfill import chosen, read_backfill, wants_list
from domain.patrols import TaskState
from domain.people import Person
from domain.text import Html
from handlers.incoming import What
from handlers.patrol_words import said, say_and_next
from handlers.scene import Scene
from services.patrol_texts import task_facts
from services.patrols import Report, check_in
from services.ports import PatrolTask
from services.work import Work


async def missed_of(work: Work, person: Person) -> list[PatrolTask]:
    """What he did not report in the last hours, oldest first."""
    since = work.now - timedelta(hours=work.policy.patrols.backfill_hours)
    rounds = await work.rows.rounds.of_person_due(person.id, since, work.now)
    return [one for one in rounds if one.state is TaskState.MISSED]


async def _list(scene: Scene, missed: Sequence[PatrolTask], *, unknown: bool = False) -> Html:
    lines = []
    for one in missed:
        facts = await task_facts(scene.work, one, scene.lang)
        lines.append({"at": scene.work.local(one.due_at), "place": facts["place"]})
    return scene.card("patrol_missed", lines=lines, unknown=unknown)


async def fill_in(scene: Scene) -> bool:
    """ "补", "补2,3 正常", "补 02:00,04:00 正常", "都补 正常", in the private chat."""
    incoming, person = scene.incoming, scene.person
    if incoming.what is not What.TEXT or person is None or incoming.forwarded:
        return False
    asked = wants_list(incoming.text)
    fill = None if asked else read_backfill(incoming.text, scene.work.now, scene.work.zone)
    if fill is None and not asked:
        return False
    missed = await missed_of(scene.work, person)
    if not missed and not asked:
        return False
    which = None if fill is None else chosen(fill, [one.due_at for one in missed])
    if fill is None or which is None:
        await scene.say(await _list(scene, missed, unknown=not asked))
        return True
    lines = []
    for at in which:
        task, told = missed[at], fill.said
        report = Report(told.finding, Channel.TEXT, task.due_at, told.hindrance, told.words)
        lines.append(await said(scene, await check_in(scene.work, task.id, person, report)))
    if left := len(await missed_of(scene.work, person)):
        lines.append(scene.text("patrol.still_missed", count=left))
    await say_and_next(scene, person, scene.card("patrol_several", lines=lines))
    return True
