"""A small county for tests: the whole bot on the sandbox, in this process, with a clock that stands still.

    async with small_county(tmp_path) as county:
        await county.warn(colour="橙色", places=["331124001001"])
        await county.press(county.head, "收到")
        assert "应答 1/" in county.text_in(county.village_group)

Nothing happens behind a test's back: people act, `settle` lets the bot work until it has nothing to do, `pass_time`
moves the clock and beats the heart. Messages nobody looked at make the test fail, and so do requests that the second
judge refuses.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from assembly import ALLOWED_UPDATES, Shouwang
from demo.notices import cap
from domain.action_cards import Family
from domain.people import Person, Post, Role
from domain.places import Level, Place, PlaceCode
from domain.response import ResponseLevel
from feeds.web import Web
from handlers.inbox import DurableQueue
from messages.catalogue import Catalogue
from sandbox.bots import Pressed
from sandbox.clock import WorldClock
from sandbox.model import Message
from sandbox.world import World
from services.ports import Group
from services.reach import OutboxDesk
from services.work import Work
from settings import load
from tests.support.databases import migrated_sqlite
from tests.support.telegram import WorldRequest

TOKEN = "700000002:test-token-of-the-sandbox-00000000000"
START = datetime(2026, 6, 20, 0, 0, tzinfo=UTC)
"""08:00 in the county"""

_NO_SUGGESTIONS = "\n[response.suggests]\n" + "".join(f"{family.value} = {{}}\n" for family in Family)
_NO_DRAWS = "".join(f"\n[checks.daily.levels.{level.value}]\nwindows = []\n" for level in ResponseLevel)


def without_suggestions(file: Path) -> Path:
    """The county's file, with a table in which no warning makes the bot suggest a response."""
    return _with(file, _NO_SUGGESTIONS)


def without_draws(file: Path) -> Path:
    """The county's file, with a table in which no response makes the bot draw people by itself."""
    return _with(file, _NO_DRAWS)


def _with(file: Path, table: str) -> Path:
    written = file.read_text("utf-8") if file.exists() else ""
    if table not in written:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written + table, "utf-8")
    return file


COUNTY = PlaceCode("331124")
TOWNSHIP = PlaceCode("331124001")
VILLAGE = PlaceCode("331124001001")
NEIGHBOUR = PlaceCode("331124001002")
ELSEWHERE = PlaceCode("331124002")
FAR_VILLAGE = PlaceCode("331124002001")

PLACES = (
    Place(COUNTY, "松阳县", Level.COUNTY, None),
    Place(TOWNSHIP, "石梁镇", Level.TOWNSHIP, COUNTY),
    Place(VILLAGE, "上坞村", Level.VILLAGE, TOWNSHIP, 28.45, 119.48),
    Place(NEIGHBOUR, "岭下村", Level.VILLAGE, TOWNSHIP, 28.46, 119.50),
    Place(ELSEWHERE, "云坑乡", Level.TOWNSHIP, COUNTY),
    Place(FAR_VILLAGE, "坑头村", Level.VILLAGE, ELSEWHERE, 28.60, 119.30),
)


@dataclass(frozen=True, slots=True)
class Someone:
    """An invented person: his account, and the posts he holds."""

    user_id: int
    name: str
    phone: str
    posts: tuple[Post, ...] = ()


def _someone(number: int, name: str, *posts: tuple[Role, PlaceCode] | Post) -> Someone:
    held = tuple(p if isinstance(p, Post) else Post(*p) for p in posts)
    return Someone(7_000_000 + number, name, f"138{number:08d}", held)


def someone(number: int, name: str, *posts: tuple[Role, PlaceCode] | Post) -> Someone:
    """For `County.join`: numbers from 100 on."""
    return _someone(number, name, *posts)


DUTY = _someone(1, "周值班", (Role.COUNTY_DUTY, COUNTY))
WATER = _someone(2, "水利员", Post(Role.DEPARTMENT, COUNTY, "水利"))
LEADER = _someone(3, "郑分管", (Role.LEADER_IN_CHARGE, TOWNSHIP))
STATION = _someone(4, "吴站长", (Role.STATION, TOWNSHIP))
CADRE = _someone(5, "包村小刘", (Role.CONTACT_CADRE, VILLAGE))
HEAD = _someone(6, "李书记", (Role.VILLAGE_HEAD, VILLAGE))
OFFICER = _someone(7, "陈应急", (Role.EMERGENCY_OFFICER, VILLAGE), (Role.WARNER, VILLAGE), (Role.REPORTER, VILLAGE))
GRID = _someone(8, "王大爷", (Role.GRID_MEMBER, VILLAGE))
PATROLLER = _someone(9, "山塘老徐", (Role.PATROLLER, VILLAGE))
NEIGHBOUR_HEAD = _someone(10, "岭下书记", (Role.VILLAGE_HEAD, NEIGHBOUR))
FAR_STATION = _someone(11, "云坑站长", (Role.STATION, ELSEWHERE))
FAR_HEAD = _someone(12, "坑头书记", (Role.VILLAGE_HEAD, FAR_VILLAGE))
EVERYBODY = (
    DUTY, WATER, LEADER, STATION, CADRE, HEAD, OFFICER, GRID, PATROLLER, NEIGHBOUR_HEAD, FAR_STATION, FAR_HEAD,
)  # fmt: skip
STRANGER = Someone(7_999_999, "外地游客", "13899999999")


@dataclass(slots=True)
class County:
    world: World
    clock: WorldClock
    bot: Shouwang
    folder: Path
    county_group: int
    township_group: int
    village_group: int
    neighbour_group: int
    far_group: int
    far_village_group: int
    complaints: list[str]
    ids: dict[int, int] = field(default_factory=dict)
    """account → person"""
    joined: list[Someone] = field(default_factory=list)
    start_bot: Callable[[], AbstractAsyncContextManager[Shouwang]] | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _offset: int = 0
    _seen: dict[int, int] = field(default_factory=dict)
    _files: int = 0

    # -- letting time and the bot work ------------------------------------------------------------------------

    async def settle(self) -> None:
        """Until the bot has nothing left to do; what Telegram refused for its rate is waited for."""
        for _ in range(200):
            heard = await self._listen()
            sent = await self.bot.dispatcher.run_once()
            if not heard and not sent and not await self._wait_for_the_rate():
                return
        raise AssertionError("the bot does not come to rest")

    async def _wait_for_the_rate(self) -> bool:
        due = await self.bot.store.read(lambda rows: rows.outbox.next_due())
        if due is None or not timedelta(0) < due - self.clock.now() <= timedelta(minutes=1):
            return False
        self.clock.advance(due - self.clock.now())
        return True

    async def _listen(self) -> int:
        updates = await self.bot.bot.get_updates(offset=self._offset, timeout=0, allowed_updates=ALLOWED_UPDATES)
        queue = self.bot.application.update_queue
        assert isinstance(queue, DurableQueue)
        for update in updates:
            await queue.put(update)
            self._offset = update.update_id + 1
        self.bot.hearing.heard()
        while not queue.empty():
            await self.bot.application.process_update(queue.get_nowait())
        return len(updates)

    async def pass_time(self, step: timedelta = timedelta(seconds=30), **span: float) -> None:
        """pass_time(minutes=10): the clock moves in steps, at each the heart beats once."""
        left = timedelta(**span)
        while left > timedelta(0):
            now = min(step, left)
            self.clock.advance(now)
            left -= now
            await self.bot.beat()
            await self.settle()

    async def make_papers(self) -> None:
        """Whatever was asked for is made, here and now, and sent."""
        while await self.bot.papers.run_once():
            await self.settle()

    async def fetch_photos(self) -> None:
        """Whatever pictures were sent are fetched and kept."""
        while await self.bot.photos.run_once():
            continue

    def files(self, who: Someone) -> list[tuple[str, bytes]]:
        """The files the bot sent somebody, oldest first: name and content."""
        found = [m.file for m in self.messages(who.user_id) if m.file is not None]
        return [(file.name, file.data) for file in found]

    async def restart(self) -> None:
        """The process ends and another one begins on the same database. What Telegram still holds comes again."""
        assert self.start_bot is not None
        await self.stack.aclose()
        self.bot = await self.stack.enter_async_context(self.start_bot())
        await self.bot.hearing.begin()
        queue = self.bot.application.update_queue
        assert isinstance(queue, DurableQueue)
        await self.bot.inbox.recover(queue)
        await OutboxDesk(self.bot.doors).recover(self.bot.boot, self.clock.now())
        await self.settle()

    async def run(self, service: Any) -> Any:
        """A service in one transaction, then let the bot work."""
        result = await self.bot.doors.run(service)
        await self.settle()
        return result

    async def join(self, who: Someone, *, enrolled: bool = True) -> None:
        """Somebody whom only this test needs comes onto the roster, and opens the bot."""
        self.world.add_user(who.name, user_id=who.user_id, phone=f"+86{who.phone}")
        self.world.private_chat(who.user_id, self.bot.bot.id).opened = enrolled
        self.joined.append(who)

        async def enter(work: Work) -> None:
            number = await work.rows.people.add(name=who.name, phone=who.phone)
            self.ids[who.user_id] = number
            await work.rows.people.set_posts(number, who.posts)
            if enrolled:
                await work.rows.people.enrol(number, who.user_id, work.now)

        await self.run(enter)

    # -- people acting ----------------------------------------------------------------------------------------

    def _a_moment(self) -> None:
        """Nobody types twice in the same instant, and Telegram would refuse the bot's answers if somebody did."""
        self.clock.advance(timedelta(seconds=1))

    async def say(self, who: Someone, text: str, chat: int | None = None, **more: Any) -> Message:
        self._a_moment()
        message = await self.world.say(who.user_id, chat or who.user_id, text, **more)
        await self.settle()
        return message

    async def photo(self, who: Someone, chat: int | None = None, **more: Any) -> Message:
        self._a_moment()
        message = await self.world.send_photo(who.user_id, chat or who.user_id, **more)
        await self.settle()
        return message

    async def location(self, who: Someone, lat: float, lon: float, chat: int | None = None, **more: Any) -> Message:
        self._a_moment()
        message = await self.world.send_location(who.user_id, chat or who.user_id, lat, lon, **more)
        await self.settle()
        return message

    async def press(self, who: Someone, label: str, chat: int | None = None) -> Pressed:
        """Press the newest button whose label contains this, in the private chat or the group."""
        chat = chat or who.user_id
        self._a_moment()
        message, data = self.button(chat, label, who)
        task = asyncio.ensure_future(self.world.press(who.user_id, chat, message.id, data))
        return await self._answered(task)

    async def forge(self, who: Someone, data: str, chat: int | None = None) -> Pressed:
        """A bad client: data that no button carries."""
        chat = chat or who.user_id
        newest = max(self.messages(chat, who), key=lambda m: m.id).id
        return await self._answered(asyncio.ensure_future(self.world.forge_press(who.user_id, chat, newest, data)))

    async def _answered(self, task: "asyncio.Future[Pressed]") -> Pressed:
        await asyncio.sleep(0)
        await self.settle()
        if not task.done():
            await asyncio.wait([task], timeout=0.05)
        if not task.done():
            task.cancel()
            return Pressed(answered=False)
        return task.result()

    async def open_link(self, who: Someone, payload: str) -> None:
        self._a_moment()
        await self.world.open_link(who.user_id, f"https://t.me/{self.bot.bot.username}?start={payload}")
        await self.settle()

    async def warn(
        self, *, colour: str = "橙色", kind: str = "暴雨", places: Sequence[str] = (TOWNSHIP,), **more: Any
    ) -> str:
        """A CAP file dropped into the watched folder; returns its identifier."""
        self._files += 1
        identifier, xml = cap(
            self.clock.now(),
            kind=kind,
            colour=colour,
            areas=[("", code.ljust(12, "0")) for code in places],
            text=more.pop("text", "预计未来3小时降水量将达50毫米以上，请注意防范。"),
            instruction=more.pop("instruction", "责任人立即到岗。"),
            **more,
        )
        await self.drop(f"warning-{self._files}.xml", xml)
        return identifier

    async def drop(self, name: str, text: str | bytes) -> None:
        """A file arrives in the folder and is taken in."""
        body = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(body)
        for _ in range(8):
            await self.bot.folder.scan_once()
        await self.settle()

    # -- looking ----------------------------------------------------------------------------------------------

    def messages(self, chat: int, who: Someone | None = None) -> list[Message]:
        """The bot's messages in a chat, oldest first."""
        found = self.world.chat_for(who.user_id if who else chat, chat) if chat > 0 else self.world.group(chat)
        return [m for _, m in sorted(found.messages.items()) if m.bot_id is not None]

    def button(self, chat: int, label: str, who: Someone | None = None) -> tuple[Message, str]:
        for message in reversed(self.messages(chat, who)):
            for row in message.buttons:
                for one in row:
                    if label in one["text"] and "callback_data" in one:
                        return message, one["callback_data"]
        shown = [[b["text"] for row in m.buttons for b in row] for m in self.messages(chat, who)]
        raise AssertionError(f"no button {label!r} in {chat}: {shown}")

    def texts(self, chat: int | Someone) -> list[str]:
        """All the bot said in a chat, as it reads now. Marks it as seen."""
        number = chat.user_id if isinstance(chat, Someone) else chat
        found = self.messages(number)
        if found:
            self._seen[number] = found[-1].id
        return [m.text for m in found]

    def last(self, chat: int | Someone) -> str:
        said = self.texts(chat)
        assert said, f"nothing was said in {chat}"
        return said[-1]

    def new(self, chat: int | Someone) -> list[str]:
        """What the bot said there since the test last looked."""
        number = chat.user_id if isinstance(chat, Someone) else chat
        since = self._seen.get(number, 0)
        fresh = [m.text for m in self.messages(number) if m.id > since]
        self.texts(chat)
        return fresh

    def seen_all(self) -> None:
        """Whatever else was said is not this test's business."""
        for number in self._chats():
            self.texts(number)

    def _chats(self) -> list[int]:
        private = [w.user_id for w in (*EVERYBODY, STRANGER, *self.joined)]
        return private + [c for c in (
            self.county_group, self.township_group, self.village_group, self.neighbour_group, self.far_group,
            self.far_village_group,
        ) if c]  # fmt: skip

    def unseen(self) -> dict[int, list[str]]:
        found = {}
        for number in self._chats():
            fresh = [m.text for m in self.messages(number) if m.id > self._seen.get(number, 0)]
            if fresh:
                found[number] = fresh
        return found

    async def person(self, who: Someone) -> Person:
        async def find(work: Work) -> Person | None:
            return await work.rows.people.get(self.ids[who.user_id])

        person = await self.bot.doors.run(find)
        assert isinstance(person, Person)
        return person


@cache
def _words() -> Catalogue:
    """Read once: the wording is the same for every test."""
    return Catalogue()


def _furnish(world: World) -> dict[str, int]:
    bot = world.add_bot(TOKEN, "shouwang_test_bot", "守望")
    for one in (*EVERYBODY, STRANGER):
        world.add_user(one.name, user_id=one.user_id, phone=f"+86{one.phone}")
        world.private_chat(one.user_id, bot.id).opened = one is not STRANGER
    ids = {one.user_id: one for one in EVERYBODY}

    def group(title: str, *members: Someone) -> int:
        here = [one.user_id for one in members if one.user_id in ids]
        return world.add_group(title, members=[*here, bot.id], admins=[bot.id]).id

    return {
        "county_group": group("县防指群", DUTY, WATER, LEADER, STATION, FAR_STATION),
        "township_group": group("石梁镇群", LEADER, STATION, CADRE, HEAD, OFFICER, NEIGHBOUR_HEAD),
        "village_group": group("上坞村群", CADRE, HEAD, OFFICER, GRID, PATROLLER),
        "neighbour_group": group("岭下村群", NEIGHBOUR_HEAD),
        "far_group": group("云坑乡群", FAR_STATION, FAR_HEAD),
        "far_village_group": group("坑头村群", FAR_HEAD),
    }


async def _enter(work: Work, groups: dict[str, int], ids: dict[int, int]) -> None:
    await work.rows.places.save(PLACES)
    for one in EVERYBODY:
        ids[one.user_id] = await work.rows.people.add(name=one.name, phone=one.phone)
        await work.rows.people.set_posts(ids[one.user_id], one.posts)
        await work.rows.people.enrol(ids[one.user_id], one.user_id, work.now)
    places = (COUNTY, TOWNSHIP, VILLAGE, NEIGHBOUR, ELSEWHERE, FAR_VILLAGE)
    for place, (name, chat_id) in zip(places, groups.items(), strict=True):
        await work.rows.groups.save(Group(chat_id, name, place, can_pin=True, is_admin=True))


@asynccontextmanager
async def small_county(
    folder: Path,
    *,
    database_url: str | None = None,
    start: datetime = START,
    web: Web | None = None,
    suggests: bool = False,
    draws: bool = False,
    **settings: Any,
) -> AsyncIterator[County]:
    """The county with everybody enrolled and every group bound. On the way out: nothing unseen, nothing refused.
    What most tests are not about has to be asked for: `suggests`, warnings make the bot suggest responses; `draws`,
    responses make it draw people for daily checks, at minutes that chance decides."""
    clock = WorldClock.manual(start)
    world = World(clock)
    groups = _furnish(world)
    complaints: list[str] = []

    def request() -> WorldRequest:
        return WorldRequest(world, complaints)

    file: Path = settings.get("county_file") or folder / "quiet-county.toml"
    if not suggests:
        settings["county_file"] = without_suggestions(file)
    if not draws:
        settings["county_file"] = without_draws(file)
    if database_url is None and not (folder / "county.db").exists():
        (folder / "county.db").write_bytes(migrated_sqlite())
    given = load(
        _env_file=None,
        bot_token=TOKEN,
        data_dir=folder,
        database_url=database_url or f"sqlite:///{folder / 'county.db'}",
        send_rate=0,
        **settings,
    )

    def start_bot() -> AbstractAsyncContextManager[Shouwang]:
        return Shouwang.open(given, clock, request=request, poll_request=request, words=_words(), web=web)

    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(start_bot())
        county = County(world, clock, bot, given.inbox_dir, complaints=complaints, **groups)
        county.start_bot, county.stack = start_bot, stack.pop_all()
        try:
            await bot.doors.run(lambda work: _enter(work, groups, county.ids))
            await bot.hearing.begin()
            await county.settle()
            county.seen_all()
            yield county
            unseen = county.unseen()
        finally:
            await county.stack.aclose()
    assert not unseen, f"messages that nobody expected: {unseen}"
    assert not complaints, complaints
