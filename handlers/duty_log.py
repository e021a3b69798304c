"""/log: the duty log of a day, what came by telephone, and /chain: who answers for whom. Both in private only."""

from domain.errors import NotAllowed
from domain.people import Action, may
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle
from handlers.presses import in_private
from handlers.scene import Feature, Handler, Scene
from services.chain import chain_at
from services.duty import unit_of
from services.duty_log import After, Day, Shown, day_of

_DAYS = 60
_SHOWN = 40
_AMENDED = 3
"""of the newest entries on a page: those that may be corrected at once"""


async def log(scene: Scene) -> None:
    """/log: today. Earlier days by button."""
    if await scene.only_private("dl"):
        await _show(scene, 0)


async def _show(scene: Scene, back: int, after: After | None = None) -> None:
    person, work = scene.known(), scene.work
    place = await unit_of(work, person)
    if place is None or back > _DAYS:
        raise NotAllowed("refused.no_right")
    day = await day_of(work, person, place, back, after)
    text = scene.card(
        "duty_log",
        place=(await work.tree()).path(place),
        day=day.since,
        first=after is None,
        lines=[_line(scene, one, day) for one in day.shown],
    )
    rows: list[tuple[Button, ...]] = []
    if day.after is not None:
        further = f"dl:on:{back}:{day.after.line}:{day.after.entry}"
        rows.append((Button(scene.label("duty_log.button.further"), further),))
    write = Button(scene.label("duty_log.button.write"), f"dl:new:{place}", style=ButtonStyle.PRIMARY)
    days = [Button(scene.label("duty_log.button.earlier"), f"dl:day:{back + 1}")]
    if back:
        days.append(Button(scene.label("duty_log.button.later"), f"dl:day:{back - 1}"))
    rows += [tuple(days), (write,)]
    entries = [one.entry for one in day.shown if one.entry is not None][-_AMENDED:]
    rows += [
        (Button(scene.label("duty_log.button.amend", at=work.local(one.heard_at)), f"dl:fix:{place}:{one.id}"),)
        for one in entries
    ]
    await scene.say(text, tuple(rows))


def _line(scene: Scene, one: Shown, day: Day) -> dict[str, object]:
    name = "" if one.actor is None else day.names.get(one.actor, "")
    at, entry = scene.work.local(one.at), one.entry
    if entry is None:
        did = scene.label(f"duty_log.did.{one.key}")
        return {"entry": False, "at": at, "name": name, "did": did, "number": one.number}
    return {
        "entry": True,
        "at": at,
        "name": name,
        "caller": entry.caller,
        "content": entry.content,
        "proposal": entry.proposal,
        "result": entry.result,
        "version": entry.version,
    }


async def _day(scene: Scene) -> None:
    await _show(scene, scene.number())


async def _on(scene: Scene) -> None:
    """dl:on:<days back>:<line>:<entry>"""
    await _show(scene, scene.number(), After(scene.number(1), scene.number(2)))


async def _new(scene: Scene) -> None:
    scene.number()
    await scene.open("duty_entry", {"place": scene.args[0], "corrects": 0})


async def _fix(scene: Scene) -> None:
    scene.number()
    await scene.open("duty_entry", {"place": scene.args[0], "corrects": scene.number(1)})


# -- who answers for whom -----------------------------------------------------------------------------------------


async def chain(scene: Scene) -> None:
    """/chain: one's own villages; /chain 上坞 or a button for others of the area."""
    if not await scene.only_private("dc"):
        return
    person, tree = scene.known(), await scene.work.tree()
    areas = sorted({post.place for post in person.posts if may(person, Action.SEE_CHAIN, post.place)})
    if not areas:
        raise NotAllowed("refused.no_right")
    if scene.args:
        found = [hit.code for area in areas for hit in tree.find_by_name(scene.args[0], within=area)]
    else:
        found = [village.code for area in areas for village in tree.villages_within(area)]
    villages = [code for code in dict.fromkeys(found) if tree.village_of(code) is not None]
    if len(villages) == 1:
        await _chain_of(scene, villages[0])
        return
    rows = tuple((Button(tree.path(code), f"dc:of:{code}"),) for code in villages[:_SHOWN])
    await scene.say(scene.text("chain.which" if villages else "chain.no_village"), rows)


async def _chain_of(scene: Scene, village: PlaceCode) -> None:
    work, tree = scene.work, await scene.work.tree()
    found = await chain_at(work, scene.person, village)
    text = scene.card(
        "chain",
        place=tree.path(village),
        lines=[
            {
                "tier": scene.label(f"chain.tier.{one.tier.value}"),
                "name": person.name,
                "phone": person.phone,
                "households": one.households,
                "here": tree.path(one.place),
            }
            for one, person in found
        ],
    )
    if not may(scene.known(), Action.ASSIGN_CHAIN, village):
        await scene.say(text)
        return
    add = Button(scene.label("chain.button.add"), f"dc:add:{village}", style=ButtonStyle.PRIMARY)
    blank = Button(scene.label("table.button.blank"), "tb:blank:chain")
    ends = [
        Button(scene.label("assigned.button.name", name=person.name), f"as:c:{person.id}:{one.id}")
        for one, person in found
        if may(scene.known(), Action.ASSIGN_CHAIN, one.place)
    ]
    await scene.say(text, ((add, blank), *((one,) for one in ends)))


async def _of(scene: Scene) -> None:
    scene.number()
    await _chain_of(scene, PlaceCode(scene.args[0]))


async def _add(scene: Scene) -> None:
    scene.number()
    await scene.open("assign_chain", {"village": scene.args[0]})


_LOG: dict[str, Handler] = {"day": _day, "on": _on, "new": _new, "fix": _fix}
_CHAIN: dict[str, Handler] = {"of": _of, "add": _add}


FEATURE = Feature(
    name="duty_log",
    presses={"dl": in_private(_LOG), "dc": in_private(_CHAIN)},
    starts={"dl": log, "dc": chain},
    commands={"log": log, "chain": chain},
)
