"""Risk points as people touch them: a list with filters, one point, what is changed about it, its map. In private."""

from dataclasses import replace
from typing import Any

from domain.errors import NotAllowed, Stale
from domain.ledger import DISASTER_OF, Disaster, LedgerView
from domain.letters import LetterKind
from domain.people import RIGHTS, Action
from domain.places import Level, Place, PlaceCode
from domain.points import RiskLevel, RiskPoint
from domain.text import Button, ButtonStyle, Rows
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import button, flowing, in_rows, stacked
from services.letters import may_write_about
from services.papers import ask_for_paper
from services.point_papers import POINT_LEDGER
from services.points import confirm_point, decide, point_now
from services.points_map import FORMS, POINT_MAP
from services.points_stale import all_the_same, stale_view
from services.points_view import PAGE, Page, Wanted, card_facts, page, page_facts, rights, version_facts
from services.ports.points import ProposalState

_NONE = "-"
_TOWNSHIPS = 40


async def command(scene: Scene) -> None:
    """/points [number, name or village]"""
    if await scene.only_private("points"):
        await _show_list(scene, Wanted(words=scene.incoming.text.strip()))


async def start(scene: Scene) -> None:
    scene.incoming = replace(scene.incoming, text="")
    await command(scene)


# -- the list ---------------------------------------------------------------------------------------------------------


def _data(wanted: Wanted, offset: int | None = None, what: str = "l") -> str:
    parts = (wanted.area, wanted.disaster, wanted.trade, wanted.level)
    written = ":".join(one or _NONE for one in parts)
    return f"pt:{what}:{written}:{wanted.offset if offset is None else offset}"


def _wanted(scene: Scene) -> Wanted:
    """Out of a button; whoever forges one gets nothing but a polite word."""
    if len(scene.args) < 5:
        raise Stale("refused.stale")
    area, disaster, trade, level = ("" if one == _NONE else one for one in scene.args[:4])
    known = {one.value for one in Disaster}, {one.value for one in RiskLevel}
    if area and not (area.isascii() and area.isdigit()):
        raise Stale("refused.stale")
    if (disaster and disaster not in known[0]) or (level and level not in known[1]):
        raise Stale("refused.stale")
    return Wanted(area, disaster, trade, level, scene.number(4))


async def _show_list(scene: Scene, wanted: Wanted, *, redraw: bool = False) -> None:
    shown = await page(scene.work, scene.known(), wanted)
    text = scene.card("points", own=shown.own, **await page_facts(scene.work, shown, scene.lang))
    say = scene.redraw if redraw else scene.say
    await say(text, await _list_buttons(scene, shown))


async def _list_buttons(scene: Scene, shown: Page) -> Rows:
    wanted = shown.wanted
    lines = [button(f"{one.number} {one.name}", f"pt:s:{one.id}") for one in shown.points]
    turning = []
    if wanted.offset and not wanted.words:
        turning.append(button(scene.label("points.button.earlier"), _data(wanted, max(0, wanted.offset - PAGE))))
    if wanted.offset + PAGE < shown.total and not wanted.words:
        turning.append(button(scene.label("points.button.more"), _data(wanted, wanted.offset + PAGE)))
    if shown.own:
        return stacked(in_rows(lines, 1) if lines else ())
    filters = [
        button(scene.label(f"points.button.by_{name}"), _data(wanted, 0, what))
        for name, what in (("area", "fa"), ("disaster", "fd"), ("trade", "ft"), ("level", "fl"))
    ]
    further = [button(scene.label("points.button.map"), f"pt:map:{wanted.area or _NONE}")]
    if any(post.role in _CHANGERS for post in scene.known().posts):
        further.append(button(scene.label("points.button.add"), "pt:add"))
    sheets = [
        button("⬇️ " + scene.label(f"ledger.view.{view.value}"), _data(wanted, number, "x"))
        for number, view in enumerate(LedgerView)
        if any(post.role in RIGHTS[Action.EXPORT_LEDGER] for post in scene.known().posts)
    ]
    return stacked(in_rows(lines, 1) if lines else (), turning, in_rows(filters, 4), further, sheets)


async def _export(scene: Scene) -> None:
    """pt:x:<area>:<disaster>:<trade>:<level>:<view>: what is listed, as a workbook."""
    wanted, views = _wanted(scene), list(LedgerView)
    if wanted.offset >= len(views):
        raise Stale("refused.stale")
    args = {"area": wanted.area, "disaster": wanted.disaster, "trade": wanted.trade, "level": wanted.level}
    await ask_for_paper(scene.work, POINT_LEDGER, args | {"view": views[wanted.offset].value}, scene.known())


_CHANGERS = frozenset(RIGHTS[Action.EDIT_POINTS]) | frozenset(RIGHTS[Action.PROPOSE_POINTS])


async def _list(scene: Scene) -> None:
    await _show_list(scene, _wanted(scene), redraw=True)


async def _filter(scene: Scene, values: list[tuple[str, str]], name: str) -> None:
    """One dimension to choose from; the first takes it away."""
    wanted = replace(_wanted(scene), offset=0)
    without: dict[str, Any] = {name: ""}
    every = button(scene.label("points.button.every"), _data(replace(wanted, **without)))
    choices = []
    for value, words in values:
        chosen: dict[str, Any] = {name: value}
        choices.append(button(words, _data(replace(wanted, **chosen))))
    fitting = [one for one in choices if one.data is not None and len(one.data.encode()) <= 64]
    await scene.redraw(scene.text(f"points.ask.{name}"), stacked(every, flowing(fitting[:60]) if fitting else ()))


async def _by_area(scene: Scene) -> None:
    wanted = _wanted(scene)
    shown = await page(scene.work, scene.known(), replace(wanted, area="", offset=0))
    tree = await scene.work.tree()
    below: list[Place] = [child for code in shown.areas for child in tree.children(code)]
    if wanted.area:
        below = [child for child in tree.children(PlaceCode(wanted.area)) if child.level is not Level.GRID] or below
    await _filter(scene, [(one.code, one.name) for one in below if one.level is not Level.GRID], "area")


async def _by_disaster(scene: Scene) -> None:
    kinds = [(one.value, scene.label(f"ledger.disaster.{one.value}")) for one in Disaster]
    await _filter(scene, kinds, "disaster")


async def _by_trade(scene: Scene) -> None:
    owners = dict.fromkeys(owner for one in DISASTER_OF for owner in scene.work.policy.hazards.owners_of(one))
    await _filter(scene, [(one, one) for one in owners], "trade")


async def _by_level(scene: Scene) -> None:
    await _filter(scene, [(one.value, scene.label(f"points.level.{one.value}")) for one in RiskLevel], "level")


# -- one point --------------------------------------------------------------------------------------------------------


async def _see(scene: Scene) -> None:
    """pt:s:<point>"""
    await show_point(scene, await point_now(scene.work, scene.number()))


async def show_point(scene: Scene, point: RiskPoint, *, redraw: bool = False) -> None:
    sees, changes = await rights(scene.work, scene.known(), point)
    if not sees:
        raise NotAllowed("refused.no_right")
    text = scene.card("point", **await card_facts(scene.work, point, scene.lang))
    which = f"{point.id}:{point.version}"
    history = button(scene.label("points.button.versions"), f"pt:v:{point.id}")
    rows = stacked([history])
    if changes and point.active:
        same = Button(scene.label("points.button.same"), f"pt:c:{which}", style=ButtonStyle.SUCCESS)
        change = button(scene.label("points.button.change"), f"pt:e:{which}")
        retire = button(scene.label("points.button.retire"), f"pt:r:{which}")
        rows = stacked([same, change], [retire, history])
    letter = None
    if point.active and await may_write_about(scene.work, scene.known(), point):
        letter = button(scene.label("points.button.letter"), f"pt:letter:{point.id}")
    await (scene.redraw if redraw else scene.say)(text, stacked(letter, rows))


async def _letter(scene: Scene) -> None:
    """pt:letter:<point>: 风险提示单, drafted from the register. The right is asked when it is submitted."""
    point = await point_now(scene.work, scene.number())
    await scene.open("draft_letter", {"kind": LetterKind.RISK.value, "about": f"point:{point.id}"})


async def _confirm(scene: Scene) -> None:
    """pt:c:<point>:<version>: 没有变化."""
    point = await point_now(scene.work, scene.number(), scene.number(1))
    done = await confirm_point(scene.work, scene.known(), point)
    scene.toast(scene.label("points.done.confirmed", name=point.name))
    if done.point is not None:
        await show_point(scene, done.point, redraw=True)


async def _change(scene: Scene) -> None:
    point = await point_now(scene.work, scene.number(), scene.number(1))
    await scene.open("change_point", {"point": point.id, "version": point.version})


async def _retire(scene: Scene) -> None:
    point = await point_now(scene.work, scene.number(), scene.number(1))
    await scene.open("retire_point", {"point": point.id, "version": point.version})


async def _add(scene: Scene) -> None:
    await scene.open("add_point")


async def _versions(scene: Scene) -> None:
    """pt:v:<point>"""
    point = await point_now(scene.work, scene.number())
    if not (await rights(scene.work, scene.known(), point))[0]:
        raise NotAllowed("refused.no_right")
    versions = await version_facts(scene.work, await scene.work.rows.points.versions_of(point.id), scene.lang)
    await scene.say(scene.card("point_versions", name=point.name, number=point.number, versions=versions))


async def _all_the_same(scene: Scene) -> None:
    """pt:same:<township>:<sign>"""
    place = PlaceCode(scene.args[0] if scene.args else "")
    if (await scene.work.tree()).get(place) is None:
        raise Stale("refused.stale")
    left = await all_the_same(scene.work, scene.known(), place, scene.number(1))
    await scene.redraw(*await stale_view(scene.work, place, left, scene.lang))


# -- proposals --------------------------------------------------------------------------------------------------------


async def _accept(scene: Scene) -> None:
    await _decide(scene, accept=True)


async def _refuse(scene: Scene) -> None:
    await _decide(scene, accept=False)


async def _decide(scene: Scene, *, accept: bool) -> None:
    """pt:ok:<proposal> and pt:no:<proposal>"""
    proposal, point = await decide(scene.work, scene.known(), scene.number(), accept=accept)
    name = str(proposal.fields.get("name", "")) if point is None else point.name
    await scene.redraw(scene.text(f"points.decided.{proposal.state.value}", name=name))
    if proposal.state is ProposalState.OVERTAKEN and point is not None:
        await show_point(scene, point)


# -- the map ----------------------------------------------------------------------------------------------------------


async def map_command(scene: Scene) -> None:
    """/map [place]: of one's own township at once; the county is asked which."""
    if not await scene.only_private("map"):
        return
    shown = await page(scene.work, scene.known(), Wanted())
    if shown.own:
        raise NotAllowed("refused.no_right")
    tree, words = await scene.work.tree(), scene.incoming.text.strip()
    named = [hit for area in shown.areas for hit in tree.find_by_name(words, area)] if words else []
    if len(named) == 1:
        await _ask_for_map(scene, named[0].code)
    elif len(shown.areas) == 1 and shown.areas[0] != scene.work.county:
        await _ask_for_map(scene, shown.areas[0])
    else:
        await scene.say(scene.text("points.ask.map"), await _map_places(scene, shown))


async def _map_places(scene: Scene, shown: Page) -> Rows:
    tree = await scene.work.tree()
    whole = [one for code in shown.areas if (one := tree.get(code)) is not None]
    below = [child for one in whole for child in tree.children(one.code) if child.level is Level.TOWNSHIP]
    return flowing(button(one.name, f"pt:map:{one.code}") for one in [*whole, *below][:_TOWNSHIPS])


async def map_start(scene: Scene) -> None:
    scene.incoming = replace(scene.incoming, text="")
    await map_command(scene)


async def _map(scene: Scene) -> None:
    """pt:map:<place>[:<form>]"""
    code = scene.args[0] if scene.args else _NONE
    if code == _NONE:
        scene.incoming = replace(scene.incoming, text="")
        await map_command(scene)
        return
    form = scene.args[1] if len(scene.args) > 1 else "picture"
    if form == "picture":
        await _ask_for_map(scene, PlaceCode(code))
        return
    await ask_for_paper(scene.work, POINT_MAP, {"place": code, "form": form}, scene.known())


async def _ask_for_map(scene: Scene, place: PlaceCode) -> None:
    await ask_for_paper(scene.work, POINT_MAP, {"place": place, "form": "picture"}, scene.known())
    files = [button(scene.label(f"points.form.{form}"), f"pt:map:{place}:{form}") for form in FORMS[1:]]
    here = (await scene.work.tree()).get(place)
    await scene.say(scene.text("points.map.files", place="" if here is None else here.name), (tuple(files),))


# -- what comes in ----------------------------------------------------------------------------------------------------


async def press(scene: Scene) -> None:
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None or not scene.incoming.private:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


_PRESSES = {
    "letter": _letter,
    "l": _list,
    "x": _export,
    "fa": _by_area,
    "fd": _by_disaster,
    "ft": _by_trade,
    "fl": _by_level,
    "s": _see,
    "c": _confirm,
    "e": _change,
    "r": _retire,
    "v": _versions,
    "add": _add,
    "same": _all_the_same,
    "ok": _accept,
    "no": _refuse,
    "map": _map,
}


async def word(scene: Scene) -> bool:
    """风险点, 风险点 山塘, 地图, 石梁镇地图: typed without a stroke."""
    text = scene.incoming.text.strip()
    if scene.incoming.what is not What.TEXT or scene.person is None:
        return False
    if text.startswith(("风险点", "危险区")):
        scene.incoming = replace(scene.incoming, text=text[3:])
        await command(scene)
        return True
    if text.endswith(("地图", "风险图", "一张图")) and len(text) <= 12:
        name = text.removesuffix("地图").removesuffix("风险图").removesuffix("一张图")
        scene.incoming = replace(scene.incoming, text=name)
        await map_command(scene)
        return True
    return False


FEATURE = Feature(
    name="points",
    commands={"points": command, "map": map_command},
    presses={"pt": press},
    starts={"points": start, "map": map_start},
    private=(word,),
)
