"""暂停巡查（人员安全）, half-hour rounds of dikes, and their end, from the township's desk: buttons under /patrols."""

from domain.errors import NotAllowed, Stale
from domain.patrols import OrderKind
from domain.people import RIGHTS, Action
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Rows
from handlers.scene import Scene
from services.patrol_orders import make_dense, orders_of, pause, resume


async def order_buttons(scene: Scene) -> Rows:
    """What holds can be taken back; what does not can be ordered."""
    officer, tree = scene.known(), await scene.work.tree()
    holding = await orders_of(scene.work, officer)
    rows = []
    for order in holding:
        back = "resume" if order.kind is OrderKind.PAUSE else "usual"
        rows.append((_button(scene, back, tree.path(order.place), f"p:resume:{order.id}"),))
    places = dict.fromkeys(post.place for post in officer.posts if post.role in RIGHTS[Action.PLAN_PATROL])
    response = bool(places) and bool(await scene.work.rows.responses.active())
    for place in places:
        held = {one.kind for one in holding if one.place == place}
        if OrderKind.PAUSE not in held:
            rows.append((_button(scene, "pause", tree.path(place), f"p:pause:{place}"),))
        if response and OrderKind.DENSE not in held:
            rows.append((_button(scene, "dense", tree.path(place), f"p:dense:{place}"),))
    return tuple(rows)


def _button(scene: Scene, what: str, place: str, data: str) -> Button:
    return Button(scene.label(f"patrol.button.{what}", place=place)[:64], data)


async def press_pause(scene: Scene) -> None:
    """p:pause:<place>, pressed twice: the second time as p:pause:<place>:yes."""
    place = await _twice(scene, "pause")
    if place is not None:
        count = await pause(scene.work, scene.known(), place)
        await scene.redraw(scene.text("patrol.order.paused", count=count))


async def press_dense(scene: Scene) -> None:
    """p:dense:<place>, pressed twice: the second time as p:dense:<place>:yes."""
    place = await _twice(scene, "dense")
    if place is not None:
        await make_dense(scene.work, scene.known(), place)
        hours = scene.work.policy.patrols.dense_hours
        await scene.redraw(scene.text("patrol.order.dense", hours=hours))


async def _twice(scene: Scene, what: str) -> PlaceCode | None:
    """The place, when it was pressed for the second time; after the first press the question is put."""
    officer, place = scene.known(), PlaceCode(scene.args[0])
    if place not in await scene.work.tree():
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if scene.args[1:] == ("yes",):
        return place
    await scene.work.require(officer, Action.PLAN_PATROL, place)
    label = scene.label(f"patrol.button.{what}_sure")
    yes = Button(label, f"p:{what}:{place}:yes", style=ButtonStyle.DANGER)
    await scene.say(scene.text(f"patrol.order.sure_{what}"), ((yes,),))
    return None


async def press_resume(scene: Scene) -> None:
    order = await resume(scene.work, scene.known(), scene.number())
    await scene.redraw(scene.text("patrol.order.resumed", place=(await scene.work.tree()).path(order.place)))
