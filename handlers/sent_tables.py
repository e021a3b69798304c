"""A file that somebody sends in his private chat: what would come of it, then one tap. And the empty tables."""

from domain.errors import Stale
from handlers.incoming import What
from handlers.scene import Feature, Scene
from services.blank_papers import BLANK_TABLE
from services.papers import ask_for_paper
from services.sent_tables import decide, may_send, receive, told


async def file(scene: Scene) -> bool:
    """Whoever has no table to bring in is answered as for any other file."""
    incoming = scene.incoming
    if incoming.what is not What.FILE or not await may_send(scene.work, scene.person):
        return False
    await receive(scene.work, scene.known(), incoming.chat_id, incoming.file_id, incoming.size)
    return True


async def press(scene: Scene) -> None:
    """tb:yes|no:<table>, tb:blank:<kind>"""
    if len(scene.args) < 2 or not scene.incoming.private:
        raise Stale("refused.stale")
    what, which = scene.args[0], scene.args[1]
    if what == "blank":
        await ask_for_paper(scene.work, BLANK_TABLE, {"table": which}, scene.known())
        return
    if what not in {"yes", "no"}:
        raise Stale("refused.stale")
    kind, result = await decide(scene.work, scene.person, scene.number(1), take=what == "yes")
    if result is None:
        await scene.redraw(scene.text("table.sent.dropped"))
    else:
        await scene.redraw(told(scene.work, kind, result, scene.lang))


FEATURE = Feature(name="tables", presses={"tb": press}, private=(file,))
