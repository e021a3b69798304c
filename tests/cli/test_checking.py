"""`check` as an operator runs it: before the first start, beside a running bot, with and without Telegram."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot as command_line
from console import surroundings, telegram
from console.surroundings import drive_of
from messages.papers import letter_template
from sandbox import server
from sandbox.clock import WorldClock
from sandbox.world import World
from settings import load
from tests.cli.conftest import TOKEN, Said, Terminal
from tests.cli.test_tables import DIVISIONS
from tests.support.county import EVERYBODY, County, small_county
from tests.support.county import TOKEN as COUNTY_TOKEN


async def beside(terminal: Terminal, *arguments: str) -> Said:
    """The command in a thread of its own, while the loop of the test goes on serving."""
    terminal.capture.readouterr()
    code = await asyncio.to_thread(command_line.main, list(arguments))
    said = terminal.capture.readouterr()
    return Said(code, said.out, said.err)


def marks(said: Said, mark: str) -> list[str]:
    return [line for line in said.out.splitlines() if line.startswith(mark)]


# -- before the first start -------------------------------------------------------------------------------------------


def test_before_the_first_start_it_says_what_to_do_and_makes_nothing(terminal: Terminal) -> None:
    said = terminal("check", "--offline")
    assert said.code == 1
    assert [line for line in marks(said, "❌") if "BOT_TOKEN" in line]
    assert [line for line in marks(said, "⚠️") if "还没有数据库" in line]
    assert not terminal.database.exists()


def test_warnings_alone_are_no_failure(terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN=TOKEN)
    said = terminal("check", "--offline")
    assert (said.code, marks(said, "❌")) == (0, [])


def test_after_the_divisions_it_asks_for_the_roster(terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN=TOKEN)
    terminal("import-places", DIVISIONS)
    said = terminal("check", "--offline")
    assert said.code == 1
    assert any("import-roster" in line for line in marks(said, "❌"))
    assert "19 个乡镇街道，214 个村社区" in said.out


def test_all_lists_every_name_and_the_short_form_does_not(terminal: Terminal) -> None:
    terminal("import-places", DIVISIONS)
    short, everything = terminal("check", "--offline"), terminal("check", "--offline", "--all")
    assert len(everything.out.splitlines()) - len(short.out.splitlines()) == 19 + 214


def test_a_database_of_a_newer_version_is_refused_and_left_alone(terminal: Terminal) -> None:
    terminal("import-places", DIVISIONS)
    with closing(sqlite3.connect(terminal.database)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    said = terminal("check", "--offline")
    assert said.code == 1
    assert any("来自更新的版本" in line for line in marks(said, "❌"))


def test_a_broken_database_is_told_and_does_not_stop_the_rest(terminal: Terminal) -> None:
    terminal.database.parent.mkdir()
    terminal.database.write_bytes(b"no database at all" * 1000)
    said = terminal("check", "--offline")
    assert said.code == 1
    assert any("数据库打不开" in line for line in marks(said, "❌"))
    assert "硬盘剩余" in said.out


def test_a_broken_county_file_and_county_wording_are_told(terminal: Terminal) -> None:
    (terminal.folder / "county.toml").write_text("nonsense = 1")
    (terminal.folder / "wording/zh").mkdir(parents=True)
    (terminal.folder / "wording/zh/warning.toml").write_text('recorded = "{{ phone }}"')
    terminal.set(COUNTY_FILE="county.toml", WORDING_DIR="wording")
    said = terminal("check", "--offline")
    assert any("没有 nonsense 这一项" in line for line in marks(said, "❌"))
    assert any("check-texts" in line for line in marks(said, "⚠️"))
    judged = terminal("check-texts")
    assert (judged.code, "没有使用" in judged.out) == (1, True)


def test_a_token_that_everybody_can_read_is_told(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_text(f"BOT_TOKEN={TOKEN}\n")
    (terminal.folder / ".env").chmod(0o644)
    assert any(".env" in line and "chmod 600" in line for line in marks(terminal("check", "--offline"), "⚠️"))
    (terminal.folder / ".env").chmod(0o600)
    assert "chmod 600" not in terminal("check", "--offline").out


@pytest.mark.parametrize(("free", "mark"), [(10**10, "✅"), (10**9, "⚠️"), (10**8, "❌")])
def test_a_disk_that_fills_up_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, free: int, mark: str
) -> None:
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert any("硬盘" in line for line in marks(terminal("check", "--offline"), mark))


def test_the_kind_of_a_drive_is_read_from_the_longest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nnas:/x /data nfs4 rw 0 0\ntmpfs /data/local\\040disk tmpfs rw 0 0\n")
    assert [drive_of(Path(one), mounts) for one in ("/data/bot", "/data/local disk/x", "/database")] == [
        *("nfs4", "tmpfs", "ext4"),
    ]


# -- beside a running bot ---------------------------------------------------------------------------------------------


@pytest.fixture
async def county(tmp_path: Path, terminal: Terminal) -> AsyncIterator[County]:
    terminal.set(
        BOT_TOKEN=COUNTY_TOKEN, DATA_DIR=tmp_path / "data", DATABASE_URL=f"sqlite:///{tmp_path}/data/county.db"
    )
    (tmp_path / "data").mkdir()
    async with small_county(tmp_path / "data") as made:
        yield made


async def test_a_running_bot_is_examined_by_a_copy_that_it_makes_itself(county: County, terminal: Terminal) -> None:
    await county.bot.beat()
    said = await beside(terminal, "check", "--offline")
    assert any("机器人正在运行" in line for line in marks(said, "✅"))
    people = len(EVERYBODY)
    assert any(f"{people} 人，其中 {people} 人已登记" in line for line in marks(said, "✅"))
    assert any("个工作群都能正常发送" in line for line in marks(said, "✅"))
    assert (said.code, marks(said, "❌")) == (0, [])
    assert [path.name for path in (terminal.folder / "data").glob(".*")] == []


async def test_a_bot_that_does_not_answer_is_told(
    county: County, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.backup_requests.PATIENCE", 0.0)
    monkeypatch.setattr("starting.COPY_SECONDS", 3600.0)
    await asyncio.gather(
        *(task for task in asyncio.all_tasks() if task.get_name() == "copies" and task.cancel()), return_exceptions=True
    )
    said = await beside(terminal, "check", "--offline")
    assert said.code == 1
    assert any("没有做出备份" in line for line in marks(said, "❌"))


# -- Telegram ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def world(terminal: Terminal) -> AsyncIterator[World]:
    """Telegram with our bot, served on this machine."""
    made = World(WorldClock())
    made.add_bot(TOKEN, "shouwang_test_bot", "守望")
    runner, port = await server.start(made)
    terminal.set(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=f"http://127.0.0.1:{port}")
    yield made
    await runner.cleanup()


async def test_a_telegram_that_answers_is_named_and_its_clock_compared(world: World, terminal: Terminal) -> None:
    said = await beside(terminal, "check")
    assert any("@shouwang_test_bot" in line for line in marks(said, "✅"))
    assert any("本机时间与 Telegram 相差不到" in line for line in marks(said, "✅"))


async def test_a_refused_token_is_told(world: World, terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN="700000009:another-token-that-nobody-has-given-out")
    said = await beside(terminal, "check")
    assert said.code == 1
    assert any("BOT_TOKEN 被 Telegram 拒绝" in line for line in marks(said, "❌"))


@pytest.mark.parametrize("proxy", ["", "socks5://127.0.0.1:9", "http://127.0.0.1:9"])
async def test_a_telegram_out_of_reach_is_told_with_what_to_do(terminal: Terminal, proxy: str) -> None:
    terminal.set(BOT_TOKEN=TOKEN, TELEGRAM_API_URL="http://127.0.0.1:9", TELEGRAM_PROXY=proxy)
    said = await beside(terminal, "check")
    assert said.code == 1
    (told,) = [line for line in marks(said, "❌") if "连不上 Telegram" in line]
    assert ("通过代理" in told, "TELEGRAM_PROXY" in told) == (bool(proxy), True)
    assert TOKEN not in said.everything


async def test_a_clock_that_is_off_is_told(world: World, terminal: Terminal) -> None:
    class Slow:
        def now(self) -> datetime:
            return datetime.now(UTC) - timedelta(seconds=95)

        async def sleep(self, seconds: float) -> None:
            raise NotImplementedError

    found = await telegram.compare_clocks(load(_env_file=None), Slow())
    assert found.key == "checkup.telegram.clock_off"
    assert found.facts["seconds"] in {94, 95, 96}


async def test_the_rights_in_the_groups_are_asked_anew(tmp_path: Path, terminal: Terminal) -> None:
    async with small_county(tmp_path / "data") as county:
        runner, port = await server.start(county.world)
        terminal.set(
            BOT_TOKEN=COUNTY_TOKEN,
            TELEGRAM_API_URL=f"http://127.0.0.1:{port}",
            DATA_DIR=tmp_path / "data",
            DATABASE_URL=f"sqlite:///{tmp_path}/data/county.db",
        )
        try:
            await county.bot.beat()
            county.world.group(county.village_group).members.pop(county.bot.bot.id)
            said = await beside(terminal, "check")
        finally:
            await runner.cleanup()
        county.seen_all()
    assert said.code == 1
    assert any(line.endswith("1 个群发不出消息，机器人被移出或被禁言：上坞村群") for line in marks(said, "❌"))


# -- programs and papers of the county's own ------------------------------------------------------------------------


def county_file(terminal: Terminal, tmp_path: Path, text: str) -> None:
    file = tmp_path / "county.toml"
    file.write_text(text, "utf-8")
    terminal.set(BOT_TOKEN=TOKEN, COUNTY_FILE=str(file))


@pytest.mark.parametrize(
    ("script", "mark", "words"),
    [
        ("import sys, os; print('heard', os.path.getsize(sys.argv[1]) > 100)", "✅", "听出“heard True”"),
        ("pass", "✅", "没有听出字"),
        ("import sys; sys.exit(2)", "❌", "程序报错退出"),
    ],
    ids=["hears", "silent", "fails"],
)
def test_the_speech_engine_is_run_once(terminal: Terminal, tmp_path: Path, script: str, mark: str, words: str) -> None:
    command = json.dumps([sys.executable, "-c", script, "{file}"])
    county_file(terminal, tmp_path, f"[listener]\ncommand = {command}\n")
    said = terminal("check", "--offline")
    assert [line for line in marks(said, mark) if words in line], said.out
    assert said.code == (1 if mark == "❌" else 0)


def test_a_template_of_letters_that_cannot_be_used_is_told_before_a_letter_has_to_go_out(
    terminal: Terminal, tmp_path: Path
) -> None:
    assert "函单用默认格式，试出一份正常" in terminal("check", "--offline").out
    wrong = tmp_path / "letter.docx"
    wrong.write_bytes(b"no docx")
    county_file(terminal, tmp_path, f"[letters]\ntemplate = {json.dumps(str(wrong))}\n")
    said = terminal("check", "--offline")
    assert said.code == 1
    assert any("不是能打开的 docx" in line for line in marks(said, "❌"))
    letter_template.build(wrong)
    assert any("试出一份正常" in line for line in marks(terminal("check", "--offline"), "✅"))
