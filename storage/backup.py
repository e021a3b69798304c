"""Copies of a whole database that can be trusted: made while the bot runs, checked after writing, durable on return.

A copy is always one SQLite file, whichever database it was made from, so that a county can move from one to the other
and anybody can look into a copy. It holds the tables as they were, the revision of their schema, and a list of the sum
of every table (storage.copying), by which every changed byte that matters is found. It is not encrypted.

SQLite is copied with VACUUM INTO: by the bot that runs (storage.backup_requests) or, where none runs, here, with the
bot's lock held so that none starts. PostgreSQL is read in one REPEATABLE READ transaction, a few hundred rows at a
time, beside everything else that goes on.
"""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.backup_requests import Sleep, copy_by_running_bot, sole_use_of
from storage.copying import MANIFEST, Progress, Sum, add_up, carry, differing, opened_file, silent, tables_of
from storage.database import Database, opened, sqlite_path, sqlite_url
from storage.errors import BackupError
from storage.revisions import check, is_known, migrate, newest, revision
from storage.timeline import TimelineTable, timeline

_MAGIC = b"SQLite format 3\0"
_SCHEMA = "the schema itself"
"""the entry of the list that stands for the tables' definitions"""

manifest = sa.table(MANIFEST, sa.column("name"), sa.column("rows"), sa.column("digest"))


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A copy that was found whole. `timeline` is (number, hash) of the last line of the chain."""

    path: Path
    size: int
    revision: str
    tables: Mapping[str, int]
    timeline: tuple[int, str] | None


async def backup(
    url: str, target: Path, *, overwrite: bool = False, progress: Progress = silent, sleep: Sleep = asyncio.sleep
) -> BackupReport:
    """Copy the database at `url` to the file `target`, whether a bot runs on it or not. Raises BackupError and
    SchemaError; then `target` is as it was before."""
    _must_not_be_there(target, overwrite)
    path = sqlite_path(url)
    if path is None:
        async with opened(url) as database:
            return await keep_copy(database, target, overwrite=overwrite, progress=progress)
    if not _is_file(path):
        raise BackupError("backup.no_database", path=str(path))
    with sole_use_of(path) as no_bot_runs:
        if no_bot_runs:
            async with opened(url) as database:
                return await keep_copy(database, target, overwrite=overwrite, progress=progress)
    progress("copying", 0, 0)
    async with _finished(target, overwrite) as part, copy_by_running_bot(path, sleep) as copy:
        await asyncio.to_thread(shutil.move, copy, part)
        report = await _list_and_check(part, progress)
    return replace(report, path=target)


async def keep_copy(
    database: Database, target: Path, *, overwrite: bool = False, progress: Progress = silent
) -> BackupReport:
    """Copy an open database that nobody else has open."""
    _must_not_be_there(target, overwrite)
    async with _finished(target, overwrite) as part:
        if database.dialect == "sqlite":
            progress("copying", 0, 0)
            await database.copy_sqlite_to(str(part))
            report = await _list_and_check(part, progress)
        else:
            sums = await _export(database, part, progress)
            report = await _list_and_check(part, progress, sums)
    return replace(report, path=target)


async def verify(path: Path, *, progress: Progress = silent) -> BackupReport:
    """Look at every row of a copy. Raises BackupError when it is not, to the byte, what was written."""
    size = await asyncio.to_thread(_size_of_file, path)
    try:
        async with opened_file(path) as copy:
            await _look_at_pages(copy)
            found = await _revision_of(copy)
            listed = await _listed(copy)
            sums = await add_up(copy, await tables_of(copy), "checking", progress)
            sums[_SCHEMA] = await _sum_of_schema(copy)
            if broken := differing(listed, sums):
                raise BackupError("backup.damaged", where=broken)
            head = await _end_of_chain(copy)
    except (sa.exc.SQLAlchemyError, ValueError, TypeError) as error:
        raise BackupError("backup.damaged", where=str(getattr(error, "orig", error))) from error
    tables = {name: one.rows for name, one in sums.items() if name != _SCHEMA}
    return BackupReport(path, size, found, tables, head)


# -- writing ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _finished(target: Path, overwrite: bool) -> AsyncIterator[Path]:
    """A file beside the target to write to; it becomes the target, durably, when the block ends well."""
    part = target.with_name(f"{target.name}.part")
    with telling_of_full_disk():
        try:
            await asyncio.to_thread(_begin, part)
            yield part
            await asyncio.to_thread(_finish, part, target, overwrite)
        finally:
            part.unlink(missing_ok=True)


def _begin(part: Path) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)


def _finish(part: Path, target: Path, overwrite: bool) -> None:
    part.chmod(0o600)  # it holds names and telephone numbers
    make_durable(part)
    _must_not_be_there(target, overwrite)
    part.replace(target)
    make_durable(target.parent)


def make_durable(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def telling_of_full_disk() -> Iterator[None]:
    """Turns what SQLite and the system say of a full disk into one error."""
    try:
        yield
    except (OSError, sa.exc.OperationalError) as error:
        orig = getattr(error, "orig", error)
        if getattr(orig, "errno", None) == errno.ENOSPC or getattr(orig, "sqlite_errorname", "") == "SQLITE_FULL":
            raise BackupError("backup.no_space") from error
        raise


async def _export(database: Database, part: Path, progress: Progress) -> dict[str, Sum]:
    """All tables of a PostgreSQL database, as of one instant, into a new file of the same revision."""

    async def read(source: AsyncConnection) -> dict[str, Sum]:
        await source.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        found = await revision(source)
        if found is None:
            raise BackupError("backup.no_database", path=source.engine.url.database)
        check(found)

        async def write(target: AsyncConnection) -> dict[str, Sum]:
            await migrate(target, found)
            return await carry(source, target, "copying", progress)

        async with opened(sqlite_url(part)) as copy:
            return await copy.write(write)

    return await database.read(read)


async def _list_and_check(part: Path, progress: Progress, sums: Mapping[str, Sum] | None = None) -> BackupReport:
    """Write the list of sums into a fresh copy, then look at it as a stranger would. `sums`: what was read where the
    copy comes from, so that the copy is measured by that and not by itself."""
    async with opened_file(part, writable=True) as copy:
        await copy.execute(sa.text("PRAGMA journal_mode=DELETE"))
        listed = sums if sums is not None else await add_up(copy, await tables_of(copy), "checking", progress)
        listed = {**listed, _SCHEMA: await _sum_of_schema(copy)}
        await copy.execute(sa.text(f"CREATE TABLE {MANIFEST} (name TEXT PRIMARY KEY, rows INTEGER, digest TEXT)"))
        rows = [{"name": name, "rows": one.rows, "digest": one.digest} for name, one in listed.items()]
        await copy.execute(sa.insert(manifest), rows)
    return await verify(part, progress=progress)


# -- looking ----------------------------------------------------------------------------------------------------------


def _is_file(path: Path) -> bool:
    return path.is_file()


def _must_not_be_there(target: Path, overwrite: bool) -> None:
    if target.exists() and not overwrite:
        raise BackupError("backup.exists", path=str(target))


def _size_of_file(path: Path) -> int:
    if not path.is_file():
        raise BackupError("backup.missing", path=str(path))
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(_MAGIC):
        raise BackupError("backup.not_a_backup", path=str(path))
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    size = path.stat().st_size
    if size != (65536 if page == 1 else page) * pages:
        raise BackupError("backup.damaged", where="length")
    return size


async def _look_at_pages(copy: AsyncConnection) -> None:
    if (said := await copy.scalar(sa.text("PRAGMA integrity_check"))) != "ok":
        raise BackupError("backup.damaged", where=str(said))
    if (loose := (await copy.execute(sa.text("PRAGMA foreign_key_check"))).first()) is not None:
        raise BackupError("backup.damaged", where=f"{loose[0]}: foreign key")


async def _revision_of(copy: AsyncConnection) -> str:
    found = await revision(copy)
    if found is None:
        raise BackupError("backup.not_a_backup", path=copy.engine.url.database)
    if not is_known(found):
        raise BackupError("backup.newer", found=found, known=newest())
    return found


async def _listed(copy: AsyncConnection) -> dict[str, Sum]:
    there = await copy.run_sync(lambda sync: sa.inspect(sync).has_table(MANIFEST))
    if not there:
        raise BackupError("backup.not_a_backup", path=copy.engine.url.database)
    return {row.name: Sum(row.rows, row.digest) for row in await copy.execute(sa.select(manifest))}


_definitions = sa.text(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name != :manifest"
    " UNION ALL SELECT 'revision', version_num, '', '' FROM alembic_version ORDER BY 1, 2"
).bindparams(manifest=MANIFEST)


async def _sum_of_schema(copy: AsyncConnection) -> Sum:
    rows = (await copy.execute(_definitions)).all()
    return Sum(len(rows), sha256("\n".join("|".join(row) for row in rows).encode()).hexdigest())


async def _end_of_chain(copy: AsyncConnection) -> tuple[int, str] | None:
    """The last line of the timeline once the whole chain has held. A timeline of another shape, of another age, is
    covered by its sum alone."""
    shape = {t.name: set(t.columns.keys()) for t in await tables_of(copy)}.get(timeline.name)
    if shape != set(timeline.columns.keys()):
        return None
    lines = TimelineTable(copy)
    if (broken := await lines.verify()) is not None:
        raise BackupError("backup.damaged", where=f"timeline {broken}")
    return await lines.head()
