"""Play a copy back: into SQLite or PostgreSQL, whichever it was made from, and up to the present schema.

The database is either as before or wholly the restored one, whatever interrupts. Nobody else may use it meanwhile: a
bot that runs is found by its lock. Rows that are there already are only replaced when that was asked for, and on
SQLite the replaced file is kept beside the new one as `….replaced`.
"""

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.backup import BackupReport, make_durable, telling_of_full_disk, verify
from storage.backup_requests import sole_use_of
from storage.copying import MANIFEST, Progress, add_up, carry, count, differing, opened_file, silent, tables_of
from storage.database import opened, sqlite_path, sqlite_url
from storage.errors import BackupError, SchemaError
from storage.revisions import VERSION_TABLE, migrate


async def restore(source: Path, url: str, *, overwrite: bool = False, progress: Progress = silent) -> BackupReport:
    """Fill the database at `url` from the copy `source` and bring it to the present schema. Returns what the copy
    held. Raises BackupError; then the database is as it was before."""
    path = sqlite_path(url)
    with telling_of_full_disk():
        if path is None:
            return await _restore_postgresql(source, url, overwrite, progress)
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        with sole_use_of(path) as no_bot_runs:
            if not no_bot_runs:
                raise BackupError("backup.bot_running")
            return await _restore_sqlite(source, path, overwrite, progress)


# -- SQLite -----------------------------------------------------------------------------------------------------------


async def _restore_sqlite(source: Path, path: Path, overwrite: bool, progress: Progress) -> BackupReport:
    if not overwrite and (filled := await _filled_in_file(path)):
        raise BackupError("backup.not_empty", tables=filled)
    part = path.with_name(f"{path.name}.restoring")
    try:
        await asyncio.to_thread(_copy, source, part)
        report = await verify(part, progress=progress)
        async with opened_file(part, writable=True) as copy:
            await copy.execute(sa.text(f"DROP TABLE {MANIFEST}"))
        async with opened(sqlite_url(part)) as database:
            await database.write(migrate)
        await _end_journal(path)
        await asyncio.to_thread(_put_in_place, part, path)
    finally:
        for left in (part, *_journal_of(part)):
            left.unlink(missing_ok=True)
    return report


def _copy(source: Path, part: Path) -> None:
    if not source.is_file():
        raise BackupError("backup.missing", path=str(source))
    shutil.copyfile(source, part)


async def _filled_in_file(path: Path) -> str:
    """Tables with rows in them; a file that cannot be read counts as full."""
    if not _exists(path):
        return ""
    try:
        async with opened(sqlite_url(path)) as database:
            return await database.read(_filled)
    except sa.exc.DBAPIError as error:
        return str(error.orig)


async def _end_journal(path: Path) -> None:
    """Bring what stands in the old file's WAL into it: a journal left behind would meet the new file. One too damaged
    to be opened keeps its journal beside it, under its new name."""
    if not _exists(path):
        return
    with suppress(sa.exc.DBAPIError):
        async with opened_file(path, writable=True) as old:
            await old.execute(sa.text("PRAGMA journal_mode=DELETE"))


def _put_in_place(part: Path, path: Path) -> None:
    replaced = Path(f"{path}.replaced")
    if path.exists():
        for old in (replaced, *_journal_of(replaced)):
            old.unlink(missing_ok=True)
        _link(path, replaced)
        for left, kept in zip(_journal_of(path), _journal_of(replaced), strict=True):
            if left.exists():
                left.replace(kept)
        if os.geteuid() == 0:
            os.chown(part, path.stat().st_uid, path.stat().st_gid)
    make_durable(part)
    part.replace(path)
    make_durable(path.parent)


def _link(path: Path, name: Path) -> None:
    """A second name for the old file, so that at no instant there is none under the first."""
    try:
        os.link(path, name)
    except OSError:  # not every file system can
        shutil.copyfile(path, name)


def _journal_of(path: Path) -> tuple[Path, Path]:
    return Path(f"{path}-wal"), Path(f"{path}-shm")


def _exists(path: Path) -> bool:
    return path.exists()


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


async def _restore_postgresql(source: Path, url: str, overwrite: bool, progress: Progress) -> BackupReport:
    report = await verify(source, progress=progress)
    async with opened(url) as database:
        if not await database.try_to_lead():
            raise BackupError("backup.bot_running")

        async def fill(target: AsyncConnection) -> None:
            await _must_be_ours(target)
            if not overwrite and (filled := await _filled(target)):
                raise BackupError("backup.not_empty", tables=filled)
            await _drop_tables(target)
            await migrate(target, report.revision)
            async with opened_file(source) as copy:
                read = await carry(copy, target, "restoring", progress)
            written = await add_up(target, await tables_of(target), "checking", progress)
            if broken := differing(read, written):
                raise BackupError("backup.damaged", where=broken)
            await migrate(target)

        await database.write(fill)
    return report


async def _must_be_ours(target: AsyncConnection) -> None:
    """Whatever its age, but not the database of another program that somebody named by mistake."""
    there = {table.name for table in await tables_of(target)}
    if there and not {"outbox", "timeline"} <= there:
        raise SchemaError("schema.unversioned")


async def _filled(connection: AsyncConnection) -> str:
    """Names of the tables that hold rows."""
    return ", ".join(sorted([t.name for t in await tables_of(connection) if await count(connection, [t])]))


async def _drop_tables(target: AsyncConnection) -> None:
    """Take away what is there, refused lines of the timeline included: dropping a table asks no trigger."""
    quote = target.dialect.identifier_preparer.quote
    names = [table.name for table in reversed(await tables_of(target))]
    for name in (*names, VERSION_TABLE):
        await target.execute(sa.text(f"DROP TABLE IF EXISTS {quote(name)} CASCADE"))
