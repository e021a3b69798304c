"""From Telegram's wire to one transaction each: nothing that was received is lost, nothing is done twice.

1. `DurableQueue.put` commits the raw update before it returns; polling advances the offset, and the webhook answers
   200, only after that. It raises nothing but TelegramError, because anything else kills PTB's polling for good.
2. `Processing` runs people in parallel and every person in order.
3. Each update is one transaction: what it changes, what it says, and the mark that it is done.
4. An update that fails is tried again; one that fails five times, or takes the process down with it, is put aside
   and reported once. It never stops the others.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol

from telegram import Bot, Update
from telegram.error import NetworkError
from telegram.ext import BaseUpdateProcessor

from domain.errors import DomainError
from services.ports import Rows, Store

log = logging.getLogger(__name__)

MAX_TRIES = 5


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
    """PTB's update queue with a memory. `keep` may have stored a batch already (polling does, with one commit for
    all of it); then `put` only hands the update on."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._store = store
        self._now = now
        self._kept: set[int] = set()

    async def keep(self, updates: Sequence[dict[str, Any]]) -> None:
        """Commit raw updates as they came from the wire. Redelivered ones are not new and will not be queued."""
        raw = [(int(u["update_id"]), json.dumps(u, ensure_ascii=False, separators=(",", ":"))) for u in updates]

        async def work(rows: Rows) -> list[int]:
            return await rows.inbox.store(raw, self._now())

        new = await self._store.write(work)
        self._kept.update(new)

    async def put(self, item: object) -> None:
        if isinstance(item, Update):
            if item.update_id not in self._kept:
                try:
                    await self.keep([item.to_dict()])
                except Exception as error:  # whatever it is, PTB must see it as a network fault and ask again
                    raise NetworkError(f"the update could not be kept: {type(error).__name__}") from error
            if item.update_id not in self._kept:
                return  # it was here before
            self._kept.discard(item.update_id)
        await super().put(item)


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

    async def process(self, update: Update) -> None:
        """Done, tried again, put aside, or, where not even a failure can be written down, kept for `again`."""
        try:
            await self._process(update)
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

    async def _process(self, update: Update) -> None:
        for _ in range(MAX_TRIES):
            try:
                await self._once(update)
            except DomainError as error:
                await self._refuse(update, error)
                await self._door.after(update)
                return
            except Exception as error:
                log.exception("update %s failed", update.update_id)
                if await self._count(update.update_id, error) >= MAX_TRIES:
                    await self._put_aside(update, error)
                    return
            else:
                await self._door.after(update)
                return

    async def _once(self, update: Update) -> None:
        async def work(rows: Rows) -> None:
            if await rows.inbox.is_done(update.update_id):
                return
            await self._door.handle(rows, update)
            await rows.inbox.done(update.update_id, self._now())

        await self._store.write(work)

    async def _refuse(self, update: Update, refusal: DomainError) -> None:
        async def work(rows: Rows) -> None:
            await self._door.refuse(rows, update, refusal)
            await rows.inbox.done(update.update_id, self._now())

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
        await self._door.after(update)

    async def _put_aside_silently(self, update_id: int, error: Exception) -> None:
        await self._store.write(lambda rows: rows.inbox.put_aside(update_id, self._now(), type(error).__name__))

    async def recover(self, bot: Bot) -> int:
        """At start: finish what an earlier run left, one by one, each try counted before it is made, so that an
        update that kills the process cannot do so for ever."""

        async def left(rows: Rows) -> list[tuple[int, str, int]]:
            return await rows.inbox.undone()

        undone = await self._store.read(left)
        for update_id, raw, attempts in undone:
            try:
                update = Update.de_json(json.loads(raw), bot)
            except Exception as error:
                log.exception("update %s cannot be read and is put aside", update_id)
                await self._put_aside_silently(update_id, error)
                continue
            if attempts >= MAX_TRIES:
                await self._put_aside(update, RuntimeError("it was in hand each time the process died"))
                continue
            await self._count(update_id, RuntimeError("restart"))
            await self.process(update)
        return len(undone)
