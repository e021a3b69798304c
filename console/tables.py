"""Divisions, roster and risk points from files, empty tables, enrolment sheets: what is done before the first warning.

Imports and sheets write to the database, so the bot must not be running; on PostgreSQL not on the other machine either.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from assembly import doors_of
from clock import SystemClock
from console.files import FileError, read, write
from console.voice import DONE, FAILED, Voice, plain, show
from delivery.redaction import redact
from delivery.transport import AiohttpRequest
from domain import place_rows, point_rows
from domain import roster as roster_rows
from domain.channels import roster_columns
from domain.enrolment import IssuedLink
from domain.place_finding import place_with_code
from domain.places import Place, PlaceCode, PlaceTree
from domain.text import Html
from feeds.roster_files import read_lines
from messages.duty_templates import TEMPLATES
from messages.points_template import points_template
from messages.roster_template import roster_template
from messages.sheets import sheets_by_village
from services import places, points_import, roster
from services.doors import Doors
from services.enrolment import issue_links_at_console
from services.table_imports import imported_card
from services.table_kinds import TABLES
from services.work import Work
from settings import Settings, SettingsError, load
from starting import StartError, database_of, sole_use
from storage.store import SqlStore

_MANY = 500
"""from so many lines on it is shown how far it is"""
Service = Callable[[Work], Awaitable[tuple[bool, Html]]]


@asynccontextmanager
async def doors(settings: Settings, voice: Voice, bot_name: str = "") -> AsyncIterator[Doors]:
    """The database of a bot that does not run."""
    clock = SystemClock()
    async with sole_use(settings), database_of(settings) as database:
        if not await database.try_to_lead():
            raise StartError("console.start.another_leads")
        yield doors_of(settings, SqlStore(database, clock.now), voice.words, clock, bot_name)


# -- imports ------------------------------------------------------------------------------------------------------


def import_places(voice: Voice, file: Path) -> int:
    settings = load()
    lines = read_lines(read(file), place_rows.COLUMNS)

    async def service(work: Work) -> tuple[bool, Html]:
        result = await places.import_places(work, lines)
        return not result.problems, places.report(work, result, voice.lang)

    return asyncio.run(_told(settings, voice, service))


def import_roster(voice: Voice, file: Path, complete_for: str | None, *, confirm: bool) -> int:
    settings = load()
    lines = read_lines(read(file), roster_rows.COLUMNS)

    async def service(work: Work) -> tuple[bool, Html]:
        tree = await work.tree()
        area = None if complete_for is None else find(complete_for, tree, work.county).code
        result = await roster.import_roster(work, lines, complete_for=area, confirm=confirm)
        return result.done, roster.report(work, result, voice.lang)

    return asyncio.run(_told(settings, voice, service))


def import_points(voice: Voice, file: Path, *, leave_unknown: bool) -> int:
    settings = load()
    lines = read_lines(read(file), point_rows.COLUMNS)

    def told(done: int, total: int) -> None:
        if total > _MANY:
            voice.note("console.import.progress", done=done, total=total)

    async def service(work: Work) -> tuple[bool, Html]:
        result = await points_import.import_points(work, lines, leave_unknown=leave_unknown, progress=told)
        return result.done, points_import.report(work, result, voice.lang)

    return asyncio.run(_told(settings, voice, service))


def import_table(voice: Voice, name: str, file: Path, *, dry: bool) -> int:
    """A table of services.table_kinds."""
    kind, settings = TABLES[name], load()
    lines = read_lines(read(file), kind.columns)

    async def service(work: Work) -> tuple[bool, Html]:
        result = await kind.bring_in(work, lines, dry=dry)
        return result.done, imported_card(work, name, result, voice.lang)

    return asyncio.run(_told(settings, voice, service))


async def _told(settings: Settings, voice: Voice, service: Service) -> int:
    async with doors(settings, voice) as opened:
        done, report = await opened.run(service)
    show(plain(report))
    return DONE if done else FAILED


def find(written: str, tree: PlaceTree, county: PlaceCode) -> Place:
    """A place by its code or by a name that only one place of the county has. Raises DomainError."""
    if any(character.isdigit() for character in written):
        return place_with_code(written, tree, county)
    found = tree.find_by_name(written.rpartition("·")[2], county)
    found = tuple(one for one in found if "·" not in written or tree.path(one.code) == written)
    if not found:
        raise FileError("console.place.unknown", written=written)
    if len(found) > 1:
        codes = [f"{tree.path(one.code)} {one.code}" for one in found]
        raise FileError("console.place.several", written=written, places=codes)
    return found[0]


# -- what is handed out -------------------------------------------------------------------------------------------


def write_template(voice: Voice, file: Path, *, overwrite: bool) -> int:
    further = roster_columns(load().policy().channels)
    write(file, roster_template(voice.words, voice.lang, further), overwrite=overwrite)
    voice.say("console.template.written", file=str(file))
    return DONE


def write_table_template(voice: Voice, name: str, file: Path, *, overwrite: bool) -> int:
    write(file, TEMPLATES[name](voice.words, voice.lang), overwrite=overwrite)
    voice.say(f"console.template.{name}", file=str(file))
    return DONE


def write_points_template(voice: Voice, file: Path, *, overwrite: bool) -> int:
    write(file, points_template(voice.words, voice.lang), overwrite=overwrite)
    voice.say("console.template.points", file=str(file))
    return DONE


def write_sheets(voice: Voice, place: str, out: Path, bot_name: str | None, *, overwrite: bool) -> int:
    """One page for each village: a file where it is one, a folder where there are more."""
    settings = load()
    name = bot_name.lstrip("@") if bot_name else asyncio.run(_ask_name(settings))
    pages = asyncio.run(_sheets(settings, voice, place, out, name, overwrite=overwrite))
    if not pages:
        voice.say("console.sheets.nobody")
        return DONE
    voice.say("console.sheets.written", count=len(pages), out=str(out))
    voice.note("console.sheets.private")
    return DONE


async def _sheets(
    settings: Settings, voice: Voice, place: str, out: Path, bot_name: str, *, overwrite: bool
) -> dict[Path, str]:
    async def service(work: Work) -> list[IssuedLink]:
        """Writes before the commit: codes that stand on no paper must not make older ones void."""
        found = find(place, await work.tree(), work.county)
        links = await issue_links_at_console(work, found.code)
        pages.update(_paths(out, sheets_by_village(voice.words, links, bot_name, voice.lang), links))
        for path, page in pages.items():
            write(path, page.encode(), overwrite=overwrite, private=True)
        return links

    pages: dict[Path, str] = {}
    async with doors(settings, voice, bot_name) as opened:
        await opened.run(service)
    return pages


def _paths(out: Path, pages: dict[str, str], links: list[IssuedLink]) -> dict[Path, str]:
    if out.suffix.lower() in {".html", ".htm"}:
        if len(pages) > 1:
            raise FileError("console.sheets.folder", count=len(pages), out=str(out))
        return dict.fromkeys([out], next(iter(pages.values()))) if pages else {}
    names = {link.village: link.village_name.replace("/", "-") for link in links}
    return {out / f"{code}-{names[PlaceCode(code)]}.html": page for code, page in pages.items()}


async def _ask_name(settings: Settings) -> str:
    """The bot's username: it stands in every link."""
    request = partial(AiohttpRequest, proxy=settings.telegram_proxy, connections=2)
    bot = Bot(settings.token(), f"{settings.telegram_api_url}/bot", request=request(), get_updates_request=request())
    try:
        async with bot:
            return str(bot.username)
    except InvalidToken as error:
        raise SettingsError("setting.token_refused") from error
    except TelegramError as error:
        why = redact(str(error.__cause__ or error))
        raise StartError("console.sheets.no_name", reason=why) from error
