"""Patrols as people walk them: one tap or one digit for 正常, 有异常 leads into the hazard report, 去不了 is taken as
it is. Everything is said in private; a reply to the bot in a group counts, and is nodded at.
"""

from collections.abc import Mapping, Sequence

from domain.errors import NotAllowed, Stale
from domain.obligations import Channel
from domain.patrols import Finding, Hindrance, TaskState, own_places
from domain.people import RIGHTS, Action, Person
from domain.places import PlaceCode, PlaceTree, is_within
from domain.text import Button, ButtonStyle, Html, Rows
from handlers.patrol_backfill import fill_in, missed_of
from handlers.patrol_lists import abnormal, go_on_to_hazard, list_word, measured
from handlers.patrol_orders import order_buttons, press_dense, press_pause, press_resume
from handlers.patrol_spoken import heard_word, press_heard, voice
from handlers.patrol_words import attachment, group_word, private_word, said
from handlers.scene import Feature, Scene
from messages.keyboards import button, in_rows
from services.patrol_desk import Unfinished, cancel_plan, sums_today, unfinished
from services.patrol_texts import SHOWN, ask_key, open_tasks, task_facts, together, view
from services.patrols import CheckedIn, Report, check_in, check_in_freely, give_reason
from services.ports import PatrolTask

_LISTED, _PLACES, _MOST_OF_A_PLACE = 30, 30, 60


async def press(scene: Scene) -> None:
    """p:<what>:<task or place>[:<how>]"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None or len(scene.args) < 2:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


async def _task(scene: Scene) -> PatrolTask:
    task = await scene.work.rows.patrols.task(scene.number())
    if task is None:
        raise Stale("refused.stale")
    return task


# -- answers ------------------------------------------------------------------------------------------------------


async def _toast(scene: Scene, done: CheckedIn) -> None:
    facts = await task_facts(scene.work, done.task, scene.lang)
    state = scene.label(f"patrol.state.{done.check_in.finding.value}")
    at = scene.work.local(done.check_in.seen_at)
    scene.toast(scene.label(f"patrol.said.{done.kind}", at=at, place=facts["place"], state=state))


async def _pressed(scene: Scene, finding: Finding) -> None:
    """1 正常 · 2 有异常 · 3 去不了, by button. The message shows what became of it."""
    person, task = scene.known(), await _task(scene)
    done = await check_in(scene.work, task.id, person, Report(finding, Channel.BUTTON))
    await _toast(scene, done)
    await _redraw_here(scene, done.task)
    if finding is Finding.ABNORMAL:
        await abnormal(scene, done, done.check_in.words)
    elif (ask := await measured(scene, done, "")) is not None:
        await (scene.aside() or scene).say(ask)


async def _normal(scene: Scene) -> None:
    await _pressed(scene, Finding.NORMAL)


async def _abnormal(scene: Scene) -> None:
    await _pressed(scene, Finding.ABNORMAL)


async def _unable(scene: Scene) -> None:
    await _pressed(scene, Finding.UNABLE)


async def _redraw_here(scene: Scene, task: PatrolTask) -> None:
    """A reminder or a list that was pressed instead of the first message; that one is redrawn by the service."""
    tasks = await together(scene.work, task)
    first = await scene.work.rows.outbox.message_of(ask_key(tasks, scene.known()))
    if first is None or first[1] != scene.incoming.message_id:
        await scene.redraw(*await view(scene.work, tasks, scene.lang))


async def _why(scene: Scene) -> None:
    person, task = scene.known(), await _task(scene)
    try:
        why = Hindrance(scene.args[1] if len(scene.args) > 1 else "")
    except ValueError:
        raise Stale("refused.stale") from None
    task = await give_reason(scene.work, task.id, person, why)
    scene.toast(scene.label("patrol.reason_saved", why=scene.label(f"patrol.hindrance.{why.value}")))
    await _redraw_here(scene, task)


async def _show(scene: Scene) -> None:
    """One of several tasks, with its three buttons."""
    person, task = scene.known(), await _task(scene)
    if all(one.id != task.id for one in await open_tasks(scene.work, person)):
        raise Stale("refused.stale")
    await scene.redraw(*await view(scene.work, [task], scene.lang))


async def _describe(scene: Scene) -> None:
    """Something was abnormal and is not described yet: by the walker himself, or by whoever telephoned him."""
    person, task = scene.known(), await _task(scene)
    if task.person_id != person.id:
        await scene.work.require(person, Action.RECORD_FOR_OTHERS, task.place)
    await go_on_to_hazard(scene, task)


# -- a helper records what he was told by telephone --------------------------------------------------------------------


async def _for(scene: Scene) -> None:
    helper, task = scene.known(), await _task(scene)
    owner = await scene.work.rows.people.get(task.person_id)
    if owner is None or not scene.incoming.private:
        raise Stale("refused.stale")
    await scene.work.require(helper, Action.RECORD_FOR_OTHERS, task.place)
    facts = await task_facts(scene.work, task, scene.lang)
    text = scene.text(
        "patrol.recordfor.choose", place=facts["place"], phase=facts["phase"], name=owner.name, phone=owner.phone
    )
    answers = (("n", "patrol.state.normal"), ("a", "patrol.state.abnormal"), ("u", "patrol.state.unable"))
    await scene.say(text, (tuple(Button(scene.label(key), f"p:by:{task.id}:{code}") for code, key in answers),))


async def _by(scene: Scene) -> None:
    helper, task = scene.known(), await _task(scene)
    findings = {"n": Finding.NORMAL, "a": Finding.ABNORMAL, "u": Finding.UNABLE}
    finding = findings.get(scene.args[1] if len(scene.args) > 1 else "")
    if finding is None:
        raise Stale("refused.stale")
    done = await check_in(scene.work, task.id, helper, Report(finding, Channel.PHONE))
    text, buttons = await view(scene.work, [done.task], scene.lang)
    await scene.redraw(text if done.task.ask_why else await said(scene, done), buttons)
    if finding is Finding.ABNORMAL:
        await go_on_to_hazard(scene, done.task)


# -- without a task ---------------------------------------------------------------------------------------------------


async def _at(scene: Scene) -> None:
    """p:at:<place>:<n|a>: a check-in nobody asked for."""
    person = scene.known()
    finding = {"n": Finding.NORMAL, "a": Finding.ABNORMAL}.get(scene.args[1] if len(scene.args) > 1 else "")
    if finding is None:
        raise Stale("refused.stale")
    done = await check_in_freely(scene.work, person, PlaceCode(scene.args[0]), Report(finding, Channel.BUTTON))
    await _toast(scene, done)
    await scene.redraw(*await view(scene.work, [done.task], scene.lang))
    if finding is Finding.ABNORMAL:
        await go_on_to_hazard(scene, done.task)


async def _voluntary(scene: Scene, person: Person) -> tuple[Html, Rows]:
    tree = await scene.work.tree()
    places = [place for code in own_places(person) if (place := tree.get(code)) is not None]
    if not places:
        return scene.text("patrol.not_a_walker"), ()
    rows = tuple(
        (
            button(scene.label("patrol.button.normal_at", place=place.name), f"p:at:{place.code}:n"),
            button(scene.label("patrol.button.abnormal_at", place=place.name), f"p:at:{place.code}:a"),
        )
        for place in places[:SHOWN]
    )
    return scene.text("patrol.nothing_planned"), rows


# -- commands and links -----------------------------------------------------------------------------------------------


async def patrol(scene: Scene) -> None:
    """/patrol: today's tasks, or a check-in of one's own accord."""
    if not await scene.only_private("p"):
        return
    person = scene.known()
    tasks = await open_tasks(scene.work, person)
    text, buttons = await view(scene.work, tasks, scene.lang) if tasks else await _voluntary(scene, person)
    if missed := len(await missed_of(scene.work, person)):
        text = scene.text("patrol.and_next", said=text, next=scene.text("patrol.still_missed", count=missed))
    await scene.say(text, buttons)


async def start(scene: Scene) -> None:
    """t.me/<bot>?start=p_<task>: the task with its buttons; opening it answers nothing."""
    person = scene.known()
    if scene.args in {(), ("desk",)}:
        await (patrols if scene.args else patrol)(scene)
        return
    task = await _task(scene)
    mine = task.person_id == person.id or any(one.id == task.id for one in await open_tasks(scene.work, person))
    if not mine:
        raise NotAllowed("refused.not_yours")
    await scene.say(*await view(scene.work, [task], scene.lang))


async def patrols(scene: Scene) -> None:
    """/patrols: what has not been walked in the leader's area, and the way to plan more."""
    if not await scene.only_private("p_desk"):
        return
    leader = scene.known()
    found = await unfinished(scene.work, leader)
    lines = [await _line(scene, one) for one in found[:_LISTED]]
    tree, counted = await scene.work.tree(), await sums_today(scene.work, leader)
    sums = [{"place": tree.path(place), "done": done, "owed": owed} for place, done, owed in counted]
    text = (
        scene.card("patrol_list", sums=sums, tasks=lines, more=max(0, len(found) - _LISTED))
        if lines or sums
        else scene.text("patrol.desk.nothing")
    )
    plans = any(post.role in RIGHTS[Action.PLAN_PATROL] for post in leader.posts)
    plan = (
        Button(scene.label("patrol.button.plan"), "p:plan:new", style=ButtonStyle.PRIMARY),
        Button(scene.label("patrol.button.plan_points"), "p:plan:points"),
    )
    more = (*_takings_back(scene, found), *await order_buttons(scene))
    behind = [place for place, done, owed in counted if done < owed]
    where = _places(scene, tree, behind) if len(behind) > 1 or len(found) > _LISTED else ()
    await scene.say(text, (plan, *where, *more) if plans else where)


async def _line(scene: Scene, one: Unfinished) -> Mapping[str, object]:
    return await task_facts(scene.work, one.task, scene.lang) | {
        "name": one.person.name,
        "phone": one.person.phone,
        "overdue": one.overdue,
        "why": "" if one.why is None else scene.label(f"patrol.hindrance.{one.why.value}"),
    }


def _places(scene: Scene, tree: PlaceTree, behind: Sequence[PlaceCode]) -> Rows:
    """From the sums to the names: one button a place where something is not walked, in the order of the codes."""
    named = [(place, here.name) for place in behind if (here := tree.get(place)) is not None]
    label = "patrol.button.who"
    return in_rows([Button(scene.label(label, place=name), f"p:who:{place}") for place, name in named[:_PLACES]], 2)


async def _who(scene: Scene) -> None:
    """p:who:<place>: what is not walked there, with names and numbers; nobody's walks are counted."""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    place = PlaceCode(scene.args[0])
    found = [one for one in await unfinished(scene.work, scene.known()) if is_within(one.task.place, place)]
    lines = [await _line(scene, one) for one in found[:_MOST_OF_A_PLACE]]
    await scene.say(scene.card("patrol_list", sums=[], tasks=lines, more=max(0, len(found) - _MOST_OF_A_PLACE)))


def _takings_back(scene: Scene, found: Sequence[Unfinished]) -> Rows:
    """One button for each plan of which something is still open."""
    open_ones = [one.task for one in found if one.task.state is TaskState.OPEN and one.task.plan is not None]
    plans = dict.fromkeys(task.plan for task in open_ones)
    return tuple(
        (
            Button(
                scene.label(
                    "patrol.button.cancel",
                    due=scene.work.local(min(task.due_at for task in open_ones if task.plan == plan)),
                    count=sum(1 for task in open_ones if task.plan == plan),
                ),
                f"p:drop:{plan}",
            ),
        )
        for plan in list(plans)[:SHOWN]
    )


async def _drop(scene: Scene) -> None:
    """p:drop:<plan>, pressed twice: the second time as p:drop:<plan>:yes."""
    officer, number = scene.known(), scene.args[0]
    if not number.isdigit() or len(number) > 15 or not scene.incoming.private:
        raise Stale("refused.stale")
    if scene.args[1:] != ("yes",):
        yes = Button(scene.label("patrol.button.cancel_sure"), f"p:drop:{number}:yes", style=ButtonStyle.DANGER)
        await scene.say(scene.text("patrol.desk.cancel_sure"), ((yes,),))
        return
    gone = await cancel_plan(scene.work, officer, int(number))
    await scene.redraw(scene.text("patrol.desk.cancelled", count=len(gone)))


async def _plan(scene: Scene) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await scene.open("plan_points" if scene.args[0] == "points" else "plan_patrol")


_PRESSES = {
    "ok": _normal,
    "bad": _abnormal,
    "no": _unable,
    "why": _why,
    "show": _show,
    "tell": _describe,
    "for": _for,
    "by": _by,
    "at": _at,
    "plan": _plan,
    "drop": _drop,
    "pause": press_pause,
    "dense": press_dense,
    "resume": press_resume,
    "heard": press_heard,
    "who": _who,
}


FEATURE = Feature(
    name="patrol",
    plays=True,
    presses={"p": press},
    starts={"p": start},
    commands={"patrol": patrol, "mytasks": patrol, "patrols": patrols},
    private=(voice, fill_in, heard_word, list_word, private_word, attachment),
    group=(voice, group_word, attachment),
)
