"""暂停巡查（人员安全）and its end, from the township's desk: two buttons under /patrols."""

from domain.errors import NotAllowed, Stale
from domain.patrols import OrderKind
from domain.people import RIGHTS, Action
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Rows
from handlers.scene import Scene
from services.patrol_orders import orders_of, pause, resume


async def order_buttons(scene: Scene) -> Rows:
    """What holds can be taken back; what does not can be ordered."""
    officer, tree = scene.known(), await scene.work.tree()
    holding = [one for one in await orders_of(scene.work, officer) if one.kind is OrderKind.PAUSE]
    rows = []
    for order in holding:
        label = scene.label("patrol.button.resume", place=tree.path(order.place))[:64]
        rows.append((Button(label, f"p:resume:{order.id}"),))
    paused = {one.place for one in holding}
    for post in officer.posts:
        if post.role in RIGHTS[Action.PLAN_PATROL] and post.place not in paused:
            paused.add(post.place)
            label = scene.label("patrol.button.pause", place=tree.path(post.place))[:64]
            rows.append((Button(label, f"p:pause:{post.place}"),))
    return tuple(rows)


async def press_pause(scene: Scene) -> None:
    """p:pause:<place>, pressed twice: the second time as p:pause:<place>:yes."""
    officer, place = scene.known(), PlaceCode(scene.args[0])
    if place not in await scene.work.tree():
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if scene.args[1:] != ("yes",):
        await scene.work.require(officer, Action.PLAN_PATROL, place)
        label = scene.label("patrol.button.pause_sure")
        yes = Button(label, f"p:pause:{place}:yes", style=ButtonStyle.DANGER)
        await scene.say(scene.text("patrol.order.sure"), ((yes,),))
        return
    count = await pause(scene.work, officer, place)
    await scene.redraw(scene.text("patrol.order.paused", count=count))


async def press_resume(scene: Scene) -> None:
    order = await resume(scene.work, scene.known(), scene.number())
    await scene.redraw(scene.text("patrol.order.resumed", place=(await scene.work.tree()).path(order.place)))
