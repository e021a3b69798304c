"""The whole bot and the whole county in one process, under a clock that only this file moves.

Unlike in tests/support/county.py the sending limits are in force: the bot paces itself as it does against Telegram, the
sandbox refuses what is too much, and time passes only as fast as messages may leave. People act at their instants
(`at`), the heart beats every few seconds, everything else happens between two of these.
"""

import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from telegram.error import TelegramError

from assembly import ALLOWED_UPDATES, Shouwang
from domain.people import PrivateChat
from handlers.inbox import DurableQueue
from messages.catalogue import Catalogue
from sandbox.clock import WorldClock
from sandbox.limits import Limits
from sandbox.world import World
from services.ports import Group
from services.reach import OutboxDesk
from services.work import Work
from settings import load
from tests.acceptance.roster import LargeCounty
from tests.support.county import without_suggestions
from tests.support.telegram import WorldRequest

TOKEN = "700000003:acceptance-token-of-the-sandbox-00000000"
START = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
"""18:00 in the county"""
BEAT = timedelta(seconds=10)
"""nothing is judged more finely here than this; the bot's own heart beats every second"""
_SMALLEST = timedelta(milliseconds=2)
_ROUNDING = timedelta(microseconds=50)
"""the clock counts in floats: never a hair before the slot"""

Act = Callable[[], Awaitable[object]]


class Stage:
    """`await stage.until(moment)` lets everything happen that happens until then."""

    def __init__(self, world: World, county: LargeCounty, settings: Any) -> None:
        self.world = world
        self.county = county
        self.clock: WorldClock = world.clock
        self.settings = settings
        self.complaints: list[str] = []
        self.bot: Shouwang
        self.beat_every = BEAT
        self.watch: Callable[[], None] = lambda: None
        """called whenever something may have been said"""
        self._stack = AsyncExitStack()
        self._acts: list[tuple[float, int, Act]] = []
        self._order = itertools.count()
        self._next_beat = self.clock.now()
        self._offset = 0

    def now(self) -> datetime:
        return self.clock.now()

    def patience(self) -> tuple[timedelta, int]:
        return timedelta(seconds=20), 9

    def at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (moment.timestamp(), next(self._order), act))

    # -- the bot's process --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """As assembly.run begins: what was heard last, what an earlier run left, then listening."""
        opening = Shouwang.open(self.settings, self.clock, request=self._line, poll_request=self._line, words=_words())
        self.bot = await self._stack.enter_async_context(opening)
        hearing = self.bot.hearing
        hearing._monotonic = self.clock.seconds  # its "real" seconds are the county's here
        hearing._last_real = self.clock.seconds()
        hearing._written_real = 0.0
        await hearing.begin()
        await self.bot.inbox.recover(self._queue)
        await OutboxDesk(self.bot.doors).recover(self.bot.boot, self.clock.now())

    def _line(self) -> WorldRequest:
        return WorldRequest(self.world, self.complaints)

    async def stop(self) -> None:
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def die(self, in_flight: int) -> int:
        """Like kill -9 with so many messages under way: claimed, with Telegram, and not yet written down. How many."""
        desk, pacer, now = OutboxDesk(self.bot.doors), self.bot.dispatcher._pacer, self.clock.now()
        claimed = await desk.claim(now, self.bot.boot, in_flight, pacer.held(now), range(10))
        for item in claimed:
            slot = pacer.next_slot(self.clock.now())
            self.clock.advance(max(_SMALLEST, slot - self.clock.now()))
            pacer.sent(item.out.chat_id, self.clock.now(), item.out.lane)
            await self.bot.dispatcher._sender.carry(item)
        await self.stop()
        return len(claimed)

    @property
    def _queue(self) -> DurableQueue:
        queue = self.bot.application.update_queue
        assert isinstance(queue, DurableQueue)
        return queue

    # -- time ---------------------------------------------------------------------------------------------------

    async def until(self, moment: datetime) -> None:
        """Everything up to this moment, in the order of time."""
        while True:
            await self._act()
            await self._listen()
            due = await self.bot.store.read(lambda rows: rows.outbox.next_due())
            sent = due is not None and due <= self.clock.now() and await self.bot.dispatcher.run_once()
            self.watch()
            if self.clock.now() >= self._next_beat:
                self._next_beat = self.clock.now() + self.beat_every
                await self.bot.beat()
                continue
            if self.clock.now() >= moment:
                return
            wake = await self._next_moment(moment, sent=bool(sent))
            self.clock.advance(max(_SMALLEST, wake - self.clock.now()))

    async def pass_time(self, **span: float) -> None:
        await self.until(self.clock.now() + timedelta(**span))

    async def _next_moment(self, moment: datetime, *, sent: bool) -> datetime:
        now, wakes = self.clock.now(), [moment, self._next_beat]
        if self._acts:
            wakes.append(datetime.fromtimestamp(self._acts[0][0], UTC))
        due = await self.bot.store.read(lambda rows: rows.outbox.next_due())
        if due is not None:
            pacer = self.bot.dispatcher._pacer
            free = [pacer.next_slot(now)]
            if not sent and (release := pacer.next_release(now)) is not None:
                free.append(release)
            soonest = now + (_SMALLEST if sent else timedelta(seconds=0.1))
            wakes.append(max(due, soonest, *free) + _ROUNDING)
        return min(wakes)

    async def _act(self) -> None:
        now = self.clock.seconds()
        while self._acts and self._acts[0][0] <= now:
            _, _, act = heapq.heappop(self._acts)
            await act()

    async def _listen(self) -> None:
        """One getUpdates, its updates kept and then handled through PTB's own way in."""
        while True:
            try:
                updates = await self.bot.bot.get_updates(
                    offset=self._offset, timeout=0, allowed_updates=ALLOWED_UPDATES
                )
            except TelegramError:
                self.bot.hearing.failed()
                return
            for update in updates:
                await self._queue.put(update)
                self._offset = update.update_id + 1
            self.bot.hearing.heard()
            while not self._queue.empty():
                await self.bot.application.process_update(self._queue.get_nowait())
            if not updates:
                return

    # -- misfortune and news ------------------------------------------------------------------------------------

    def go_dark(self) -> None:
        """No request reaches Telegram; people go on using it."""
        self.world.faults.reset(before=True, times=None)

    def come_back(self) -> None:
        self.world.faults.clear()

    async def deliver(self, name: str, text: str) -> None:
        """A file arrives in the watched folder."""
        (self.settings.inbox_dir / name).write_text(text, "utf-8")
        for _ in range(8):
            await self.bot.folder.scan_once()

    async def read(self, look: Callable[[Work], Awaitable[Any]]) -> Any:
        return await self.bot.doors.run(look)


@cache
def _words() -> Catalogue:
    return Catalogue()


@asynccontextmanager
async def stage_of(
    county: LargeCounty, folder: Path, *, start: datetime = START, **settings: Any
) -> AsyncIterator[Stage]:
    """The county furnished, entered in the bot's books, and the bot at work."""
    kept = 5_000_000
    world = World(WorldClock.manual(start), limits=Limits(ledger_kept=kept, updates_kept=kept))
    _furnish(world, county)
    settings.setdefault("county_file", without_suggestions(folder / "quiet-county.toml"))
    given = load(
        _env_file=None, bot_token=TOKEN, data_dir=folder, database_url=f"sqlite:///{folder / 'county.db'}", **settings
    )
    stage = Stage(world, county, given)
    try:
        await stage.start()
        await stage.bot.doors.run(lambda work: _enter(work, county, world))
        yield stage
    finally:
        await stage.stop()


def _furnish(world: World, county: LargeCounty) -> None:
    bot = world.add_bot(TOKEN, "shouwang_county_bot", "守望")
    for one in county.residents:
        world.add_user(one.name, user_id=one.user_id, phone=f"+86{one.phone}")
        chat = world.private_chat(one.user_id, bot.id)
        chat.opened, chat.blocked = one.enrolled, one.chat is PrivateChat.BLOCKED
    names = {place.code: place.name for place in county.places}
    for code, chat_id in county.groups.items():
        members = [one.user_id for one in county.members(code)]
        world.add_group(f"{names[code]}群", members=[*members, bot.id], admins=[bot.id], chat_id=chat_id)
    for department, chat_id in county.trade_groups.items():
        world.add_group(f"{department}群", members=[bot.id], admins=[bot.id], chat_id=chat_id)


async def _enter(work: Work, county: LargeCounty, world: World) -> None:
    people, groups = work.rows.people, work.rows.groups
    await work.rows.places.save(county.places)
    for one in county.residents:
        person = await people.add(name=one.name, phone=one.phone)
        assert person == one.number + 1
        await people.set_posts(person, one.posts)
        if one.enrolled:
            await people.enrol(person, one.user_id, work.now)
        if one.chat is PrivateChat.BLOCKED and one.known:
            await people.set_private_chat(person, PrivateChat.BLOCKED)
    for one in county.residents:
        if one.deputy is not None:
            await people.update(one.number + 1, deputy_id=one.deputy + 1)
    for leave in county.leaves(work.now):
        await people.add_leave(leave, recorded_by=1)
    for code, chat_id in county.groups.items():
        await groups.save(Group(chat_id, world.group(chat_id).title, code, can_pin=True, is_admin=True))
    for department, chat_id in county.trade_groups.items():
        place = county.places[0].code
        await groups.save(Group(chat_id, f"{department}群", place, department=department, can_pin=True, is_admin=True))
