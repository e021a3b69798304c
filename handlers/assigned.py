"""撤下: somebody's places and coming shifts, one of them chosen, confirmed, ended. In private."""

from domain.errors import NotAllowed, Stale
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Html, Rows
from handlers.presses import in_private
from handlers.scene import Feature, Handler, Scene
from messages.keyboards import button, in_rows
from services.assigned import assigned, end_place, on_coming_shifts, take_off, the_assignment, the_shift
from services.desk import allowed
from services.duty import hours_of

_MOST = 40


async def _who(scene: Scene) -> None:
    """as:who:<place>: those on coming shifts, to choose from."""
    scene.number()
    place = PlaceCode(scene.args[0])
    if not await allowed(scene.work, scene.known(), Action.PLAN_DUTY, place):
        raise NotAllowed("refused.no_right")
    found = await on_coming_shifts(scene.work, place)
    buttons = [button(one.name, f"as:of:{one.id}") for one in found[:_MOST]]
    await scene.say(scene.text("assigned.who" if buttons else "assigned.nobody"), in_rows(buttons, 3))


async def _of(scene: Scene) -> None:
    """as:of:<person>"""
    text, rows = await _screen(scene, await _person(scene))
    await scene.say(text, rows)


async def _person(scene: Scene) -> Person:
    person = await scene.work.rows.people.get(scene.number())
    if person is None:
        raise Stale("refused.gone")
    return person


async def _screen(scene: Scene, person: Person) -> tuple[Html, Rows]:
    work, tree = scene.work, await scene.work.tree()
    found = await assigned(work, scene.known(), person)
    places = [{"place": tree.path(one.place), "households": one.households} for one in found.places]
    shifts = [{"place": tree.path(one.place), **hours_of(work, one)} for one in found.shifts]
    rows = [
        button(scene.label("assigned.button.place", place=told["place"]), f"as:c:{person.id}:{one.id}")
        for one, told in zip(found.places, places, strict=True)
    ]
    rows += [
        button(scene.label("assigned.button.shift", starts=told["starts"]), f"as:s:{person.id}:{one.id}")
        for one, told in zip(found.shifts, shifts, strict=True)
    ]
    return scene.card("assigned", name=person.name, places=places, shifts=shifts), in_rows(rows, 1)


def _sure(scene: Scene, yes: str, person_id: int) -> Rows:
    take = Button(scene.label("assigned.button.sure"), yes, style=ButtonStyle.DANGER)
    return ((take, Button(scene.label("assigned.button.keep"), f"as:keep:{person_id}")),)


async def _place(scene: Scene) -> None:
    """as:c:<person>:<assignment>"""
    person = await _person(scene)
    one = await the_assignment(scene.work, scene.person, person.id, scene.number(1))
    place = (await scene.work.tree()).path(one.place)
    text = scene.text("assigned.ask_place", name=person.name, place=place)
    await scene.redraw(text, _sure(scene, f"as:cy:{person.id}:{one.id}", person.id))


async def _place_sure(scene: Scene) -> None:
    person = await _person(scene)
    one = await end_place(scene.work, scene.person, person.id, scene.number(1))
    place = (await scene.work.tree()).path(one.place)
    await scene.redraw(scene.text("assigned.place_done", name=person.name, place=place))


async def _shift(scene: Scene) -> None:
    """as:s:<person>:<shift>"""
    person = await _person(scene)
    shift = await the_shift(scene.work, scene.person, person.id, scene.number(1))
    alone = len(shift.members) == 1
    text = scene.text("assigned.ask_shift", name=person.name, alone=alone, **hours_of(scene.work, shift))
    await scene.redraw(text, _sure(scene, f"as:sy:{person.id}:{shift.id}", person.id))


async def _shift_sure(scene: Scene) -> None:
    person = await _person(scene)
    left = await take_off(scene.work, scene.person, person.id, scene.number(1))
    facts = {"name": person.name, "left": len(left.members), **hours_of(scene.work, left)}
    await scene.redraw(scene.text("assigned.shift_done", **facts))


async def _keep(scene: Scene) -> None:
    person = await _person(scene)
    await scene.redraw(scene.text("assigned.kept", name=person.name))


_PRESSES: dict[str, Handler] = {
    "who": _who,
    "of": _of,
    "c": _place,
    "cy": _place_sure,
    "s": _shift,
    "sy": _shift_sure,
    "keep": _keep,
}


FEATURE = Feature(name="assigned", presses={"as": in_private(_PRESSES)})
