"""Settings as an operator gets them wrong: one line that says which and what it should be, and never the secret."""

from pathlib import Path

import pytest

from domain.colours import Colour
from domain.policy import CountyPolicy
from messages.catalogue import Catalogue
from settings import Settings, SettingsError, load
from tests.cli.conftest import TOKEN, Terminal

SECRET = "s3cret-that-nobody-may-see-0123456789"

WRONG = {
    "TELEGRAM_API_URL": "api.telegram.org",
    "TELEGRAM_PROXY": "127.0.0.1:1080",
    "DATABASE_URL": "mysql://localhost/x",
    "TIMEZONE": "Asia/Songyang",
    "LANGUAGE": "fr",
    "COUNTY": "33112",
    "WEBHOOK_URL": "ftp://example.org",
    "WEBHOOK_LISTEN": "8443:",
    "FEED_LISTEN": "here",
    "SEND_RATE": "fast",
    "LOG_LEVEL": "loud",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_one_line_with_its_name(terminal: Terminal, name: str) -> None:
    terminal.set(BOT_TOKEN=TOKEN, **{name: WRONG[name]})
    said = terminal("run")
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert name in said.err


def test_every_setting_has_its_line_in_every_language() -> None:
    words = Catalogue()
    assert [
        (name, lang)
        for name in Settings.model_fields
        for lang in ("zh", "en")
        if not words.has(f"setting.{name}", lang) or name.upper() not in words.text(f"setting.{name}", lang)
    ] == []


@pytest.mark.parametrize(("token", "told"), [("", "缺少 BOT_TOKEN"), ("123:short", "不像机器人令牌")])
def test_without_a_real_token_nothing_is_started(terminal: Terminal, token: str, told: str) -> None:
    terminal.set(BOT_TOKEN=token)
    said = terminal("run")
    assert said.code == 2
    assert said.err.startswith(("缺少", "BOT_TOKEN"))
    assert told in said.err
    assert not (terminal.folder / "data").exists()


def test_the_same_line_in_english(terminal: Terminal) -> None:
    terminal.set(LANGUAGE="en")
    assert terminal("run").err.startswith("BOT_TOKEN is missing")


def test_the_language_may_stand_in_the_file_while_another_setting_is_wrong(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_text("LANGUAGE=en\nTIMEZONE=Nowhere\n")
    assert terminal("run").err.startswith("TIMEZONE has a wrong value")


@pytest.mark.parametrize("locale", ["en_US:en", "zh_CN:zh", "de_DE.UTF-8", ""])
def test_the_locale_of_a_desktop_is_no_wish_for_the_bot(terminal: Terminal, locale: str) -> None:
    terminal.set(LANGUAGE=locale)
    assert load(_env_file=None).language == "zh"
    assert terminal("run").err.startswith("缺少 BOT_TOKEN")


def test_no_secret_is_ever_repeated(terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN=SECRET, WEBHOOK_URL="https://example.org", WEBHOOK_SECRET=SECRET[:20])
    assert SECRET[:20] not in terminal("run").everything
    terminal.set(BOT_TOKEN=TOKEN)
    said = terminal("run")
    assert "WEBHOOK_SECRET" in said.err
    assert SECRET[:20] not in said.everything


def test_a_secret_may_stand_in_a_file_and_a_missing_file_is_told(terminal: Terminal) -> None:
    (terminal.folder / "token").write_text(f"{TOKEN}\n")
    assert load(_env_file=None, bot_token_file=terminal.folder / "token").token() == TOKEN
    terminal.set(BOT_TOKEN_FILE="nowhere/token")
    assert "BOT_TOKEN_FILE 读不了：nowhere/token" in terminal("run").err


def test_a_webhook_needs_a_secret(terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN=TOKEN, WEBHOOK_URL="https://example.org")
    said = terminal("run")
    assert said.code == 2
    assert "WEBHOOK_SECRET" in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("warnings = ", "写法有误"),
        ("warning = {}", "没有 warning 这一项"),
        ("[warnings]\nassumed_life_hour = 3", "没有 warnings.assumed_life_hour 这一项"),
        ("[warnings]\nassumed_life_hours = 0", "warnings.assumed_life_hours 的值不对"),
        ("\udcff", "写法有误"),
    ],
)
def test_a_county_file_is_read_strictly(terminal: Terminal, text: str, told: str) -> None:
    file = terminal.folder / "county.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    terminal.set(BOT_TOKEN=TOKEN, COUNTY_FILE="county.toml")
    said = terminal("run")
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert told in said.err


def test_the_example_of_a_county_file_holds_every_default() -> None:
    """Whoever copies it changes nothing until a figure is changed, and every figure is there to be found."""
    example = Path(__file__).parents[2] / "county.example.toml"
    settings = load(_env_file=None, county_file=example)
    assert settings.policy() == CountyPolicy()
    text = example.read_text("utf-8")
    shown = CountyPolicy().model_dump()
    assert [
        f"{part}.{name}" for part, its in shown.items() if isinstance(its, dict) for name in its if name not in text
    ] == []


def test_an_unreadable_token_file_raises_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingsError) as raised:
        load(_env_file=None, bot_token_file=tmp_path / "token").token()
    assert raised.value.key == "setting.file_unreadable"


def test_a_county_that_changes_one_colour_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "county.toml"
    file.write_text(
        '[warnings.ladders.red]\nanswer_within = 180\nsteps = [{ rung = "county", after = 180 }]\n', "utf-8"
    )
    ladders = load(_env_file=None, county_file=file).policy().warnings.ladders
    standard = CountyPolicy().warnings.ladders
    assert [colour for colour in Colour if ladders[colour] != standard[colour]] == [Colour.RED]
