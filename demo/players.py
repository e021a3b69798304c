"""Hands for people of the sandbox: press the newest button of a name, say a word, wait for one's turn.

Nothing here knows the bot but by what it shows: a button is found by its words, as a person finds it. Whoever cannot
find it says so (`MissingError`), so that a script never goes on as if he had.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Protocol

from PIL import Image

from domain.people import Post, Role
from domain.places import PlaceCode
from sandbox.errors import WorldError
from sandbox.model import Message
from sandbox.world import World

_VOICE = b"OggS\0spoken in the sandbox"
"""nobody decodes it: what was recorded is passed on as it came"""

Act = Callable[[], Awaitable[object]]


class MissingError(LookupError):
    """Nothing on the person's screen is called so."""


class Host(Protocol):
    """Where the play takes place: its clock, and who wakes an actor for his cue."""

    def now(self) -> datetime: ...
    def at(self, moment: datetime, act: Act) -> None: ...
    def patience(self) -> tuple[timedelta, int]:
        """How long to wait, and how often, for something that should be on a screen by now."""
        ...


class Somebody(Protocol):
    @property
    def user_id(self) -> int: ...
    @property
    def posts(self) -> tuple[Post, ...]: ...


@dataclass(frozen=True, slots=True)
class Players:
    world: World
    is_left_alone: Callable[[int], bool] = lambda _: False
    """whom somebody plays himself: the script does not move his hands"""

    def screen(self, user: int, chat: int | None = None) -> list[Message]:
        """The bot's messages as the person has them before him, newest first."""
        found = self.world.chat_for(user, chat if chat is not None else user).messages
        return [found[number] for number in sorted(found, reverse=True) if found[number].bot_id is not None]

    def find(self, user: int, *labels: str, chat: int | None = None) -> tuple[Message, str]:
        """The newest button whose words hold one of these, the first label first. MissingError when there is none."""
        for label in labels:
            for message in self.screen(user, chat):
                for button in (one for row in message.buttons for one in row):
                    if label in button["text"] and "callback_data" in button:
                        return message, str(button["callback_data"])
        raise MissingError(f"no button {labels} before {user}")

    async def press(self, user: int, *labels: str, chat: int | None = None) -> None:
        if self.is_left_alone(user):
            return
        message, data = self.find(user, *labels, chat=chat)
        await self.world.press(user, chat if chat is not None else user, message.id, data, wait=False)

    async def say(self, user: int, text: str, *, seen: str = "", chat: int | None = None) -> None:
        """`seen`: what must stand on the newest message before he says it."""
        if self.is_left_alone(user):
            return
        self._must_see(user, seen, chat)
        await self.world.say(user, chat if chat is not None else user, text)

    async def photo(self, user: int, *, seen: str = "", chat: int | None = None) -> None:
        """As `say`, with a picture."""
        if self.is_left_alone(user):
            return
        self._must_see(user, seen, chat)
        await self.world.send_photo(user, chat if chat is not None else user, _picture())

    async def voice(self, user: int, *, seen: str = "", chat: int | None = None) -> None:
        """As `say`, spoken."""
        if self.is_left_alone(user):
            return
        self._must_see(user, seen, chat)
        await self.world.send_voice(user, chat if chat is not None else user, _VOICE, duration=8)

    def _must_see(self, user: int, seen: str, chat: int | None) -> None:
        screen = self.screen(user, chat)
        if seen and not (screen and seen in screen[0].text):
            raise MissingError(f"no {seen!r} before {user}, but {screen[0].text[:60] if screen else None!r}")

    async def look(self, user: int, words: str) -> None:
        """It must stand on his screen. MissingError where it does not."""
        if not any(words in one.text for one in self.screen(user)):
            raise MissingError(f"nothing says {words!r} before {user}")

    def can(self, user: int, *labels: str) -> bool:
        try:
            self.find(user, *labels)
        except (MissingError, WorldError):
            return False
        return True


@cache
def _picture() -> bytes:
    """What a telephone would send: a JPEG of a grey sky over green."""
    image, out = Image.new("RGB", (640, 480), (150, 160, 170)), BytesIO()
    image.paste((70, 110, 60), (0, 300, 640, 480))
    image.save(out, "JPEG")
    return out.getvalue()


def holding(people: Iterable[Somebody], role: Role, place: PlaceCode, department: str = "") -> list[int]:
    """Accounts of those who hold the post there, in the order of the roster."""
    return [
        one.user_id
        for one in people
        if any(p.role is role and p.place == place and department in ("", p.department) for p in one.posts)
    ]
