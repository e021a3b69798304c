"""The command line in a folder of its own, with an environment of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot
from settings import Settings

TOKEN = "700000009:test-token-of-the-command-line-0000000"


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def everything(self) -> str:
        return self.out + self.err


@dataclass
class Terminal:
    """`terminal("check", "--offline")` runs one command in this process and gives what it said. `folder` is the
    present one."""

    folder: Path
    environment: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Said:
        self.capture.readouterr()
        code = bot.main([str(one) for one in arguments])
        said = self.capture.readouterr()
        return Said(code, said.out, said.err)

    def set(self, **settings: object) -> None:
        for name, value in settings.items():
            self.environment.setenv(name, str(value))

    @property
    def database(self) -> Path:
        return self.folder / "data" / "shouwang.db"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return Terminal(tmp_path, monkeypatch, capsys)
