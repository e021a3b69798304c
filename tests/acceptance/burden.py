"""What the bot asked of people's attention, by Telegram's books: posts in groups, messages to one person, nights.

An edit makes no telephone ring and is not counted. A message without sound counts: it is to be read all the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sandbox.model import Message
from sandbox.world import World

ZONE = ZoneInfo("Asia/Shanghai")
_NIGHT_FROM, _NIGHT_UNTIL = time(22), time(6)


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    text: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Burden:
    world: World
    since: datetime
    until: datetime

    def to(self, chat: int) -> list[Said]:
        """The bot's messages in a group or a person's private chat."""
        found = self.world.chat_for(chat, chat) if chat > 0 else self.world.group(chat)
        said = [_said(one) for _, one in sorted(found.messages.items()) if one.bot_id is not None]
        return [one for one in said if self.since <= one.at < self.until]

    def most(self, chats: Iterable[int]) -> tuple[int, int]:
        """(chat, messages) of the one that got most."""
        counted = Counter({chat: len(self.to(chat)) for chat in chats})
        return counted.most_common(1)[0] if counted else (0, 0)

    def at_night(self, chats: Iterable[int], excused: Callable[[Said], bool]) -> list[tuple[int, Said]]:
        """What arrived between ten and six and has no excuse."""
        return [
            (chat, one)
            for chat in chats
            for one in self.to(chat)
            if is_night(one.at) and not one.silent and not excused(one)
        ]


def is_night(at: datetime) -> bool:
    here = at.astimezone(ZONE).time()
    return here >= _NIGHT_FROM or here < _NIGHT_UNTIL


def _said(message: Message) -> Said:
    return Said(datetime.fromtimestamp(message.date, UTC), message.text, message.silent)
