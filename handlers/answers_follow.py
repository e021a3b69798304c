"""What follows 收到 in a village and a township: households that were reached, and the first reply."""

from domain.households import read_relay
from domain.places import PlaceCode
from domain.text import Button, Html
from handlers.incoming import What
from handlers.scene import Scene
from services.first_reply import to_reply
from services.households import lines_for, own_village, report, to_report
from services.ports import HouseholdReport


def _place(scene: Scene) -> PlaceCode:
    return PlaceCode(scene.args[1] if len(scene.args) > 1 else "")


async def open_first_reply(scene: Scene) -> None:
    """w:first:<warning>:<township>"""
    row = await to_reply(scene.work, scene.person, scene.number(), _place(scene))
    await scene.open("first_reply", {"warning": row.id, "township": _place(scene)})


async def open_households(scene: Scene) -> None:
    """w:homes:<warning>:<village>"""
    row = await to_report(scene.work, scene.person, scene.number(), _place(scene))
    await scene.open("households", {"warning": row.id, "village": _place(scene)})


async def household_line(scene: Scene) -> bool:
    """ "32/35 大喇叭 敲门" typed in the private chat by whoever reports for a village: taken as it stands."""
    incoming = scene.incoming
    if incoming.what is not What.TEXT or scene.person is None or incoming.forwarded:
        return False
    said = read_relay(incoming.text)
    meant = None if said is None else await own_village(scene.work, scene.person)
    if said is None or meant is None:
        return False
    row, village = meant
    if not said.means:  # one thing is missing: the dialogue asks for it
        await scene.open("households", {"warning": row.id, "village": village, "line": incoming.text})
        return True
    kept = await report(scene.work, scene.person, row.id, village, said)
    again = Button(scene.label("answers.button.households"), f"w:homes:{row.id}:{village}")
    await scene.say(await said_back(scene, kept), ((again,),))
    return True


async def said_back(scene: Scene, kept: HouseholdReport) -> Html:
    tree = await scene.work.tree()
    return scene.text(
        "answers.relay.done",
        place=tree.path(kept.village),
        reached=kept.reached,
        total=kept.total,
        means=[scene.label(f"answers.means.{one.value}") for one in sorted(kept.means)],
        left=kept.total - kept.reached,
        named=bool(kept.left),
    )


async def list_households(scene: Scene) -> None:
    """w:homelist:<warning>: every village's numbers, privately; which households are left for those who may know."""
    row = await scene.work.rows.warnings.get(scene.number())
    if row is None:
        return
    lines, tree = await lines_for(scene.work, scene.person, row), await scene.work.tree()
    known = [one.report for one in lines if one.report is not None]
    shown = [
        {
            "place": tree.path(one.village),
            "reached": None if one.report is None else one.report.reached,
            "total": None if one.report is None else one.report.total,
            "at": None if one.report is None else scene.work.local(one.report.at),
            "means": []
            if one.report is None
            else [scene.label(f"answers.means.{way.value}") for way in sorted(one.report.means)],
            "left": one.left,
        }
        for one in lines
    ]
    card = scene.card(
        "households",
        kind=row.kind,
        colour=row.colour.value,
        number=row.number,
        lines=shown,
        reached=sum(one.reached for one in known),
        total=sum(one.total for one in known),
        villages=len(known),
    )
    await scene.say(card)
