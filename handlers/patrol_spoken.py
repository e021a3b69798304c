"""Check-ins by voice: taken from whoever has a task, listened to and answered with 1 or 0 by the village officer."""

from domain.answers import plain
from domain.errors import Stale
from domain.patrols import Finding
from handlers.incoming import What
from handlers.patrol_lists import go_on_to_hazard
from handlers.scene import Scene
from services.patrol_spoken import keep, newest_waiting, settle
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
    """p:heard:<spoken>:<1|0>"""
    if scene.args[1:] not in {("1",), ("0",)} or not scene.incoming.private:
        raise Stale("refused.stale")
    await _settle(scene, scene.number(), fine=scene.args[1] == "1")


async def heard_word(scene: Scene) -> bool:
    """1 or 0, typed by whoever is to listen and has no task of his own."""
    incoming, person = scene.incoming, scene.person
    if incoming.what is not What.TEXT or person is None or plain(incoming.text) not in {"1", "0"}:
        return False
    row = await newest_waiting(scene.work, person)
    if row is None or await open_tasks(scene.work, person):
        return False
    await _settle(scene, row.id, fine=plain(incoming.text) == "1")
    return True


async def _settle(scene: Scene, spoken_id: int, *, fine: bool) -> None:
    done = await settle(scene.work, scene.known(), spoken_id, fine=fine)
    text = scene.text("spoken.settled", count=len(done), fine=fine)
    if scene.incoming.what is What.PRESS:
        await scene.redraw(text)
    else:
        await scene.say(text)
    bad = next((one for one in done if one.check_in.finding is Finding.ABNORMAL), None)
    if bad is not None:
        await go_on_to_hazard(scene, bad.task)
