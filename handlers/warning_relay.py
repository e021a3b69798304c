"""Relay by one tap, in the township's group or privately; with a remark by a small dialogue."""

from collections.abc import Mapping

from domain.errors import Stale
from handlers.scene import Handler, Scene
from services.warning_relay import Relayed, relay


def said(scene: Scene, done: Relayed) -> tuple[str, dict[str, object]]:
    """Which words fit, and their facts."""
    if done.groups:
        return "relay.done", {"groups": done.groups, "without": list(done.without)}
    if done.before is not None:
        return "relay.before", {"by": done.before.by, "at": scene.work.local(done.before.at)}
    return "relay.nowhere", {"without": list(done.without)}


async def _relay(scene: Scene) -> None:
    address, facts = said(scene, await relay(scene.work, scene.person, scene.number()))
    if scene.incoming.private:
        await scene.say(scene.text(address, **facts))
    else:
        scene.toast(scene.label(address, **facts)[:200], alert=True)


async def _remark(scene: Scene) -> None:
    row = await scene.work.rows.warnings.get(scene.number())
    if row is None:
        raise Stale("refused.stale")
    await scene.open("relay_warning", {"warning": row.id, "number": row.number})


async def start(scene: Scene) -> None:
    """t.me/<bot>?start=r_<warning>: the remark is written in the private chat."""
    await _remark(scene)


RELAY_PRESSES: Mapping[str, Handler] = {"relay": _relay, "remark": _remark}
