"""Migrations: they make what the code expects, at every start, whole or not at all."""

import asyncio
import re
import sqlite3
import sys
import textwrap
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

import storage.store  # noqa: F401 - every family of tables
from domain.ledger_words import pairs_of
from storage.backup import verify
from storage.database import metadata, opened, sqlite_url
from storage.errors import BackupError, SchemaError
from storage.migrations.__main__ import write_script
from storage.revisions import VERSIONS, migrate, newest, revision
from storage.schema import current, upgrade
from storage.store import SqlStore
from storage.word_index import hazard_pair
from tests.storage.filling import fill, fill_old
from tests.support.databases import Databases, Each, Hands, sqlite_path

_TYPE = r"(?:TEXT|BIGINT|INTEGER|BOOLEAN|DATETIME|DATE|FLOAT)\b"
HOW_TO = 'the tables are ahead of the migrations: run  python -m storage.migrations "what changes"'


# -- what they make ---------------------------------------------------------------------------------------------------


async def test_alembic_finds_no_difference_between_migrations_and_tables(url: str) -> None:
    def compare(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with opened(url) as database:
        assert await database.write(lambda c: c.run_sync(compare)) == [], HOW_TO


async def test_migrations_make_exactly_the_tables_of_the_code(url: str, empty_url: str, dialect: str) -> None:
    """Alembic knows nothing of CHECKs, partial indexes and much else: compare what the database itself says."""
    look = _sqlite_definitions if dialect == "sqlite" else _postgres_definitions
    async with opened(empty_url) as database:
        await database.write(lambda connection: connection.run_sync(metadata.create_all))
        wanted = await database.read(look)
    async with opened(url) as database:
        made = await database.read(look)

    assert made == wanted, HOW_TO


async def _sqlite_definitions(connection: AsyncConnection) -> dict[str, list[str]]:
    query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index')"
    rows = (await connection.execute(sa.text(query))).all()
    return {name: sorted(_clauses(sql)) for name, sql in rows if name != "alembic_version"}


def _clauses(sql: str) -> list[str]:
    """A definition in its parts, without layout: the order of constraints means nothing. A column that was added later
    stands on the line of the one before it."""
    parts = re.split(rf",\s*\n|\n|, (?=\w+ {_TYPE})", sql)
    return [re.sub(r"\s+", " ", part).strip(' ,"').replace('"', "") for part in parts]


async def _postgres_definitions(connection: AsyncConnection) -> dict[str, list[str]]:
    query = """
        SELECT table_name, concat_ws(' ', column_name, data_type, is_nullable, column_default, identity_generation)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT c.relname, concat_ws(' ', d.objsubid, d.description)
        FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE c.relnamespace = 'public'::regnamespace
    """
    made: dict[str, list[str]] = {}
    for table, line in sorted((await connection.execute(sa.text(query))).all()):
        if table != "alembic_version":
            made.setdefault(table, []).append(line)
    return made


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE timeline SET what = 'y' WHERE seq = 2",
        "UPDATE timeline SET hash = hash",
        "DELETE FROM timeline WHERE seq = 12",
        "DELETE FROM timeline",
    ],
)
async def test_the_database_itself_refuses_to_change_the_timeline(url: str, change: str) -> None:
    await _refused(url, change)


async def test_sqlite_refuses_to_replace_a_line_of_the_timeline(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        await _refused(url, "INSERT OR REPLACE INTO timeline SELECT * FROM timeline WHERE seq = 4")
        await _refused(
            url, "INSERT INTO timeline SELECT -1, at, actor, subject, what, facts, hash FROM timeline LIMIT 1"
        )


async def test_postgresql_refuses_to_empty_the_timeline(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url:
        await _refused(url, "TRUNCATE timeline")


async def _refused(url: str, change: str) -> None:
    async with opened(url) as database:
        each = Each(SqlStore(database, Hands().now))
        if await each.timeline.head() is None:
            await fill(SqlStore(database, Hands().now))
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await database.write(lambda connection: connection.execute(sa.text(change)))
        assert await each.timeline.verify() is None
        assert (await each.timeline.head())[0] == 12


async def test_revisions_are_numbered_in_one_line_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))

    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    assert newest() == numbers[-1]


# -- a start ----------------------------------------------------------------------------------------------------------


async def test_a_first_start_makes_everything_and_a_second_nothing(empty_url: str) -> None:
    await upgrade(empty_url)
    assert await current(empty_url) == newest()
    async with opened(empty_url) as database:
        await fill(SqlStore(database, Hands().now))

    await upgrade(empty_url)

    async with opened(empty_url) as database:
        assert (await Each(SqlStore(database, Hands().now)).timeline.head())[0] == 12


async def test_a_newer_database_is_refused_and_left_alone(url: str, tmp_path: Path) -> None:
    async with opened(url) as database:
        await database.write(lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(SchemaError) as error:
        await upgrade(url)

    assert (error.value.key, error.value.facts) == ("schema.newer", {"found": "9999", "known": newest()})
    assert await current(url) == "9999"
    assert not _copies(tmp_path)


async def test_tables_that_no_migration_made_are_refused(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await database.write(lambda connection: connection.run_sync(metadata.create_all))

    with pytest.raises(SchemaError) as error:
        await upgrade(empty_url)

    assert error.value.key == "schema.unversioned"


async def test_two_machines_that_start_together_migrate_once(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path, migrated=False) as url:
        await asyncio.gather(upgrade(url), upgrade(url), upgrade(url))

        assert await current(url) == newest()


# -- an upgrade -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def old_url(empty_url: str) -> str:
    """A database with rows in it, one migration behind."""
    async with opened(empty_url) as database:
        await database.write(lambda connection: migrate(connection, "0001"))
        await fill_old(database)
    return empty_url


def _copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.before-*"))


async def test_before_an_upgrade_a_verified_copy_is_put_aside(old_url: str, tmp_path: Path) -> None:
    await upgrade(old_url, backups=tmp_path)

    assert await current(old_url) == newest()
    (copy,) = _copies(tmp_path)
    report = await verify(copy)
    assert (report.revision, report.tables["timeline"]) == ("0001", 12)
    async with opened(old_url) as database:
        each = Each(SqlStore(database, Hands().now))
        assert await each.timeline.verify() is None
        assert len(await each.people.all()) == 3


async def test_on_sqlite_the_copy_lies_beside_the_database(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path, migrated=False) as url:
        async with opened(url) as database:
            await database.write(lambda connection: migrate(connection, "0001"))
        await upgrade(url)

        assert [copy.name for copy in _copies(tmp_path)] == [f"{sqlite_path(url).stem}.before-{newest()}.db"]


async def test_postgresql_is_not_upgraded_without_a_place_for_the_copy(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path, migrated=False) as url:
        async with opened(url) as database:
            await database.write(lambda connection: migrate(connection, "0001"))

        with pytest.raises(SchemaError) as error:
            await upgrade(url)

        assert error.value.key == "schema.no_backup_dir"
        assert await current(url) == "0001"


async def test_without_a_copy_there_is_no_upgrade(
    old_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise BackupError("backup.no_space")

    monkeypatch.setattr("storage.schema.keep_copy", fails)
    with pytest.raises(BackupError):
        await upgrade(old_url, backups=tmp_path)

    assert await current(old_url) == "0001"


async def test_the_copy_of_an_upgrade_that_was_broken_off_is_made_anew(old_url: str, tmp_path: Path) -> None:
    broken_off = (
        tmp_path / f"{'shouwang' if 'postgresql' in old_url else sqlite_path(old_url).stem}.before-{newest()}.db"
    )
    broken_off.write_text("half of it")

    await upgrade(old_url, backups=tmp_path)

    assert (await verify(broken_off)).tables["timeline"] == 12


async def test_a_migration_that_fails_in_the_middle_leaves_the_old_schema(
    old_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migrate

    async def breaks(connection: AsyncConnection, to: str = "head") -> None:
        await real(connection, to)
        await connection.execute(sa.text("CREATE TABLE half (id INTEGER)"))
        raise LookupError("broken off")

    monkeypatch.setattr("storage.schema.migrate", breaks)
    with pytest.raises(LookupError):
        await upgrade(old_url, backups=tmp_path)

    async with opened(old_url) as database:
        assert await database.read(revision) == "0001"
        assert "half" not in await database.read(lambda c: c.run_sync(lambda sync: sa.inspect(sync).get_table_names()))
        await database.write(lambda c: c.execute(sa.text("UPDATE timeline SET what = what")))


KILLED = """
    import asyncio, os, sys
    from storage import schema
    from storage.revisions import migrate

    async def killed(connection, to="head"):
        await migrate(connection, to)
        os.kill(os.getpid(), 9)

    schema.migrate = killed
    asyncio.run(schema.upgrade(sys.argv[1]))
"""


@pytest.mark.crash
async def test_a_process_killed_in_a_migration_leaves_the_old_schema_and_the_next_start_goes_on(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.fresh("sqlite", tmp_path, migrated=False) as url:
        async with opened(url) as database:
            await database.write(lambda connection: migrate(connection, "0001"))
            await fill_old(database)
        script = textwrap.dedent(KILLED)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, url)

        assert await process.wait() == -9
        assert await current(url) == "0001"
        await upgrade(url)

        assert await current(url) == newest()
        async with opened(url) as database:
            assert await Each(SqlStore(database, Hands().now)).timeline.verify() is None


# -- writing the next one ---------------------------------------------------------------------------------------------


async def test_the_next_migration_is_written_from_the_difference(tmp_path: Path) -> None:
    for script in VERSIONS.glob("[0-9]*.py"):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    extra = sa.Table("parade", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
    try:
        await write_script("A table for the parade", "0099", tmp_path)
    finally:
        metadata.remove(extra)

    written = (tmp_path / "0099_a_table_for_the_parade.py").read_text()
    assert "op.create_table('parade'" in written
    assert written.count("op.") == written.count("op.create_table") + written.count("op.f(")
    assert "def downgrade" not in written


async def test_no_migration_trips_over_rows_that_refer_to_each_other(tmp_path: Path) -> None:
    """Every table gets a row as soon as it is there. Dropped to be built anew, a table that others refer to is lost."""
    async with opened(sqlite_url(tmp_path / "grown.db")) as database:
        for number in range(1, int(newest()) + 1):
            await database.write(lambda connection, to=f"{number:04d}": migrate(connection, to))
            await database.write(lambda connection: connection.run_sync(_a_row_in_every_table))

        async def dangling(connection: AsyncConnection) -> list[Any]:
            return list(await connection.execute(sa.text("PRAGMA foreign_key_check")))

        assert await database.read(dangling) == []


def _a_row_in_every_table(connection: sa.Connection) -> None:
    connection.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
    connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    for name in sa.inspect(connection).get_table_names():
        if name != "alembic_version" and not connection.scalar(sa.text(f"SELECT count(*) FROM {name}")):
            columns = sa.inspect(connection).get_columns(name)
            values = {one["name"]: 1 for one in columns if not one["nullable"] or str(one["type"]) == "BIGINT"}
            fields = ", ".join(f'"{one}"' for one in values)
            connection.execute(sa.text(f"INSERT INTO {name} ({fields}) VALUES ({', '.join('1' for _ in values)})"))


def test_sqlite_can_do_what_the_migrations_ask_of_it() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35), "RETURNING, and DROP COLUMN in later migrations"


# -- rows that were there before --------------------------------------------------------------------------------------

_OLD_WORDS = ("溢洪道堵了，水漫坝顶", "后山裂缝变宽A12", "𠮷家坑滑坡", "堵")


async def test_hazards_of_before_are_found_by_their_words_after_the_upgrade(empty_url: str) -> None:
    """0024 fills the table of pairs from the rows there are, as storage/word_index.py does for new ones."""
    looked_for = {"裂缝": [2], "洪道": [1], "a1": [2], "𠮷家": [3], "堵": [4], "石梁": []}
    async with opened(empty_url) as database:
        await database.write(lambda connection: migrate(connection, "0023"))
        await database.write(_enter_old_hazards)
        await database.write(migrate)
        for pair, ids in looked_for.items():
            query = sa.select(hazard_pair.c.hazard_id).where(hazard_pair.c.pair == pair)
            assert await database.read(partial(_column, query=query)) == ids, pair
        for number, words in enumerate(_OLD_WORDS, 1):
            query = sa.select(hazard_pair.c.pair).where(hazard_pair.c.hazard_id == number)
            assert set(await database.read(partial(_column, query=query))) == set(pairs_of(words))


async def _column(connection: AsyncConnection, query: sa.Select[Any]) -> list[Any]:
    return list((await connection.scalars(query)).all())


async def _enter_old_hazards(connection: AsyncConnection) -> None:
    """As the table was then: what it demands, and the words."""
    columns = await connection.run_sync(lambda sync: sa.inspect(sync).get_columns("hazard"))
    table = sa.table("hazard", *(sa.column(one["name"], one["type"]) for one in columns))
    blank: dict[str, Any] = {"category": "H01", "grade": "open", "state": "reported", "place": "331124001001"}
    for one in columns:
        if not one["nullable"] and one.get("default") is None and one["name"] not in blank:
            blank[one["name"]] = _of_type(one["type"])
    for number, words in enumerate(_OLD_WORDS, 1):
        row = blank | {"id": number, "number": f"2026-{number:04}", "what": words}
        await connection.execute(sa.insert(table).values(row))


def _of_type(kind: Any) -> object:
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 6, 20, 8, tzinfo=UTC)
    return 0 if isinstance(kind, sa.Integer) else ""
