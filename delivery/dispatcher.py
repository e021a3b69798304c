"""Takes messages out of the outbox, best lane first, and settles what became of them.

One loop claims only as many messages as can leave within a moment, so that a red warning never stands behind a
claimed backlog; each claimed message is carried by a task of its own at the instant pacing gave it; a second loop
settles whatever has landed while the last settlement was written. What an outcome means for a message is decided
in `delivery.errors` and in the outbox, not here.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from clock import Clock
from delivery.errors import Reason, doubtful, fault
from delivery.pacing import Pacer
from domain.outgoing import Lane, Outcome, QueuedMessage, Settlement
from services.ports import OutboxDoor

logger = logging.getLogger(__name__)

HORIZON = timedelta(seconds=0.15)
"""A claimed message leaves within this time; a warning waits behind no more."""
_LONGEST_REST = timedelta(seconds=60)
_SHORTEST_REST = timedelta(milliseconds=1)
_STUCK_REST = timedelta(seconds=0.125)
_LONGEST_STUCK = timedelta(seconds=5)
_LANDING_SECONDS = 10.0
_TROUBLE_SECONDS = 1.0
_LAST_TRIES = 3
_MANY_FLYING = 12
_GATHER_SECONDS = 0.005
_DOUBTS_IN_A_ROW = 3
_WARNINGS_AND_REPLIES = (Lane.RED, Lane.URGENT, Lane.REPLY)
_ALL_LANES = tuple(Lane)
_LINE_DOWN = frozenset({Reason.NOT_SENT, Reason.TOKEN_REFUSED})


class Carrier(Protocol):
    """Makes the one request that is next for a message; `delivery.sender.Sender`."""

    def carry(self, item: QueuedMessage) -> Awaitable[Settlement]: ...


@dataclass(slots=True)
class _Flight:
    item: QueuedMessage
    task: asyncio.Task[None]


class Dispatcher:
    """The outbox's way out. `boot` names this run of the program; rows claimed by an earlier one are in doubt.

    `wake()` after every commit that may have queued something; the loop otherwise sleeps until the next due row.
    """

    def __init__(
        self,
        door: OutboxDoor,
        sender: Carrier,
        pacer: Pacer,
        clock: Clock,
        boot: str,
        *,
        most_in_flight: int = 48,
    ) -> None:
        self._door = door
        self._sender = sender
        self._pacer = pacer
        self._clock = clock
        self._boot = boot
        self._most = most_in_flight
        self._flights: dict[int, _Flight] = {}
        self._landed: list[Settlement] = []
        self._landing = asyncio.Event()
        self._woken = asyncio.Event()
        self._writing = asyncio.Lock()
        self._waits_for_landing = False
        self._crowded = False
        self._odd = 1  # 1 when the odd place of a batch may go to a reply
        self._stuck = 0
        self._doubts = 0

    @property
    def in_flight(self) -> int:
        """Messages claimed and not yet settled."""
        return len(self._flights)

    def wake(self) -> None:
        """Something may be waiting. Cheap, may be called too often."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set: then nothing more is claimed, and what is under way has ten seconds to land."""
        settling = asyncio.create_task(self._keep_settling(), name="outbox settlements")
        try:
            recovered = False
            while not stop.is_set():
                self._woken.clear()
                try:
                    if not recovered:
                        await self._door.recover(self._boot, self._clock.now())
                        recovered = True
                    await self._launch(HORIZON)
                    rest = await self._rest_time()
                except Exception:
                    logger.exception("the outbox could not be read; trying again")
                    rest = timedelta(seconds=_TROUBLE_SECONDS)
                await self._rest(rest, stop)
        finally:
            await self._land_all()
            async with self._writing:
                settling.cancel()
            await asyncio.gather(settling, return_exceptions=True)
            await self._settle_the_last()

    async def run_once(self) -> bool:
        """Claim, send and settle all that is due and that pacing lets go at this instant, without waiting for the
        clock. True when anything was done. For tests and for callers that move the clock themselves; not while
        `run` is running."""
        worked = False
        while await self._launch(timedelta(0)):
            worked = True
            await asyncio.wait([flight.task for flight in self._flights.values()])
            batch, self._landed = self._landed, []
            await self._settle(batch)
            self._landing.clear()
        return worked

    # -- out ----------------------------------------------------------------------------------------------

    async def _launch(self, horizon: timedelta) -> int:
        """Claim what may leave within `horizon` and send it on its way; how many that were."""
        launched = 0
        while (room := self._room(self._clock.now(), horizon)) > 0:
            claimed = await self._claim_best(room, horizon)
            launched += claimed
            if claimed < room or not horizon:
                break
        if launched:
            self._stuck = 0
        return launched

    def _room(self, now: datetime, horizon: timedelta) -> int:
        return min(self._most - len(self._flights), self._pacer.room(now, horizon))

    async def _claim_best(self, room: int, horizon: timedelta) -> int:
        """Warnings first, but under a backlog of them a few replies go before, every second place at most, so
        that nobody who talks to the bot waits for an answer during a broadcast. Digests only when nothing else
        is waiting. None of this where pacing lets more leave than there are places."""
        scarce = self._crowded and self._pacer.room(self._clock.now(), horizon) < self._most
        if not scarce and self._digests_are_free(room, horizon):
            claimed = await self._claim(room, _ALL_LANES, horizon)
            self._crowded = claimed >= room
            return claimed
        claimed = await self._claim_replies(room, horizon) if self._crowded else 0
        if claimed < room:
            claimed += await self._claim(room - claimed, _WARNINGS_AND_REPLIES, horizon)
        self._crowded = claimed >= room
        spare = min(room - claimed, self._pacer.room(self._clock.now(), horizon, Lane.DIGEST))
        if spare > 0:
            claimed += await self._claim(spare, (Lane.DIGEST,), horizon)
        return claimed

    def _digests_are_free(self, room: int, horizon: timedelta) -> bool:
        """Nothing holds a digest back that would not hold back any other message: one claim does for all."""
        now = self._clock.now()
        free = len(self._pacer.held(now, Lane.DIGEST)) == len(self._pacer.held(now))
        return free and self._pacer.room(now, horizon, Lane.DIGEST) >= room

    async def _claim_replies(self, room: int, horizon: timedelta) -> int:
        replies = min((room + self._odd) // 2, self._pacer.reply_room(self._clock.now()))
        claimed = await self._claim(replies, (Lane.REPLY,), horizon) if replies > 0 else 0
        self._odd = 0 if claimed and self._odd and room % 2 else 1
        return claimed

    async def _claim(self, limit: int, lanes: tuple[Lane, ...], horizon: timedelta) -> int:
        now = self._clock.now()
        busy = {flight.item.out.chat_id for flight in self._flights.values()}
        held = busy.union(self._pacer.held(now, lanes[-1]))
        claimed = await self._door.claim(now, self._boot, limit, held, lanes)
        for item in claimed:
            self._take_off(item, horizon)
        return len(claimed)

    def _take_off(self, item: QueuedMessage, horizon: timedelta) -> None:
        chat_id, lane, now = item.out.chat_id, item.out.lane, self._clock.now()
        departure = self._pacer.ready_at(chat_id, now, lane)
        if departure > now + horizon + HORIZON:  # stopped while the claim was being written
            settlement = _put_off(item, now, departure, Reason.PAUSED)
            task = asyncio.create_task(self._report(settlement))
        else:
            self._pacer.sent(chat_id, departure, lane)
            task = asyncio.create_task(self._fly(item, departure))
        self._flights[item.id] = _Flight(item, task)

    async def _fly(self, item: QueuedMessage, departure: datetime) -> None:
        departed = False
        try:
            wait = (departure - self._clock.now()).total_seconds()
            if wait > 0:
                await self._clock.sleep(wait)
            settlement = self._grounded(item)
            if settlement is None:
                departed = True
                settlement = self._heed(item, await self._sender.carry(item))
        except asyncio.CancelledError:
            now = self._clock.now()
            settlement = doubtful(item, now) if departed else _put_off(item, now, now, Reason.NOT_SENT)
        except Exception:
            logger.exception("outbox id=%s could not be carried", item.id)
            settlement = fault(item, self._clock.now())
        await self._report(settlement)

    async def _report(self, settlement: Settlement) -> None:
        self._landed.append(settlement)
        self._landing.set()

    def _grounded(self, item: QueuedMessage) -> Settlement | None:
        """Why the message must not leave after all, just before it would."""
        now = self._clock.now()
        if item.out.expires_at is not None and item.out.expires_at <= now:
            return Settlement(id=item.id, outcome=Outcome.EXPIRED, at=now, reason=Reason.EXPIRED)
        halted = self._pacer.halted_until(item.out.chat_id, now)
        return None if halted is None else _put_off(item, now, halted, Reason.PAUSED)

    def _heed(self, item: QueuedMessage, settlement: Settlement) -> Settlement:
        """Let pacing know what Telegram said; while the line is down everything waits for the same instant."""
        if settlement.reason in _LINE_DOWN:
            return replace(settlement, retry_at=self._pacer.unreachable(settlement.at))
        if settlement.reason == Reason.UNKNOWN:
            self._doubts += 1
            if self._doubts >= _DOUBTS_IN_A_ROW:  # an outage; more requests would only be more doubtful ones
                self._pacer.unreachable(settlement.at)
            return settlement
        self._doubts = 0
        self._pacer.reached()
        if settlement.reason == Reason.FLOOD and settlement.retry_at is not None:
            self._pacer.refused(item.out.chat_id, settlement.retry_at - settlement.at, settlement.at)
        return settlement

    # -- home ---------------------------------------------------------------------------------------------

    async def _keep_settling(self) -> None:
        while True:
            await self._landing.wait()
            if len(self._flights) >= _MANY_FLYING:  # one commit for those that land together
                await asyncio.sleep(_GATHER_SECONDS)
            async with self._writing:
                self._landing.clear()
                batch, self._landed = self._landed, []
                try:
                    await self._settle(batch)
                except Exception:
                    logger.exception("%s outcomes could not be settled; trying again", len(batch))
                    await self._settle_singly(batch)
            if self._landed and not self._landing.is_set():
                await asyncio.sleep(_TROUBLE_SECONDS)
                self._landing.set()

    async def _settle(self, batch: list[Settlement]) -> None:
        await self._door.settle(batch, self._clock.now())
        for settlement in batch:
            self._flights.pop(settlement.id, None)
        # Others may wait for the chat, the slot or the message itself; and what failed has a new due time.
        if self._waits_for_landing or any(s.outcome is not Outcome.SENT for s in batch):
            self._woken.set()

    async def _settle_singly(self, batch: list[Settlement]) -> None:
        """One bad outcome must not keep the others from being written. What fails stays for the next round."""
        failed = []
        for settlement in batch:
            try:
                await self._settle([settlement])
            except Exception:
                logger.exception("outcome of outbox id=%s could not be settled", settlement.id)
                failed.append(settlement)
        self._landed = [*failed, *self._landed]

    # -- rest ---------------------------------------------------------------------------------------------

    async def _rest_time(self) -> timedelta:
        """How long there is nothing to do unless somebody wakes us."""
        now = self._clock.now()
        self._waits_for_landing = len(self._flights) >= self._most
        if self._waits_for_landing:
            return _LONGEST_REST
        if self._pacer.room(now, HORIZON) <= 0:
            # claimed ahead by now; come back when half of that has left, for another small batch
            return max(_SHORTEST_REST, self._pacer.next_slot(now) - now - HORIZON / 2)
        due = await self._door.next_due(now)
        if due is None or due > now:
            return _LONGEST_REST if due is None else min(_LONGEST_REST, due - now)
        self._waits_for_landing = True
        if (release := self._pacer.next_release(now)) is not None:
            return max(_SHORTEST_REST, min(_LONGEST_REST, release - now))
        self._stuck += 1  # a row that waits for another one, or for one in flight
        return min(_LONGEST_STUCK, _STUCK_REST * (1 << min(self._stuck, 8)))

    async def _rest(self, time: timedelta, stop: asyncio.Event) -> None:
        waits: list[Awaitable[object]] = [
            self._clock.sleep(time.total_seconds()),
            self._woken.wait(),
            stop.wait(),
        ]
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _land_all(self) -> None:
        tasks = [flight.task for flight in self._flights.values()]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=_LANDING_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _settle_the_last(self) -> None:
        for _ in range(_LAST_TRIES):
            if not self._landed:
                return
            batch, self._landed = self._landed, []
            try:
                await self._settle(batch)
            except Exception:
                logger.exception("the last outcomes could not be settled")
                await self._settle_singly(batch)
        if self._landed:
            logger.error("%s outcomes stay in doubt until the next start", len(self._landed))


def _put_off(item: QueuedMessage, now: datetime, until: datetime, reason: Reason) -> Settlement:
    """It did not leave: back in the queue, nothing counted."""
    return Settlement(
        id=item.id,
        outcome=Outcome.RETRY,
        at=now,
        retry_at=until,
        reason=reason,
        counted=False,
        extra=dict(item.progress),
    )
