"""When may the next message leave? Deadlines for the whole bot, for each group and for each private chat.

Pure arithmetic, no waiting. Telegram publishes "about 30 a second, 20 a minute to a group, one a second to a
chat" and not how it counts, so departures are spaced evenly: that is right for a server that counts in a
sliding window and for one that fills a bucket. All instants are kept as whole microseconds.
"""

from collections import deque
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from domain.outgoing import Lane

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_UNBOUND = 1 << 30
_MICROSECOND = timedelta(microseconds=1)


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


class _Drip:
    """One departure each `interval` in the long run; after a rest, `burst` of them at once."""

    __slots__ = ("_burst", "_next")

    def __init__(self, burst: int) -> None:
        self._burst = burst
        self._next = 0

    def ready(self, interval: int) -> int:
        return self._next - (self._burst - 1) * interval

    def take(self, at: int, interval: int) -> None:
        self._next = max(self._next, at) + interval

    def room(self, until: int, at: int, interval: int) -> int:
        """How many may leave between `at` and `until`."""
        first = max(self._next, at) - (self._burst - 1) * interval
        return max(0, (until - first) // interval + 1)


class _Line:
    """The way out of the whole bot: its rate, which halves after a refusal of everything and grows back."""

    _REGAIN = 60  # seconds from nothing to the full rate
    _FLOOR = 8  # never slower than an eighth

    def __init__(self, rate: float | None) -> None:
        self._full = rate
        self._rate = rate or 0.0
        self._since = 0
        self._drip = _Drip(burst=2)  # the second one makes up for a late wake-up, no more
        self.paused_until = 0

    def interval(self, now: int) -> int:
        """Microseconds between departures; 0 when nothing is paced."""
        if self._full is None:
            return 0
        grown = self._rate + max(0, now - self._since) / _SECOND * self._full / self._REGAIN
        return int(_SECOND / min(self._full, grown)) + 1

    def ready(self, now: int) -> int:
        interval = self.interval(now)
        return max(now, self.paused_until, self._drip.ready(interval) if interval else 0)

    def take(self, at: int) -> None:
        if interval := self.interval(at):
            self._drip.take(at, interval)

    def room(self, now: int, until: int) -> int:
        if self.paused_until > until:
            return 0
        interval = self.interval(now)
        return self._drip.room(until, max(now, self.paused_until), interval) if interval else _UNBOUND

    def pause(self, now: int, until: int, *, slower: bool) -> None:
        if slower and self._full is not None:
            self._rate = max(_SECOND / self.interval(now) / 2, self._full / self._FLOOR)
            self._since = until
        self.paused_until = max(self.paused_until, until)


class _Chat:
    """When one chat was sent something lately, and until when it must be left alone."""

    __slots__ = ("frozen", "recent")

    def __init__(self, kept: int) -> None:
        self.recent: deque[int] = deque(maxlen=kept)
        self.frozen = 0


class Pacer:
    """Deadlines by chat and lane. Tell it what left (`sent`) and what was refused (`refused`).

    `rate` departures a second for the whole bot, None for no limit (benchmarks). A group takes `per_group` in any
    sliding minute and one a second, of which the digest lane may use only `digest_per_group`, so that a warning
    always finds room; a private chat `per_private` in any five seconds, at once if need be. `per_group=None`
    and `per_private=None` switch these off. Digests as a whole take at most `digest_share` of the rate.

    A refusal freezes its own chat. Only when a second chat is refused within a minute everything pauses, for the
    shorter of the two waits, and goes on at half the rate, growing back within a minute.
    """

    def __init__(
        self,
        rate: float | None = 26.8,
        *,
        per_group: int | None = 18,
        digest_per_group: int = 12,
        per_private: int | None = 4,
        digest_share: float = 1 / 3,
        reply_share: float = 0.2,
    ) -> None:
        self._line = _Line(rate)
        self._per_group = per_group
        self._digest_per_group = digest_per_group
        self._per_private = per_private
        self._digest_factor = 1 / digest_share
        self._reply_factor = 1 / reply_share
        self._digests = _Drip(burst=1)
        self._replies = _Drip(burst=8)
        self._chats: dict[int, _Chat] = {}
        self._sweep_at = 256
        self._held: dict[int, int] = {}
        self._held_digests: dict[int, int] = {}
        self._refusals: deque[tuple[int, int, int]] = deque(maxlen=32)
        self._failures = 0

    # -- deadlines ----------------------------------------------------------------------------------------

    def ready_at(self, chat_id: int, now: datetime, lane: Lane = Lane.REPLY) -> datetime:
        """The earliest instant, `now` or later, at which a message may leave for this chat."""
        at = _us(now)
        ready = max(self._line.ready(at), self._chat_ready(chat_id, at, digest=lane is Lane.DIGEST))
        if lane is Lane.DIGEST and (interval := self._line.interval(at)):
            ready = max(ready, self._digests.ready(int(interval * self._digest_factor)))
        return _instant(ready)

    def held(self, now: datetime, lane: Lane = Lane.REPLY) -> Collection[int]:
        """The chats that may not be written to yet in this lane."""
        at = _us(now)
        _prune(self._held, at)
        if lane is not Lane.DIGEST:
            return self._held.keys()
        _prune(self._held_digests, at)
        return self._held.keys() | self._held_digests.keys()

    def room(self, now: datetime, within: timedelta, lane: Lane = Lane.RED) -> int:
        """How many departures the bot as a whole has from now on for so long."""
        at = _us(now)
        until = at + within // _MICROSECOND
        room = self._line.room(at, until)
        if lane is Lane.DIGEST and room and (interval := self._line.interval(at)):
            room = min(room, self._digests.room(until, at, int(interval * self._digest_factor)))
        return room

    def reply_room(self, now: datetime) -> int:
        """How many replies may go before warnings just now, so that dialogues stay alive during a broadcast."""
        at = _us(now)
        interval = self._line.interval(at)
        return self._replies.room(at, at, int(interval * self._reply_factor)) if interval else 8

    def next_slot(self, now: datetime) -> datetime:
        """When the next message, to whichever chat, may leave."""
        return _instant(self._line.ready(_us(now)))

    def next_release(self, now: datetime) -> datetime | None:
        """When the first of the held chats, or the digest lane, is free again; None when nothing is held."""
        at = _us(now)
        ends = [end for held in (self._held, self._held_digests) for end in held.values() if end > at]
        if interval := self._line.interval(at):
            ends += [end for end in [self._digests.ready(int(interval * self._digest_factor))] if end > at]
        return _instant(min(ends)) if ends else None

    def halted_until(self, chat_id: int, now: datetime) -> datetime | None:
        """Set when a departure that was promised must not happen: the chat or everything has been stopped since."""
        chat = self._chats.get(chat_id)
        until = max(self._line.paused_until, chat.frozen if chat else 0)
        return _instant(until) if until > _us(now) else None

    # -- what happened ------------------------------------------------------------------------------------

    def sent(self, chat_id: int, now: datetime, lane: Lane = Lane.REPLY) -> None:
        """A message leaves for the chat at `now` (which may lie ahead: a promised departure)."""
        at = _us(now)
        self._line.take(at)
        if interval := self._line.interval(at):
            if lane is Lane.DIGEST:
                self._digests.take(at, int(interval * self._digest_factor))
            elif lane is Lane.REPLY:
                self._replies.take(at, int(interval * self._reply_factor))
        chat = self._chat(chat_id, at)
        chat.recent.append(at)
        self._hold(chat_id, at)

    def refused(self, chat_id: int, retry_after: timedelta, now: datetime) -> None:
        """Telegram refused this chat with 429."""
        at = _us(now)
        wait = retry_after // _MICROSECOND
        chat = self._chat(chat_id, at)
        chat.frozen = max(chat.frozen, at + wait)
        self._hold(chat_id, at)
        others = [w for when, who, w in self._refusals if who != chat_id and when > at - _MINUTE]
        self._refusals.append((at, chat_id, wait))
        if others and at >= self._line.paused_until:
            self._line.pause(at, at + min(wait, others[-1]), slower=True)

    def unreachable(self, now: datetime) -> datetime:
        """A request never reached Telegram. Everything waits, longer each time; returns until when."""
        at = _us(now)
        if at >= self._line.paused_until:  # the others of the same moment fail for the same reason
            self._failures = min(self._failures + 1, 6)
            self._line.pause(at, at + _SECOND // 4 * 2**self._failures, slower=False)
        return _instant(self._line.paused_until)

    def reached(self) -> None:
        """Telegram has answered, whatever it said."""
        self._failures = 0

    # -- one chat -----------------------------------------------------------------------------------------

    def _chat(self, chat_id: int, at: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= self._sweep_at:
                self._sweep(at)
            chat = self._chats[chat_id] = _Chat((self._per_private if chat_id > 0 else self._per_group) or 1)
        return chat

    def _sweep(self, at: int) -> None:
        """Forget whom nothing was sent to for a minute. Doubling the mark keeps it O(1) for each message."""
        lately = at - _MINUTE
        for chat_id, chat in list(self._chats.items()):
            if chat.frozen <= at and not (chat.recent and chat.recent[-1] > lately):
                del self._chats[chat_id]
        _prune(self._held, at)
        _prune(self._held_digests, at)
        self._sweep_at = max(256, 2 * len(self._chats))

    def _chat_ready(self, chat_id: int, at: int, *, digest: bool) -> int:
        chat = self._chats.get(chat_id)
        if chat is None:
            return at
        ready = max(at, chat.frozen)
        recent = chat.recent
        if not recent:
            return ready
        if chat_id > 0:
            full = self._per_private is not None and len(recent) >= self._per_private
            return max(ready, recent[0] + 5 * _SECOND) if full else ready
        if self._per_group is None:
            return ready
        allowed = min(self._digest_per_group, self._per_group) if digest else self._per_group
        if len(recent) >= allowed:
            ready = max(ready, recent[-allowed] + _MINUTE)
        return max(ready, recent[-1] + _SECOND)

    def _hold(self, chat_id: int, at: int) -> None:
        for held, digest in ((self._held, False), (self._held_digests, True)):
            end = self._chat_ready(chat_id, at, digest=digest)
            if end > at:
                held[chat_id] = end


def _prune(held: dict[int, int], at: int) -> None:
    for chat_id in [i for i, end in held.items() if end <= at]:
        del held[chat_id]
