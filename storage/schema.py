"""Bring a database to the present schema: forward only, in one transaction, after a copy was put aside.

1. Nothing there: every migration runs.
2. Up to date: nothing happens, whatever the number of starts.
3. Behind: a verified copy is made first, then all missing migrations run in one transaction. A process killed in the
   middle leaves the old schema with all its rows, and the next start begins again.
4. Ahead of the code, or made by somebody else: refused before anything is touched.

On SQLite the transaction keeps everybody else out; on PostgreSQL an advisory lock does, so that two machines that
start together migrate once.
"""

import logging
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)

SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = SCRIPTS / "versions"
VERSION_TABLE = "alembic_version"
_MIGRATION_LOCK = 0x53574C4D
"""the advisory lock held while a PostgreSQL database is migrated"""


async def upgrade(url: str, *, backups: Path | None = None) -> None:
    """Bring the database to the schema of this code; safe at every start. Raises SchemaError.

    `backups` is where the copy goes that is made before an existing database is changed; on SQLite the folder of the
    database itself where it is not given.
    """
    async with opened(url) as database:
        found = await database.write(revision)
        if found == newest():
            return
        check(found)
        if found is not None:
            await _put_copy_aside(url, database, found, backups)
        await database.write(migrate)
    log.info("schema upgraded from=%s to=%s", found or "nothing", newest())


async def current(url: str) -> str | None:
    """The revision a database is at, None for an empty one. Creates nothing but, on SQLite, the file."""
    async with opened(url) as database:
        return await database.read(revision)


def newest() -> str:
    """The revision this code was written for."""
    head = ScriptDirectory(str(SCRIPTS)).get_current_head()
    assert head is not None
    return head


def check(found: str | None) -> None:
    """Raises SchemaError when the revision is none of ours: then the database knows more than this code."""
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError("schema.newer", found=found, known=newest())


async def revision(connection: AsyncConnection) -> str | None:
    """Revision of the open database. Raises SchemaError when its tables are not the work of our migrations."""

    def look(sync: sa.Connection) -> str | None:
        found = MigrationContext.configure(sync).get_current_revision()
        if found is None and sa.inspect(sync).get_table_names():
            raise SchemaError("schema.unversioned")
        return found

    return await connection.run_sync(look)


async def migrate(connection: AsyncConnection, to: str = "head") -> None:
    """Run the missing migrations inside the open transaction."""

    def run(sync: sa.Connection) -> None:
        if sync.dialect.name == "postgresql":
            sync.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        command.upgrade(configured(sync), to)

    await connection.run_sync(run)


def configured(connection: sa.Connection, versions: Path = VERSIONS) -> Config:
    """Alembic's configuration, made here: no alembic.ini is needed anywhere."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


@asynccontextmanager
async def opened(url: str) -> "AsyncIterator[Database]":
    database = await Database.open(url)
    try:
        yield database
    finally:
        await database.close()


async def _put_copy_aside(url: str, database: Database, found: str, backups: Path | None) -> None:
    raise NotImplementedError
