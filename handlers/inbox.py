"""From Telegram's wire to one transaction each: nothing that was received is lost, nothing is done twice.

1. `DurableQueue.keep` commits raw updates before it returns; polling advances the offset, and the webhook answers
   200, only after that. It raises nothing but TelegramError, because anything else kills PTB's polling for good. One
   that cannot be read is put aside in the same breath: PTB would refuse the whole batch because of it, for ever.
2. `Processing` runs people in parallel and every person in order.
3. Each update is one transaction: what it changes, what it says, and the mark that it is done.
4. An update that fails is tried again; one that fails five times, or takes the process down with it, is put aside
   and reported once. It never stops the others.
5. What an earlier run left undone is queued before anything new. Whatever was in hand at a death before is done one
   by one, each try counted first, so that the one update that kills the process is found out.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol

from telegram import Update
from telegram.error import NetworkError
from telegram.ext import BaseUpdateProcessor

from domain.errors import DomainError
from services.ports import Rows, Store

log = logging.getLogger(__name__)

MAX_TRIES = 5
_ANSWER_SECONDS = 5.0


After = Callable[[Update], Awaitable[None]]


class Handling(Protocol):
    """The door, seen from here."""

    async def handle(self, rows: Rows, update: Update) -> None:
        """Everything an update leads to, inside its transaction."""
        ...

    async def refuse(self, rows: Rows, update: Update, error: DomainError) -> None:
        """What is said when a service refused; the first transaction was rolled back."""
        ...

    async def report(self, rows: Rows, update: Update) -> None:
        """The update was put aside: the person and the duty desk are told, once."""
        ...

    async def after(self, update: Update) -> None: ...


class DurableQueue(asyncio.Queue[object]):
    """PTB's update queue with a memory. Polling and the webhook give it what came over the wire (`keep`); PTB itself,
    which only wants to know from where to ask on, is shown a bare number."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._store = store
        self._now = now
        self._shown = 0

    async def keep(self, updates: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Commit raw updates and queue those that are new; what is redelivered is not. Returns what PTB is to see in
        their place. Raises NetworkError when they could not be kept, or when nothing in the batch is an update."""
        found = {u["update_id"]: u for u in updates if isinstance(u, dict) and type(u.get("update_id")) is int}
        if not found:
            raise NetworkError("an answer full of things that are no updates")
        read, broken = _read_all(found)
        raw = [(number, json.dumps(u, ensure_ascii=False, separators=(",", ":"))) for number, u in found.items()]

        async def work(rows: Rows) -> list[int]:
            new = await rows.inbox.store(raw, self._now())
            for number in new:
                if number in broken:
                    await rows.inbox.put_aside(number, self._now(), type(broken[number]).__name__)
            return new

        try:
            new = await self._store.write(work)
        except Exception as error:  # whatever it is, PTB must see it as a network fault and ask again
            raise NetworkError(f"updates could not be kept: {type(error).__name__}") from error
        for number in new:
            if number in broken:
                log.error("update %s cannot be read and is put aside", number, exc_info=broken[number])
            else:
                self.put_nowait(read[number])
        self._shown = next(reversed(found))
        return [{"update_id": self._shown}]

    async def put(self, item: object) -> None:
        if not isinstance(item, Update):
            await super().put(item)
        elif item.update_id != self._shown:
            await self.keep([item.to_dict()])


def _read_all(raw: Mapping[int, dict[str, Any]]) -> tuple[dict[int, Update], dict[int, Exception]]:
    """The updates that can be read, and why the others cannot."""
    read: dict[int, Update] = {}
    broken: dict[int, Exception] = {}
    for number, update in raw.items():
        try:
            read[number] = Update.de_json(update, None)
        except Exception as error:  # noqa: BLE001 - it goes into the row and the log
            broken[number] = error
    return read, broken


class Processing(BaseUpdateProcessor):
    """Up to `width` updates at once, but never two of one person: his press and his message keep their order."""

    def __init__(self, width: int = 256) -> None:
        super().__init__(width)
        self._lines: dict[int, tuple[asyncio.Lock, int]] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        async with self._line(_key(update)):
            await coroutine

    @asynccontextmanager
    async def _line(self, key: int) -> Any:
        lock, waiting = self._lines.get(key, (asyncio.Lock(), 0))
        self._lines[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._lines[key]
            if waiting == 1:
                del self._lines[key]
            else:
                self._lines[key] = (lock, waiting - 1)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _key(update: object) -> int:
    if not isinstance(update, Update):
        return 0
    person, chat = update.effective_user, update.effective_chat
    return person.id if person is not None else chat.id if chat is not None else 0


class Inbox:
    """Runs one update in its transaction and decides what a failure means."""

    def __init__(self, store: Store, now: Callable[[], datetime], door: Handling) -> None:
        self._store = store
        self._now = now
        self._door = door
        self._waiting: dict[int, Update] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def process(self, update: Update) -> None:
        """Done, tried again, put aside, or, where not even a failure can be written down, kept for `again`."""
        await self._safely(update, self._door.after)

    async def _safely(self, update: Update, after: After) -> None:
        try:
            await self._process(update, after)
        except Exception:
            log.exception("update %s waits: nothing can be written down", update.update_id)
            self._waiting[update.update_id] = update

    async def again(self) -> int:
        """What had to wait for the database, in the order of its coming; called by the tick. How many are done."""
        done = 0
        for number, update in sorted(self._waiting.items()):
            del self._waiting[number]
            await self.process(update)
            if number in self._waiting:
                break
            done += 1
        return done

    async def _process(self, update: Update, after: After) -> None:
        for _ in range(MAX_TRIES):
            try:
                await self._once(update)
            except DomainError as error:
                await self._refuse(update, error)
                await after(update)
                return
            except Exception as error:
                log.exception("update %s failed", update.update_id)
                if await self._count(update.update_id, error) >= MAX_TRIES:
                    await self._put_aside(update, error)
                    await after(update)
                    return
            else:
                await after(update)
                return

    async def _once(self, update: Update) -> None:
        async def work(rows: Rows) -> None:
            # The mark first: it says whether there is anything to do, and falls with the rest when the rest fails.
            if await rows.inbox.done(update.update_id, self._now()):
                await self._door.handle(rows, update)

        await self._store.write(work)

    async def _refuse(self, update: Update, refusal: DomainError) -> None:
        async def work(rows: Rows) -> None:
            if await rows.inbox.done(update.update_id, self._now()):
                await self._door.refuse(rows, update, refusal)

        await self._store.write(work)

    async def _count(self, update_id: int, error: Exception) -> int:
        async def work(rows: Rows) -> int:
            return await rows.inbox.attempt(update_id, type(error).__name__)

        return await self._store.write(work)

    async def _put_aside(self, update: Update, error: Exception) -> None:
        async def work(rows: Rows) -> None:
            await rows.inbox.put_aside(update.update_id, self._now(), type(error).__name__)
            await self._door.report(rows, update)

        try:
            await self._store.write(work)
        except Exception:
            log.exception("update %s cannot even be reported", update.update_id)
            await self._put_aside_silently(update.update_id, error)
        log.error("update %s put aside after %s tries: %s", update.update_id, MAX_TRIES, type(error).__name__)

    async def _put_aside_silently(self, update_id: int, error: Exception) -> None:
        await self._store.write(lambda rows: rows.inbox.put_aside(update_id, self._now(), type(error).__name__))

    async def recover(self, queue: DurableQueue) -> int:
        """At start, before anything new is heard: what an earlier run left. Returns how many that were."""

        async def left(rows: Rows) -> list[tuple[int, str, int]]:
            undone = await rows.inbox.undone()
            await rows.inbox.begin_again()
            return undone

        undone = await self._store.write(left)
        for update_id, raw, attempts in undone:
            read, broken = _read_all({update_id: json.loads(raw)})
            if update_id in broken:
                log.error("update %s cannot be read and is put aside", update_id, exc_info=broken[update_id])
                await self._put_aside_silently(update_id, broken[update_id])
            elif attempts >= MAX_TRIES:
                await self._put_aside(read[update_id], RuntimeError("it was in hand each time the process died"))
                await self._answer_later(read[update_id])
            elif attempts:
                await self._count(update_id, RuntimeError("restart"))
                await self._safely(read[update_id], self._answer_later)
            else:
                queue.put_nowait(read[update_id])
        await self._answers()
        return len(undone)

    async def _answer_later(self, update: Update) -> None:
        """The network shall not hold up a start."""
        task = asyncio.create_task(self._door.after(update))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answers(self) -> None:
        if self._answering:
            _, late = await asyncio.wait(set(self._answering), timeout=_ANSWER_SECONDS)
            for task in late:
                task.cancel()
