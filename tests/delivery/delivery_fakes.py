"""What the tests of delivery/ share: a clock that moves when told, an event loop on virtual time, an outbox in
memory, and a Telegram that answers by script."""

import asyncio
import heapq
import json
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from telegram import Bot
from telegram.request import BaseRequest, RequestData

from domain.outgoing import Lane, Outcome, Outgoing, Policy, QueuedMessage, Settlement
from domain.text import Html

START = datetime(2026, 7, 21, 14, 0, tzinfo=UTC)
TOKEN = "12345:" + "Aa-_0" * 7
T = TypeVar("T")


class StillClock:
    """Stands still; `sleep` moves it at once."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self._virtual = 0.0
        select = self._selector.select

        def jump(timeout: float | None = None) -> Any:
            if timeout is None and not self._ready:
                raise RuntimeError("nothing will ever happen again")
            self._virtual += timeout or 0.0
            return select(0)

        self._selector.select = jump

    def time(self) -> float:
        return self._virtual


class VirtualClock:
    """The virtual loop's time as an instant."""

    def now(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on virtual time: an hour of waiting takes no time."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


def message(number: int = 1, chat_id: int = -100, text: str = "请转移", **fields: Any) -> Outgoing:
    return Outgoing(key=f"warning:{number}:{chat_id}", chat_id=chat_id, text=Html(text), **fields)


def queued(out: Outgoing, **fields: Any) -> QueuedMessage:
    given = {"id": 1, "attempts": 0, "may_have_arrived": False, "message_id": None} | fields
    return QueuedMessage(out=out, **given)


@dataclass
class Row:
    id: int
    out: Outgoing
    due: datetime
    state: str = "pending"
    attempts: int = 0
    may_have_arrived: bool = False
    progress: dict[str, str] = field(default_factory=dict)
    ids: tuple[int, ...] = ()
    reason: str = ""


class MemoryOutbox:
    """An OutboxDoor with the rules of storage/outbox.py that matter to delivery."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.claims: list[list[int]] = []
        self.settled: list[list[Settlement]] = []
        self.recovered = 0
        self.fail_claims = 0
        self.fail_settles = 0
        self._heaps: dict[int, list[tuple[datetime, int]]] = {lane: [] for lane in Lane}
        self._due: dict[int, dict[int, Row]] = {lane: {} for lane in Lane}

    def put(self, *outs: Outgoing, now: datetime = START) -> list[int]:
        ids = []
        for out in outs:
            row = Row(len(self.rows) + 1, out, out.not_before or now)
            self.rows[row.id] = row
            self._wait(row)
            ids.append(row.id)
        return ids

    def _wait(self, row: Row) -> None:
        heapq.heappush(self._heaps[row.out.lane], (row.due, row.id))

    def _ripen(self, now: datetime) -> None:
        for lane, heap in self._heaps.items():
            while heap and heap[0][0] <= now:
                row = self.rows[heapq.heappop(heap)[1]]
                self._due[lane][row.id] = row

    async def claim(
        self, now: datetime, boot: str, limit: int, skip_chats: Collection[int], lanes: Collection[int]
    ) -> list[QueuedMessage]:
        if self.fail_claims:
            self.fail_claims -= 1
            raise OSError("disk full")
        self._ripen(now)
        skip, taken = set(skip_chats), []
        for lane in sorted(lanes):
            for row in [self._due[lane][number] for number in sorted(self._due[lane])]:
                if len(taken) >= limit:
                    break
                if row.out.expires_at is not None and row.out.expires_at <= now:
                    row.state = "expired"
                    del self._due[lane][row.id]
                elif row.out.chat_id not in skip:
                    skip.add(row.out.chat_id)
                    del self._due[lane][row.id]
                    row.state = "sending"
                    taken.append(row)
        self.claims.append([row.id for row in taken])
        return [
            queued(
                row.out,
                id=row.id,
                attempts=row.attempts,
                may_have_arrived=row.may_have_arrived,
                message_id=row.out.target_message_id,
                progress=dict(row.progress),
            )
            for row in taken
        ]

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        if self.fail_settles:
            self.fail_settles -= 1
            raise OSError("disk full")
        self.settled.append(list(settlements))
        for settlement in settlements:
            self._apply(self.rows[settlement.id], settlement, now)

    def _apply(self, row: Row, settlement: Settlement, now: datetime) -> None:
        assert row.state == "sending", "settled twice, or without a claim"
        row.attempts += settlement.counted
        row.reason = settlement.reason
        row.ids = settlement.message_ids
        if settlement.extra:
            row.progress = dict(settlement.extra)
        again = settlement.outcome in {Outcome.RETRY, Outcome.MIGRATED}
        if settlement.outcome is Outcome.AMBIGUOUS and row.out.policy is not Policy.AT_MOST_ONCE:
            again, row.may_have_arrived = True, row.out.policy is Policy.AT_LEAST_ONCE
        if again:
            row.state, row.due = "retry", settlement.retry_at or now
            self._wait(row)
        else:
            row.state = settlement.outcome.value

    async def recover(self, boot: str, now: datetime) -> int:
        self.recovered += 1
        return 0

    async def next_due(self, now: datetime) -> datetime | None:
        self._ripen(now)
        if any(self._due.values()):
            return now
        dues = [heap[0][0] for heap in self._heaps.values() if heap]
        return min(dues) if dues else None

    def states(self) -> dict[str, int]:
        count: dict[str, int] = {}
        for row in self.rows.values():
            count[row.state] = count.get(row.state, 0) + 1
        return count


@dataclass
class Call:
    """One request as Telegram would read it."""

    method: str
    params: dict[str, str]
    files: dict[str, tuple[str, bytes]]

    def value(self, name: str) -> Any:
        return json.loads(self.params[name])


Reply = dict[str, Any] | Exception | tuple[int, dict[str, Any]]


def refusal(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return code, answer | ({"parameters": parameters} if parameters else {})


class ScriptedTelegram(BaseRequest):
    """Answers from a script, then with success. What it was asked is in `calls`."""

    def __init__(self, *script: Reply) -> None:
        self.script: deque[Reply] = deque(script)
        self.calls: list[Call] = []

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        assert request_data is not None
        params = dict(parse_qsl(urlencode(request_data.json_parameters), keep_blank_values=True))
        files = {name: (part[0], part[1]) for name, part in request_data.multipart_data.items()}
        call = Call(url.rsplit("/", 1)[1], params, files)
        self.calls.append(call)
        reply = self.script.popleft() if self.script else self.success(call)
        if isinstance(reply, Exception):
            raise reply
        code, answer = reply if isinstance(reply, tuple) else (200, {"ok": True, "result": reply})
        return code, json.dumps(answer).encode()

    def success(self, call: Call) -> dict[str, Any] | tuple[int, dict[str, Any]]:
        if call.method.startswith(("send", "editMessage")):
            return sent(100 + len(self.calls), int(call.params["chat_id"]), call)
        return 200, {"ok": True, "result": True}

    def bot(self) -> Bot:
        return Bot(TOKEN, request=self, get_updates_request=self)


def sent(message_id: int, chat_id: int = -100, call: Call | None = None) -> dict[str, Any]:
    """A message as the Bot API returns it."""
    kind = "private" if chat_id > 0 else "supergroup"
    answer: dict[str, Any] = {"message_id": message_id, "date": 1, "chat": {"id": chat_id, "type": kind}}
    if call is not None and call.method == "sendPhoto":
        size = {"file_id": "AgACAgUAAxkBphoto", "file_unique_id": "u", "width": 1, "height": 1}
        return answer | {"photo": [size]}
    if call is not None and call.method == "sendDocument":
        return answer | {"document": {"file_id": "BQACAgUAAxkBdocument", "file_unique_id": "u"}}
    return answer | {"text": "x"}


@dataclass
class InstantCarrier:
    """Carries by a function of the message, after `delay` seconds of the loop's time."""

    clock: Any
    outcome: Callable[[QueuedMessage], Settlement] | None = None
    delay: Callable[[], float] = lambda: 0.0
    log: list[tuple[datetime, QueuedMessage]] = field(default_factory=list)
    flying: int = 0
    most_flying: int = 0
    chats: set[int] = field(default_factory=set)

    async def carry(self, item: QueuedMessage) -> Settlement:
        assert item.out.chat_id not in self.chats, "two at once in one chat"
        self.chats.add(item.out.chat_id)
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        self.log.append((self.clock.now(), item))
        try:
            await asyncio.sleep(self.delay())
            if self.outcome is not None:
                return self.outcome(item)
            return Settlement(item.id, Outcome.SENT, self.clock.now(), message_ids=(item.id,))
        finally:
            self.flying -= 1
            self.chats.discard(item.out.chat_id)
