"""The Telegram door: an update comes in, one service is called, what is to be said lies in the outbox.

Order of the questions, cheapest and most certain first
1. Is it anything we act on, and from somebody who can be told apart?
2. A press goes by its prefix, a deep link and a command by theirs.
3. In the private chat an open dialogue gets text and attachments; then the features, in their order.
4. In a group the bot is silent on whatever is not addressed to it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from telegram import Update

from domain.drills import framed, mark_of
from domain.errors import DomainError
from domain.people import Person
from domain.text import Html
from handlers.dialogue import DialogueRunner
from handlers.flood import Flood, Pace
from handlers.incoming import Incoming, What, read
from handlers.live import moved
from handlers.menu import Menu, menu_rows
from handlers.scene import Feature, Handler, Scene
from services.drill_standing import take_stand
from services.housekeeping import report_poison
from services.ports import Rows
from services.work import Toast, Work

log = logging.getLogger(__name__)

_TOAST = 200
"""Telegram shows no more of the answer to a press"""
_SAID = frozenset({What.TEXT, What.PHOTO, What.VOICE, What.LOCATION})
_COUNTED = frozenset(
    {What.TEXT, What.COMMAND, What.PHOTO, What.VOICE, What.LOCATION, What.CONTACT, What.FILE, What.OTHER}
)


class TelegramDoor:
    def __init__(
        self,
        *,
        work: Callable[[Rows], Work],
        features: Sequence[Feature],
        dialogues: DialogueRunner,
        answer: Callable[[str, Toast | None], Awaitable[None]],
        wake: Callable[[], None],
        bot_id: int,
        bot_name: str,
    ) -> None:
        self._work = work
        self._features = features
        self._dialogues = dialogues
        self._answer = answer
        self._wake = wake
        self._bot_id = bot_id
        self._bot_name = bot_name
        self._presses = _merged(f.presses for f in features)
        self._starts = _merged(f.starts for f in features)
        self._commands = _merged([*(f.commands for f in features), {"cancel": dialogues.cancel}])
        self._menu = Menu(self._commands)
        self._commands["menu"] = self._menu.show
        self._flood = Flood()
        self._toasts: dict[int, Toast | None] = {}

    async def handle(self, rows: Rows, update: Update) -> None:
        """Everything the update leads to, inside its transaction."""
        incoming = read(update, self._bot_id, self._bot_name)
        if incoming is None:
            return
        work = self._work(rows)
        if incoming.what in _COUNTED and incoming.user_id is not None and not incoming.anonymous:
            pace = self._flood.look(incoming.user_id, work.now)
            if pace is not Pace.FINE:
                await self._slow_down(Scene(work, incoming, None, self._dialogues), pace)
                return
        person = None if incoming.user_id is None or incoming.anonymous else await rows.people.by_user(incoming.user_id)
        number = incoming.message_id if incoming.what is What.PRESS else incoming.reply_to
        answered = None if number is None else (incoming.chat_id, number)
        await take_stand(work, person, marked=incoming.marked, said=_answers(incoming), answered=answered)
        await self._route(Scene(work, incoming, person, self._dialogues))
        if incoming.query_id is not None:
            marked = incoming.marked or rows.drills.marked
            self._toasts[incoming.update_id] = _in_drill(work.toast, person) if marked else work.toast

    async def _slow_down(self, scene: Scene, pace: Pace) -> None:
        log.info("too many messages update=%s", scene.incoming.update_id)
        if pace is Pace.TELL and scene.incoming.private:
            await scene.say(scene.text("refused.too_often", wait=1))

    async def refuse(self, rows: Rows, update: Update, error: DomainError) -> None:
        """A service said no: nothing was changed, the person is told why. Its own transaction."""
        incoming = read(update, self._bot_id, self._bot_name)
        if incoming is None:
            return
        work = self._work(rows)
        person = None if incoming.user_id is None or incoming.anonymous else await rows.people.by_user(incoming.user_id)
        scene = Scene(work, incoming, person, self._dialogues)
        log.info("refused update=%s key=%s", incoming.update_id, error.key)
        if incoming.marked:
            rows.drills.mark()
        if incoming.query_id is not None:
            toast = Toast(scene.label(error.key, **error.facts), alert=True)
            self._toasts[incoming.update_id] = _in_drill(toast, person) if incoming.marked else toast
        elif incoming.private or incoming.reply_to is not None:
            await scene.say(scene.text(error.key, **error.facts), quote=not incoming.private)

    async def after(self, update: Update) -> None:
        """After the commit: answer the press, let the outbox look."""
        self._wake()
        query = update.callback_query
        if query is not None:
            await self._answer(query.id, self._toasts.pop(update.update_id, None))

    async def report(self, rows: Rows, update: Update) -> None:
        """Nothing could be done with it: the person gets a number to quote, the county's duty desk is told once."""
        work = self._work(rows)
        await report_poison(work, update.update_id)
        incoming = read(update, self._bot_id, self._bot_name)
        if incoming is None:
            return
        scene = Scene(work, incoming, None, self._dialogues)
        if incoming.query_id is not None:
            text = scene.label("refused.unknown_error", code=update.update_id)
            self._toasts[incoming.update_id] = Toast(text, alert=True)
        elif incoming.private:
            await scene.say(scene.text("refused.unknown_error", code=update.update_id))

    # -- who gets it --------------------------------------------------------------------------------------------

    async def _route(self, scene: Scene) -> None:
        incoming = scene.incoming
        match incoming.what:
            case What.PRESS:
                await self._press(scene)
            case What.COMMAND:
                await self._command(scene)
            case What.BOT_STATUS | What.MEMBER | What.MIGRATED:
                await self._status(scene)
            case What.MOVED_LIVE:
                await moved(scene)
            case _ if incoming.via_bot:
                return
            case _ if incoming.private:
                await self._private(scene)
            case _:
                await self._group(scene)

    async def _press(self, scene: Scene) -> None:
        prefix, _, rest = scene.incoming.text.partition(":")
        scene.args = tuple(rest.split(":")) if rest else ()
        if prefix == "f":
            await self._dialogues.press(scene)
        elif prefix == "d":
            await self._dialogues.offered(scene)
        elif prefix == "m":
            await self._menu.press(scene)
        elif (handler := self._presses.get(prefix)) is not None:
            await handler(scene)
        else:
            scene.toast(scene.label("refused.stale"), alert=True)
            log.info("unknown button update=%s", scene.incoming.update_id)

    async def _command(self, scene: Scene) -> None:
        incoming = scene.incoming
        if incoming.forwarded or incoming.via_bot:
            return  # somebody else's words
        if incoming.anonymous:
            await scene.say(scene.text("refused.anonymous"), quote=True)
            return
        payload = incoming.text.strip()
        if incoming.command == "start" and payload and incoming.private:
            prefix, _, rest = payload.partition("_")
            scene.args = tuple(rest.split("_")) if rest else ()
            if (handler := self._starts.get(prefix)) is not None:
                await handler(scene)
                return
        scene.args = tuple(payload.split())
        handler = self._commands.get(incoming.command)
        if handler is not None:
            await handler(scene)
        elif incoming.private:
            await scene.say(scene.text("start.unknown_command"))

    async def _status(self, scene: Scene) -> None:
        kinds: dict[What, Callable[[Feature], Handler | None]] = {
            What.BOT_STATUS: lambda f: f.bot_status,
            What.MEMBER: lambda f: f.member,
            What.MIGRATED: lambda f: f.migrated,
        }
        choose = kinds[scene.incoming.what]
        for feature in self._features:
            if (handler := choose(feature)) is not None:
                await handler(scene)

    async def _private(self, scene: Scene) -> None:
        for feature in self._features:
            for taker in feature.urgent:
                if await taker(scene):
                    return
        if await self._dialogues.take(scene) or await self._menu.word(scene):
            return
        for feature in self._features:
            _leave_the_drill(scene, feature)
            for taker in feature.private:
                if await taker(scene):
                    return
        await scene.say(scene.text("start.not_understood"), menu_rows(scene, self._commands))

    async def _group(self, scene: Scene) -> None:
        if scene.incoming.anonymous:
            if scene.incoming.reply_to is not None:
                await scene.say(scene.text("refused.anonymous"), quote=True)
            return
        if await self._dialogues.take_reply(scene):
            return
        for feature in self._features:
            _leave_the_drill(scene, feature)
            for taker in feature.group:
                if await taker(scene):
                    return


def _answers(incoming: Incoming) -> bool:
    """Whether it may answer whatever is open: words, a picture, a position, a link with something in it."""
    if incoming.what is What.COMMAND:
        return incoming.command == "start" and bool(incoming.text.strip())
    return incoming.what in _SAID and not incoming.forwarded


def _leave_the_drill(scene: Scene, feature: Feature) -> None:
    """What begins something new (a hazard, a question about the roster) is real, unless it replies to the drill."""
    if not (feature.plays or scene.incoming.marked):
        scene.work.rows.drills.leave()


def _in_drill(toast: Toast | None, person: Person | None) -> Toast | None:
    if toast is None or not toast.text:
        return toast
    mark = mark_of("zh" if person is None else person.language)
    room = _TOAST - 2 * len(mark)
    return Toast(framed(Html(toast.text[:room]), mark), toast.alert, toast.url)


def _merged(parts: Iterable[Mapping[str, Handler]]) -> dict[str, Handler]:
    merged: dict[str, Handler] = {}
    for part in parts:
        for prefix, handler in part.items():
            if prefix in merged:
                raise ValueError(f"two features listen to {prefix!r}")
            merged[prefix] = handler
    return merged
