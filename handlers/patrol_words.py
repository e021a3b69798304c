"""Patrols by what people simply type and send: 1, 正常, "3 路断", "补04:00 正常", a photo, a position."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from domain.answers import is_received
from domain.geometry import Point
from domain.obligations import Channel
from domain.patrol_answers import read_several
from domain.patrol_backfill import ABOUT
from domain.patrols import Finding, Hindrance, Said, TaskState, own_places, read_check_in, read_hindrance
from domain.people import Person
from domain.places import PlaceCode
from domain.text import Html
from handlers.incoming import What
from handlers.patrol_lists import abnormal, measured
from handlers.scene import Scene
from services.patrol_proofs import add_photo, add_position, task_at_hand
from services.patrol_texts import in_order, open_tasks, place_names, task_facts, view
from services.patrols import CheckedIn, Report, check_in, check_in_freely, give_reason, waits_for_reason
from services.ports import PatrolTask

_LONGEST_REASON = 60


async def said(scene: Scene, done: CheckedIn) -> Html:
    facts = await task_facts(scene.work, done.task, scene.lang)
    state = scene.label(f"patrol.state.{done.check_in.finding.value}")
    at = scene.work.local(done.check_in.seen_at)
    return scene.text(f"patrol.said.{done.kind}", at=at, place=facts["place"], state=state)


async def private_word(scene: Scene) -> bool:
    """1, 正常, "3 路断", "补04:00 正常" in the private chat, when a task is open; the reason of a 去不了."""
    incoming, person = scene.incoming, scene.person
    if incoming.what is not What.TEXT or person is None or incoming.forwarded:
        return False
    tasks = await open_tasks(scene.work, person)
    if len(tasks) > 1 and await _take_several(scene, person, tasks):
        return True
    told = _of_point(incoming.text, tasks, await _points(scene, tasks))
    names = await _names(scene, person, tasks)
    told = told or read_check_in(incoming.text, names, scene.work.now, scene.work.zone)
    if await _take_reason(scene, person, told):
        return True
    if told is None:
        return await _show_again(scene, tasks) if tasks and is_received(incoming.text) else False
    return await _take(scene, person, tasks, told)


async def _names(scene: Scene, person: Person, tasks: list[PatrolTask]) -> dict[PlaceCode, str]:
    tree = await scene.work.tree()
    own = {place.code: place.name for code in own_places(person) if (place := tree.get(code)) is not None}
    return own | await place_names(scene.work, tasks)


async def _take_reason(scene: Scene, person: Person, told: Said | None) -> bool:
    """What is typed after 去不了 is its reason: a number of the list, a word, or a sentence."""
    task = await waits_for_reason(scene.work, person)
    text = scene.incoming.text.strip()
    if task is None or len(text) > _LONGEST_REASON or (is_received(text) and read_hindrance(text) is None):
        return False
    why = read_hindrance(text)
    if why is None and told is not None:
        if told.finding is not Finding.UNABLE or not told.words:
            return False
        why, text = told.hindrance, told.words
    why = why or Hindrance.OTHER
    await give_reason(scene.work, task.id, person, why, text)
    said = scene.text("patrol.reason_saved", why=scene.label(f"patrol.hindrance.{why.value}"))
    await say_and_next(scene, person, said)
    return True


async def _take(scene: Scene, person: Person, tasks: list[PatrolTask], told: Said) -> bool:
    report = Report(told.finding, Channel.TEXT, told.seen_at, told.hindrance, told.words)
    task = _meant([*tasks, *await _missed(scene, person, told)], told) or await _answered_before(scene, person, told)
    if task is not None:
        done = await check_in(scene.work, task.id, person, report)
    else:
        own = own_places(person)
        place = told.place or (own[0] if len(own) == 1 else None)
        if place is None or scene.incoming.text.strip().isdigit():
            return False  # a bare figure without a task answers something else
        done = await check_in_freely(scene.work, person, place, report)
    if told.finding is Finding.ABNORMAL:
        await abnormal(scene, done, told.words)  # its first question says that this is recorded
        return True
    words = await said(scene, done)
    if (level := await measured(scene, done, told.words)) is not None:
        words = scene.card("patrol_several", lines=[words, level])
    await say_and_next(scene, person, words, done.task if done.task.ask_why else None)
    return True


async def _points(scene: Scene, tasks: Sequence[PatrolTask]) -> dict[int, str]:
    """Names of the points among the tasks, as people type them."""
    found = await scene.work.rows.points.many({one.point_id for one in tasks if one.point_id is not None})
    return {number: point.name for number, point in found.items()}


def _of_point(text: str, tasks: Sequence[PatrolTask], points: Mapping[int, str]) -> Said | None:
    """ "岭头山塘正常" where there is one task only."""
    names = [points[one.point_id] for one in tasks if one.point_id is not None and one.point_id in points]
    read = read_several(text, names) if len(tasks) == 1 and names else None
    return None if read is None else read[0][1]


async def _take_several(scene: Scene, person: Person, tasks: list[PatrolTask]) -> bool:
    """ "都正常", "1 3 正常，2 有异常": by the numbers of the message. 有异常 comes last and leads on."""
    order = await in_order(scene.work, tasks)
    names = [str((await task_facts(scene.work, one, scene.lang))["place"]) for one in order]
    read = read_several(scene.incoming.text, names)
    if read is None:
        return False
    done = []
    for at, told in sorted(read, key=lambda pair: pair[1].finding is Finding.ABNORMAL):
        if order[at].state is not TaskState.OPEN and len(read) == len(order):
            continue  # "都正常" is about what is still open
        report = Report(told.finding, Channel.TEXT, None, told.hindrance, told.words)
        one = await check_in(scene.work, order[at].id, person, report)
        done.append((one, told, await measured(scene, one, told.words)))
    lines = [line for one, _, level in done for line in (await said(scene, one), level) if line is not None]
    ask = next((one.task for one, _, _ in done if one.task.ask_why), None)
    bad = next(((one, told) for one, told, _ in done if told.finding is Finding.ABNORMAL), None)
    words = scene.card("patrol_several", lines=lines)
    if bad is None:
        await say_and_next(scene, person, words, ask)
        return True
    await (scene.aside() or scene).say(words)
    await abnormal(scene, bad[0], bad[1].words)
    return True


def _meant(tasks: list[PatrolTask], told: Said) -> PatrolTask | None:
    """The open task of the place that was named, else the one due first; what is filled in later belongs to the one
    that was due then."""
    fitting = [one for one in tasks if told.place in {None, one.place}]
    if told.seen_at is None:
        return fitting[0] if fitting else None
    seen_at = told.seen_at
    return min(fitting, key=lambda one: abs(one.due_at - seen_at), default=None)


async def _missed(scene: Scene, person: Person, told: Said) -> list[PatrolTask]:
    """Rounds that were given up before he could answer, about the time that he fills in now (补报)."""
    if told.seen_at is None:
        return []
    rounds = await scene.work.rows.rounds.of_person_due(person.id, told.seen_at - ABOUT, told.seen_at + ABOUT)
    return [one for one in rounds if one.state is TaskState.MISSED]


async def _answered_before(scene: Scene, person: Person, told: Said) -> PatrolTask | None:
    """The same answer typed once more belongs to the task it answered; a bare figure only for a moment."""
    task = await task_at_hand(scene.work, person)
    if task is None or told.place not in {None, task.place}:
        return None
    if not scene.incoming.text.strip().isdigit():
        return task
    within = timedelta(minutes=scene.work.policy.patrols.merge_minutes)
    newest = await scene.work.rows.patrols.newest_of(person.id, scene.work.now - within)
    return task if newest is not None and newest.finding is told.finding else None


async def say_and_next(scene: Scene, person: Person, words: Html, asked: PatrolTask | None = None) -> None:
    """What was recorded and, in the same message, what is still open."""
    left = [asked] if asked is not None else await open_tasks(scene.work, person)
    there = scene.aside() or scene
    if not left:
        await there.say(words)
        return
    text, buttons = await view(scene.work, left, scene.lang)
    await there.say(scene.text("patrol.and_next", said=words, next=text), buttons)


async def _show_again(scene: Scene, tasks: list[PatrolTask]) -> bool:
    """收到 is an answer to a warning, not to a patrol: what is asked for is said once more."""
    _, buttons = await view(scene.work, tasks, scene.lang)
    await scene.say(scene.text("patrol.noticed"), buttons)
    return True


async def show_open(scene: Scene) -> None:
    """After something else was answered: the tasks still open, once more. An unfinished dialogue goes before them."""
    incoming = scene.incoming
    if incoming.user_id is None or await scene.work.rows.dialogues.get(incoming.user_id, incoming.chat_id) is not None:
        return
    if scene.person is not None and (tasks := await open_tasks(scene.work, scene.person)):
        await scene.say(*await view(scene.work, tasks, scene.lang))


async def attachment(scene: Scene) -> bool:
    """A photo or a position belongs to the task at hand. One with other words under it is no patrol's."""
    incoming, person = scene.incoming, scene.person
    if person is None or incoming.what not in {What.PHOTO, What.LOCATION}:
        return False
    if not incoming.private and incoming.reply_to is None:
        return False
    task = await task_at_hand(scene.work, person)
    if task is None:
        return False
    told = read_check_in(incoming.text, await place_names(scene.work, [task]), scene.work.now, scene.work.zone)
    if incoming.text.strip() and told is None:
        return False
    words = await _attach(scene, person, task)
    if not incoming.private:
        await scene.nod()
    if told is not None:
        return await _take(scene.aside() or scene, person, [task], told)
    await say_and_next(scene, person, words)
    return True


async def _attach(scene: Scene, person: Person, task: PatrolTask) -> Html:
    incoming = scene.incoming
    facts = await task_facts(scene.work, task, scene.lang)
    if incoming.lat is None or incoming.lon is None:
        await add_photo(scene.work, person, task, incoming.file_id)
        return scene.text("patrol.photo_saved", place=facts["place"])
    proof = await add_position(
        scene.work,
        person,
        task,
        Point(incoming.lat, incoming.lon),
        accuracy=incoming.accuracy,
        live=incoming.live,
        forwarded=incoming.forwarded,
        sent_at=incoming.at,
        live_message=incoming.message_id if incoming.live and incoming.private else None,
    )
    km = None if proof.distance_m is None else round(proof.distance_m / 1000, 1)
    return scene.text("patrol.position_saved", place=facts["place"], km=km)


async def group_word(scene: Scene) -> bool:
    """ "上坞正常" as a reply to the bot in a group: taken, nodded at, and gone on with in private."""
    incoming, person = scene.incoming, scene.person
    if incoming.reply_to is None or person is None or incoming.what is not What.TEXT or incoming.forwarded:
        return False
    tasks = await open_tasks(scene.work, person)
    there = scene.aside() or scene
    if len(tasks) > 1 and await _take_several(there, person, tasks):
        await scene.nod()
        return True
    told = _of_point(incoming.text, tasks, await _points(scene, tasks))
    told = told or read_check_in(incoming.text, await place_names(scene.work, tasks), scene.work.now, scene.work.zone)
    task = None if told is None else _meant(tasks, told)
    if told is None or task is None:
        return False
    await scene.nod()
    return await _take(there, person, [task], told)
