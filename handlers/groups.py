"""Groups: the bot's few words when it comes, and a leader telling it by buttons what the group stands for.

Everything goes by presses, because a press shows who it is even where administrators speak anonymously. Every press is
judged by its own right: anybody may see the buttons, only leaders move anything. Otherwise the bot is silent here.
"""

from dataclasses import replace

from domain.errors import Stale
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Rows
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import button, page, stacked
from services.membership import (
    Bound,
    Offer,
    Seen,
    bind_group,
    bot_seen,
    department_mark,
    departments,
    greet,
    lacks,
    member_left,
    moved,
    offers,
    retitled,
    unbind_group,
)

_PAGE = 8
_GROUPS = frozenset({"group", "supergroup"})


def _seen(scene: Scene) -> Seen:
    incoming = scene.incoming
    return Seen(incoming.chat_id, incoming.chat_title, incoming.status, incoming.can_send, incoming.can_pin)


# -- what Telegram tells ----------------------------------------------------------------------------------------------


async def status(scene: Scene) -> None:
    """The bot was added, thrown out, promoted or demoted."""
    if scene.incoming.chat_type not in _GROUPS:
        return
    before = await scene.work.rows.groups.get(scene.incoming.chat_id)
    happened = await bot_seen(scene.work, _seen(scene))
    group = await scene.work.rows.groups.get(scene.incoming.chat_id)
    if group is None or not group.can_send:
        return
    if happened == "new":
        await greet(scene.work, group.chat_id, scene.text("start.in_group"), _hello(scene))
    elif happened == "back" and group.place is not None:
        await scene.say(scene.text("start.bound_to", place=await _path(scene, group.place)))
    elif happened == "rights" and before is not None and group.place is not None and lacks(before) and not lacks(group):
        await scene.say(scene.text("group.rights_complete"), key=f"group:{group.chat_id}:rights_complete")


def _hello(scene: Scene) -> Rows:
    return ((Button(scene.label("group.button.bind"), "g:bind", style=ButtonStyle.PRIMARY),),)


async def _path(scene: Scene, place: PlaceCode) -> str:
    return (await scene.work.tree()).path(place)


async def migrated(scene: Scene) -> None:
    if scene.incoming.new_chat_id is not None:
        await moved(scene.work, scene.incoming.chat_id, scene.incoming.new_chat_id)


async def member(scene: Scene) -> None:
    incoming = scene.incoming
    if incoming.member_id is not None and incoming.status in {"left", "kicked"}:
        await member_left(scene.work, incoming.chat_id, incoming.member_id)


async def new_title(scene: Scene) -> bool:
    """Renaming comes as a message without words: whatever has no words may be it. Never answered."""
    if scene.incoming.what is What.OTHER:
        await retitled(scene.work, scene.incoming.chat_id, scene.incoming.chat_title)
    return False


# -- binding ----------------------------------------------------------------------------------------------------------


async def bind_command(scene: Scene) -> None:
    """/bind in the group: what it stands for, with the buttons to change that. Leaders only."""
    if scene.incoming.private:
        await scene.say(scene.text("refused.group_only"))
        return
    await offers(scene.work, scene.known())
    group = await scene.work.rows.groups.get(scene.incoming.chat_id)
    if group is None or group.place is None:
        await scene.say(scene.text("start.in_group"), _hello(scene), quote=True)
        return
    buttons = (
        Button(scene.label("group.button.change"), "g:bind"),
        Button(scene.label("group.button.unbind"), "g:off"),
    )
    await scene.say(scene.text("start.bound_to", place=await _named(scene, group.place, group.department)), (buttons,))


async def _named(scene: Scene, place: PlaceCode, department: str) -> str:
    path = await _path(scene, place)
    return scene.label("group.department", place=path, department=department) if department else path


async def _choose(scene: Scene, within: PlaceCode | None = None, number: int = 0) -> None:
    found = await offers(scene.work, scene.known(), within)
    turn = f"g:pg:{within or ''}:{{}}"
    rows = page(
        scene.work.words, scene.lang, [_button(scene, one) for one in found], number=number, size=_PAGE, turn=turn
    )
    back = Button(scene.label("dialogue.back"), "g:bind") if within is not None else None
    none = Button(scene.label("button.close"), "g:close")
    await scene.redraw(scene.text("group.choose"), stacked(rows, [one for one in (back, none) if one is not None]))


def _button(scene: Scene, offer: Offer) -> Button:
    if offer.kind == "open":
        return button(scene.label("group.button.open", place=offer.name), f"g:pg:{offer.place}:0")
    if offer.kind == "department":
        return button(
            scene.label("group.button.department", department=offer.name), f"g:to:d{department_mark(offer.department)}"
        )
    return button(offer.name, f"g:to:{offer.place}")


async def _begin(scene: Scene) -> None:
    await _choose(scene)


async def _turn(scene: Scene) -> None:
    within, number = (*scene.args, "", "")[:2]
    await _choose(
        scene, PlaceCode(within) if within else None, int(number) if number.isascii() and number.isdigit() else 0
    )


async def _bind(scene: Scene, how: str) -> None:
    target = scene.args[0] if scene.args else ""
    place, department = await _target(scene, target)
    # A press says nothing of the bot's own rights: they are kept as they are known.
    seen = replace(_seen(scene), status="member")
    bound = await bind_group(scene.work, scene.known(), seen, place, department, how)
    if bound.kind == "occupied":
        await _ask_twice(scene, bound, place, department, target)
        return
    name = await _named(scene, place, department)
    await scene.redraw(scene.card("group_bound", place=name, same=bound.kind == "same", lacks=list(bound.lacks)))


async def _target(scene: Scene, target: str) -> tuple[PlaceCode, str]:
    if not target.startswith("d"):
        return PlaceCode(target), ""
    for department in await departments(scene.work):
        if f"d{department_mark(department)}" == target:
            return scene.work.county, department
    raise Stale("refused.stale")


async def _ask_twice(scene: Scene, bound: Bound, place: PlaceCode, department: str, target: str) -> None:
    text = scene.text(
        "group.occupied", place=await _named(scene, place, department), titles=[one.title for one in bound.others]
    )
    buttons = stacked(
        Button(scene.label("group.button.swap"), f"g:swap:{target}", style=ButtonStyle.PRIMARY),
        Button(scene.label("group.button.add"), f"g:add:{target}"),
        Button(scene.label("button.close"), "g:close"),
    )
    await scene.redraw(text, buttons)


async def _to(scene: Scene) -> None:
    await _bind(scene, "ask")


async def _add(scene: Scene) -> None:
    await _bind(scene, "add")


async def _swap(scene: Scene) -> None:
    await _bind(scene, "swap")


async def _off(scene: Scene) -> None:
    group = await unbind_group(scene.work, scene.known(), scene.incoming.chat_id)
    assert group.place is not None
    name = await _named(scene, group.place, group.department)
    await scene.redraw(scene.text("group.unbound", place=name), _hello(scene))


async def _close(scene: Scene) -> None:
    """Back to what was before: nothing was changed."""
    await offers(scene.work, scene.known())
    group = await scene.work.rows.groups.get(scene.incoming.chat_id)
    if group is None or group.place is None:
        await scene.redraw(scene.text("start.in_group"), _hello(scene))
    else:
        name = await _named(scene, group.place, group.department)
        await scene.redraw(scene.text("start.bound_to", place=name))


_PRESSES = {
    "bind": _begin,
    "pg": _turn,
    "to": _to,
    "add": _add,
    "swap": _swap,
    "off": _off,
    "close": _close,
}


async def press(scene: Scene) -> None:
    """g:<what>[:<place, or d and the mark of a department>[:<page>]]"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None or scene.incoming.private:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


FEATURE = Feature(
    name="groups",
    presses={"g": press},
    commands={"bind": bind_command},
    group=(new_title,),
    bot_status=status,
    member=member,
    migrated=migrated,
)
