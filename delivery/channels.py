"""The way out of other channels: a worker for each, so that a slow or silent one holds up no other and never Telegram.

A worker claims what may leave now, sends at most so many at once and so many in a minute, and settles each try as it
ends. A claim is committed before anything leaves; what a run that fell had under way may have arrived, and what follows
from that is decided in domain/channels.py.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Iterable, Mapping
from datetime import datetime, timedelta

from clock import Clock
from delivery.gateways import Attempt, Gateway, Letter, gateway_of
from domain.channels import OtherChannel, Tried
from services.ports import QueuedSide, SideDoor, SideSettlement

logger = logging.getLogger(__name__)

_LONGEST_REST = timedelta(seconds=30)
_TROUBLE_SECONDS = 1.0
_MINUTE = timedelta(minutes=1)
_SETTLE_TRIES = 5


class ChannelDispatcher:
    """All channels of the county. `boot` names this run of the program."""

    def __init__(
        self,
        channels: Iterable[OtherChannel],
        door: SideDoor,
        clock: Clock,
        boot: str,
        gateways: Mapping[str, Gateway] | None = None,
    ) -> None:
        self._door = door
        self._boot = boot
        known = gateways or {}
        self._workers = [Worker(one, known.get(one.name) or gateway_of(one), door, clock, boot) for one in channels]

    def wake(self) -> None:
        """Something may be waiting. Cheap, may be called too often."""
        for worker in self._workers:
            worker.woken.set()

    async def recover(self) -> None:
        """Settle what an earlier run left under way, and what waits for a channel that there is no more."""
        await self._door.recover(self._boot)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; what is under way then has its own time to end."""
        await self._recover_patiently(stop)
        await asyncio.gather(*(worker.run(stop) for worker in self._workers))

    async def _recover_patiently(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.recover()
            except Exception:
                logger.exception("other channels: what was under way could not be read; trying again")
                await asyncio.sleep(_TROUBLE_SECONDS)
            else:
                return

    async def run_once(self, *names: str) -> bool:
        """Send and settle all that is due at this instant by these channels, or by all. True when anything was done.
        For callers that move the clock themselves."""
        chosen = [worker for worker in self._workers if not names or worker.name in names]
        return any(await asyncio.gather(*(worker.run_once() for worker in chosen)))


class Worker:
    """One channel's."""

    def __init__(self, channel: OtherChannel, gateway: Gateway, door: SideDoor, clock: Clock, boot: str) -> None:
        self.name = channel.name
        self.woken = asyncio.Event()
        self._channel = channel
        self._gateway = gateway
        self._door = door
        self._clock = clock
        self._boot = boot
        self._departures: deque[datetime] = deque()
        self._flights: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.woken.clear()
            try:
                await self._launch()
                rest = await self._rest_time()
            except Exception:
                logger.exception("channel %s: the queue could not be read; trying again", self.name)
                rest = timedelta(seconds=_TROUBLE_SECONDS)
            await self._rest(rest, stop)
        if self._flights:
            await asyncio.wait(self._flights)

    async def run_once(self) -> bool:
        worked = False
        while await self._launch():
            worked = True
            await asyncio.wait(self._flights)
        return worked

    async def _launch(self) -> int:
        room = min(self._channel.at_once - len(self._flights), self._left_in_this_minute())
        if room <= 0:
            return 0
        claimed = await self._door.claim(self.name, self._boot, room)
        for item in claimed:
            self._departures.append(self._clock.now())
            flight = asyncio.create_task(self._fly(item), name=f"channel {self.name}")
            self._flights.add(flight)
            flight.add_done_callback(self._landed)
        return len(claimed)

    def _landed(self, flight: "asyncio.Task[None]") -> None:
        self._flights.discard(flight)
        self.woken.set()

    def _left_in_this_minute(self) -> int:
        while self._departures and self._clock.now() - self._departures[0] >= _MINUTE:
            self._departures.popleft()
        return self._channel.most_per_minute - len(self._departures)

    async def _fly(self, item: QueuedSide) -> None:
        try:
            attempt = await self._attempt(item)
        except Exception:
            logger.exception("channel %s: message %s could not be carried", self.name, item.id)
            attempt = Attempt(Tried.UNKNOWN, "fault")
        settled = SideSettlement(item.id, attempt.tried, self._clock.now(), attempt.reason)
        if attempt.tried is not Tried.SENT:
            logger.warning("channel %s: message %s %s %s", self.name, item.id, attempt.tried.value, attempt.reason)
        await self._settle(settled)

    async def _attempt(self, item: QueuedSide) -> Attempt:
        message = item.message
        if message.expires_at is not None and message.expires_at <= self._clock.now():
            return Attempt(Tried.EXPIRED, "expired")
        if message.person_id is not None and not (item.address if self._channel.by_address else item.phone):
            return Attempt(Tried.REFUSED, "no_address")
        text = message.resend_mark + message.body if item.doubts else message.body
        return await self._gateway(Letter(text, message.title, item.phone, item.address))

    async def _settle(self, settled: SideSettlement) -> None:
        """What cannot be written stays in doubt until the next start."""
        for _ in range(_SETTLE_TRIES):
            try:
                await self._door.settle([settled])
            except Exception:
                logger.exception("channel %s: outcome of %s could not be settled", self.name, settled.id)
                await asyncio.sleep(_TROUBLE_SECONDS)
            else:
                return

    async def _rest_time(self) -> timedelta:
        now = self._clock.now()
        if len(self._flights) >= self._channel.at_once:
            return _LONGEST_REST  # whatever lands wakes us
        if self._left_in_this_minute() <= 0:
            return max(timedelta(milliseconds=10), self._departures[0] + _MINUTE - now)
        due = await self._door.next_due(self.name)
        return _LONGEST_REST if due is None else min(_LONGEST_REST, max(timedelta(milliseconds=10), due - now))

    async def _rest(self, time: timedelta, stop: asyncio.Event) -> None:
        waits: list[Awaitable[object]] = [self._clock.sleep(time.total_seconds()), self.woken.wait(), stop.wait()]
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
