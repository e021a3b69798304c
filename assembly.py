"""The composition root: builds every room, starts them in order, stops them in the opposite one. No logic.

Order of starting: database, leadership, schema, Telegram, what an earlier run left undone, outbox, polling, the tick.
"""

import asyncio
import logging
import os
import random
import secrets
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from aiohttp.web import Application as WebApplication
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, Update
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler
from telegram.request import BaseRequest

from alive import Pulse
from clock import Clock
from delivery.answers import answer_press
from delivery.channels import ChannelDispatcher
from delivery.dispatcher import Dispatcher
from delivery.listener import CommandListener
from delivery.pacing import Pacer
from delivery.photos import TelegramFiles
from delivery.sender import Sender
from delivery.speech import Speech
from delivery.transport import AiohttpRequest
from domain.places import PlaceCode
from domain.sources import FOLDER, SourceKind
from feeds.folder import FolderFeed
from feeds.hook import Hook
from feeds.intake import FolderHealth, FolderIntake, Intake
from feeds.polling import Poller
from feeds.roster_files import read_small
from feeds.web import Web
from handlers.dialogue import DialogueRunner
from handlers.dialogues import DIALOGUES
from handlers.door import TelegramDoor
from handlers.features import FEATURES
from handlers.hearing import Hearing
from handlers.inbox import DurableQueue, Inbox, Processing
from handlers.webhook import Webhook, serve
from messages.catalogue import Catalogue
from scheduler.heart import Heart
from services.channel_desk import ChannelDesk
from services.doors import Doors
from services.paper_kinds import PAPERS
from services.paper_worker import PaperWorker
from services.photo_worker import PhotoWorker
from services.ports import Store, Words
from services.reach import OutboxDesk
from services.sources import begin_watching
from services.table_worker import TableWorker
from services.tick import tick
from services.voice_worker import VoiceWorker
from services.work import Toast
from settings import Settings
from starting import (
    StartError,
    cancel,
    database_of,
    patiently,
    reach_telegram,
    serve_copies,
    sole_use,
    unless,
    wait_to_lead,
)
from storage.database import Database
from storage.shelf import Shelf
from storage.store import SqlStore

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
"""chat_member must be asked for by name; the rest of Telegram's kinds we never act on"""

MENU_COMMANDS = ("menu", "patrol", "report", "missing", "me", "help")

POLL_SECONDS = 10
SILENCE_SECONDS = 90.0
"""real seconds without a sign of life after which polling is started anew"""

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
Requests = Callable[[], BaseRequest]


def doors_of(settings: Settings, store: Store, words: Words, clock: Clock, bot_name: str) -> Doors:
    """What services need, over an open database."""
    return Doors(
        store=store,
        words=words,
        chance=random.SystemRandom(),
        new_id=lambda: uuid.uuid4().hex,
        new_secret=lambda: secrets.token_urlsafe(24),
        now=clock.now,
        policy=settings.policy(),
        zone=settings.zone,
        bot_name=bot_name,
        county=PlaceCode(settings.county),
    )


class Shouwang:
    """The whole bot, built but not started. `async with Shouwang.open(settings, clock) as bot: await bot.run(stop)`.

    `request` and `poll_request` replace the transport, for a Telegram inside the process.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        application: AnyApplication,
        pulse: Pulse,
        words: Catalogue | None = None,
        web: Web | None = None,
    ) -> None:
        self.settings = settings
        self.pulse = pulse
        self.clock = clock
        self.database = database
        self.application = application
        self.bot: Bot = application.bot
        self.boot = uuid.uuid4().hex[:12]
        self.store = SqlStore(database, clock.now)
        self.words = words or Catalogue(overlay=settings.wording_dir)
        self.doors = doors_of(settings, self.store, self.words, clock, self.bot.username)
        speech = Speech(settings.data_dir / "speech", settings.speech_command)
        pacer = Pacer(settings.send_rate) if settings.send_rate else Pacer(None, per_group=None, per_private=None)
        self.dispatcher = Dispatcher(
            OutboxDesk(self.doors), Sender(self.bot, clock, settings.data_dir, speech), pacer, clock, self.boot
        )
        self.channels = ChannelDispatcher(self.doors.policy.channels, ChannelDesk(self.doors), clock, self.boot)
        self.shelf = Shelf(settings.data_dir)
        self.papers = PaperWorker(self.doors, self.shelf, PAPERS, self.wake, self.boot)
        fetch = TelegramFiles(self.bot)
        self.photos = PhotoWorker(self.doors, self.shelf, fetch)
        self.tables = TableWorker(self.doors, fetch, read_small, self.wake)
        listener = CommandListener(self.doors.policy.listener)
        self.voices = VoiceWorker(self.doors, self.shelf, fetch, listener, self.wake)
        self.hearing = Hearing(self.doors)
        self.door = TelegramDoor(
            work=self.doors.work,
            features=FEATURES,
            dialogues=DialogueRunner(DIALOGUES),
            answer=self._answer,
            wake=self.wake,
            bot_id=self.bot.id,
            bot_name=self.bot.username,
        )
        self.inbox = Inbox(self.store, clock.now, self.door)
        self.intake = Intake(self.doors, self.wake)
        self.folder = FolderFeed(
            settings.inbox_dir,
            FolderIntake(self.intake, settings.zone),
            report=FolderHealth(self.intake, clock.now),
            reason_text=lambda key: self.words.label(f"feed.unreadable.{key}"),
        )
        self.pollers, self.hook = self._sources(web or Web())
        application.add_handler(TypeHandler(Update, self._on_update))

    def _sources(self, web: Web) -> tuple[list[Poller], Hook | None]:
        """The sources that are asked, and the door for those that call."""
        configured, zone = self.doors.policy.sources, self.settings.zone
        hooks = {source.name: source for source in configured if source.kind is SourceKind.HOOK}
        asked = [source for source in configured if source.name not in hooks]
        chance = self.doors.chance.random
        pollers = [Poller(source, web, self.intake, zone, chance) for source in asked]
        return pollers, Hook(hooks, self.intake, zone, self.clock.now) if hooks else None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        clock: Clock,
        *,
        request: Requests | None = None,
        poll_request: Requests | None = None,
        words: Catalogue | None = None,
        web: Web | None = None,
    ) -> AsyncIterator["Shouwang"]:
        """Everything that has to be closed again is closed on every way out: an open database hangs the exit. `words`
        spares reading the wording anew, `web` replaces the way to the sources of warnings."""
        # PTB's own switch for what RetryAfter will mean in its next version; the old meaning warns at each refusal.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(sole_use(settings))
            await asyncio.to_thread(settings.inbox_dir.mkdir, parents=True, exist_ok=True)
            database = await stack.enter_async_context(database_of(settings))
            pulse = Pulse(settings.data_dir)
            stack.callback(pulse.end)
            stack.push_async_callback(cancel, asyncio.create_task(serve_copies(database), name="copies"))
            pulse.ready()
            await wait_to_lead(database, clock, pulse)
            queue = DurableQueue(SqlStore(database, clock.now), clock.now)
            ears: list[Callable[[], None]] = []

            def heard() -> None:
                for ear in ears:
                    ear()

            application = _application(settings, queue, request, poll_request, heard)
            stack.push_async_callback(application.bot.shutdown)
            await reach_telegram(application, clock, pulse)
            stack.push_async_callback(application.shutdown)
            bot = cls(settings, clock, database, application, pulse, words, web)
            ears.append(bot.hearing.heard)
            yield bot

    @property
    def _queue(self) -> DurableQueue:
        queue = self.application.update_queue
        assert isinstance(queue, DurableQueue)
        return queue

    async def _answer(self, query_id: str, toast: Toast | None) -> None:
        await answer_press(self.bot, query_id, toast)

    async def _on_update(self, update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        if self.hearing.behind and await self._look_back():
            self.dispatcher.wake()
        await self.inbox.process(update)

    # -- running ----------------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event, *, tick_seconds: float = 1.0, folder_seconds: float = 2.0) -> None:
        """Work until `stop` is set. What is under way is finished or stays in rows."""
        await self.hearing.begin()
        undone = await self.inbox.recover(self._queue)
        log.info("started boot=%s undone=%s database=%s", self.boot, undone, await self.database.version())
        heart = Heart(
            {
                "tick": (tick_seconds, self.beat),
                "watch": (5.0, self._watch_over(stop)),
                "lead": (5.0, self._still_lead(stop)),
            }
        )
        async with AsyncExitStack() as stack:
            dispatching = asyncio.create_task(self.dispatcher.run(stop), name="dispatcher")
            stack.push_async_callback(_finish, stop, dispatching)
            elsewhere = asyncio.create_task(self.channels.run(stop), name="other channels")
            stack.push_async_callback(_finish, stop, elsewhere)
            making = asyncio.create_task(self.papers.run(stop), name="papers")
            stack.push_async_callback(_finish, stop, making)
            fetching = asyncio.create_task(self.photos.run(stop), name="photos")
            stack.push_async_callback(_finish, stop, fetching)
            reading = asyncio.create_task(self.tables.run(stop), name="tables")
            stack.push_async_callback(_finish, stop, reading)
            listening = asyncio.create_task(self.voices.run(stop), name="voices")
            stack.push_async_callback(_finish, stop, listening)
            watching = asyncio.create_task(self.folder.run(stop, folder_seconds, asyncio.sleep), name="folder")
            stack.push_async_callback(_finish, stop, watching)
            await self._begin_sources(stop, stack)
            await self.application.start()
            stack.push_async_callback(self.application.stop)
            stack.push_async_callback(self._stop_polling)
            ended = await unless(stop, self._listen())
            if ended is None:
                return
            stack.push_async_callback(ended)
            heart.start()
            stack.push_async_callback(heart.stop)
            await self._offer_commands()
            await stop.wait()

    def wake(self) -> None:
        """Something may have been queued, for Telegram or elsewhere."""
        self.dispatcher.wake()
        self.channels.wake()

    async def _begin_sources(self, stop: asyncio.Event, stack: AsyncExitStack) -> None:
        """Begin to ask the sources, and to listen to those that call; the stack ends it."""
        names = [FOLDER, *(source.name for source in self.doors.policy.sources)]
        await self.doors.run(partial(begin_watching, names=names))
        for poller in self.pollers:
            asking = asyncio.create_task(poller.run(stop), name=f"source {poller.source.name}")
            stack.push_async_callback(_finish, stop, asking)
        if self.hook is not None and self.settings.feed_listen is not None:
            stack.push_async_callback(await _serve(self.hook.app(), self.settings.feed_listen))
        log.info("sources asked=%s listening=%s", len(self.pollers), self.hook is not None)

    async def beat(self) -> None:
        """One round of everything that time brings."""
        if self.settings.webhook_url is not None:
            self.hearing.heard()  # by webhook a quiet night is no deafness: what counts is that we can be called
        asked = await self._look_back()
        await self.inbox.again()
        if await tick(self.doors, deaf=self.hearing.deaf) + asked:
            self.wake()
        # By webhook nobody calls for hours on a quiet night: there the beat itself is all there is to see.
        polling = self.settings.webhook_url is None
        self.pulse.beat(well=not polling or self.hearing.silent_for < SILENCE_SECONDS)

    async def _look_back(self) -> int:
        """A deaf time that has ended is made good; how many people were asked again."""
        try:
            return await self.hearing.look()
        except Exception:
            log.exception("what was heard cannot be written down; trying again")
            return 0

    async def _offer_commands(self) -> None:
        """What Telegram shows under its menu button in private. Failing is harmless: all of it can be typed."""
        commands = [BotCommand(name, self.words.label(f"menu.command.{name}")) for name in MENU_COMMANDS]
        try:
            await self.bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
        except TelegramError as error:
            log.warning("the command menu could not be set: %s", type(error).__name__)

    async def _listen(self) -> Callable[[], Awaitable[None]]:
        """Begin to hear Telegram, by polling or by webhook; returns what ends it."""
        if self.settings.webhook_url is None:
            await self._poll()  # takes a webhook away first, and tries until Telegram answers
            return self._stop_polling
        secret = self.settings.hook_secret()
        listen = self.settings.webhook_listen
        app = Webhook(self._queue, secret, self.hearing.heard).app()
        if self.hook is not None and self.settings.feed_listen is None:
            self.hook.add_to(app)
        end = await _serve(app, listen)
        url = f"{self.settings.webhook_url}/telegram"
        hook = partial(self.bot.set_webhook, url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
        try:
            await patiently(hook, self.clock, self.pulse)
        except BaseException:
            await end()
            raise
        return end

    async def _poll(self) -> None:
        assert self.application.updater is not None
        await self.application.updater.start_polling(
            timeout=POLL_SECONDS,
            bootstrap_retries=-1,
            allowed_updates=ALLOWED_UPDATES,
            error_callback=self._poll_failed,
        )

    async def _stop_polling(self) -> None:
        if self.application.updater is not None and self.application.updater.running:
            await self.application.updater.stop()

    def _poll_failed(self, error: TelegramError) -> None:
        self.hearing.failed()
        log.warning("polling failed: %s", type(error).__name__)

    def _watch_over(self, stop: asyncio.Event) -> Callable[[], Awaitable[None]]:
        """The watchdog: polling that died silently is started anew, which takes as long as Telegram is away."""

        async def look() -> None:
            if self.settings.webhook_url is None and self.hearing.silent_for > SILENCE_SECONDS:
                self.hearing.failed()
                log.warning("nothing heard for %.0f s; polling starts anew", self.hearing.silent_for)
                await self._stop_polling()
                await unless(stop, self._poll())
                self.hearing.begun_anew()

        return look

    def _still_lead(self, stop: asyncio.Event) -> Callable[[], Awaitable[None]]:
        """Leadership that is lost ends the process."""

        async def look() -> None:
            if not await self.database.still_leads():
                log.error("another process may lead now; stopping")
                stop.set()

        return look


async def _serve(app: WebApplication, listen: str) -> Callable[[], Awaitable[None]]:
    try:
        return await serve(app, listen)
    except OSError as error:
        raise StartError("console.start.listen", listen=listen, reason=str(error.strerror)) from error


async def _finish(stop: asyncio.Event, task: "asyncio.Task[None]") -> None:
    stop.set()
    await asyncio.gather(task, return_exceptions=True)


def _application(
    settings: Settings,
    queue: DurableQueue,
    request: Requests | None,
    poll_request: Requests | None,
    heard: Callable[[], None],
) -> AnyApplication:
    make = request or (lambda: AiohttpRequest(proxy=settings.telegram_proxy))
    make_poll = poll_request or (
        lambda: AiohttpRequest(connections=2, proxy=settings.telegram_proxy, on_updates=queue.keep, on_heard=heard)
    )
    builder = (
        ApplicationBuilder()
        .token(settings.token())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(make())
        .get_updates_request(make_poll())
        .update_queue(queue)
        .concurrent_updates(Processing())
        .job_queue(None)
    )
    return builder.build()
