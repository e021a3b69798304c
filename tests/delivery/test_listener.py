"""The county's speech engine is a program of its own: run with a small script here, as it does well and as it fails."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from delivery.listener import CommandListener
from domain.listener_policy import ListenerPolicy
from domain.listening import LONGEST, reading_of
from services.ports.listening import NotHeardError


def listener(script: str, *arguments: str, seconds: int = 20) -> CommandListener:
    command = (sys.executable, "-c", script, *(arguments or ("{file}",)))
    return CommandListener(ListenerPolicy(command=command, seconds=seconds))


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "voice.ogg"
    path.write_bytes(b"OggS")
    return path


async def test_what_it_prints_is_the_reading(sound: Path) -> None:
    script = (
        "import sys; assert open(sys.argv[1], 'rb').read() == b'OggS'; "
        "sys.stdout.buffer.write('后山 裂缝\\n变宽\\n'.encode())"
    )
    assert await listener(script).hear(sound) == "后山 裂缝 变宽"


async def test_it_runs_last_in_line_and_knows_no_secret(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "1:secret")
    said = await listener("import os; print('nice', os.nice(0), 'token', os.environ.get('BOT_TOKEN'))").hear(sound)
    assert said == "nice 19 token None"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; print('half a word'); sys.exit(3)", "failed"),
        ("pass", "nothing"),
        ("print('[BLANK_AUDIO]')", "nothing"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\x00garbage')", "nothing"),
        ("while True: print('x' * 1000)", "too_much"),
    ],
    ids=["error", "silence", "blank", "garbage", "flood"],
)
async def test_what_it_does_wrong_has_a_name(sound: Path, script: str, reason: str) -> None:
    with pytest.raises(NotHeardError) as raised:
        await listener(script).hear(sound)
    assert raised.value.reason == reason


async def test_a_program_that_is_not_there(sound: Path) -> None:
    with pytest.raises(NotHeardError, match="no_program"):
        await CommandListener(ListenerPolicy(command=("no-such-engine", "{file}"))).hear(sound)


async def test_a_slow_one_ends_with_everything_it_started(sound: Path, tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen(['sleep', '60']); "
        f"open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    policy = ListenerPolicy(command=(sys.executable, "-c", script, "{file}")).model_copy(update={"seconds": 1})
    began = time.monotonic()
    with pytest.raises(NotHeardError, match="too_slow"):
        await CommandListener(policy).hear(sound)
    assert time.monotonic() - began < 10
    for _ in range(50):
        if not _runs(int(note.read_text())):
            break
        await asyncio.sleep(0.1)
    assert not _runs(int(note.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="pipes have one size elsewhere")
async def test_a_flood_that_filled_every_buffer_is_over_when_it_is_refused(sound: Path) -> None:
    big_pipe = "import fcntl, os, time; fcntl.fcntl(1, 1031, 1 << 20); "  # F_SETPIPE_SZ
    flood = listener(big_pipe + "os.write(1, b'x' * (1 << 20)); time.sleep(60)")
    async with asyncio.timeout(15):
        with pytest.raises(NotHeardError, match="too_much"):
            await flood.hear(sound)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_times_and_noises_are_no_words() -> None:
    assert reading_of("[00:00:00.000 --> 00:00:02.000]  岭头山塘\n[00:00:02.000 --> 00:00:03.000] 正常".encode()) == (
        "岭头山塘 正常"
    )
    assert reading_of("（音乐）".encode()) == ""
    assert reading_of("水位\x1b[31m高".encode()) == "水位[31m高"
    assert len(reading_of("长".encode() * 10_000)) == LONGEST


def test_a_command_without_a_place_for_the_voice_is_refused() -> None:
    with pytest.raises(ValidationError, match="file"):
        ListenerPolicy(command=("whisper-cli", "-l", "zh"))
    assert ListenerPolicy().command == ()
