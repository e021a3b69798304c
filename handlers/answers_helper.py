"""Who is missing, and what a helper records for them: reached by phone, at the door, or not."""

from domain.errors import NotAllowed, Stale
from domain.people import Action
from domain.text import Html
from handlers.answers import measure_of, said_measure
from handlers.scene import Scene
from services import phone_lists
from services.acknowledge import active_for
from services.channels import why_with_notes
from services.desk import allowed
from services.ports import WarningRow
from services.stage_two import act_for
from services.warning_helpers import record_call, try_again_later
from services.warning_missing import Missing, answered_in, areas_of, missing

_LISTED = 40


async def list_missing(scene: Scene) -> None:
    """The list of names goes to the leader's private chat, never into the group: for whoever records for others with
    buttons for what became of each call."""
    leader = scene.known()
    row, found = await missing(scene.work, leader, scene.number())
    if not scene.incoming.private and scene.incoming.query_id is None:
        raise NotAllowed("refused.private_only")
    if not leader.reachable:
        scene.toast(scene.label("undelivered.note.open_private"), alert=True)
        return
    his = [one.owed for one in found if await allowed(scene.work, leader, Action.RECORD_FOR_OTHERS, one.place)]
    key = f"{row.subject}:asked:{scene.incoming.update_id}"
    if his:
        await phone_lists.send(scene.work, row, leader, his[:_LISTED], heading=phone_lists.ASKED, key=key)
        if len(found) > _LISTED:
            more = scene.text("answers.more", more=len(found) - _LISTED)
            await scene.work.tell(leader, f"{key}:more", more)
    else:
        await scene.work.tell(leader, key, await _plain_list(scene, row, found))
    if not scene.incoming.private:
        scene.toast(scene.label("button.sent_private"))


async def _plain_list(scene: Scene, row: WarningRow, found: list[Missing]) -> Html:
    tree = await scene.work.tree()
    answered, owed = await answered_in(scene.work, row, areas_of(scene.known()))
    people = [
        {
            "place": tree.path(one.place),
            "name": one.person.name,
            "phone": one.person.phone,
            "why_text": why_with_notes(scene.work, one.why, one.elsewhere, scene.lang),
        }
        for one in found[:_LISTED]
    ]
    return scene.card(
        "warning_missing",
        kind=row.kind,
        colour=row.colour.value,
        number=row.number,
        answered=answered,
        owed=owed,
        people=people,
        more=max(0, len(found) - _LISTED),
    )


async def press_result(scene: Scene) -> None:
    """w:rec:<warning>:<person>:<letter>: one tap on a phone list. The lists themselves are drawn anew."""
    result = phone_lists.CODES.get(scene.args[2] if len(scene.args) > 2 else "")
    if result is None:
        raise Stale("refused.stale")
    helper = scene.known()
    taken, person = await record_call(scene.work, helper, scene.number(), scene.number(1), result)
    name = scene.label(f"answers.call.{result.value}")
    if taken is None:
        scene.toast(scene.label("warning.recordfor.unreached", name=person.name, why=name))
    elif taken.kind == "over":
        scene.toast(scene.label("answers.over"), alert=True)
    else:
        at = scene.work.local(taken.at)
        scene.toast(scene.label("warning.recordfor.done", name=person.name, how=name, at=at))


async def press_measure_for(scene: Scene) -> None:
    """w:did:<warning>:<person>:<measure>: the desk telephoned somebody who had said 收到 and nothing more."""
    measure = measure_of(scene, 2)
    taken = await act_for(scene.work, scene.person, scene.number(), scene.number(1), measure)
    scene.toast(said_measure(scene, taken, measure))


async def press_tried(scene: Scene) -> None:
    """w:tried:<warning>:<person>:n"""
    person = await try_again_later(scene.work, scene.person, scene.number(), scene.number(1))
    why = scene.label("answers.call.no_answer")
    scene.toast(scene.label("answers.act.tried", name=person.name, why=why))


async def show_missing(scene: Scene) -> None:
    """/missing: the list of the newest warning in force."""
    rows = await active_for(scene.work, scene.known())
    if not rows:
        await scene.say(scene.text("warning.none_active"))
        return
    scene.args = (str(rows[-1].id),)
    await list_missing(scene)
