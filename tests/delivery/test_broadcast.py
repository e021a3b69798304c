"""A broadcast to a whole county through a server that keeps Telegram's limits, on virtual time.

The real dispatcher and pacer run against simulated servers of both plausible kinds, behind a line that delays
every request by 20 to 60 ms and every answer by 60 ms. Nobody may be refused, the broadcast must come close to
the server's own limit, and who talks to the bot meanwhile must not notice.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from delivery.dispatcher import Dispatcher
from delivery.errors import after_error
from delivery.pacing import Pacer
from delivery.transport import flood
from domain.outgoing import Lane, Outcome, QueuedMessage, Settlement
from tests.delivery.delivery_fakes import START, MemoryOutbox, VirtualClock, message, run_virtually
from tests.delivery.test_pacing import BucketServer, SlidingServer

Server = SlidingServer | BucketServer


@dataclass
class SlowLine:
    """A Carrier: the request travels, the server counts, the answer travels back."""

    server: Server
    clock: VirtualClock
    dice: random.Random
    arrived: dict[int, datetime] = field(default_factory=dict)
    refused: int = 0

    async def carry(self, item: QueuedMessage) -> Settlement:
        await asyncio.sleep(self.dice.uniform(0.02, 0.06))
        now = self.clock.now()
        accepted = self.server.accepts(item.out.chat_id, (now - START).total_seconds())
        await asyncio.sleep(0.06)
        if not accepted:
            self.refused += 1
            return after_error(flood(3), item, self.clock.now())
        self.arrived[item.id] = now
        return Settlement(item.id, Outcome.SENT, self.clock.now(), message_ids=(item.id,))


@dataclass
class Result:
    refused: int
    seconds: float
    """until the last of the broadcast had arrived"""
    reply_delays: list[float]
    replies: int

    @property
    def p95(self) -> float:
        return sorted(self.reply_delays)[int(len(self.reply_delays) * 0.95)]


async def broadcast(
    server: Server, chats: list[int], *, replies_a_second: float, lane: Lane = Lane.RED, rate: float = 26.8
) -> Result:
    dice, clock, outbox = random.Random(7), VirtualClock(), MemoryOutbox()
    line = SlowLine(server, clock, dice)
    dispatcher = Dispatcher(outbox, line, Pacer(rate), clock, "boot-1")
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stop))
    wanted = outbox.put(*(message(1, chat, lane=lane) for chat in chats))
    dispatcher.wake()
    asked: dict[int, datetime] = {}
    while not all(number in line.arrived for number in wanted):
        await asyncio.sleep(dice.expovariate(replies_a_second))
        [number] = outbox.put(message(2, 10_000 + len(asked), lane=Lane.REPLY), now=clock.now())
        asked[number] = clock.now()
        dispatcher.wake()
    await asyncio.sleep(5)
    stop.set()
    await running
    last = max(line.arrived[number] for number in wanted)
    delays = [(line.arrived[n] - when).total_seconds() for n, when in asked.items() if n in line.arrived]
    meanwhile = sum(when <= last for when in asked.values())
    return Result(line.refused, (last - START).total_seconds(), delays, meanwhile)


GROUPS = list(range(-400, 0))
PEOPLE = list(range(1, 2001))


@pytest.mark.parametrize("server", [SlidingServer, BucketServer])
@pytest.mark.parametrize("chats", [GROUPS, PEOPLE], ids=["400 groups", "2000 people"])
def test_a_broadcast_is_fast_refused_nowhere_and_leaves_room_for_replies(
    server: Callable[[], Server], chats: list[int]
) -> None:
    result = run_virtually(broadcast(server(), chats, replies_a_second=0.3))
    assert result.refused == 0
    assert result.seconds <= 1.15 * len(chats) / 30
    assert result.p95 <= 0.3


@pytest.mark.parametrize("server", [SlidingServer, BucketServer])
def test_many_replies_during_a_broadcast_are_still_quick(server: Callable[[], Server]) -> None:
    result = run_virtually(broadcast(server(), PEOPLE, replies_a_second=3))
    assert result.refused == 0
    assert result.seconds <= 1.15 * (len(PEOPLE) + result.replies) / 30
    assert result.p95 <= 0.3


def test_a_flood_of_replies_cannot_hold_up_a_red_broadcast() -> None:
    result = run_virtually(broadcast(SlidingServer(), GROUPS, replies_a_second=40))
    assert result.refused == 0
    assert result.seconds <= 1.15 * len(GROUPS) / 30 / 0.8 + 0.5


def test_the_simulated_server_does_refuse_who_is_too_fast() -> None:
    result = run_virtually(broadcast(SlidingServer(), GROUPS, replies_a_second=0.3, rate=34))
    assert result.refused > 0
