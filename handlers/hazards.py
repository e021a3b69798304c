"""Hazards as people touch them: anybody reports, desks decide by the buttons of a card, the one who fixes sends a
photo, somebody else closes. Everything but a report begun in a group is said in private.
"""

from collections.abc import Mapping

from domain.answers import is_received
from domain.errors import NotAllowed, Stale
from domain.hazards import Move, Verification
from domain.places import Level, Place, PlaceCode
from domain.text import Button
from handlers.dialogues.assign_hazard import opening
from handlers.dialogues.fix_at_once import DONE, say_once
from handlers.hazard_list import divide, hazards, turn
from handlers.hazard_look import REASONS, see
from handlers.hazard_more import PRESSES
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import flowing, stacked
from services.hazard_cards import ways_to_close
from services.hazard_desk import moves_of
from services.hazards import close, describe, put_right, reject, reopen, take
from services.ports import HazardRow

_SHORTEST = 4
"""letters of a reply in a group that can be a report"""


async def press(scene: Scene) -> None:
    """h:<what>:<hazard>:<version>[:<how>]"""
    act = scene.args[0] if scene.args else ""
    handler = _PRESSES.get(act)
    if handler is None:
        raise Stale("refused.stale")
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    scene.args = scene.args[1:]
    await handler(scene)


def _number(scene: Scene, position: int) -> int:
    text = scene.args[position] if len(scene.args) > position else ""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Stale("refused.stale")
    return int(text)


def _third(scene: Scene) -> str:
    return scene.args[2] if len(scene.args) > 2 else ""


async def _row(scene: Scene) -> HazardRow:
    """The hazard of the button, as it stands now. Stale where the button is of an earlier version."""
    row = await scene.work.rows.hazards.get(_number(scene, 0))
    if row is None:
        raise Stale("refused.stale")
    if row.version != _number(scene, 1):
        raise Stale(f"hazard.moved.{row.state.value}", number=row.number)
    return row


async def _may(scene: Scene, row: HazardRow, move: Move) -> None:
    if move not in await moves_of(scene.work, scene.known(), row):
        raise NotAllowed("refused.no_right")


# -- the desk -----------------------------------------------------------------------------------------------------


async def _take(scene: Scene) -> None:
    """接办 leads straight on to 交办."""
    row = await take(scene.work, scene.known(), _number(scene, 0), _number(scene, 1))
    scene.toast(scene.label("hazard.toast.taken", number=row.number))
    await scene.open("assign_hazard", opening(row))


async def _assign(scene: Scene) -> None:
    row = await _row(scene)
    await _may(scene, row, Move.ASSIGN)
    await scene.open("assign_hazard", opening(row))


async def _ask_reason(scene: Scene) -> None:
    row = await _row(scene)
    await _may(scene, row, Move.REJECT)
    buttons = [
        Button(scene.label(f"hazard.reason.{code}"), f"h:reject_for:{row.id}:{row.version}:{code}") for code in REASONS
    ]
    await scene.say(scene.text("hazard.ask.reason", number=row.number), flowing(buttons), subject=row.subject)


async def _reject(scene: Scene) -> None:
    reason = _third(scene)
    if reason not in REASONS:
        raise Stale("refused.stale")
    row = await reject(scene.work, scene.known(), _number(scene, 0), _number(scene, 1), reason)
    await scene.redraw(scene.text("hazard.done.reject", number=row.number))


async def _ask_place(scene: Scene) -> None:
    """The county's townships, or the township's villages and the way back to the county."""
    row, work = await _row(scene), scene.work
    await _may(scene, row, Move.LOCATE)
    tree = await work.tree()
    township = tree.township_of(row.place)
    below: list[Place] = list(tree.children(work.county if township is None else township.code))
    buttons = [
        Button(place.name, f"h:place:{row.id}:{row.version}:{place.code}") for place in below if place.code != row.place
    ]
    elsewhere = None
    if township is not None:
        elsewhere = Button(scene.label("hazard.button.elsewhere"), f"h:place:{row.id}:{row.version}:{work.county}")
    text = scene.text("hazard.ask.place", number=row.number, words=row.place_words)
    await scene.say(text, stacked(flowing(buttons[:60]) if buttons else (), elsewhere), subject=row.subject)


async def _place(scene: Scene) -> None:
    row = await put_right(scene.work, scene.known(), _number(scene, 0), _number(scene, 1), PlaceCode(_third(scene)))
    place = (await scene.work.tree()).path(row.place)
    await scene.redraw(scene.text("hazard.done.place", number=row.number, place=place))


# -- fixing and closing ---------------------------------------------------------------------------------------------


async def _fix(scene: Scene) -> None:
    row = await _row(scene)
    await _may(scene, row, Move.FIX)
    await scene.open("fix_hazard", {"hazard": row.id, "number": row.number})


async def _describe(scene: Scene) -> None:
    row = await _row(scene)
    await _may(scene, row, Move.DESCRIBE)
    await scene.open("describe_hazard", {"hazard": row.id, "number": row.number})


async def _as_heard(scene: Scene) -> None:
    """A machine's words, for which whoever presses vouches."""
    row = await _row(scene)
    await describe(scene.work, scene.known(), row.id, None)
    scene.toast(scene.label("hazard.toast.described", number=row.number))


async def _close_field(scene: Scene) -> None:
    await _close(scene, Verification.FIELD)


async def _close_photo(scene: Scene) -> None:
    await _close(scene, Verification.PHOTO)


async def _close(scene: Scene, how: Verification) -> None:
    row = await close(scene.work, scene.known(), _number(scene, 0), _number(scene, 1), how)
    scene.toast(scene.label("hazard.toast.closed", number=row.number))


async def _ask_close(scene: Scene) -> None:
    """A button of an earlier version does not say how it was seen."""
    row, by = await _row(scene), scene.known()
    if by.id in {row.assignee, row.fixed_by}:
        raise NotAllowed("hazard.refused.own_work")
    await _may(scene, row, Move.CLOSE)
    buttons = [
        Button(scene.label(f"hazard.button.close_{way.value}"), f"h:close_{way.value}:{row.id}:{row.version}")
        for way in await ways_to_close(scene.work, row)
    ]
    await scene.say(scene.text("hazard.ask.close", number=row.number), stacked(*buttons), subject=row.subject)


async def _once(scene: Scene) -> None:
    """当场改好: one tap on what was done. The desk may have taken it meanwhile; it counts all the same."""
    done = _third(scene)
    if done not in DONE:
        raise Stale("refused.stale")
    words = scene.label(f"fix_at_once.done.choice.{done}")
    await scene.redraw(await say_once(scene, _number(scene, 0), words, ()))


async def _once_more(scene: Scene) -> None:
    """Said in words, or with pictures."""
    row = await scene.work.rows.hazards.get(_number(scene, 0))
    if row is None:
        raise Stale("refused.stale")
    await _may(scene, row, Move.AT_ONCE)
    await scene.open("fix_at_once", {"hazard": row.id, "number": row.number})


async def _send_back(scene: Scene) -> None:
    row, by = await _row(scene), scene.known()
    if by.id in {row.assignee, row.fixed_by}:
        raise NotAllowed("hazard.refused.own_work")
    await _may(scene, row, Move.SEND_BACK)
    await scene.open("send_back_hazard", {"hazard": row.id, "number": row.number})


async def _again(scene: Scene) -> None:
    """还没好: from whoever reported it, roster or stranger."""
    user_id = scene.incoming.user_id
    if user_id is None:
        raise NotAllowed("refused.anonymous")
    row = await reopen(scene.work, user_id, scene.person, _number(scene, 0), _number(scene, 1))
    scene.toast(scene.label("hazard.toast.reopened", number=row.number), alert=True)


# -- reporting ------------------------------------------------------------------------------------------------------


async def report(scene: Scene) -> None:
    """/report, and the button of the same meaning."""
    await _begin(scene, {})


async def start(scene: Scene) -> None:
    """t.me/<bot>?start=h, or h_<place> with the place known; h_list is the ledger."""
    code = scene.args[0] if scene.args else ""
    if code == "list":
        await hazards(scene)
        return
    place = (await scene.work.tree()).get(PlaceCode(code)) if code else None
    known = place is not None and place.level in {Level.VILLAGE, Level.GRID}
    await _begin(scene, {"place": code} if known else {})


async def _begin(scene: Scene, context: Mapping[str, object]) -> None:
    """In private where that is open, else where the person spoke. A report that is being written goes on."""
    if scene.incoming.user_id is None or scene.incoming.anonymous:
        raise NotAllowed("refused.anonymous")
    there = scene.aside() or scene
    if scene.work.rows.drills.standing is not None:
        await there.say(there.text("drill.not_real"))
    if there is not scene:
        await scene.nod()
    open_one = await scene.work.rows.dialogues.get(scene.incoming.user_id, there.incoming.chat_id)
    sent = scene.incoming.what in {What.PHOTO, What.VOICE, What.LOCATION}
    if open_one is not None and open_one.form == "report_hazard" and sent and await there.dialogues.take(there):
        return
    await there.open("report_hazard", context)


def _brought(scene: Scene) -> dict[str, object] | None:
    """What somebody sent without being asked, as the beginning of a report; None for what cannot be one."""
    incoming = scene.incoming
    words = incoming.text.strip()
    match incoming.what:
        case What.PHOTO:
            return {"first_photos": [incoming.file_id]} | ({"what": words} if len(words) > 1 else {})
        case What.VOICE:
            return {"what": {"file_id": incoming.file_id, "seconds": incoming.seconds}}
        case What.LOCATION:
            spot = {"lat": incoming.lat, "lon": incoming.lon, "live": incoming.live, "forwarded": incoming.forwarded}
            return {"place": spot}
        case What.TEXT if len(words) >= _SHORTEST and words[-1] not in "?？吗呢" and not is_received(words):
            return {"what": words}
    return None


async def private_attachment(scene: Scene) -> bool:
    """A picture, a recording or a position out of the blue begins a report."""
    if scene.incoming.what not in {What.PHOTO, What.VOICE, What.LOCATION} or (context := _brought(scene)) is None:
        return False
    await _begin(scene, context)
    return True


async def group_reply(scene: Scene) -> bool:
    """A reply to the bot in a group that acknowledges nothing is news: gone on with in private where that is open."""
    incoming = scene.incoming
    context = None if incoming.reply_to is None or incoming.forwarded else _brought(scene)
    if context is None or incoming.user_id is None:
        return False
    await _begin(scene, context)
    return True


_PRESSES = {
    **PRESSES,
    "new": report,
    "take": _take,
    "assign": _assign,
    "reassign": _assign,
    "reject": _ask_reason,
    "reject_for": _reject,
    "locate": _ask_place,
    "describe": _describe,
    "as_heard": _as_heard,
    "place": _place,
    "fix": _fix,
    "fix_for": _fix,
    "close": _ask_close,
    "close_field": _close_field,
    "close_photo": _close_photo,
    "once": _once,
    "once_more": _once_more,
    "back": _send_back,
    "again": _again,
    "see": see,
    "list": turn,
    "by": divide,
}


FEATURE = Feature(
    name="hazard",
    presses={"h": press},
    starts={"h": start},
    commands={"report": report, "hazards": hazards},
    private=(private_attachment,),
    group=(group_reply,),
)
