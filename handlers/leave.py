"""Leave as people touch it: /leave opens the questions, /back ends it, a leader's one tap decides, and "书记去县里
住院，我顶" is understood as the stand-in asking for the other one."""

import re

from domain.errors import NotAllowed, Stale
from domain.text import Button, Html
from handlers.incoming import What
from handlers.scene import Feature, Scene
from messages.keyboards import in_rows
from services.leave import absent_meant, come_back, grant_leave, leave_of, neighbours, refuse_leave

_END = r"(?=$|[\s，。,.!！；;、吧了])"
_STANDS_IN = re.compile(
    r"我(?:来|先|去|就|能|可以|暂时|这[几两]天)*(?:帮|替)?(?:他|她|书记|主任)?"
    rf"(?:顶(?:上|着|岗|班|替|一下|几天|两天|他|她)?{_END}|代班|代岗|替班|替岗|代答)"
    rf"|我(?:来|先)?(?:代|替)(?:他|她)(?:一下|几天|两天)?{_END}"
    r"|(?:^|[\s，。,])(?:顶岗|代答)(?=$|[\s，。,])"
)
"""somebody says that he stands in. A roof (屋顶) and a top (坝顶) are no standing in"""
_DOUBT = re.compile(r"[吗呢?？]|谁|不|没人|怎么|报告|汇报|转达")
_LONGEST = 60
"""a longer text tells a story and is no request"""


async def leave(scene: Scene) -> None:
    """/leave in the private chat."""
    person = scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await scene.open("leave", {"absent": person.id, "absent_name": person.name})


async def back(scene: Scene) -> None:
    """/back: here again, or not going at all."""
    person = scene.known()
    before = await leave_of(scene.work, person)
    stood_in = await come_back(scene.work, person)
    if before is None and not stood_in:
        await scene.say(scene.text("leave.none"))
        return
    withdrawn = before is not None and (before.state == "asked" or before.starts_at > scene.work.now)
    address = "leave.withdrawn" if withdrawn else "leave.back"
    await scene.say(scene.text(address, name=person.name, stood_in=[one.name for one in stood_in]))


async def speaks_for_another(scene: Scene) -> bool:
    """A sentence that says one stands in for somebody. Who it is for is asked where it is not clear."""
    incoming = scene.incoming
    text = incoming.text
    if scene.person is None or incoming.what is not What.TEXT or incoming.forwarded or len(text) > _LONGEST:
        return False
    if not _STANDS_IN.search(text) or _DOUBT.search(text):
        return False
    meant = await absent_meant(scene.work, scene.person, text)
    if not meant:
        await scene.say(scene.text("leave.nobody_near"))
    elif len(meant) == 1:
        await _open_for(scene, meant[0].id, meant[0].name)
    else:
        buttons = in_rows([Button(one.name, f"l:for:{one.id}") for one in meant], 2)
        await scene.say(scene.text("leave.for_whom"), buttons)
    return True


async def _open_for(scene: Scene, absent: int, name: str) -> None:
    await scene.open("leave", {"absent": absent, "absent_name": name, "stand_in": scene.known().id})


async def _for(scene: Scene) -> None:
    person = scene.known()
    absent = next((one for one in await neighbours(scene.work, person) if one.id == scene.number()), None)
    if absent is None or not scene.incoming.private:
        raise Stale("refused.stale")
    await _open_for(scene, absent.id, absent.name)


async def _yes(scene: Scene) -> None:
    request = await grant_leave(scene.work, scene.person, scene.number())
    await scene.redraw(await _decided(scene, "leave.decision.granted", request.person_id, request.stand_in_id))


async def _no(scene: Scene) -> None:
    request = await refuse_leave(scene.work, scene.person, scene.number())
    await scene.redraw(await _decided(scene, "leave.decision.refused", request.person_id, request.stand_in_id))


async def _decided(scene: Scene, address: str, person_id: int, stand_in_id: int) -> Html:
    people = await scene.work.rows.people.many({person_id, stand_in_id})
    return scene.text(address, name=people[person_id].name, stand_in=people[stand_in_id].name)


_PRESSES = {"for": _for, "yes": _yes, "no": _no}


async def press(scene: Scene) -> None:
    """l:<what>:<request, or the absent person>"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


FEATURE = Feature(
    name="leave",
    presses={"l": press},
    commands={"leave": leave, "back": back},
    private=(speaks_for_another,),
)
