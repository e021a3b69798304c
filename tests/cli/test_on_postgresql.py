"""The operator's commands on PostgreSQL: the same words, beside a bot that runs on another machine."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import TOKEN, Terminal
from tests.cli.test_checking import beside, marks
from tests.cli.test_tables import DIVISIONS, ROSTER
from tests.support.county import EVERYBODY, County, small_county
from tests.support.databases import Databases


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    with databases.fresh("postgresql", tmp_path) as made:
        yield made


@pytest.fixture
def empty(databases: Databases, tmp_path: Path, terminal: Terminal) -> Iterator[Terminal]:
    """Pointed at a database without a table."""
    with databases.fresh("postgresql", tmp_path, migrated=False) as made:
        terminal.set(BOT_TOKEN=TOKEN, DATABASE_URL=made.replace("postgresql+asyncpg", "postgresql"))
        yield terminal


@pytest.fixture
async def county(url: str, tmp_path: Path, terminal: Terminal) -> AsyncIterator[County]:
    terminal.set(BOT_TOKEN=TOKEN, DATABASE_URL=url)
    (tmp_path / "bot").mkdir()
    async with small_county(tmp_path / "bot", database_url=url) as made:
        yield made


def test_a_new_database_is_filled_checked_copied_and_played_back(empty: Terminal) -> None:
    (empty.folder / "roster.csv").write_text(ROSTER, "utf-8")
    assert empty("import-places", DIVISIONS).code == 0
    assert "新加 5 人" in empty("import-roster", "roster.csv").out
    checked = empty("check", "--offline")
    assert any("postgresql" in line and "数据库正常" in line for line in marks(checked, "✅"))
    assert empty("backup", "copy.db").code == 0
    assert empty("restore", "copy.db").code == 1
    assert empty("restore", "copy.db", "--overwrite").code == 0
    assert "名册：5 人" in empty("check", "--offline").out


def test_a_database_without_tables_is_not_touched_by_a_check(empty: Terminal) -> None:
    said = empty("check", "--offline")
    assert any("启动时会先备份再升级" in line for line in marks(said, "⚠️"))
    assert "区划" not in said.out


def test_a_server_that_cannot_be_reached_is_told_without_the_password(terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN=TOKEN, DATABASE_URL="postgresql://shouwang:s3cret@127.0.0.1:9/county")
    for command in (["check", "--offline"], ["import-places", DIVISIONS], ["backup", "copy.db"]):
        said = terminal(*command)
        assert said.code == 1, command
        assert "s3cret" not in said.everything
        assert "Traceback" not in said.everything


async def test_a_bot_that_runs_is_examined_beside_its_work(county: County, terminal: Terminal) -> None:
    said = await beside(terminal, "check", "--offline")
    people = len(EVERYBODY)
    assert any(f"{people} 人，其中 {people} 人已登记" in line for line in marks(said, "✅"))
    assert any("操作记录首尾相连" in line for line in marks(said, "✅"))


async def test_nothing_is_imported_beside_a_bot_that_leads(county: County, terminal: Terminal) -> None:
    said = await beside(terminal, "import-places", str(DIVISIONS))
    assert (said.code, "请先把两台都停掉" in said.err) == (1, True)
