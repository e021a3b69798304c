"""Warnings as people touch them: 收到 by button, word or link; who is missing; what a helper reached."""

from domain.answers import is_received
from domain.errors import NotAllowed, Stale
from domain.obligations import Channel
from domain.text import Button, ButtonStyle, Html
from handlers.incoming import What
from handlers.patrol_words import show_open
from handlers.scene import Feature, Scene
from handlers.warning_desk import DESK_PRESSES, compose_warning, show_active
from services.acknowledge import (
    Acknowledged,
    Missing,
    acknowledge,
    acknowledge_all,
    acknowledge_in_group,
    active_for,
    call_for_help,
    missing,
    record_for,
    record_unreached,
    to_record,
)
from services.office import report_wrong_number

_LISTED = 40


_ANSWERS = {
    "recorded": "warning.recorded",
    "late": "warning.recorded_late",
    "before": "warning.recorded_before",
    "over": "warning.over",
    "not_owing": "warning.not_owing",
}


def _said(scene: Scene, taken: Acknowledged) -> Html:
    return scene.text(_ANSWERS[taken.kind], at=scene.work.local(taken.at), name=scene.known().name)


async def press(scene: Scene) -> None:
    """w:<what>:<warning>[:<person>[:<how>]]"""
    act = scene.args[0] if scene.args else ""
    scene.args = scene.args[1:]
    handler = _PRESSES.get(act)
    if handler is None or not (scene.incoming.private or act in _IN_GROUPS):
        raise Stale("refused.stale")  # in a group a forged press must not write over the warning itself
    await handler(scene)


async def _ack(scene: Scene) -> None:
    taken = await acknowledge(scene.work, scene.known(), scene.number(), Channel.BUTTON)
    scene.toast(scene.label(_ANSWERS[taken.kind], at=scene.work.local(taken.at), name=scene.known().name))
    if scene.incoming.private:
        await scene.go_on()


async def _help(scene: Scene) -> None:
    await call_for_help(scene.work, scene.known(), scene.number())
    scene.toast(scene.label("warning.help_called"), alert=True)


async def _missing(scene: Scene) -> None:
    """The list of names goes to the leader's private chat, never into the group."""
    leader = scene.known()
    row, found, owed = await missing(scene.work, leader, scene.number())
    tree = await scene.work.tree()

    def line(one: Missing) -> dict[str, str]:
        return {
            "place": tree.path(one.place),
            "name": one.person.name,
            "phone": one.person.phone,
            "why_text": scene.label(f"warning.why.{one.why}"),
        }

    card = scene.card(
        "warning_missing",
        kind=row.kind,
        colour=row.colour.value,
        number=row.number,
        answered=owed - len(found),
        owed=owed,
        people=[line(one) for one in found[:_LISTED]],
        more=max(0, len(found) - _LISTED),
    )
    if scene.incoming.private:
        await scene.say(card)
    elif scene.incoming.query_id is None:
        raise NotAllowed("refused.private_only")
    elif await scene.work.tell(leader, scene.next_key(), card):
        scene.toast(scene.label("button.sent_private"))
    else:
        scene.toast(scene.label("undelivered.note.open_private"), alert=True)


async def _for(scene: Scene) -> None:
    """A helper chooses how it went with one silent person."""
    warning_id, person_id = scene.number(), scene.number(1)
    _, person, owed = await to_record(scene.work, scene.person, warning_id, person_id)
    tree = await scene.work.tree()
    ways = (("p", "by_phone", ButtonStyle.SUCCESS), ("d", "by_door", ButtonStyle.SUCCESS))
    failed = (("n", "no_answer", None), ("x", "wrong_number", None))
    buttons = tuple(
        tuple(
            Button(scene.label(f"warning.button.{key}"), f"w:rec:{warning_id}:{person_id}:{code}", style=style)
            for code, key, style in line
        )
        for line in (ways, failed)
    )
    text = scene.text("warning.recordfor.choose", place=tree.path(owed.place), name=person.name, phone=person.phone)
    await scene.say(text, buttons)


async def _record(scene: Scene) -> None:
    warning_id, person_id = scene.number(), scene.number(1)
    how = scene.args[2] if len(scene.args) > 2 else ""
    helper = scene.known()
    channels = {"p": Channel.PHONE, "d": Channel.DOOR}
    reasons = {"n": "no_answer", "x": "wrong_number"}
    if how in channels:
        taken, person = await record_for(scene.work, helper, warning_id, person_id, channels[how])
        way = scene.label(f"channel.name.{channels[how].value}")
        text = scene.text("warning.recordfor.done", name=person.name, how=way, at=scene.work.local(taken.at))
    elif how in reasons:
        person = await record_unreached(scene.work, helper, warning_id, person_id, reasons[how])
        if how == "x":  # a task for the roster's keeper, not a fault of the person
            await report_wrong_number(scene.work, helper, person_id)
        why = scene.label(f"warning.button.{reasons[how]}")
        text = scene.text("warning.recordfor.unreached", name=person.name, why=why)
    else:
        raise Stale("refused.stale")
    await scene.redraw(text)


_PRESSES = {
    "ack": _ack,
    "help": _help,
    "missing": _missing,
    "for": _for,
    "rec": _record,
    **DESK_PRESSES,
}
_IN_GROUPS = frozenset({"ack", "help", "missing"})


async def start(scene: Scene) -> None:
    """t.me/<bot>?start=a_<warning>: the way that works when the button does not."""
    taken = await acknowledge(scene.work, scene.known(), scene.number(), Channel.LINK)
    await scene.say(_said(scene, taken))


async def private_word(scene: Scene) -> bool:
    """收到 in the private chat answers everything that is open."""
    if scene.incoming.what is not What.TEXT or scene.person is None or not is_received(scene.incoming.text):
        return False
    if scene.incoming.forwarded:
        return False
    taken = await acknowledge_all(scene.work, scene.person, Channel.TEXT)
    if not taken:
        return False
    numbers = [one.warning.number for one in taken]
    await scene.say(scene.text("warning.all_recorded", at=scene.work.local(scene.work.now), numbers=numbers))
    await scene.go_on()
    await show_open(scene)
    return True


async def plain_word(scene: Scene) -> bool:
    """收到, spelt out, is never the answer to a question of a dialogue. A bare 1 answers the warning when that came
    after the dialogue's question: it is the last thing on the screen."""
    text = scene.incoming.text
    if scene.incoming.what is not What.TEXT or scene.person is None or not is_received(text):
        return False
    if "收到" not in text and not await _asked_since_the_question(scene):
        return False
    return await private_word(scene)


async def _asked_since_the_question(scene: Scene) -> bool:
    user_id, rows = scene.incoming.user_id, scene.work.rows
    dialogue = None if user_id is None else await rows.dialogues.get(user_id, scene.incoming.chat_id)
    if dialogue is None:
        return False
    owed = await rows.obligations.open_of_person(scene.known().id, "acknowledge")
    return any(one.opened_at > dialogue.updated_at for one in owed)


async def group_word(scene: Scene) -> bool:
    """收到 in a group is counted silently; a small sign on the message says so."""
    incoming = scene.incoming
    if incoming.what is not What.TEXT or incoming.forwarded or not is_received(incoming.text):
        return False
    if scene.person is None:
        if incoming.reply_to is not None:
            raise NotAllowed("refused.not_enrolled")
        return False
    if not await acknowledge_in_group(scene.work, scene.person, incoming.chat_id):
        return False
    await scene.nod()
    return True


async def show_missing(scene: Scene) -> None:
    """/missing: the list of the newest warning in force."""
    rows = await active_for(scene.work, scene.known())
    if not rows:
        await scene.say(scene.text("warning.none_active"))
        return
    scene.args = (str(rows[-1].id),)
    await _missing(scene)


FEATURE = Feature(
    name="warning",
    commands={"warn": compose_warning, "warnings": show_active, "missing": show_missing},
    urgent=(plain_word,),
    presses={"w": press},
    starts={"a": start},
    private=(private_word,),
    group=(group_word,),
)
