"""Who is missing, and what a helper records for them: reached by phone, at the door, or not."""

from domain.errors import NotAllowed, Stale
from domain.obligations import Channel
from domain.text import Button, ButtonStyle
from handlers.scene import Scene
from services.acknowledge import active_for
from services.channels import why_with_notes
from services.office import report_wrong_number
from services.warning_helpers import record_for, record_unreached, to_record
from services.warning_missing import Missing, missing

_LISTED = 40


async def list_missing(scene: Scene) -> None:
    """The list of names goes to the leader's private chat, never into the group."""
    leader = scene.known()
    row, found, owed = await missing(scene.work, leader, scene.number())
    tree = await scene.work.tree()

    def line(one: Missing) -> dict[str, str]:
        return {
            "place": tree.path(one.place),
            "name": one.person.name,
            "phone": one.person.phone,
            "why_text": why_with_notes(scene.work, one.why, one.elsewhere, scene.lang),
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


async def choose(scene: Scene) -> None:
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


async def press_result(scene: Scene) -> None:
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


async def show_missing(scene: Scene) -> None:
    """/missing: the list of the newest warning in force."""
    rows = await active_for(scene.work, scene.known())
    if not rows:
        await scene.say(scene.text("warning.none_active"))
        return
    scene.args = (str(rows[-1].id),)
    await list_missing(scene)
