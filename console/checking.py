"""`bot.py check`: everything that can be looked at before the storm, in the order in which it has to work.

The database of a bot that runs is never opened here: SQLite before 3.51.3 can damage a WAL that two connections write
or reset, and a reader resets it too when it closes last. So the bot is asked for a copy, the same way as for a backup
(storage.backup_requests), and the copy is examined. Where no bot runs, its lock is held meanwhile and a copy is
examined only when the schema is behind. PostgreSQL is read directly.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot

from assembly import doors_of
from clock import Clock
from console import letters, listening, sources, telegram
from console.copies import last_backup
from console.surroundings import look_around
from console.voice import DONE, FAILED, Voice, show
from delivery.redaction import redact
from domain.errors import DomainError
from domain.policy import CountyPolicy
from feeds.web import Web
from services.channel_checkup import channels
from services.checkup import EXAMS, Exam, Finding, Mark, groups, history
from services.doors import Doors
from services.duty_checkup import DUTY_EXAMS
from services.ladder_checkup import LADDER_EXAMS
from services.point_checkup import POINT_EXAMS
from services.ports import Rows
from settings import Settings, SettingsError, load
from storage.backup_requests import copy_by_running_bot, sole_use_of
from storage.database import Database, opened
from storage.revisions import check as refuse_newer
from storage.revisions import newest, revision
from storage.schema import upgrade
from storage.store import SqlStore

_SAFE_WITH_SEVERAL = (3, 51, 3)
_SYNCHRONOUS_ENOUGH = frozenset({2, 3})
"""FULL, EXTRA"""
_EXAMS_IN_ORDER = (
    "lists",
    "posts",
    "points",
    "groups",
    "reach",
    "channels",
    "ladders",
    "beside",
    "duty",
    "seconds",
    "traffic",
    "sources_kept",
    "history",
)
_SHOWN = 8
"""names in one finding; --all lists every one"""


class Report:
    """Tells every finding as soon as it is known, under the heading of its stage, and counts."""

    def __init__(self, voice: Voice, *, everything: bool) -> None:
        self._voice = voice
        self._everything = everything
        self._title = ""
        self.counted: Counter[Mark] = Counter()

    def stage(self, name: str) -> None:
        """What is looked at now; on a terminal that is shown until something is known."""
        self._title = self._voice.words.label(f"checkup.stage.{name}", self._voice.lang)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self._voice.line('checkup.working', stage=self._title)}\033[K")
            sys.stderr.flush()

    def tell(self, findings: Iterable[Finding]) -> None:
        for one in findings:
            if self._title:
                sys.stderr.write("\r\033[K" if sys.stderr.isatty() else "")
                show("\n" + self._voice.line("checkup.heading", stage=self._title))
                self._title = ""
            self.counted[one.mark] += 1
            mark = self._voice.words.label(f"checkup.mark.{one.mark.value}", self._voice.lang)
            show(f"{mark} {self._voice.line(one.key, **one.facts)}")
            if self._everything:
                self._list(one)

    def _list(self, finding: Finding) -> None:
        for value in finding.facts.values():
            if isinstance(value, list) and len(value) > _SHOWN and all(isinstance(name, str) for name in value):
                for name in value:
                    show(f"     · {name}")

    def conclude(self, what: str = "checkup") -> int:
        bad, warn = self.counted[Mark.BAD], self.counted[Mark.WARN]
        kind = "bad" if bad else "warn" if warn else "fine"
        show("")
        self._voice.say(f"{what}.summary_{kind}", bad=bad, warn=warn)
        return FAILED if bad else DONE


def check(voice: Voice, clock: Clock, *, offline: bool, everything: bool) -> int:
    settings = load()
    report = Report(voice, everything=everything)
    asyncio.run(_check(settings, voice, clock, report, offline=offline))
    return report.conclude()


async def _check(settings: Settings, voice: Voice, clock: Clock, report: Report, *, offline: bool) -> None:
    report.stage("surroundings")
    report.tell(look_around(settings, voice, clock.now(), running=_in_use(settings)))
    async with AsyncExitStack() as stack:
        report.stage("telegram")
        bot = None if offline else await _reach(settings, clock, report, stack)
        if offline:
            report.tell([Finding(Mark.WARN, "checkup.telegram.skipped")])
        policy = _fine_policy(settings)
        if policy is not None and not offline:
            report.stage("sources")
            report.tell(await sources.reach(settings, policy, voice, Web()))
        if policy is not None:
            report.stage("listener")
            report.tell(await listening.hear_something(settings, policy, voice))
            report.stage("letters")
            report.tell(await letters.try_letter(policy, voice))
        report.stage("database")
        database = await database_to_read(settings, report, stack)
        if database is not None and policy is not None:
            doors = doors_of(settings, SqlStore(database, clock.now), voice.words, clock, "")
            await _rows(doors, settings, voice, report, bot)


def _fine_policy(settings: Settings) -> CountyPolicy | None:
    """A broken county file has been told already; what depends on it cannot be looked at."""
    try:
        return settings.policy()
    except SettingsError:
        return None


def _in_use(settings: Settings) -> bool:
    path = settings.sqlite_path
    if path is None or not path.parent.is_dir():
        return False
    try:
        with sole_use_of(path) as alone:
            return not alone
    except OSError:
        return False


# -- Telegram -----------------------------------------------------------------------------------------------------


async def _reach(settings: Settings, clock: Clock, report: Report, stack: AsyncExitStack) -> Bot | None:
    try:
        bot = telegram.bot_of(settings)
    except SettingsError:
        return None  # it has been told already
    stack.push_async_callback(bot.shutdown)
    found = await telegram.greet(settings, bot)
    report.tell(found)
    report.tell([await telegram.compare_clocks(settings, clock)])
    if found[0].mark is Mark.BAD:
        return None
    report.tell(await telegram.webhook(settings, bot))
    return bot


# -- the database -------------------------------------------------------------------------------------------------


async def database_to_read(settings: Settings, report: Report, stack: AsyncExitStack) -> Database | None:
    """A database that may be looked into, at the present schema; None where there is none."""
    path = settings.sqlite_path
    if path is not None and not _is_file(path):
        report.tell([Finding(Mark.WARN, "checkup.database.missing", {"path": str(path)})])
        return None
    try:
        url = await stack.enter_async_context(_readable(settings, report))
        if url is None:
            return None
        database = await stack.enter_async_context(opened(url))
        report.tell(await _engine(database))
    except DomainError as error:
        report.tell([Finding(Mark.BAD, error.key, error.facts)])
    except Exception as error:  # noqa: BLE001 - each driver has its own errors; whatever it is, it is told
        reason = redact(str(getattr(error, "orig", error)) or type(error).__name__)
        report.tell([Finding(Mark.BAD, "checkup.database.unreachable", {"reason": reason})])
    else:
        return database
    return None


def _is_file(path: Path) -> bool:
    return path.is_file()


@asynccontextmanager
async def _readable(settings: Settings, report: Report) -> AsyncIterator[str | None]:
    """The address of something that may be opened: the copy of a running bot, or the database itself."""
    path = settings.sqlite_path
    async with AsyncExitStack() as stack:
        url = settings.database_url
        if path is not None and not stack.enter_context(sole_use_of(path)):
            copy = await stack.enter_async_context(copy_by_running_bot(path, asyncio.sleep))
            url = f"sqlite+aiosqlite:///{copy}"
        async with opened(url) as database:
            found = await database.read(revision)
            refuse_newer(found)
            if found != newest():
                facts = {"found": found or "0", "known": newest()}
                report.tell([Finding(Mark.WARN, "checkup.database.behind", facts)])
                if path is None:
                    url = ""
                elif url == settings.database_url:
                    folder = stack.enter_context(TemporaryDirectory(dir=path.parent, prefix=".check-"))
                    await database.copy_sqlite_to(f"{folder}/copy.db")
                    url = f"sqlite+aiosqlite:///{folder}/copy.db"
        if url and url != settings.database_url:
            await upgrade(url)
        yield url or None


async def _engine(database: Database) -> list[Finding]:
    version = await database.version()
    found = [Finding(Mark.FINE, "checkup.database.fine", {"version": version, "schema": newest()})]
    careless = await database.read(_careless_settings)
    found += [Finding(Mark.BAD, "checkup.database.careless", {"setting": one}) for one in careless]
    bare = version.removeprefix("sqlite ")
    if database.dialect == "sqlite" and tuple(int(part) for part in bare.split(".")) < _SAFE_WITH_SEVERAL:
        found.append(Finding(Mark.FINE, "checkup.database.one_connection", {"version": bare}))
    return found


async def _careless_settings(connection: AsyncConnection) -> list[str]:
    """What would make the database answer before the disk has it."""
    if connection.dialect.name == "sqlite":
        level = await connection.scalar(sa.text("PRAGMA synchronous"))
        return [] if level in _SYNCHRONOUS_ENOUGH else [f"synchronous={level}"]
    names = ("fsync", "synchronous_commit", "full_page_writes")
    values = [(name, await connection.scalar(sa.text(f"SHOW {name}"))) for name in names]
    return [f"{name}=off" for name, value in values if value == "off"]


# -- the rows -----------------------------------------------------------------------------------------------------


async def _rows(doors: Doors, settings: Settings, voice: Voice, report: Report, bot: Bot | None) -> None:
    lang, last = voice.lang, last_backup(settings)
    known = await doors.store.read(lambda rows: rows.groups.all())
    exams: dict[str, Exam] = {**dict(EXAMS), **DUTY_EXAMS, **LADDER_EXAMS, **POINT_EXAMS}
    exams["channels"] = channels
    exams["history"] = partial(history, witness=None if last is None else last.witness)
    for name in _EXAMS_IN_ORDER:
        report.stage(name)
        if name == "groups":
            fresh = {} if bot is None else await telegram.rights(bot, known)
            exams[name] = partial(groups, fresh=fresh)
            report.tell([] if bot is None else telegram.privacy(bot, known))
        report.tell(await _examine(doors, exams[name], lang))


async def _examine(doors: Doors, exam: Exam, lang: str) -> list[Finding]:
    async def inside(rows: Rows) -> list[Finding]:
        return await exam(doors.work(rows), lang)

    return await doors.store.read(inside)
