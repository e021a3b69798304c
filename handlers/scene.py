"""`Scene`: one thing a person did, with everything a handler needs to answer it.

A handler reads the scene, calls one service, and says something. What it says goes to the outbox with the rest of the
transaction; the answer to a press waits on the work for the commit.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from domain.errors import NotAllowed, Stale
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person
from domain.text import Button, Html, Rows
from handlers.incoming import Incoming
from services.work import Toast, Work

_DIGITS = 15
"""no number of ours is longer, and no database takes one of any length"""


@dataclass(slots=True)
class Scene:
    work: Work
    incoming: Incoming
    person: Person | None
    """who it is by the roster; None for a stranger, who may still report a hazard"""
    dialogues: "Dialogues"
    args: tuple[str, ...] = ()
    """what follows the prefix in a press or a deep link"""
    _said: int = field(default=0)
    _mark: str = "u"

    async def open(self, dialogue: str, context: Mapping[str, object] | None = None) -> None:
        """Begin a guided dialogue here. Raises NotAllowed."""
        await self.dialogues.open(self, dialogue, context)

    async def go_on(self) -> None:
        """What came in between is done: an unfinished dialogue is shown again below it."""
        await self.dialogues.again(self)

    def aside(self) -> "Scene | None":
        """The same person in his private chat, for what does not belong in a group; None where it is not open."""
        if self.incoming.private:
            return self
        if self.person is None or self.person.user_id is None or not self.person.reachable:
            return None
        there = replace(self.incoming, chat_id=self.person.user_id, private=True, message_id=None, reply_to=None)
        return Scene(self.work, there, self.person, self.dialogues, self.args, _mark="a")

    async def only_private(self, payload: str) -> bool:
        """True in the private chat. In a group: False, and the way there with a link of this payload."""
        if self.incoming.private:
            return True
        way = Button(self.label("button.open_private"), url=self.work.link(payload))
        await self.say(self.text("refused.private_only"), ((way,),), quote=True)
        return False

    @property
    def lang(self) -> str:
        if self.person is not None:
            return self.person.language
        return "zh" if not self.incoming.language or self.incoming.language.startswith("zh") else "en"

    def known(self) -> Person:
        """The person, or a refusal for somebody the roster does not know."""
        if self.person is None:
            raise NotAllowed("refused.not_enrolled")
        return self.person

    def number(self, position: int = 0) -> int:
        """A number out of a button or link. Anything else is somebody's forgery: Stale."""
        written = self.args[position] if position < len(self.args) else ""
        if not (written.isascii() and written.isdigit() and len(written) <= _DIGITS):
            raise Stale("refused.stale")
        return int(written)

    def text(self, address: str, **facts: object) -> Html:
        return self.work.words.text(address, self.lang, **facts)

    def label(self, address: str, **facts: object) -> str:
        return self.work.words.label(address, self.lang, **facts)

    def card(self, name: str, /, **facts: object) -> Html:
        return self.work.words.card(name, self.lang, **facts)

    def toast(self, text: str, *, alert: bool = False, url: str | None = None) -> None:
        """The answer to the press. The last one wins."""
        self.work.toast = Toast(text, alert, url)

    def next_key(self) -> str:
        self._said += 1
        return f"{self._mark}{self.incoming.update_id}.{self._said}"

    async def say(
        self,
        text: Html,
        buttons: Rows = (),
        *,
        subject: str = "",
        quote: bool = False,
        key: str | None = None,
    ) -> str:
        """A message in the chat where the person spoke. Returns its outbox key, for later edits."""
        key = key or self.next_key()
        await self.work.rows.outbox.put(
            Outgoing(
                key=key,
                chat_id=self.incoming.chat_id,
                person_id=self.person.id if self.person is not None and self.incoming.private else None,
                text=text,
                buttons=buttons,
                subject=subject,
                target_message_id=self.incoming.message_id if quote else None,
                reply=quote,
            )
        )
        return key

    async def redraw(self, text: Html, buttons: Rows = ()) -> None:
        """Edit the message whose button was pressed. In a group only one that has this button: nobody writes over a
        warning by a forged press. Raises Stale."""
        if not (self.incoming.private or self.incoming.carried):
            raise Stale("refused.stale")
        await self.work.rows.outbox.put(
            Outgoing(
                key=self.next_key(),
                chat_id=self.incoming.chat_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                text=text,
                buttons=buttons,
                target_message_id=self.incoming.message_id,
            )
        )

    async def nod(self, emoji: str = "👌") -> None:
        """A silent "counted" on somebody's message in a group."""
        await self.work.rows.outbox.put(
            Outgoing(
                key=self.next_key(),
                chat_id=self.incoming.chat_id,
                kind=Kind.REACT,
                policy=Policy.IDEMPOTENT,
                lane=Lane.REPLY,
                emoji=emoji,
                target_message_id=self.incoming.message_id,
            )
        )


class Dialogues(Protocol):
    """handlers.dialogue.DialogueRunner, as handlers need it."""

    async def open(self, scene: Scene, name: str, context: Mapping[str, object] | None = None) -> None: ...
    async def again(self, scene: Scene) -> None: ...
    async def take(self, scene: Scene) -> bool: ...


Handler = Callable[[Scene], Awaitable[None]]
Taker = Callable[[Scene], Awaitable[bool]]
"""Looks at free text or an attachment; True when it was meant for it."""


@dataclass(frozen=True, slots=True)
class Feature:
    """What one feature listens to. Listed in handlers/features.py."""

    name: str
    presses: Mapping[str, Handler] = field(default_factory=dict)
    """by the part of the button's data before the first colon"""
    starts: Mapping[str, Handler] = field(default_factory=dict)
    """by the part of the deep link's payload before the first underscore"""
    commands: Mapping[str, Handler] = field(default_factory=dict)
    urgent: tuple[Taker, ...] = ()
    """words in the private chat that go before an open dialogue"""
    private: tuple[Taker, ...] = ()
    """free text and attachments in the private chat, asked in order when no dialogue is open"""
    group: tuple[Taker, ...] = ()
    """the same in a group: replies to the bot, and talk the feature may count silently"""
    plays: bool = False
    """whether its takers are for answers, which a drill asks for as well"""
    bot_status: Handler | None = None
    member: Handler | None = None
    migrated: Handler | None = None
