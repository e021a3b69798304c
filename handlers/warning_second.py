"""The second person's buttons: agree or send back, call a warning wrong, confirm that it was."""

from collections.abc import Mapping

from handlers.scene import Handler, Scene
from services.warning_approval import approve, waiting_for
from services.warning_correction import Corrected, call_right, call_wrong, confirm_wrong
from services.warning_second import whom_to_phone
from services.warning_texts import correct_buttons


async def _agree(scene: Scene) -> None:
    row = await approve(scene.work, scene.person, scene.number())
    text = scene.text("second.done.agreed", number=row.number)
    await scene.redraw(text, correct_buttons(scene.work, row, scene.lang))


async def _return(scene: Scene) -> None:
    row = await waiting_for(scene.work, scene.person, scene.number())
    await scene.open("return_warning", {"warning": row.id, "number": row.number})


async def _wrong(scene: Scene) -> None:
    """The first tap asks the others; where another one has said it before, it is the second."""
    done = await call_wrong(scene.work, scene.person, scene.number())
    if isinstance(done, Corrected):
        await _corrected(scene, done)
        return
    if done.asked:
        names = [person.name for person in done.asked]
        await scene.say(scene.text("second.asked", people=names))
    else:
        await scene.say(scene.text("second.nobody", people=whom_to_phone(done)))


async def _confirm(scene: Scene) -> None:
    await _corrected(scene, await confirm_wrong(scene.work, scene.person, scene.number()))


async def _corrected(scene: Scene, done: Corrected) -> None:
    await scene.say(
        scene.text("second.done.corrected", number=done.warning.number, groups=done.groups, people=done.people)
    )


async def _right(scene: Scene) -> None:
    row = await call_right(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("second.done.kept", number=row.number))


SECOND_PRESSES: Mapping[str, Handler] = {
    "agree": _agree,
    "return": _return,
    "wrong": _wrong,
    "confirm": _confirm,
    "right": _right,
}
