"""The menu: what this person can do, as buttons. Nobody has to know a command by heart.

An entry is shown to whoever holds a post that the table of rights lets do it; pressing it is the same as typing the
command. Rights are asked again by the service, as always.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.answers import plain
from domain.errors import NotAllowed, Stale
from domain.people import RIGHTS, Action
from domain.text import Rows
from handlers.incoming import What
from handlers.scene import Handler, Scene
from messages.keyboards import button, in_rows


@dataclass(frozen=True, slots=True)
class Entry:
    command: str
    action: Action | None = None
    """who may; None: everybody on the roster"""


ENTRIES = (
    Entry("patrol", Action.PATROL),
    Entry("report"),
    Entry("warnings", Action.SEE_MISSING),
    Entry("missing", Action.SEE_MISSING),
    Entry("warn", Action.POST_WARNING),
    Entry("plan", Action.PLAN_PATROL),
    Entry("hazards", Action.CLOSE_HAZARD),
    Entry("ledger", Action.READ_LEDGER),
    Entry("letters", Action.DRAFT_LETTER),
    Entry("listings", Action.DRAFT_LETTER),
    Entry("rewards", Action.PROPOSE_REWARD),
    Entry("points", Action.READ_LEDGER),
    Entry("map", Action.READ_LEDGER),
    Entry("check", Action.ISSUE_CHECK),
    Entry("response"),
    Entry("review", Action.SEE_MISSING),
    Entry("card"),
    Entry("me"),
    Entry("leave"),
    Entry("duty", Action.KEEP_LOG),
    Entry("log", Action.KEEP_LOG),
    Entry("chain", Action.SEE_CHAIN),
    Entry("rehearsal", Action.REHEARSE),
    Entry("drill", Action.RUN_DRILL),
    Entry("help"),
)
_WORDS = frozenset({"菜单", "功能", "menu"})


def menu_rows(scene: Scene, commands: Mapping[str, Handler]) -> Rows:
    """The buttons for this person. A stranger is offered the report and the help."""
    person = scene.person
    shown = []
    for entry in ENTRIES:
        if entry.command not in commands:
            continue
        if person is None:
            fits = entry.command in {"report", "help"}
        else:
            fits = entry.action is None or person.holds(RIGHTS[entry.action])
        if fits:
            shown.append(button(scene.label(f"menu.{entry.command}"), f"m:{entry.command}"))
    return in_rows(shown, 2)


class Menu:
    """/menu, the word 菜单, and the presses on it. Given the commands of all features by the door."""

    def __init__(self, commands: Mapping[str, Handler]) -> None:
        self._commands = commands

    async def show(self, scene: Scene) -> None:
        if not scene.incoming.private:
            raise NotAllowed("refused.private_only")
        await scene.say(scene.text("menu.title"), menu_rows(scene, self._commands))

    async def press(self, scene: Scene) -> None:
        """m:<command>"""
        command = scene.args[0] if scene.args else ""
        handler = self._commands.get(command)
        if handler is None or not scene.incoming.private or all(entry.command != command for entry in ENTRIES):
            raise Stale("refused.stale")
        scene.args = ()
        await handler(scene)

    async def word(self, scene: Scene) -> bool:
        if scene.incoming.what is not What.TEXT or plain(scene.incoming.text) not in _WORDS:
            return False
        await self.show(scene)
        return True
