"""backup and restore as commands: what they say, what they leave behind, what a later check makes of it."""

import json
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import TOKEN, Terminal
from tests.cli.test_tables import DIVISIONS, ROSTER


@pytest.fixture
def county(terminal: Terminal) -> Iterator[Terminal]:
    terminal.set(BOT_TOKEN=TOKEN)
    (terminal.folder / "roster.csv").write_text(ROSTER, "utf-8")
    terminal("import-places", DIVISIONS)
    terminal("import-roster", "roster.csv")
    return terminal


def people(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM person").fetchone()[0])


def test_a_copy_is_checked_private_and_can_be_played_back(county: Terminal) -> None:
    made = county("backup", "copies/monday.db")
    assert made.code == 0
    assert "已逐行核对" in made.out
    assert stat.S_IMODE((county.folder / "copies/monday.db").stat().st_mode) == 0o600
    county.database.unlink()
    back = county("restore", "copies/monday.db")
    assert (back.code, "恢复完成" in back.out) == (0, True)
    assert people(county.database) == 5


def test_a_copy_is_never_replaced_unasked(county: Terminal) -> None:
    assert county("backup", "copy.db").code == 0
    said = county("backup", "copy.db")
    assert (said.code, "--overwrite" in said.err) == (1, True)
    assert county("backup", "copy.db", "--overwrite").code == 0


def test_rows_are_never_replaced_unasked_and_the_old_ones_are_kept(county: Terminal) -> None:
    county("backup", "copy.db")
    refused = county("restore", "copy.db")
    assert (refused.code, "没有改动" in refused.err) == (1, True)
    assert county("restore", "copy.db", "--overwrite").code == 0
    assert list(county.database.parent.glob("*.replaced"))


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "不是守望的备份"), (b"x" * 5000, "不是守望的备份"), (None, "损坏")]
)
def test_a_file_that_is_no_whole_copy_is_refused(county: Terminal, content: bytes | None, told: str) -> None:
    county("backup", "copy.db")
    file = county.folder / "copy.db"
    file.write_bytes(file.read_bytes()[:-4096] if content is None else content)
    said = county("restore", "copy.db", "--overwrite")
    assert (said.code, len(said.err.splitlines()) <= 3) == (1, True)
    assert told in said.err
    assert people(county.database) == 5


def test_the_end_of_the_timeline_is_told_and_kept_as_a_witness(county: Terminal) -> None:
    said = county("backup", "copy.db")
    noted = json.loads((county.folder / "data/last_backup.json").read_text())
    assert f"第 {noted['seq']} 行，校验码 {noted['hash']}" in said.out
    assert "操作记录首尾相连" in county("check", "--offline").out


def test_a_timeline_cut_short_after_the_backup_is_found_by_the_check(county: Terminal) -> None:
    county("backup", "copy.db")
    with closing(sqlite3.connect(county.database)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("DELETE FROM timeline WHERE seq = (SELECT max(seq) FROM timeline)")
        database.commit()
    said = county("check", "--offline")
    assert said.code == 1
    assert "可能被截短或替换" in said.out


def test_after_a_restore_the_older_witness_accuses_nobody(county: Terminal) -> None:
    county("backup", "old.db")
    county("import-roster", "roster.csv")
    county("backup", "new.db")
    county("restore", "old.db", "--overwrite")
    assert "操作记录首尾相连" in county("check", "--offline").out


def test_without_a_database_there_is_nothing_to_copy(terminal: Terminal) -> None:
    said = terminal("backup", "copy.db")
    assert (said.code, said.err) == (1, "没有数据库可以备份：data/shouwang.db。\n")


def test_a_folder_that_cannot_be_written_is_told_with_its_name(county: Terminal) -> None:
    (county.folder / "file").write_text("not a folder")
    said = county("backup", "file/copy.db")
    assert (said.code, "Traceback" in said.err) == (1, False)
    assert "文件不能使用：" in said.err
    assert "file" in said.err
