"""What is asked at a point beside the finding: its list where something is abnormal, its water level where the county
wants one. Asked once more on nonsense, and then taken as it was said."""

from domain.answers import is_received
from domain.checklists import CHECKLISTS, Measure, PointKind, Seen, measure_of, read_reading, read_seen
from domain.patrols import Asking, Finding
from domain.text import Html
from handlers.incoming import What
from handlers.scene import Scene
from services.hazard_report import known_of_point
from services.patrol_readings import Compared, alarm_facts, keep_seen, kind_at, point_of, with_reading
from services.patrol_texts import REASON_WITHIN
from services.patrols import CheckedIn
from services.ports import CheckIn, PatrolTask

_LONGEST = 120


async def go_on_to_hazard(scene: Scene, task: PatrolTask, words: str = "") -> None:
    """The hazard report, with everything that is known already."""
    there = scene.aside() or scene
    point = await point_of(scene.work, task)
    context: dict[str, object] = {"place": task.place, "task": task.id}
    if point is not None:
        what = f"{point.name}：{words}" if len(words) > 1 else ""
        context = known_of_point(point.category, task.place, point_id=point.id, what=what, task_id=task.id)
    elif len(words) > 1:
        context["what"] = words
    await there.open("report_hazard", context)


async def abnormal(scene: Scene, done: CheckedIn, words: str = "") -> None:
    """有异常: what the point's list says, if it was not said along; then the hazard report."""
    kind = await kind_at(scene.work, done.task)
    if not CHECKLISTS[kind]:
        await go_on_to_hazard(scene, done.task, words)
        return
    seen = read_seen(words, kind) if words else None
    if seen is not None and (seen.items or seen.stake):
        await _keep_and_report(scene, done.task, done.check_in, seen)
        return
    if len(words) > 1:
        await go_on_to_hazard(scene, done.task, words)
        return
    await scene.work.rows.patrols.ask(done.task.id, Asking.LIST)
    there = scene.aside() or scene
    await there.say(await _list_of(scene, done.task, again=False))


def _name(scene: Scene, kind: PointKind, code: str) -> str:
    item = f"{kind.value}.{code}"
    return scene.label(f"checklist.{item}")


async def _list_of(scene: Scene, task: PatrolTask, *, again: bool) -> Html:
    point, kind = await point_of(scene.work, task), await kind_at(scene.work, task)
    items = [_name(scene, kind, one.code) for one in CHECKLISTS[kind]]
    measure = measure_of(kind)
    return scene.card(
        "patrol_checklist",
        place="" if point is None else point.name,
        items=items,
        measure="" if measure is None else measure.value,
        again=again,
    )


async def _keep_and_report(scene: Scene, task: PatrolTask, row: CheckIn, seen: Seen) -> None:
    person = scene.known()
    kind = await kind_at(scene.work, task)
    compared = await keep_seen(scene.work, task, row, seen, person)
    named = [_name(scene, kind, code) for code in seen.items]
    if seen.stake:
        named.insert(0, scene.label("patrol.stake", stake=seen.stake))
    if compared is not None:
        level = format(compared.reading.normalize(), "f")
        measure = measure_of(kind) or Measure.WATER_LEVEL
        named.append(scene.label(f"patrol.measured.{measure.value}", level=level))
    if seen.words:
        named.append(seen.words)
    await go_on_to_hazard(scene, task, "；".join(named))


# -- the answer -------------------------------------------------------------------------------------------------------


async def list_word(scene: Scene) -> bool:
    """What is typed after the list, or after the question for the level."""
    incoming, person = scene.incoming, scene.person
    if incoming.what is not What.TEXT or person is None or incoming.forwarded or len(incoming.text) > _LONGEST:
        return False
    row = await scene.work.rows.patrols.newest_of(person.id, scene.work.now - REASON_WITHIN)
    task = None if row is None else await scene.work.rows.patrols.task(row.task_id)
    if row is None or task is None or task.asking is Asking.NOTHING:
        return False
    if task.asking in {Asking.READING, Asking.READING_AGAIN}:
        return await _take_reading(scene, task, row)
    return await _take_list(scene, task, row)


async def _take_list(scene: Scene, task: PatrolTask, row: CheckIn) -> bool:
    person, text = scene.known(), scene.incoming.text.strip()
    if text in {"正常", "都正常"} or (is_received(text) and not text[:1].isdigit()):
        return False
    seen = read_seen(text, await kind_at(scene.work, task))
    if seen is not None and seen.nothing and seen.reading is None:
        await scene.work.rows.patrols.ask(task.id, Asking.NOTHING)
        await go_on_to_hazard(scene, task)
        return True
    if seen is None and task.asking is Asking.LIST and len(text) < 4:
        await scene.work.rows.patrols.ask(task.id, Asking.LIST_AGAIN)
        await scene.say(await _list_of(scene, task, again=True))
        return True
    if seen is None:
        await keep_seen(scene.work, task, row, Seen(words=text), person)
        await go_on_to_hazard(scene, task, text)
        return True
    await _keep_and_report(scene, task, row, seen)
    return True


async def _take_reading(scene: Scene, task: PatrolTask, row: CheckIn) -> bool:
    reading = read_reading(scene.incoming.text, await kind_at(scene.work, task))
    if reading is not None:
        compared = await keep_seen(scene.work, task, row, Seen(reading=reading), scene.known())
        await scene.say(scene.text("patrol.level_saved", **alarm_facts(compared)))
        return True
    again = task.asking is Asking.READING
    await scene.work.rows.patrols.ask(task.id, Asking.READING_AGAIN if again else Asking.NOTHING)
    if again and any(char.isdigit() for char in scene.incoming.text):
        await scene.say(scene.text("patrol.level_again"))
        return True
    return False


async def measured(scene: Scene, done: CheckedIn, words: str) -> Html | None:
    """正常: the figure said along with it is kept and compared; where the county wants one and none came it is asked
    for. What there is to say about it, or None."""
    if done.check_in.finding is not Finding.NORMAL or done.task.point_id is None:
        return None
    seen = await with_reading(scene.work, done.task, words)
    if seen.reading is not None:
        compared: Compared | None = await keep_seen(scene.work, done.task, done.check_in, seen, scene.known())
        return scene.text("patrol.level_saved", **alarm_facts(compared))
    point = await point_of(scene.work, done.task)
    if point is None or point.category not in scene.work.policy.patrols.must_measure:
        return None
    await scene.work.rows.patrols.ask(done.task.id, Asking.READING)
    return scene.text("patrol.level_ask", place=point.name)
