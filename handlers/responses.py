"""Responses: what is on, starting and changing it, and what was proposed."""

from domain.answers import plain
from domain.errors import NotAllowed, Stale
from domain.people import Person
from domain.response import Move, Period, level_from
from domain.text import Button, ButtonStyle, Rows
from handlers.incoming import What
from handlers.response_parts import areas
from handlers.scene import Feature, Handler, Scene
from services.response_moves import Moved
from services.response_proposals import newest_for, refuse, take, waiting
from services.response_texts import shown

_WORDS = frozenset({"响应", "应急响应", "response", "responses"})
_START = ("启动", "同意启动", "确认启动")
_REFUSE = frozenset({"不启动", "不同意", "不结束", "不调整"})


async def show(scene: Scene) -> None:
    """/response: what runs where the person has a post, with its history."""
    person = scene.known()
    if not await scene.only_private("rsp"):
        return
    found = await _seen_by(scene, person)
    leader = bool(await areas(scene))
    card = scene.card("response_list", periods=[await shown(scene.work, one, scene.lang) for one in found])
    await scene.say(card, await _buttons(scene, found) if leader else ())


async def _seen_by(scene: Scene, person: Person) -> list[Period]:
    """Those that touch one of his places, the gravest first. The county's people see all."""
    active = await scene.work.rows.responses.active()
    here = [one for one in active if any(one.touches(post.place) for post in person.posts)]
    return sorted(here, key=lambda one: (-one.level.severity, one.started_at))


async def _buttons(scene: Scene, found: list[Period]) -> Rows:
    mine = await areas(scene)
    change = [
        Button(scene.label("response.button.change", number=one.number), f"rsp:change:{one.id}:{one.version}")
        for one in found
        if any(one.touches(place) for place in mine)
    ]
    begin = Button(scene.label("response.button.new"), "rsp:new", style=ButtonStyle.PRIMARY)
    return (*((one,) for one in change), (begin,))


async def _new(scene: Scene) -> None:
    await _private(scene)
    await scene.open("start_response")


async def _change(scene: Scene) -> None:
    """rsp:change:<period>:<version>"""
    await _private(scene)
    period = await scene.work.rows.responses.get(scene.number())
    if period is None or not period.active or period.version != scene.number(1):
        raise Stale("response.refused.old")
    await scene.open("change_response", {"period": period.id, "version": period.version})


async def _private(scene: Scene) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _take(scene: Scene) -> None:
    """rsp:take:<proposal>"""
    done = await take(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("response.done", **_done(scene, done)))


def _done(scene: Scene, done: Moved) -> dict[str, object]:
    return {
        "what": scene.label(f"response.move.{done.change.move.value}"),
        "kind": scene.label(f"response.kind.{done.period.hazard_kind.value}"),
        "level": done.period.level.sign,
        "number": done.period.number,
        "groups": done.groups,
    }


async def _refuse(scene: Scene) -> None:
    """rsp:refuse:<proposal>"""
    proposal = await refuse(scene.work, scene.person, scene.number())
    await scene.redraw(scene.text("response.refused_now", what=scene.label(f"response.move.{proposal.move.value}")))


async def _edit(scene: Scene) -> None:
    """rsp:edit:<proposal>: the dialogue, with what was proposed as its answers."""
    await _private(scene)
    proposal = await waiting(scene.work, scene.number())
    await scene.open(
        "start_response",
        {
            "proposed_kind": proposal.hazard_kind.value,
            "proposed_level": proposal.level.value,
            "proposed_places": list(proposal.places),
            "proposed_reason": proposal.reason,
        },
    )


_PRESSES: dict[str, Handler] = {
    "new": _new,
    "change": _change,
    "take": _take,
    "refuse": _refuse,
    "edit": _edit,
}


async def press(scene: Scene) -> None:
    """rsp:<what>[:…]"""
    handler = _PRESSES.get(scene.args[0] if scene.args else "")
    if handler is None:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await handler(scene)


# -- typed ------------------------------------------------------------------------------------------------------------


async def word(scene: Scene) -> bool:
    """响应 shows what is on; 启动, 启动Ⅳ级 and 不启动 answer the proposal, or begin one."""
    if scene.incoming.what is not What.TEXT or scene.person is None:
        return False
    said = plain(scene.incoming.text)
    if said in _WORDS:
        await show(scene)
        return True
    if said in _REFUSE or said.startswith(_START):
        return await _answer(scene, scene.person, said)
    return False


async def _answer(scene: Scene, person: Person, said: str) -> bool:
    if not await areas(scene):
        return False
    proposal = await newest_for(scene.work, person)
    if said in _REFUSE:
        if proposal is None:
            return False
        decided = await refuse(scene.work, person, proposal.id)
        await scene.say(scene.text("response.refused_now", what=scene.label(f"response.move.{decided.move.value}")))
        return True
    level = level_from(said)
    if level is None and said not in _START:
        return False
    if proposal is not None and proposal.move is Move.START and level in {None, proposal.level}:
        done = await take(scene.work, person, proposal.id)
        await scene.say(scene.text("response.done", **_done(scene, done)))
        return True
    await scene.open("start_response", {} if level is None else {"proposed_level": level.value})
    return True


FEATURE = Feature(
    name="response",
    commands={"response": show},
    presses={"rsp": press},
    starts={"rsp": show},
    private=(word,),
)
