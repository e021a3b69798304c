"""What people answer to a warning: 收到 by button, word or link, and a call for help."""

from domain.answers import is_received
from domain.errors import NotAllowed
from domain.obligations import Channel
from domain.text import Html
from handlers.incoming import What
from handlers.patrol_words import show_open
from handlers.scene import Scene
from services.acknowledge import Acknowledged, acknowledge, acknowledge_all, acknowledge_in_group, call_for_help

_ANSWERS = {
    "recorded": "warning.recorded",
    "late": "warning.recorded_late",
    "before": "warning.recorded_before",
    "over": "warning.over",
    "not_owing": "warning.not_owing",
}


def _said(scene: Scene, taken: Acknowledged) -> Html:
    return scene.text(_ANSWERS[taken.kind], at=scene.work.local(taken.at), name=scene.known().name)


async def press_received(scene: Scene) -> None:
    taken = await acknowledge(scene.work, scene.known(), scene.number(), Channel.BUTTON)
    scene.toast(scene.label(_ANSWERS[taken.kind], at=scene.work.local(taken.at), name=scene.known().name))
    if scene.incoming.private:
        await scene.go_on()


async def call_help(scene: Scene) -> None:
    await call_for_help(scene.work, scene.known(), scene.number())
    scene.toast(scene.label("warning.help_called"), alert=True)


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
