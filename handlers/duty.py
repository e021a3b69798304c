"""Duty as people touch it: /duty says who is on, 接班 is one tap, a swap asks the other one."""

from domain.duty import Shift
from domain.errors import NotAllowed, Stale
from domain.people import Action, Person, may
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Rows
from handlers.presses import in_private
from handlers.scene import Feature, Handler, Scene
from services.duty import answer_swap, as_last_week, hours_of, look_ahead, on_shift, own_shift, unit_of
from services.duty_call import doubt, handover_card, may_add_words, take_over
from services.duty_gaps import gaps_text


async def duty(scene: Scene) -> None:
    """/duty: who is on now, who comes next, one's own shifts; for those who plan them, the gaps of the week."""
    if not await scene.only_private("du"):
        return
    person = scene.known()
    place = await unit_of(scene.work, person)
    if place is None:
        raise NotAllowed("refused.no_right")
    work = scene.work
    following = await work.rows.duty.next_after(place, work.now)
    own = await work.rows.duty.of_person(person.id, work.now, 4)
    text = scene.card(
        "duty_now",
        place=(await work.tree()).path(place),
        now=[{"name": one.name, "phone": one.phone} for one in await on_shift(work, place)],
        next_starts=None if following is None else work.local(following.starts_at),
        next=[] if following is None else await _names(scene, following),
        own=[{"starts": work.local(one.starts_at), "ends": work.local(one.ends_at)} for one in own],
    )
    await scene.say(text, _buttons(scene, person, place, own))
    if _plans(person, place):
        found = await look_ahead(work, place)
        if found.shifts and not found.sound:
            await scene.say(await gaps_text(work, place, found, scene.lang))


def _plans(person: Person, place: PlaceCode) -> bool:
    return may(person, Action.PLAN_DUTY, place)


async def _names(scene: Scene, shift: Shift) -> list[str]:
    people = await scene.work.rows.people.many(shift.members)
    return [people[one].name for one in shift.members if one in people]


def _buttons(scene: Scene, person: Person, place: PlaceCode, own: list[Shift]) -> Rows:
    work = scene.work
    rows: list[tuple[Button, ...]] = []
    for shift in own:
        starts = work.local(shift.starts_at)
        if shift.called:
            here = scene.label("duty.button.here")
            rows.append((Button(here, f"du:here:{shift.id}", style=ButtonStyle.SUCCESS),))
        rows.append((Button(scene.label("duty.button.swap", starts=starts), f"du:swap:{shift.id}"),))
    if _plans(person, place):
        plan = Button(scene.label("duty.button.plan"), f"du:plan:{place}", style=ButtonStyle.PRIMARY)
        rows.append((plan, Button(scene.label("duty.button.again"), f"du:again:{place}")))
        off = Button(scene.label("assigned.button.off"), f"as:who:{place}")
        rows.append((off, Button(scene.label("table.button.blank"), "tb:blank:duty")))
    return tuple(rows)


# -- presses ------------------------------------------------------------------------------------------------------


async def _here(scene: Scene) -> None:
    shift, how = await take_over(scene.work, scene.person, scene.number())
    text = scene.text("duty.here", how=how, at=scene.work.local(scene.work.now), **hours_of(scene.work, shift))
    handover = await scene.work.rows.duty_log.handover_to(shift.id)
    words = Button(scene.label("duty.button.more"), f"du:more:{0 if handover is None else handover.id}:0")
    await scene.redraw(text, ((words,),) if handover is not None and handover.lines else ())


async def _doubt(scene: Scene) -> None:
    shift = await doubt(scene.work, scene.person, scene.number())
    here = Button(scene.label("duty.button.here"), f"du:here:{shift.id}", style=ButtonStyle.SUCCESS)
    await scene.redraw(scene.text("duty.doubt_kept"), ((here,),))


async def _more(scene: Scene) -> None:
    """du:more:<handover>:<page>, for whoever is on either shift."""
    person, work = scene.known(), scene.work
    handover = await work.rows.duty_log.handover(scene.number())
    shift = None if handover is None else await work.rows.duty.get(handover.to_shift)
    if handover is None or shift is None:
        raise Stale("refused.stale")
    before = None if handover.from_shift is None else await work.rows.duty.get(handover.from_shift)
    if person.id not in {*shift.members, *(() if before is None else before.members)}:
        raise NotAllowed("duty.not_yours")
    text, more = await handover_card(work, shift, handover, scene.lang, "page", scene.number(1))
    await scene.say(text, more)


async def _words(scene: Scene) -> None:
    handover = await may_add_words(scene.work, scene.person, scene.number())
    await scene.open("duty_words", {"handover": handover.id})


async def _swap(scene: Scene) -> None:
    shift = await own_shift(scene.work, scene.person, scene.number())
    await scene.open("swap_duty", {"shift": shift.id})


async def _yes(scene: Scene) -> None:
    shift, asker = await answer_swap(scene.work, scene.person, scene.number(), agreed=True)
    await scene.redraw(scene.text("duty.swap.taken", name=asker.name, **hours_of(scene.work, shift)))


async def _no(scene: Scene) -> None:
    _, asker = await answer_swap(scene.work, scene.person, scene.number(), agreed=False)
    await scene.redraw(scene.text("duty.swap.declined", name=asker.name))


async def _plan(scene: Scene) -> None:
    scene.number()
    await scene.open("plan_duty", {"place": scene.args[0]})


async def _again(scene: Scene) -> None:
    scene.number()
    made, kept = await as_last_week(scene.work, scene.person, PlaceCode(scene.args[0]))
    await scene.say(scene.text("duty.again", made=made, kept=kept))


_PRESSES: dict[str, Handler] = {
    "here": _here,
    "doubt": _doubt,
    "more": _more,
    "words": _words,
    "swap": _swap,
    "yes": _yes,
    "no": _no,
    "plan": _plan,
    "again": _again,
}
"""du:<what>:<shift, hand-over, swap or place>"""


FEATURE = Feature(name="duty", presses={"du": in_private(_PRESSES)}, starts={"du": duty}, commands={"duty": duty})
