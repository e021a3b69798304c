"""Copies that can be trusted: from both databases, into both, and never a bad one."""

import asyncio
import random
import shutil
import sqlite3
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import DomainError
from storage.backup import backup, verify
from storage.backup_requests import serve_backup_requests, sole_use_of
from storage.copying import Sum, add_up, silent, tables_of
from storage.database import Database, opened
from storage.errors import BackupError
from storage.restore import restore
from storage.revisions import migrate, newest
from storage.schema import current
from storage.store import SqlStore
from tests.storage.filling import fill, fill_old, message, people
from tests.support.databases import DIALECTS, Databases, Each, Hands, sqlite_path


async def filled(url: str, **how: int) -> dict[str, Sum]:
    """Put rows into the database at `url`; returns its sums."""
    async with opened(url) as database:
        await fill(SqlStore(database, Hands().now), **how)
    return await sums_of(url)


async def sums_of(url: str, tables: Sequence[sa.Table] = ()) -> dict[str, Sum]:
    """`tables`: with these columns alone; otherwise as they are."""

    async def add(connection: AsyncConnection) -> dict[str, Sum]:
        return await add_up(connection, tables or await tables_of(connection), "", silent)

    async with opened(url) as database:
        return await database.read(add)


async def tables_in(url: str) -> list[sa.Table]:
    async with opened(url) as database:
        return await database.read(tables_of)


def key_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.key


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def rewrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.fixture(params=DIALECTS)
def other_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Any:
    """A second, empty database: of the same kind in one run and of the other kind in the next."""
    with databases.fresh(request.param, tmp_path, migrated=False) as made:
        yield made


# -- there and back ---------------------------------------------------------------------------------------------------


async def test_a_county_moves_from_any_database_to_any_other_and_loses_nothing(
    url: str, other_url: str, tmp_path: Path
) -> None:
    before = await filled(url)
    assert sum(one.rows for one in before.values()) > 40

    report = await backup(url, tmp_path / "copy.db")
    again = await restore(tmp_path / "copy.db", other_url)

    assert await sums_of(other_url) == before
    assert {name: one.rows for name, one in before.items()} == report.tables
    assert (again.tables, again.timeline, again.revision) == (report.tables, report.timeline, newest())


async def test_a_restored_county_goes_on_working(url: str, other_url: str, tmp_path: Path) -> None:
    await filled(url)
    await backup(url, tmp_path / "copy.db")
    await restore(tmp_path / "copy.db", other_url)

    async with opened(other_url) as database:
        each = Each(SqlStore(database, Hands().now))
        assert await each.outbox.put(message(77)) == 1
        assert await each.outbox.put(message(0)) == 0, "keys are still known"
        newcomer = await each.people.add(name="新来的", phone="13999999999")
        assert newcomer == 4
        assert await each.counters.next("warning") == 2
        await each.timeline.add("restored", subject="warning:1", actor=None, at=Hands().now())
        assert await each.timeline.verify() is None
        assert (await each.timeline.head())[0] == 13
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await database.write(_change_a_line)
        with pytest.raises(sa.exc.IntegrityError):
            await database.write(_orphan)


async def _change_a_line(connection: AsyncConnection) -> None:
    await connection.execute(sa.text("UPDATE timeline SET what = 'x' WHERE seq = 2"))


async def _orphan(connection: AsyncConnection) -> None:
    await connection.execute(sa.text("UPDATE person SET deputy_id = 4711 WHERE id = 1"))


async def test_a_copy_of_an_older_version_is_brought_to_the_present_schema(
    empty_url: str, other_url: str, tmp_path: Path
) -> None:
    async with opened(empty_url) as database:
        await database.write(lambda connection: migrate(connection, "0001"))
        await fill_old(database)
    before, old = await sums_of(empty_url), await tables_in(empty_url)

    made = await backup(empty_url, tmp_path / "copy.db")
    again = await restore(tmp_path / "copy.db", other_url)

    assert made.revision == again.revision == "0001"
    assert await current(other_url) == newest()
    assert await sums_of(other_url, old) == before
    after = await sums_of(other_url)
    assert {one.rows for name, one in after.items() if name not in before} <= {0}  # tables of later versions
    async with opened(other_url) as database:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await database.write(_change_a_line)


async def test_a_copy_is_one_private_file_and_leaves_nothing_beside_it(url: str, tmp_path: Path) -> None:
    await filled(url)
    folder = tmp_path / "备份 100%?#"

    report = await backup(url, folder / "县.db")

    assert [path.name for path in folder.iterdir()] == ["县.db"]
    assert report.size == (folder / "县.db").stat().st_size
    assert (folder / "县.db").stat().st_mode & 0o777 == 0o600


async def test_the_sums_do_not_depend_on_the_kind_of_database(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path) as one, databases.fresh("postgresql", tmp_path) as other:
        assert await filled(one) == await filled(other)


async def test_progress_is_told_and_ends_at_the_whole(url: str, tmp_path: Path) -> None:
    await filled(url)
    told: list[tuple[str, int, int]] = []

    report = await backup(url, tmp_path / "copy.db", progress=lambda *how: told.append(how))

    assert {stage for stage, _, _ in told} == {"copying", "checking"}
    assert told[-1][1] == told[-1][2] == sum(report.tables.values())


async def test_a_copy_is_of_one_instant_while_others_go_on_writing(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url:
        before = await filled(url, messages=1200)
        async with opened(url) as writer:
            each, writing = Each(SqlStore(writer, Hands().now)), []

            def meanwhile(stage: str, done: int, total: int) -> None:
                if stage == "copying" and not writing:
                    writing.append(asyncio.ensure_future(each.counters.next("warning")))
                    writing.append(asyncio.ensure_future(each.outbox.put(message(50_000))))

            report = await backup(url, tmp_path / "copy.db", progress=meanwhile)
            await asyncio.gather(*writing)

        assert report.tables["outbox"] == before["outbox"].rows
        async with opened(f"sqlite+aiosqlite:///{tmp_path}/copy.db") as copy:
            assert await copy.read(_counted) == 1


async def _counted(connection: AsyncConnection) -> object:
    return await connection.scalar(sa.text("SELECT value FROM counter WHERE name = 'warning'"))


# -- while the bot runs -----------------------------------------------------------------------------------------------


class Ticking:
    """The running bot: its lock, its connection, and a tick each time somebody waits."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.works = True
        self.ticks = 0

    async def sleep(self, _seconds: float) -> None:
        self.ticks += 1
        if self.works:
            await serve_backup_requests(self.database)


@pytest.fixture
async def bot(databases: Databases, tmp_path: Path) -> AsyncIterator[Ticking]:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(databases.fresh("sqlite", tmp_path))
        path = sqlite_path(url)
        assert stack.enter_context(sole_use_of(path))
        yield Ticking(await stack.enter_async_context(opened(url)))


async def test_the_running_bot_makes_the_copy_itself(bot: Ticking, tmp_path: Path) -> None:
    await fill(SqlStore(bot.database, Hands().now))

    report = await backup(bot.database.url, tmp_path / "copy.db", sleep=bot.sleep)

    assert report.tables["timeline"] == 12
    assert bot.ticks == 1
    assert not found(tmp_path, ".backup-*")


async def test_a_bot_that_does_not_answer_is_not_waited_for_for_ever(bot: Ticking, tmp_path: Path) -> None:
    bot.works = False

    with pytest.raises(BackupError) as error:
        await backup(bot.database.url, tmp_path / "copy.db", sleep=bot.sleep)

    assert key_of(error) == "backup.no_answer"
    assert bot.ticks == 150
    assert not found(tmp_path, ".backup-*")
    assert not found(tmp_path, "copy.db*")


async def test_what_the_bot_could_not_do_is_told_to_who_asked(bot: Ticking, tmp_path: Path) -> None:
    async def spoil(seconds: float) -> None:
        for folder in found(tmp_path, ".backup-*"):
            (folder / "copy.db").mkdir()
        await bot.sleep(seconds)

    with pytest.raises(BackupError) as error:
        await backup(bot.database.url, tmp_path / "copy.db", sleep=spoil)

    assert key_of(error) == "backup.failed"
    assert await serve_backup_requests(bot.database) == 0


async def test_a_bot_that_dies_meanwhile_is_noticed(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        lock = sole_use_of(sqlite_path(url))
        assert lock.__enter__()

        async def die(_seconds: float) -> None:
            lock.__exit__(None, None, None)

        with pytest.raises(BackupError) as error:
            await backup(url, tmp_path / "copy.db", sleep=die)

    assert key_of(error) == "backup.no_answer"


async def test_the_request_of_somebody_who_died_is_cleared_away(bot: Ticking, tmp_path: Path) -> None:
    left = tmp_path / ".backup-dead"
    left.mkdir()
    (left / "request").touch()
    (left / "copy.db").touch()

    assert await serve_backup_requests(bot.database) == 0
    assert not left.exists()


async def test_a_copy_that_an_earlier_run_left_half_done_is_made_again(bot: Ticking, tmp_path: Path) -> None:
    async def half_done(seconds: float) -> None:
        for folder in found(tmp_path, ".backup-*"):
            (folder / "taken").touch()
            (folder / "copy.db").write_bytes(b"half")
        await bot.sleep(seconds)

    report = await backup(bot.database.url, tmp_path / "copy.db", sleep=half_done)

    assert report.revision == newest()


async def test_nobody_asks_a_bot_on_postgresql(database: Database, dialect: str) -> None:
    assert await serve_backup_requests(database) == 0


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def good_copy(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")

    async def make(url: str) -> Path:
        await filled(url)
        return (await backup(url, folder / "copy.db")).path

    with databases.fresh("sqlite", folder) as url:
        return asyncio.run(make(url))


@pytest.fixture
def copy(good_copy: Path, tmp_path: Path) -> Path:
    """A good copy of a filled county."""
    return shutil.copyfile(good_copy, tmp_path / "given.db")


async def refused(path: Path) -> BackupError:
    with pytest.raises(BackupError) as error:
        await verify(path)
    return error.value


async def test_an_existing_file_is_only_overwritten_when_asked(url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("holiday pictures")

    with pytest.raises(BackupError) as error:
        await backup(url, target)
    assert key_of(error) == "backup.exists"
    assert target.read_text() == "holiday pictures"

    await backup(url, target, overwrite=True)
    assert (await verify(target)).revision == newest()


async def test_a_failed_copy_leaves_the_older_one_alone(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backup(url, tmp_path / "copy.db")
    before = (tmp_path / "copy.db").read_bytes()
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"

    async def fails(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, full)

    monkeypatch.setattr("storage.backup._list_and_check", fails)
    with pytest.raises(BackupError) as error:
        await backup(url, tmp_path / "copy.db", overwrite=True)

    assert key_of(error) == "backup.no_space"
    assert (tmp_path / "copy.db").read_bytes() == before
    assert not found(tmp_path, "*.part*")


async def test_there_is_nothing_to_copy_where_there_is_no_database(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError) as error:
        await backup(empty_url, tmp_path / "copy.db")

    assert key_of(error) in {"backup.no_database", "backup.not_a_backup"}
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("kept", [0, 50, 99, 4096, 0.5, 0.99, -1])
async def test_a_truncated_copy_is_refused(copy: Path, kept: float) -> None:
    whole = bytes_of(copy)
    size = int(len(whole) * kept) if isinstance(kept, float) else kept
    rewrite(copy, whole[:size])

    assert (await refused(copy)).key in {"backup.not_a_backup", "backup.damaged"}


async def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("尊敬的领导" * 100)
    assert (await refused(tmp_path / "letter")).key == "backup.not_a_backup"
    assert (await refused(tmp_path / "nothing")).key == "backup.missing"

    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE outbox (id INTEGER)")
    other.close()
    with pytest.raises(DomainError) as error:
        await verify(tmp_path / "other.db")
    assert key_of(error) == "schema.unversioned"


async def test_a_plain_database_without_the_list_of_sums_is_no_copy(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        assert (await refused(sqlite_path(url))).key == "backup.not_a_backup"


async def test_a_copy_of_a_newer_version_is_refused(copy: Path) -> None:
    with sqlite3.connect(copy) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()

    error = await refused(copy)
    assert (error.key, error.facts) == ("backup.newer", {"found": "9999", "known": newest()})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE person SET phone = '13800000009' WHERE id = 1",
        "UPDATE obligation SET due_at = '2026-06-20 09:30:15.123456' WHERE id = 1",
        "DELETE FROM inbox WHERE update_id = 900000002",
        "INSERT INTO counter VALUES ('x', 1)",
        "UPDATE warning_raw SET body = x'00'",
        "UPDATE person SET deputy_id = 99 WHERE id = 1",
        "DROP TRIGGER timeline_keeps_lines",
        "DROP INDEX ix_outbox_waiting",
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE backup_manifest SET rows = rows + 1 WHERE name = 'person'",
        "DELETE FROM backup_manifest WHERE name = 'person'",
        "DROP TRIGGER timeline_keeps_lines; UPDATE timeline SET what = 'y' WHERE seq = 3;",
    ],
)
async def test_a_copy_that_somebody_changed_is_refused(copy: Path, change: str) -> None:
    file = sqlite3.connect(copy, isolation_level=None)
    file.executescript(change)
    file.close()

    assert (await refused(copy)).key == "backup.damaged"


async def test_a_broken_chain_is_refused_even_when_the_sums_were_made_to_fit(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        await filled(url)
        file = sqlite3.connect(sqlite_path(url), isolation_level=None)
        guard = "timeline_keeps_lines"
        how = file.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (guard,)).fetchone()[0]
        file.executescript(f"DROP TRIGGER {guard}; UPDATE timeline SET actor = 2 WHERE seq = 5; {how};")
        file.close()

        with pytest.raises(BackupError) as error:
            await backup(url, tmp_path / "copy.db")

    assert (error.value.key, error.value.facts) == ("backup.damaged", {"where": "timeline 5"})


async def test_every_flipped_bit_is_found_or_changes_nothing(copy: Path, tmp_path: Path) -> None:
    """Bits that no row, index or definition depends on (a cached counter, unused space) may go unnoticed."""
    whole, dice = bytes_of(copy), random.Random(11)
    good = await sums_of(f"sqlite+aiosqlite:///{shutil.copyfile(copy, tmp_path / 'same.db')}")
    flipped, unnoticed = tmp_path / "flipped.db", 0
    for _ in range(120):
        at = dice.randrange(len(whole))
        if not any(whole[max(0, at - 8) : at + 8]):
            continue  # unused space, most of a small file
        changed = bytearray(whole)
        changed[at] ^= 1 << dice.randrange(8)
        flipped.write_bytes(changed)
        try:
            await verify(flipped)
        except DomainError:
            continue
        unnoticed += 1
        assert await sums_of(f"sqlite+aiosqlite:///{shutil.copyfile(flipped, tmp_path / 'read.db')}") == good
    assert unnoticed < 60


# -- playing back -----------------------------------------------------------------------------------------------------


async def test_rows_that_are_there_are_only_replaced_when_asked(url: str, copy: Path) -> None:
    async with opened(url) as database:
        await SqlStore(database, Hands().now).write(people)
    before = await sums_of(url)

    with pytest.raises(BackupError) as error:
        await restore(copy, url)
    assert key_of(error) == "backup.not_empty"
    assert str(error.value.facts["tables"]) == "counter, person, place, post"
    assert await sums_of(url) == before

    report = await restore(copy, url, overwrite=True)
    assert {name: one.rows for name, one in (await sums_of(url)).items()} == report.tables


async def test_an_empty_database_of_the_present_schema_is_filled_without_asking(url: str, copy: Path) -> None:
    report = await restore(copy, url)

    assert {name: one.rows for name, one in (await sums_of(url)).items()} == report.tables


async def test_a_damaged_copy_changes_nothing(url: str, copy: Path) -> None:
    before = await filled(url)
    damaged = bytearray(bytes_of(copy))
    damaged[len(damaged) // 2 : len(damaged) // 2 + 3000] = b"\0" * 3000
    rewrite(copy, bytes(damaged))

    with pytest.raises(BackupError):
        await restore(copy, url, overwrite=True)

    assert await sums_of(url) == before


async def test_nothing_is_replaced_under_a_running_bot(url: str, copy: Path, dialect: str) -> None:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(opened(url))
        assert await running.try_to_lead()
        if dialect == "sqlite":
            assert stack.enter_context(sole_use_of(sqlite_path(url)))

        with pytest.raises(BackupError) as error:
            await restore(copy, url, overwrite=True)

    assert key_of(error) == "backup.bot_running"


async def test_another_programs_database_is_never_overwritten(empty_url: str, copy: Path, dialect: str) -> None:
    if dialect == "sqlite":
        pytest.skip("a file is replaced whole and kept beside the new one")

    async def make(connection: AsyncConnection) -> None:
        await connection.execute(sa.text("CREATE TABLE accounts (id INTEGER PRIMARY KEY)"))

    async with opened(empty_url) as database:
        await database.write(make)
    with pytest.raises(DomainError) as error:
        await restore(copy, empty_url, overwrite=True)

    assert key_of(error) == "schema.unversioned"


class UnpluggedError(Exception):
    """What no handler of errors knows."""


async def test_an_interrupted_restore_leaves_the_old_rows(
    url: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await filled(url, lines=3)

    async def break_off(*_: object) -> None:
        raise UnpluggedError

    monkeypatch.setattr("storage.restore.migrate", break_off)
    with pytest.raises(UnpluggedError):
        await restore(copy, url, overwrite=True)

    assert await sums_of(url) == before


async def test_the_replaced_sqlite_file_is_kept_whole_with_what_stood_in_its_journal(
    databases: Databases, copy: Path, tmp_path: Path
) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        path = sqlite_path(url)
        async with opened(url) as database:
            await fill(SqlStore(database, Hands().now), lines=3)
            crashed = tmp_path / "crashed.db"
            shutil.copyfile(path, crashed)
            shutil.copyfile(f"{path}-wal", f"{crashed}-wal")
            wanted = await database.read(_all_sums)

        await restore(copy, f"sqlite+aiosqlite:///{crashed}", overwrite=True)

        assert await sums_of(f"sqlite+aiosqlite:///{crashed}.replaced") == wanted
        assert wanted["timeline"].rows == 3


async def _all_sums(connection: AsyncConnection) -> dict[str, Sum]:
    return await add_up(connection, await tables_of(connection), "", silent)


async def test_a_county_that_can_no_longer_be_read_is_replaced_by_its_copy(
    databases: Databases, copy: Path, tmp_path: Path
) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        path = sqlite_path(url)
        path.write_bytes(b"\x17" * 5000)

        with pytest.raises(BackupError) as error:
            await restore(copy, url)
        assert key_of(error) == "backup.not_empty"
        await restore(copy, url, overwrite=True)

        assert (await sums_of(url))["timeline"].rows == 12
        assert bytes_of(Path(f"{path}.replaced")) == b"\x17" * 5000


async def test_memory_stays_bounded_however_many_rows(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url:
        async with opened(url) as database:
            await database.write(_many_lines)
        await backup(url, tmp_path / "warm.db")
        tracemalloc.start()
        report = await backup(url, tmp_path / "copy.db")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert report.tables["inbox"] == 8_000
    assert report.size > 30_000_000
    assert peak < 25_000_000  # the tables' descriptions and one piece of rows, not the rows


async def _many_lines(connection: AsyncConnection) -> None:
    await connection.execute(
        sa.text(
            "INSERT INTO inbox (update_id, raw, received_at) SELECT n, repeat('长', 1500), now()"
            " FROM generate_series(1, 8000) AS n"
        )
    )
