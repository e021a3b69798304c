"""Warnings as officers touch them: composed, released, refused, lifted; what is in force."""

from collections.abc import Awaitable, Callable, Mapping

from domain.colours import Colour
from domain.errors import NotAllowed, Stale
from domain.people import Action, may
from handlers.scene import Scene
from handlers.warning_evidence import press as press_evidence
from messages.keyboards import button
from services.acknowledge import active_for, answered_and_owed
from services.ports import WarningRow
from services.warning_area import area_buttons, held_card, held_row, toggle
from services.warning_correction import may_correct
from services.warning_desk import lift_by_officer, may_lift, refuse_held, release_held
from services.warning_evidence import of
from services.warning_second import card_of, requests_for, second_buttons
from services.warning_still import extend
from services.warning_texts import correct_buttons, post_facts


async def compose_warning(scene: Scene) -> None:
    """/warn: an officer writes a warning, in private."""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await scene.open("compose")


async def show_active(scene: Scene) -> None:
    """/warnings: what is in force in the person's places, newest first; who may lift one gets a button for it."""
    person = scene.known()
    for request in await requests_for(scene.work, person):
        text = await card_of(scene.work, request.warning, request.first, request.asked, scene.lang)
        await scene.say(text, second_buttons(scene.work, request.warning, request.asked, scene.lang))
    for row in reversed(await active_for(scene.work, person)):
        facts = await post_facts(scene.work, row)
        tally = await answered_and_owed(scene.work, row)
        buttons = [button(scene.label("warning.button.missing"), f"w:missing:{row.id}")]
        if may_lift(scene.work, person, row):
            buttons.append(button(scene.label("warning.button.lift"), f"w:lift:{row.id}"))
        if may(person, Action.RELEASE_HELD_WARNING, scene.work.county):
            buttons.append(button(scene.label("held.button.evidence"), f"w:evidence:{row.id}"))
        wrong = await may_correct(scene.work, person, row)
        correct = correct_buttons(scene.work, row, scene.lang) if wrong else ()
        card = scene.card("warning_line", answered=tally[0], owed=tally[1], **facts)
        await scene.say(card, (tuple(buttons), *correct))
    if not await active_for(scene.work, person):
        await scene.say(scene.text("warning.none_active"))


async def _release(scene: Scene) -> None:
    colour = None
    if len(scene.args) > 1:
        try:
            colour = Colour(scene.args[1])
        except ValueError:
            raise Stale("refused.stale") from None
    row = await release_held(scene.work, scene.person, scene.number(), colour)
    if row.state == "held":  # it has its colour now, and no place yet
        await _draw_area(scene, row)
        return
    text = scene.text("warning.held.released", number=row.number)
    await scene.redraw(text, correct_buttons(scene.work, row, scene.lang))


async def _area(scene: Scene) -> None:
    """w:area:<warning>:<place>: one tick more or less."""
    code = scene.args[1] if len(scene.args) > 1 else ""
    await _draw_area(scene, await toggle(scene.work, scene.person, scene.number(), code))


async def _areas(scene: Scene) -> None:
    """w:areas:<warning>:<page>"""
    row = await of(scene.work, scene.person, scene.number())
    await _draw_area(scene, row, scene.number(1))


async def _draw_area(scene: Scene, row: WarningRow, page: int = 0) -> None:
    officer = scene.known()
    card = await held_card(scene.work, row, officer, row.held_because)
    await scene.redraw(card, await area_buttons(scene.work, row, officer, page))


async def _villages(scene: Scene) -> None:
    row = await held_row(scene.work, scene.number())
    await scene.open("place_warning", {"warning": row.id, "number": row.number})


async def _extend(scene: Scene) -> None:
    row = await extend(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("held.extended", number=row.number, expires=scene.work.local(row.expires)))


async def _refuse(scene: Scene) -> None:
    await refuse_held(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("warning.held.refused"))


async def _lift(scene: Scene) -> None:
    row = await lift_by_officer(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("warning.held.lifted", number=row.number))


async def _keep(scene: Scene) -> None:
    scene.known()
    await scene.redraw(scene.text("warning.held.kept"))


DESK_PRESSES: Mapping[str, Callable[[Scene], Awaitable[None]]] = {
    "release": _release,
    "refuse": _refuse,
    "lift": _lift,
    "keep": _keep,
    "area": _area,
    "areas": _areas,
    "villages": _villages,
    "extend": _extend,
    "evidence": press_evidence,
}
