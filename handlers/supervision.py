"""督办 from a hazard: one button there leads to what this person may do about it — a letter, a whistle, a listing."""

from domain.errors import NotAllowed, Stale
from domain.hazards import ALIVE, Grade
from domain.letters import LetterKind
from domain.people import Action
from domain.text import Button, ButtonStyle, Rows
from domain.whistles import read_whistle
from handlers.dialogues.blow_whistle import whistle_opening
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import stacked
from services import whistles
from services.hazard_desk import has_right
from services.ports import HazardRow


async def supervision_row(scene: Scene, row: HazardRow) -> Rows:
    """The one button under a hazard's details; nothing for who may nothing of it."""
    if not await _offers(scene, row):
        return ()
    return ((Button(scene.label("supervision.button.menu"), f"sv:menu:{row.id}:{row.version}"),),)


async def _offers(scene: Scene, row: HazardRow) -> list[Button]:
    person = scene.person
    if person is None or row.state not in ALIVE:
        return []
    found = []
    if await has_right(scene.work, person, Action.DRAFT_LETTER, row):
        found += [_button(scene, "letter", row)]
    if await has_right(scene.work, person, Action.BLOW_WHISTLE, row):
        found += [_button(scene, "whistle", row, ButtonStyle.DANGER)]
    if row.grade is Grade.MAJOR and await has_right(scene.work, person, Action.DRAFT_LETTER, row):
        found += [_button(scene, "list", row)]
    return found


def _button(scene: Scene, act: str, row: HazardRow, style: ButtonStyle | None = None) -> Button:
    return Button(scene.label(f"supervision.button.{act}"), f"sv:{act}:{row.id}:{row.version}", style=style)


async def press(scene: Scene) -> None:
    """sv:<what>:<hazard>:<version>"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    scene.args = scene.args[1:]
    await handler(scene)


async def _row(scene: Scene) -> HazardRow:
    row = await scene.work.rows.hazards.get(scene.number())
    scene.known()
    if row is None:
        raise Stale("refused.stale")
    return row


async def _menu(scene: Scene) -> None:
    row = await _row(scene)
    offers = await _offers(scene, row)
    if not offers:
        raise NotAllowed("refused.no_right")
    await scene.say(scene.text("supervision.menu", number=row.number), stacked(*offers))


async def _letter(scene: Scene) -> None:
    row = await _row(scene)
    context = {"about": f"hazard:{row.id}", "kind": LetterKind.ORDER.value}
    await scene.open("draft_letter", context if row.assignee is not None else {"about": f"hazard:{row.id}"})


async def _whistle(scene: Scene) -> None:
    await scene.open("blow_whistle", whistle_opening(await _row(scene)))


async def _list(scene: Scene) -> None:
    row = await _row(scene)
    if not await has_right(scene.work, scene.known(), Action.DRAFT_LETTER, row):
        raise NotAllowed("refused.no_right")
    await scene.open("list_hazard", {"hazard": row.id, "number": row.number})


_PRESSES = {"menu": _menu, "letter": _letter, "whistle": _whistle, "list": _list}


# -- a whistle's buttons ----------------------------------------------------------------------------------------


async def press_whistle(scene: Scene) -> None:
    """wh:<what>:<whistle or called>:<version>"""
    act = scene.args[0] if scene.args else ""
    if act not in _WHISTLE:
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    scene.args = scene.args[1:]
    work, by, case, version = scene.work, scene.known(), scene.number(), scene.number(1)
    match act:
        case "confirm":
            await whistles.confirm(work, by, case, version)
        case "refuse":
            await whistles.refuse(work, by, case, version)
        case "sent" | "going" | "for":
            await whistles.report_in(work, by, case, version, scene.label(f"whistle.word.{act}"))
        case "arrive":
            await whistles.arrive(work, by, case, version)
        case "on_site":
            await whistles.on_site(work, by, case, version)
        case _:
            await scene.open("whistle_word", {"act": act, "case": case, "version": version})
            return
    scene.toast(scene.label(f"whistle.toast.{act}"))


_WHISTLE = ("confirm", "refuse", "sent", "going", "word", "cannot", "arrive", "for", "on_site", "end")


async def whistle_typed(scene: Scene) -> bool:
    """吹哨 住建、交通 2026-0913, typed by somebody of a township."""
    read = read_whistle(scene.incoming.text) if scene.incoming.what is What.TEXT and scene.person is not None else None
    if read is None:
        return False
    number, departments = read
    row = await scene.work.rows.hazards.numbered(number)
    if row is None:
        await scene.say(scene.text("supervision.no_such", number=number))
        return True
    await scene.open("blow_whistle", whistle_opening(row) | ({"departments": departments} if departments else {}))
    return True


FEATURE = Feature(name="supervision", presses={"sv": press, "wh": press_whistle}, private=(whistle_typed,))
