"""Check-ins by voice: taken from whoever has a task, listened to and answered with 1 or 0 by the village officer."""

from domain.errors import Stale
from domain.patrol_answers import read_heard
from domain.patrols import Finding
from handlers.incoming import What
from handlers.patrol_lists import go_on_to_hazard
from handlers.scene import Scene
from services.patrol_spoken import keep, newest_waiting, reading_of, settle
from services.patrol_texts import open_tasks


async def voice(scene: Scene) -> bool:
    """A voice in the private chat, or as a reply to the bot in a group, while a task is open."""
    incoming, person = scene.incoming, scene.person
    if incoming.what is not What.VOICE or person is None or incoming.forwarded:
        return False
    if not incoming.private and incoming.reply_to is None:
        return False
    tasks = await open_tasks(scene.work, person)
    if not tasks:
        return False
    kept = await keep(scene.work, person, tasks, incoming.file_id, incoming.seconds)
    if not incoming.private:
        await scene.nod()
    name = "" if kept.listener is None else kept.listener.name
    await (scene.aside() or scene).say(scene.text("spoken.kept", seconds=incoming.seconds, name=name))
    return True


async def press_heard(scene: Scene) -> None:
    """p:heard:<spoken>:<1|0|2>, where 2 is 0 in the words that the machine proposed"""
    if scene.args[1:] not in {("1",), ("0",), ("2",)} or not scene.incoming.private:
        raise Stale("refused.stale")
    number = scene.number()
    words = await reading_of(scene.work, number) if scene.args[1] == "2" else ""
    await _settle(scene, number, fine=scene.args[1] == "1", words=words)


async def heard_word(scene: Scene) -> bool:
    """1 or 0, typed by whoever is to listen and has no task of his own; words behind it are what he heard."""
    incoming, person = scene.incoming, scene.person
    said = read_heard(incoming.text) if incoming.what is What.TEXT else None
    if said is None or person is None or incoming.forwarded:
        return False
    row = await newest_waiting(scene.work, person)
    if row is None or await open_tasks(scene.work, person):
        return False
    fine, words = said
    await _settle(scene, row.id, fine=fine, words=words)
    return True


async def _settle(scene: Scene, spoken_id: int, *, fine: bool, words: str) -> None:
    done = await settle(scene.work, scene.known(), spoken_id, fine=fine, words=words)
    text = scene.text("spoken.settled", count=len(done), fine=fine, words=words)
    if scene.incoming.what is What.PRESS:
        await scene.redraw(text)
    else:
        await scene.say(text)
    bad = next((one for one in done if one.check_in.finding is Finding.ABNORMAL), None)
    if bad is not None:
        await go_on_to_hazard(scene, bad.task, words)
