"""/evidence and the button of the same meaning: the record of a warning, and the file as it came."""

from domain.errors import NotAllowed
from handlers.scene import Scene
from services.ports import WarningRow
from services.warning_evidence import find, of, original, words_of


async def command(scene: Scene) -> None:
    """/evidence 2026-017"""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await _show(scene, await find(scene.work, scene.person, scene.incoming.text))


async def press(scene: Scene) -> None:
    await _show(scene, await of(scene.work, scene.person, scene.number()))


async def _show(scene: Scene, row: WarningRow) -> None:
    await scene.say(await words_of(scene.work, row, scene.lang))
    file = await original(scene.work, row, scene.known(), scene.next_key())
    if file is not None:
        await scene.work.rows.outbox.put(file)
