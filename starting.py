"""What has to come first, and may take long or fail: the file's lock, the schema, leadership, Telegram's first answer.

Used by the assembly alone, and by the commands that work on the database of a bot that does not run.
"""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from typing import Any, TypeVar

from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from alive import Pulse
from clock import Clock
from delivery.redaction import redact
from domain.errors import DomainError
from settings import Settings, SettingsError
from storage.backup_requests import serve_backup_requests, sole_use_of
from storage.database import Database
from storage.schema import upgrade

log = logging.getLogger(__name__)

LONGEST_PAUSE = 30.0
"""seconds between two tries to reach Telegram"""
REFUSALS = 4
"""so often an unclear "no such token" is heard before it is believed"""
COPY_SECONDS = 0.5

T = TypeVar("T")
AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class StartError(DomainError):
    """The bot cannot start just now, for a reason outside its settings. Keys: console.start.…"""


@asynccontextmanager
async def sole_use(settings: Settings) -> AsyncIterator[None]:
    """On SQLite one process at a time: a second one on the same file is refused here, in one line."""
    path = settings.sqlite_path
    if path is None:
        yield
        return
    with ExitStack() as stack:
        try:
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            alone = stack.enter_context(sole_use_of(path))
        except OSError as error:
            raise StartError("console.start.no_access", path=str(path.parent), reason=str(error.strerror)) from error
        if not alone:
            raise StartError("console.start.in_use", path=str(path))
        yield


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    """The database at the present schema. Raises StartError, SchemaError, BackupError."""
    try:
        await upgrade(settings.database_url, backups=settings.data_dir / "backups")
        database = await Database.open(settings.database_url)
    except DomainError:
        raise
    except Exception as error:  # each driver has its own
        raise StartError("console.start.database", reason=redact(str(getattr(error, "orig", error)))) from error
    try:
        yield database
    finally:
        await database.close()


async def serve_copies(database: Database) -> None:
    """Backups and checks ask for copies as long as the process has the database open, also while it waits for
    Telegram."""
    while True:
        await asyncio.sleep(COPY_SECONDS)
        try:
            await serve_backup_requests(database)
        except Exception:
            log.exception("a request for a copy could not be served")


async def wait_to_lead(database: Database, clock: Clock, pulse: Pulse) -> None:
    told = False
    while not await database.try_to_lead():
        if not told:
            log.warning("another process leads; standing by")
            told = True
        pulse.beat(well=True)
        await clock.sleep(2)


async def reach_telegram(application: AnyApplication, clock: Clock, pulse: Pulse) -> None:
    """Ask Telegram who we are, until it answers. Raises SettingsError when it does not know the token."""
    try:
        await patiently(application.initialize, clock, pulse)
    except InvalidToken as error:
        raise SettingsError("setting.token_refused") from error


async def patiently(ask: Callable[[], Awaitable[object]], clock: Clock, pulse: Pulse) -> None:
    """Try until it works, with longer and longer pauses. A network that is down at start must not end the process; a
    refused token does, but a 404 may be that of some gateway on the way and is tried a few times more."""
    refusals, pause = 0, 2.0
    while True:
        pulse.beat(well=False)
        try:
            await ask()
        except InvalidToken as error:
            refusals += 1
            if "unauthorized" in f"{error} {error.__cause__}".lower() or refusals >= REFUSALS:
                raise
            log.warning("Telegram does not know the token, try %s of %s", refusals, REFUSALS)
        except TelegramError as error:
            why = redact(str(error.__cause__ or error))
            log.warning("Telegram cannot be reached (%s); next try in %.0f s", why, pause)
        else:
            return
        await clock.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def spare_the_collector() -> None:
    """For a process that is the bot and nothing else, once all is built: modules, texts and tables live as long as it
    does and are not looked through again for garbage, which under load took a tenth of all its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


# -- tasks -------------------------------------------------------------------------------------------------------


async def cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def unless(stop: asyncio.Event, doing: Coroutine[Any, Any, T]) -> T | None:
    """The result; None when `stop` was set first, and then it was broken off."""
    working, stopping = asyncio.ensure_future(doing), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
