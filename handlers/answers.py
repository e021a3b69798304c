"""What people answer to a warning: 收到 by button, word or link; then what they do, and a call for help."""

from domain.answers import is_received
from domain.errors import NotAllowed, Stale
from domain.obligations import Channel
from domain.stage_two import Measure, SaidMeasure, read_measure
from domain.text import Html
from handlers.incoming import What
from handlers.patrol_words import show_open
from handlers.scene import Scene
from services.acknowledge import Acknowledged, acknowledge, acknowledge_all, acknowledge_in_group
from services.stage_two import Acted, act, act_on_open, figures_are_measures, said_received_just_now

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
    await act(scene.work, scene.known(), scene.number(), Measure.SUPPORT, Channel.BUTTON)
    scene.toast(scene.label("warning.help_called"), alert=True)


async def press_measure(scene: Scene) -> None:
    """w:act:<warning>:<measure>: 已到岗, 已清点, 需支援."""
    measure = measure_of(scene, 1)
    taken = await act(scene.work, scene.known(), scene.number(), measure, Channel.BUTTON)
    if measure is Measure.SUPPORT and taken.kind != "over":
        scene.toast(scene.label("warning.help_called"), alert=True)
        return
    scene.toast(said_measure(scene, taken, measure))
    if scene.incoming.private:
        await scene.go_on()


def measure_of(scene: Scene, position: int) -> Measure:
    written = scene.args[position] if len(scene.args) > position else ""
    if written not in set(Measure):
        raise Stale("refused.stale")
    return Measure(written)


def said_measure(scene: Scene, taken: Acted, measure: Measure) -> str:
    if taken.kind in {"over", "not_owing"}:
        return scene.label(_ANSWERS[taken.kind])
    name = scene.label(f"answers.measure.{measure.value}")
    return scene.label("answers.act.recorded", at=scene.work.local(scene.work.now), measure=name)


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


async def spelt_measure(scene: Scene) -> bool:
    """已到岗, spelt out, is never the answer to a question of a dialogue."""
    told = _measure_typed(scene)
    return told is not None and not told.by_number and await _take_measure(scene, told)


async def measure_word(scene: Scene) -> bool:
    """2, "2 礼堂42人都在": a figure counts where nothing else that takes figures is open."""
    told = _measure_typed(scene)
    if told is None or (told.by_number and not await figures_are_measures(scene.work, scene.known())):
        return False
    if told.by_number and told.measure is Measure.ARRIVED and not told.words:
        said_at = await said_received_just_now(scene.work, scene.known())
        if said_at is not None:
            await scene.say(scene.text("answers.act.once_more", at=scene.work.local(said_at)))
            return True
    return await _take_measure(scene, told)


def _measure_typed(scene: Scene) -> SaidMeasure | None:
    incoming = scene.incoming
    if incoming.what is not What.TEXT or scene.person is None or incoming.forwarded:
        return None
    return read_measure(incoming.text)


async def _take_measure(scene: Scene, told: SaidMeasure) -> bool:
    taken = await act_on_open(scene.work, scene.known(), told.measure, told.words)
    if not taken:
        return False
    if told.measure is Measure.SUPPORT:
        await scene.say(scene.text("warning.help_called"))
    else:
        name = scene.label(f"answers.measure.{told.measure.value}")
        await scene.say(scene.text("answers.act.recorded", at=scene.work.local(scene.work.now), measure=name))
    await scene.go_on()
    await show_open(scene)
    return True


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
