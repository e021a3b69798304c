"""Buttons of one feature, told apart by the first word behind its prefix."""

from collections.abc import Mapping

from domain.errors import Stale
from handlers.scene import Handler, Scene


def in_private(by_word: Mapping[str, Handler]) -> Handler:
    """<prefix>:<word>[:…] → the handler of that word, with what follows it as its arguments. Any other word, and any of
    them in a group, is Stale: no button of ours says it there."""

    async def press(scene: Scene) -> None:
        handler = by_word.get(scene.args[0] if scene.args else "")
        if handler is None or not scene.incoming.private:
            raise Stale("refused.stale")
        scene.args = scene.args[1:]
        await handler(scene)

    return press
