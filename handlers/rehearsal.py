"""/rehearsal, 通联测试: begun with two taps, answered with one, its holes read by kind."""

from collections.abc import Sequence

from domain.calling import CallResult
from domain.errors import NotAllowed, Stale
from domain.people import RIGHTS, Action, Person, Reach
from domain.places import PlaceCode, is_within
from domain.text import Button, ButtonStyle, Rows
from handlers.presses import in_private
from handlers.scene import Feature, Handler, Scene
from services.papers import ask_for_paper
from services.rehearsal import KINDS, TO_PHONE, begin, heard, holes_of, in_charge, report, seen_by
from services.rehearsal_calls import record_call
from services.rehearsal_papers import REACH_SHEET
from services.rehearsal_ways import ways

_PAGE = 20
_TO_PHONE = 8
_RESULTS = {"t": CallResult.THROUGH, "n": CallResult.NO_ANSWER, "w": CallResult.NO_SUCH_NUMBER}


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
    rows: Rows = ((go,),)
    if names := [one.label for one in ways(scene.work)]:
        rows = ((go,), (Button(scene.label("rehearsal.button.begin_all", names=names), f"rt:goall:{area}"),))
    await scene.redraw(scene.text("rehearsal.sure", hours=hours, **facts), rows)


async def _go(scene: Scene) -> None:
    await _begin(scene, elsewhere=False)


async def _go_all(scene: Scene) -> None:
    await _begin(scene, elsewhere=True)


async def _begin(scene: Scene, *, elsewhere: bool) -> None:
    scene.number()
    row, asked, silent = await begin(scene.work, scene.person, PlaceCode(scene.args[0]), elsewhere=elsewhere)
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
    holes = await holes_of(scene.work, row)
    names = holes.listed(kind)
    if kind in TO_PHONE:
        await _list_to_phone(scene, row.id, kind, holes.people.get(kind, []), since)
        return
    rest = len(names) - since - _PAGE
    more = Button(scene.label("rehearsal.button.more"), f"rt:list:{row.id}:{kind}:{since + _PAGE}")
    title = scene.label(f"rehearsal.hole.{kind}")
    text = scene.card("rehearsal_list", title=title, names=names[since : since + _PAGE])
    await scene.say(text, ((more,),) if rest > 0 else ())


async def _list_to_phone(scene: Scene, rehearsal: int, kind: str, people: Sequence[Person], since: int) -> None:
    """A few at a time, with a button for each result of a call."""
    shown = people[since : since + _TO_PHONE]
    rows = [
        tuple(
            Button(
                scene.label(f"rehearsal.button.{result.value}", number=number), f"rt:call:{rehearsal}:{one.id}:{code}"
            )
            for code, result in _RESULTS.items()
        )
        for number, one in enumerate(shown, since + 1)
    ]
    if len(people) > since + _TO_PHONE:
        more = f"rt:list:{rehearsal}:{kind}:{since + _TO_PHONE}"
        rows.append((Button(scene.label("rehearsal.button.more"), more),))
    names = [f"{number}. {one.name} {one.phone}" for number, one in enumerate(shown, since + 1)]
    await scene.say(scene.card("rehearsal_list", title=scene.label(f"rehearsal.hole.{kind}"), names=names), tuple(rows))


async def _call(scene: Scene) -> None:
    """rt:call:<rehearsal>:<person>:<result>"""
    result = _RESULTS.get(scene.args[2] if len(scene.args) > 2 else "")
    if result is None:
        raise Stale("refused.stale")
    person = await record_call(scene.work, scene.person, scene.number(), scene.number(1), result)
    scene.toast(scene.label(f"rehearsal.called.{result.value}", name=person.name))


async def _sheet(scene: Scene) -> None:
    row = await seen_by(scene.work, scene.person, scene.number())
    await ask_for_paper(scene.work, REACH_SHEET, {"rehearsal": row.id}, scene.known())


_PRESSES: dict[str, Handler] = {
    "new": _new,
    "go": _go,
    "goall": _go_all,
    "ok": _ok,
    "list": _list,
    "call": _call,
    "sheet": _sheet,
}
"""rt:<what>:<place or rehearsal>"""


FEATURE = Feature(
    name="rehearsal", presses={"rt": in_private(_PRESSES)}, starts={"rt": rehearsal}, commands={"rehearsal": rehearsal}
)
