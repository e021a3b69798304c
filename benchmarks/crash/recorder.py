"""What Telegram knows about the bot's updates: which were offered, and which it dropped itself because they were too
old before the bot confirmed them."""

import time

from sandbox.bots import Bot
from sandbox.model import Json
from sandbox.updates import UpdateQueue


class RecordedQueue(UpdateQueue):
    """The sandbox's queue with a memory of everything that went through it."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot.rng, bot.limits.updates_kept)
        self.offered: dict[int, str] = {}
        """update id → its kind"""
        self.too_old: set[int] = set()
        self.last = 0
        """the newest update's id, so that whoever made a person act knows which update it was"""
        self.polled_at = 0.0
        """real time of the newest getUpdates"""

    def push(self, kind: str, payload: Json, now: float, lifetime: float) -> None:
        number = self._next_id
        super().push(kind, payload, now, lifetime)
        if kind in self.allowed:
            self.last = number
            self.offered[number] = kind

    def take(self, offset: int, limit: int, now: float) -> list[Json]:
        self.polled_at = time.monotonic()
        self.too_old.update(number for number, expires, _ in self._items if expires <= now)
        return super().take(offset, limit, now)


def record(bot: Bot) -> RecordedQueue:
    """Put the remembering queue in the place of the bot's own. Before anything was offered."""
    queue = RecordedQueue(bot)
    bot.queue = queue
    return queue
