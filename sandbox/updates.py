"""One bot's queue of updates: numbered, kept until confirmed or too old, filtered by what the bot asked for."""

import asyncio
import random
from collections import deque

from sandbox.model import Json

ALL_KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "guest_message",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query",
    "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member",
    "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot",
)  # fmt: skip
DEFAULT_KINDS = frozenset(ALL_KINDS) - {"chat_member", "message_reaction", "message_reaction_count"}
_WEEK = 7 * 86_400.0


class UpdateQueue:
    """Ids grow by one; after a week without updates Telegram starts again at a random one."""

    def __init__(self, rng: random.Random, kept: int) -> None:
        self._rng = rng
        self._kept = kept
        self._items: deque[tuple[int, float, Json]] = deque()
        self._gone: set[int] = set()  # delivered by webhook before older ones
        self._next_id = rng.randrange(100_000_000, 900_000_000)
        self._last_at: float | None = None
        self.allowed = DEFAULT_KINDS
        self.waiting: asyncio.Future[None] | None = None  # the one long poll
        self.arrived = asyncio.Event()  # for the webhook

    def push(self, kind: str, payload: Json, now: float, lifetime: float) -> None:
        """Queue an update if the bot wants its kind. A full queue forgets its oldest."""
        if kind not in self.allowed:
            return
        if self._last_at is not None and now - self._last_at > _WEEK:
            self._next_id = self._rng.randrange(100_000_000, 900_000_000)
            self.clear()
        self._last_at = now
        if len(self._items) >= self._kept:
            self._drop()
        self._items.append((self._next_id, now + lifetime, {"update_id": self._next_id, kind: payload}))
        self._next_id += 1
        self.arrived.set()
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)

    def allow(self, kinds: list[str]) -> None:
        """The new filter, for updates from now on. An empty list means the default."""
        known = frozenset(kinds) & frozenset(ALL_KINDS)
        self.allowed = known or DEFAULT_KINDS

    def take(self, offset: int, limit: int, now: float) -> list[Json]:
        """Confirm everything before `offset` and return up to `limit` of what is left.

        A negative offset keeps only that many of the newest. An offset beyond the next id is treated as none,
        and nothing is confirmed by it.
        """
        items = self._items
        if offset < 0:
            while len(items) > -offset:
                self._drop()
        elif 0 < offset <= self._next_id:
            while items and items[0][0] < offset:
                self._drop()
        while items and items[0][1] <= now:
            self._drop()
        found = []
        for number, expires, update in items:
            if expires > now and number not in self._gone:
                found.append(update)
                if len(found) >= limit:
                    break
        return found

    def _drop(self) -> None:
        self._gone.discard(self._items.popleft()[0])

    def expires_at(self, update_id: int) -> float | None:
        """When the update dies, or None when it is gone."""
        place = update_id - self._items[0][0] if self._items else -1  # ids in the queue are consecutive
        if not 0 <= place < len(self._items) or update_id in self._gone:
            return None
        return self._items[place][1]

    def remove(self, update_id: int) -> None:
        """Forget one delivered update; webhooks confirm them one at a time, in any order."""
        if self.expires_at(update_id) is not None:
            self._gone.add(update_id)
        while self._items and self._items[0][0] in self._gone:
            self._drop()

    def pending(self, now: float) -> int:
        return sum(1 for number, expires, _ in self._items if expires > now and number not in self._gone)

    def clear(self) -> None:
        self._items.clear()
        self._gone.clear()
