"""Telegram's rate limits, in world time and O(1) for each check.

The figures are the published ones (20 messages a minute to a group, about one a second to a person with a small
burst, 30 a second for the whole bot). Telegram does not say how it counts, so both plausible ways can be chosen.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal, Protocol

Rule = Literal["sliding", "bucket"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How strict the world is and how much it remembers. The defaults are Telegram's."""

    enforced: bool = True
    rule: Rule = "sliding"
    group_per_minute: int = 20
    private_burst: int = 5  # so many at once, and one a second in the long run
    overall_per_second: int = 30
    callback_answer_seconds: float = 15.0
    callback_kept_seconds: float = 150.0
    update_kept_seconds: float = 86_400.0
    long_poll_seconds: float = 50.0
    conflict_pause_seconds: float = 3.0  # a second 409 in a row is held back this long, real time
    repeated_poll_throttle: bool = False  # the real server slows down pollers that repeat an offset
    download_bytes: int = 20 * 1024 * 1024
    upload_bytes: int = 50 * 1024 * 1024
    photo_bytes: int = 10 * 1024 * 1024
    messages_kept: int = 2_000  # for each chat; older ones are forgotten as if deleted
    updates_kept: int = 200_000  # for each bot
    ledger_kept: int = 20_000
    files_kept_bytes: int = 256 * 1024 * 1024


class Meter(Protocol):
    """Counts what passes. `wait` says how many seconds until `count` more may pass (0: now); `take` lets it pass."""

    def wait(self, now: float, count: int = 1) -> float: ...

    def take(self, now: float, count: int = 1) -> None: ...


class SlidingWindow:
    """At most `size` events in any `window` seconds."""

    __slots__ = ("_events", "_size", "_window")

    def __init__(self, size: int, window: float) -> None:
        self._size = size
        self._window = window
        self._events: deque[float] = deque(maxlen=size)

    def wait(self, now: float, count: int = 1) -> float:
        free = self._size - len(self._events)
        if free >= count or not self._events:  # an album larger than the window passes when it is empty
            return 0.0
        blocking = self._events[min(count - free, len(self._events)) - 1]
        return max(0.0, blocking + self._window - now)

    def take(self, now: float, count: int = 1) -> None:
        for _ in range(count):
            self._events.append(now)


class TokenBucket:
    """`size` tokens at most, refilled evenly at `size` for each `window` seconds."""

    __slots__ = ("_rate", "_size", "_stamp", "_tokens")

    def __init__(self, size: int, window: float) -> None:
        self._size = float(size)
        self._rate = size / window
        self._tokens = float(size)
        self._stamp = -math.inf

    def wait(self, now: float, count: int = 1) -> float:
        missing = min(count, self._size) - self._level(now)
        return max(0.0, missing / self._rate) if missing > 1e-9 else 0.0

    def take(self, now: float, count: int = 1) -> None:
        self._tokens = self._level(now) - count
        self._stamp = now

    def _level(self, now: float) -> float:
        return min(self._size, self._tokens + max(0.0, now - self._stamp) * self._rate)


class Budget:
    """One bot's budgets: each group, each private chat, and everything together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = self._meter(limits.overall_per_second, 1.0)
        self._chats: dict[int, Meter] = {}

    def _meter(self, size: int, window: float) -> Meter:
        return SlidingWindow(size, window) if self._limits.rule == "sliding" else TokenBucket(size, window)

    def spend(self, chat_id: int, now: float, *, private: bool, count: int = 1) -> int:
        """0 when `count` messages or edits may pass; otherwise the whole seconds to wait, and nothing is spent."""
        if not self._limits.enforced:
            return 0
        meter = self._chats.get(chat_id)
        if meter is None:
            burst = self._limits.private_burst
            meter = self._meter(burst, float(burst)) if private else self._meter(self._limits.group_per_minute, 60.0)
            self._chats[chat_id] = meter
        wait = max(self._overall.wait(now, count), meter.wait(now, count))
        if wait > 0:
            return max(1, math.ceil(wait))
        self._overall.take(now, count)
        meter.take(now, count)
        return 0
