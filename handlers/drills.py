"""/drill, 演练: opened by a leader, played from one card, ended, evaluated; how many there were this year."""

from domain.answers import plain
from domain.errors import NotAllowed, Stale
from domain.outgoing import Outgoing
from domain.papers import PhotoRole
from domain.people import RIGHTS, Action
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle
from handlers.dialogues.issue_check import begin as begin_check
from handlers.incoming import What
from handlers.presses import in_private
from handlers.scene import Feature, Handler, Scene
from services.drill_papers import DRILL_RECORD
from services.drill_record import played, tell_record
from services.drill_words import drill_facts, panel_buttons
from services.drill_year import drills_of_year
from services.drills import end_drill, running_for, seen_by
from services.papers import ask_for_paper
from services.photos import want

_WORDS = frozenset({"演练", "drill", "drills"})
_NEWEST = 3


def areas(scene: Scene) -> list[PlaceCode]:
    """Where the person may open a drill."""
    roles = RIGHTS[Action.RUN_DRILL]
    return sorted({post.place for post in scene.known().posts if post.role in roles})


async def drill(scene: Scene) -> None:
    """/drill: this year's count, the newest ones of the area with what can be done, and the way to open one."""
    if not await scene.only_private("dr"):
        return
    held = areas(scene)
    if not held:
        raise NotAllowed("refused.no_right")
    rows = scene.work.rows.drills
    for one in reversed(await rows.newest_in(held, _NEWEST)):
        if not (one.blind and one.is_open and one.opened_by != scene.known().id):
            card = scene.card("drill_panel", **await drill_facts(scene.work, one, scene.lang))
            await scene.say(card, panel_buttons(scene.work, one, scene.lang), subject=one.subject)
    year = [line for area in held for line in await drills_of_year(scene.work, area)]
    lines = [
        {"place": one.township.name, "drills": one.drills, "villages": one.villages, "of": one.of_villages}
        for one in year
    ]
    new = Button(scene.label("drill.button.new"), "dr:new", style=ButtonStyle.PRIMARY)
    text = scene.card("drill_year", lines=lines, wanted=scene.work.policy.drills.per_year)
    past = Button(scene.label("drill.button.past"), "dr:past")
    await scene.say(text, ((new,), (past,)))


async def _new(scene: Scene) -> None:
    scene.work.rows.drills.leave()
    await scene.open("open_drill")


async def _past(scene: Scene) -> None:
    scene.work.rows.drills.leave()
    await scene.open("enter_drill")


async def _warn(scene: Scene) -> None:
    await _inside(scene)
    await scene.open("compose")


async def _respond(scene: Scene) -> None:
    await _inside(scene)
    await scene.open("start_response")


async def _check(scene: Scene) -> None:
    await _inside(scene)
    await begin_check(scene)


async def _inside(scene: Scene) -> None:
    """Everything that follows stands in the drill."""
    found = await running_for(scene.work, scene.person, scene.number())
    scene.work.rows.drills.stand(found.id)


async def _hazard(scene: Scene) -> None:
    """A line with a button into every group that takes part: whoever presses reports a hazard of the drill."""
    found = await running_for(scene.work, scene.person, scene.number())
    way = Button(scene.label("drill.button.report"), url=scene.work.link(f"dr_h_{found.id}"))
    for chat in sorted(await scene.work.rows.drills.chats_of(found.id)):
        text = scene.work.words.text("drill.post.hazard")
        key = f"{found.subject}:hazard:{chat}:{scene.incoming.update_id}"
        await scene.work.rows.outbox.put(Outgoing(key, chat, text, buttons=((way,),), subject=found.subject))
    scene.toast(scene.label("drill.hazard_asked"))


async def _look(scene: Scene) -> None:
    """How it goes: what was played, and how it was answered so far."""
    found = await running_for(scene.work, scene.person, scene.number())
    lines = [
        {"at": scene.work.local(one.at), "what": one.what, "asked": one.asked, "answered": one.answered}
        for one in await played(scene.work, found, scene.lang)
    ]
    await scene.say(scene.card("drill_progress", lines=lines), subject=found.subject)


async def _end(scene: Scene) -> None:
    found = await end_drill(scene.work, scene.person, scene.number())
    text = scene.card("drill_panel", **await drill_facts(scene.work, found, scene.lang))
    await scene.redraw(text, panel_buttons(scene.work, found, scene.lang))


async def _judge(scene: Scene) -> None:
    found = await seen_by(scene.work, scene.person, scene.number())
    if not found.is_over:
        raise Stale("refused.stale")
    await scene.open("judge_drill", {"of_drill": found.id})


async def _paper(scene: Scene) -> None:
    found = await seen_by(scene.work, scene.person, scene.number())
    with scene.work.rows.drills.inside(None):
        await ask_for_paper(scene.work, DRILL_RECORD, {"drill": found.id}, scene.known())


async def _record(scene: Scene) -> None:
    found = await seen_by(scene.work, scene.person, scene.number())
    await tell_record(scene.work, found, scene.known(), f"{found.subject}:record:{scene.incoming.update_id}")


_PRESSES: dict[str, Handler] = {
    "new": _new,
    "past": _past,
    "warn": _warn,
    "respond": _respond,
    "check": _check,
    "hazard": _hazard,
    "look": _look,
    "end": _end,
    "drop": _end,
    "judge": _judge,
    "paper": _paper,
    "record": _record,
}
"""dr:<what>[:<drill>]"""


async def start(scene: Scene) -> None:
    """t.me/<bot>?start=dr, or dr_h_<drill>: a hazard of that drill, for whoever takes part."""
    if scene.args[:1] != ("h",):
        await drill(scene)
        return
    drills, number = scene.work.rows.drills, scene.number(1)
    if number not in {one.id for one in await drills.running()}:
        raise Stale("drill.refused.over")
    if scene.known().id not in await drills.people_of(number):
        raise NotAllowed("refused.no_right")
    drills.stand(number)
    await scene.open("report_hazard")


async def word(scene: Scene) -> bool:
    """演练, typed."""
    if scene.incoming.what is not What.TEXT or scene.person is None or plain(scene.incoming.text) not in _WORDS:
        return False
    if not areas(scene):
        return False
    await drill(scene)
    return True


async def photo(scene: Scene) -> bool:
    """A picture of a participant that answers nothing else: kept with the record of the drill that runs. Not of one
    that he may not know of yet."""
    incoming, person = scene.incoming, scene.person
    if incoming.what is not What.PHOTO or person is None or incoming.forwarded or incoming.text.strip():
        return False
    running = await scene.work.rows.drills.running_of(person.id)
    known = [one for one in running if not one.blind or one.opened_by == person.id]
    if not known:
        return False
    scene.work.rows.drills.stand(known[-1].id)
    await want(scene.work, known[-1].subject, [incoming.file_id], PhotoRole.PROOF)
    await scene.say(scene.text("drill.photo_kept"))
    return True


PHOTOS = Feature(name="drill_photos", plays=True, private=(photo,))
"""After checks and patrols, whose questions a picture answers, and before hazards, which would begin a report of it."""
FEATURE = Feature(
    name="drill", commands={"drill": drill}, presses={"dr": in_private(_PRESSES)}, starts={"dr": start}, private=(word,)
)
