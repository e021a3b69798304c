"""The sign of life, and what the health check makes of it."""

import os
import time
from pathlib import Path

import pytest

from alive import FRESH_SECONDS, Pulse, age, alive_file
from tests.cli.conftest import Terminal


def grow_old(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(alive_file(folder), (then, then))


def test_a_bot_that_hears_telegram_is_healthy(terminal: Terminal) -> None:
    (terminal.folder / "data").mkdir()
    assert terminal("healthy").code == 1
    Pulse(terminal.folder / "data").beat(well=True)
    said = terminal("healthy")
    assert (said.code, said.everything) == (0, "")


def test_an_old_sign_of_life_is_unhealthy_and_says_how_old(terminal: Terminal) -> None:
    (terminal.folder / "data").mkdir()
    Pulse(terminal.folder / "data").beat(well=True)
    grow_old(terminal.folder / "data", FRESH_SECONDS + 30)
    said = terminal("healthy")
    assert said.code == 1
    assert "150 秒" in said.err


def test_a_bot_that_is_not_well_leaves_no_sign(tmp_path: Path) -> None:
    Pulse(tmp_path).beat(well=False)
    assert age(tmp_path) is None


def test_the_sign_is_not_written_at_every_beat(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path)
    pulse.beat(well=True)
    grow_old(tmp_path, 10)
    pulse.beat(well=True)
    found = age(tmp_path)
    assert found is not None
    assert found >= 10


def test_a_clean_stop_takes_the_sign_away(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path)
    pulse.beat(well=True)
    pulse.end()
    assert age(tmp_path) is None


def test_a_sign_that_cannot_be_written_is_logged_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = Pulse(tmp_path / "nowhere")
    monkeypatch.setattr("alive._TOUCH_EVERY", 0.0)
    pulse.beat(well=True)
    pulse.beat(well=True)
    assert [one.getMessage() for one in caplog.records] == [
        "the sign of life cannot be written: No such file or directory"
    ]
