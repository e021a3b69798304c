"""Bring a database to the present schema: forward only, in one transaction, after a copy was put aside.

1. Nothing there: every migration runs.
2. Up to date: nothing happens, whatever the number of starts.
3. Behind: a verified copy is made first, then all missing migrations run in one transaction. A process killed in the
   middle leaves the old schema with all its rows, and the next start begins again.
4. Ahead of the code, or made by somebody else: refused before anything is touched.
"""

import logging
from pathlib import Path

from storage.backup import keep_copy
from storage.database import Database, opened, sqlite_path
from storage.errors import SchemaError
from storage.revisions import check, migrate, newest, revision

log = logging.getLogger(__name__)


async def upgrade(url: str, *, backups: Path | None = None) -> None:
    """Bring the database to the schema of this code; safe at every start. Raises SchemaError, and BackupError when
    the copy cannot be made: then nothing has been changed.

    `backups` is the folder for the copy that is made before an existing database is changed; on SQLite, where it is
    not given, the folder of the database itself.
    """
    async with opened(url) as database:
        found = await database.read(revision)
        if found == newest():
            return
        check(found)
        if found is not None:
            await _put_copy_aside(database, backups)
        await database.write(migrate)
    log.info("schema upgraded from=%s to=%s", found or "nothing", newest())


async def current(url: str) -> str | None:
    """The revision a database is at, None for an empty one."""
    async with opened(url) as database:
        return await database.read(revision)


async def _put_copy_aside(database: Database, backups: Path | None) -> None:
    """One copy for each upgrade; the copy of an attempt that was broken off is replaced, rows may have come since."""
    path = sqlite_path(database.url)
    folder = backups or (None if path is None else path.parent)
    if folder is None:
        raise SchemaError("schema.no_backup_dir")
    name = "shouwang" if path is None else path.stem
    kept = await keep_copy(database, folder / f"{name}.before-{newest()}.db", overwrite=True)
    log.info("copy before the upgrade path=%s bytes=%s", kept.path, kept.size)
