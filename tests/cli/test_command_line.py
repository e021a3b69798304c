"""The commands as such: their help, what is said to a wrong one, the version."""

import re

import pytest

import bot
from tests.cli.conftest import Terminal

NAMES = list(bot.command_line().commands)
CHINESE = re.compile("[\u3400-\u9fff]")


def test_without_a_command_all_commands_are_shown(terminal: Terminal) -> None:
    said = terminal()
    assert said.code == 0
    assert [name for name in NAMES if f"  {name} " in said.out] == NAMES
    assert "退出码" in said.out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_in_both_languages(terminal: Terminal, name: str) -> None:
    params = [one.opts[0] for one in bot.command_line().commands[name].params if one.param_type_name == "option"]
    chinese = terminal(name, "--help")
    terminal.set(LANGUAGE="en")
    english = terminal(name, "--help")
    assert (chinese.code, english.code) == (0, 0)
    for page in (chinese.out, english.out):
        assert [one for one in params if one not in page] == []
    assert CHINESE.search(chinese.out)
    assert not CHINESE.search(english.out)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["chek"], "是不是想写 check"),
        (["nothing-like-it"], "没有 nothing-like-it 这个命令"),
        (["backup"], "少写了 TARGET"),
        (["enrol-sheets", "331124"], "少写了 --out"),
        (["check", "--quickly"], "没有 --quickly 这个选项"),
        (["version", "now"], "命令写得不对"),
    ],
)
def test_a_wrong_command_is_told_in_one_line(terminal: Terminal, given: list[str], told: str) -> None:
    said = terminal(*given)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert told in said.err


def test_the_version_names_what_matters_for_a_report(terminal: Terminal) -> None:
    said = terminal("version")
    assert said.code == 0
    number = r"\d+(\.\d+)+"
    parts = (
        f"守望 {number}",
        r"数据库结构 \d{4}",
        f"Python {number}",
        f"SQLite {number}",
        f"python-telegram-bot {number}",
    )
    assert re.fullmatch("，".join(parts) + "\n", said.out)


@pytest.mark.logs_errors
def test_a_fault_of_ours_is_logged_without_the_token(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token = "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    def broken(_folder: object) -> float:
        raise RuntimeError(f"https://api.telegram.org/bot{token}/getMe")

    monkeypatch.setattr(bot, "age", broken)
    assert terminal("healthy").code == 1
    assert "RuntimeError" in caplog.text
    assert token not in caplog.text
    assert "<token>" in caplog.text
