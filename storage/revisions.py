"""Which schema a database has, which this code was written for, and the way from one to the other.

Alembic does the walking; no alembic.ini is needed anywhere. See storage/migrations for the scripts and storage.schema
for what a start does with them.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engines import plainly
from storage.errors import SchemaError

SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = SCRIPTS / "versions"
VERSION_TABLE = "alembic_version"
_MIGRATION_LOCK = 0x53574C4D
"""the advisory lock held while a PostgreSQL database is migrated"""


def newest() -> str:
    """The revision this code was written for."""
    head = ScriptDirectory(str(SCRIPTS)).get_current_head()
    assert head is not None
    return head


def is_known(found: str) -> bool:
    """False for a revision of a newer version of the code."""
    return found in {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}


def check(found: str | None) -> None:
    """Raises SchemaError when the database knows more than this code."""
    if found is not None and not is_known(found):
        raise SchemaError("schema.newer", found=found, known=newest())


async def revision(connection: AsyncConnection) -> str | None:
    """The revision a database is at, None for one without a table. Raises SchemaError when its tables are not the
    work of our migrations."""

    def look(sync: sa.Connection) -> str | None:
        found = MigrationContext.configure(sync).get_current_revision()
        if found is None and sa.inspect(sync).get_table_names():
            raise SchemaError("schema.unversioned")
        return found

    return await connection.run_sync(look)


async def migrate(connection: AsyncConnection, to: str = "head") -> None:
    """Run the missing migrations inside the open transaction. Two machines that start together wait for each other.
    A SQLite connection looks at no references afterwards: it is for this and to be closed."""

    def run(sync: sa.Connection) -> None:
        if sync.dialect.name == "postgresql":
            sync.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            command.upgrade(configured(sync), to)
            return
        _look_at_no_references(sync)
        command.upgrade(configured(sync), to)
        if dangling := sync.execute(sa.text("PRAGMA foreign_key_check")).first():
            raise SchemaError("schema.dangling", table=dangling[0])

    await connection.run_sync(run)


def _look_at_no_references(sync: sa.Connection) -> None:
    """A table that others refer to is built anew beside the old one, which may be dropped only so. The setting does
    nothing in an open transaction: the one just begun, still empty, makes room for it."""
    for statement in ("COMMIT", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
        plainly(sync, statement)


def configured(connection: sa.Connection, versions: Path = VERSIONS) -> Config:
    """What Alembic has to be told, around an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
