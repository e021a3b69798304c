"""/rehearsal, 通联测试: begun with two taps, answered with one, its holes read by kind."""

from domain.errors import NotAllowed, Stale
from domain.people import RIGHTS, Action, Reach
from domain.places import PlaceCode, is_within
from domain.text import Button, ButtonStyle
from handlers.scene import Feature, Handler, Scene
from services.rehearsal import KINDS, begin, heard, holes_of, in_charge, report, seen_by

_PAGE = 20


def _areas(scene: Scene) -> list[PlaceCode]:
    rights = RIGHTS[Action.REHEARSE]
    return sorted({post.place for post in scene.known().posts if rights.get(post.role) is Reach.AREA})


async def rehearsal(scene: Scene) -> None:
    """/rehearsal: the newest ones of the area, and the way to begin one."""
    if not await scene.only_private("rt"):
        return
    areas = _areas(scene)
    if not areas:
        raise NotAllowed("refused.no_right")
    for row in await scene.work.rows.rehearsals.newest(3):
        if any(is_within(row.place, area) for area in areas):
            await scene.say(*await report(scene.work, row, scene.lang))
    tree = await scene.work.tree()
    units = dict.fromkeys(unit for area in areas for unit in (area, *(t.code for t in tree.townships_within(area))))
    rows = tuple((Button(tree.path(unit), f"rt:new:{unit}"),) for unit in units)
    await scene.say(scene.text("rehearsal.where"), rows)


async def _new(scene: Scene) -> None:
    """rt:new:<place>: how many it would ask, and a second tap."""
    scene.number()
    area = PlaceCode(scene.args[0])
    await scene.work.require(scene.person, Action.REHEARSE, area)
    people = await in_charge(scene.work, area)
    silent = sum(not person.reachable for person, _ in people.values())
    go = Button(scene.label("rehearsal.button.begin"), f"rt:go:{area}", style=ButtonStyle.PRIMARY)
    facts = {"place": (await scene.work.tree()).path(area), "people": len(people), "silent": silent}
    hours = scene.work.policy.rehearsal.hours
    await scene.redraw(scene.text("rehearsal.sure", hours=hours, **facts), ((go,),))


async def _go(scene: Scene) -> None:
    scene.number()
    row, asked, silent = await begin(scene.work, scene.person, PlaceCode(scene.args[0]))
    closes = scene.work.local(row.closes_at)
    await scene.redraw(scene.text("rehearsal.begun", asked=asked, silent=silent, closes=closes))


async def _ok(scene: Scene) -> None:
    await heard(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("rehearsal.thanks"))


async def _list(scene: Scene) -> None:
    """rt:list:<rehearsal>:<kind>:<from>"""
    row = await seen_by(scene.work, scene.person, scene.number())
    kind, since = scene.args[1] if len(scene.args) > 1 else "", scene.number(2)
    if kind not in KINDS:
        raise Stale("refused.stale")
    names = (await holes_of(scene.work, row)).listed(kind)
    rest = len(names) - since - _PAGE
    more = Button(scene.label("rehearsal.button.more"), f"rt:list:{row.id}:{kind}:{since + _PAGE}")
    title = scene.label(f"rehearsal.hole.{kind}")
    text = scene.card("rehearsal_list", title=title, names=names[since : since + _PAGE])
    await scene.say(text, ((more,),) if rest > 0 else ())


_PRESSES: dict[str, Handler] = {"new": _new, "go": _go, "ok": _ok, "list": _list}


async def press(scene: Scene) -> None:
    """rt:<what>:<place or rehearsal>"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None or not scene.incoming.private:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


FEATURE = Feature(name="rehearsal", presses={"rt": press}, starts={"rt": rehearsal}, commands={"rehearsal": rehearsal})
