"""`check` and the sources of warnings, as an operator runs it."""

from tests.cli.conftest import TOKEN, Terminal


def test_the_command_tells_it_and_offline_does_not(terminal: Terminal) -> None:
    """A source in a private network is refused by the real judge of addresses."""
    file = terminal.folder / "county.toml"
    file.write_text('[[sources]]\nname = "inner"\nkind = "cap"\nurl = "https://127.0.0.1/cap.xml"\n')
    terminal.set(BOT_TOKEN=TOKEN, COUNTY_FILE=str(file), TELEGRAM_API_URL="http://127.0.0.1:1")
    assert "“inner”现在不行：网址指向了内部网络" in terminal("check").out
    assert "inner" not in terminal("check", "--offline").out
