"""What is read into the loudspeaker, and the recording of it."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from delivery.speech import Speech
from messages.aloud import aloud, chinese
from tests.support.county import CADRE, DUTY, GRID, HEAD, VILLAGE, County, small_county

BEIJING = timezone(timedelta(hours=8))
MORNING = datetime(2026, 6, 20, 8, 0, tzinfo=BEIJING)

_WRITES_A_WAV = """
import sys, wave
words = sys.stdin.read()
assert words
with wave.open(sys.argv[1], "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(8000); file.writeframes(bytes(16000))
with open(sys.argv[1] + ".count", "a") as count:
    count.write("x")
"""


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made


@pytest.fixture
def program(tmp_path: Path) -> str:
    script = tmp_path / "speak.py"
    script.write_text(_WRITES_A_WAV)
    return f"{sys.executable} {script} {{out}}"


@pytest.mark.parametrize(
    ("hour", "minute", "days", "said"),
    [
        (20, 0, 0, "今天晚上八点"),
        (15, 30, 0, "今天下午三点半"),
        (2, 5, 1, "明天凌晨两点零五分"),
        (12, 0, 2, "后天中午十二点"),
        (9, 45, 5, "六月二十五日上午九点四十五分"),
        (0, 0, 1, "明天凌晨零点"),
    ],
)
def test_times_are_said_as_people_say_them(hour: int, minute: int, days: int, said: str) -> None:
    when = (MORNING + timedelta(days=days)).replace(hour=hour, minute=minute)
    assert aloud(when, MORNING, "zh") == said


def test_english_times_have_no_figures_either() -> None:
    assert aloud(MORNING.replace(hour=15, minute=30), MORNING, "en") == "today at three thirty in the afternoon"
    assert aloud(MORNING.replace(day=25, hour=0), MORNING, "en") == "on June twenty five at twelve in the morning"


def test_numbers_to_99() -> None:
    assert [chinese(n) for n in (0, 7, 10, 11, 20, 59, 99)] == ["零", "七", "十", "十一", "二十", "五十九", "九十九"]


async def test_village_posts_are_offered_the_text_and_others_are_not(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    labels = [b["text"] for row in county.messages(GRID.user_id)[-1].buttons for b in row]
    assert "📢 大喇叭稿" in labels
    for one in (CADRE, DUTY):
        assert "📢 大喇叭稿" not in [b["text"] for row in county.messages(one.user_id)[-1].buttons for b in row]
    county.seen_all()


@pytest.mark.parametrize("kind", ["暴雨", "台风", "地质灾害气象风险", "山洪灾害", "森林火险", "突发事件"])
@pytest.mark.parametrize("colour", ["橙色", "红色"])
async def test_the_text_takes_twenty_seconds_at_most_and_says_all_that_matters(
    county: County, kind: str, colour: str
) -> None:
    await county.warn(colour=colour, kind=kind, places=[VILLAGE])
    await county.press(HEAD, "大喇叭稿")
    said = next(text for text in reversed(county.texts(HEAD)) if "照着念" in text).partition("\n\n")[2]
    assert len(said) <= 73
    assert said.startswith(f"上坞村的乡亲们请注意，{kind}{colour}预警，今天晚上八点前有效。")
    assert said.endswith("有事找村干部。请互相转告。")
    assert not any(letter.isdigit() for letter in said)
    county.seen_all()


async def test_a_warning_that_is_past_has_no_text(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    county.seen_all()
    number = county.button(GRID.user_id, "大喇叭稿", GRID)[1]
    await county.pass_time(timedelta(hours=1), hours=13)
    await county.forge(GRID, number)
    assert "照着念" not in county.last(GRID)
    county.seen_all()


async def test_the_same_words_are_spoken_once(tmp_path: Path, program: str) -> None:
    speech = Speech(tmp_path / "speech", program)
    first = await speech.recording("上坞村的乡亲们请注意")
    assert first is not None
    assert await speech.recording("上坞村的乡亲们请注意") == first
    assert await speech.recording("岭下村的乡亲们请注意") != first
    assert sum(len(path.read_text()) for path in (tmp_path / "speech").glob("*.count")) == 2


async def test_a_program_that_fails_leaves_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "speech"
    assert await Speech(folder, f"{sys.executable} -c 'import sys; sys.exit(3)' {{out}}").recording("请注意") is None
    assert await Speech(folder, "no-such-program-anywhere {out}").recording("请注意") is None
    assert await Speech(folder, f"{sys.executable} -c 'pass'").recording("请注意") is None
    assert list(folder.glob("*")) == []


async def test_the_recording_follows_the_text_where_a_program_speaks(tmp_path: Path, program: str) -> None:
    async with small_county(tmp_path / "county", speech_command=program) as county:
        await county.warn(colour="红色", places=[VILLAGE])
        county.seen_all()
        await county.press(HEAD, "大喇叭稿")
        assert "照着念" in county.new(HEAD)[0]
        sent = [call for call in county.world.ledger if call.method in {"sendVoice", "sendDocument"}]
        assert [str(call.params["chat_id"]) for call in sent] == [str(HEAD.user_id)]
        assert sent[0].ok
        county.seen_all()


@pytest.mark.skipif(not (shutil.which("espeak-ng") and shutil.which("ffprobe")), reason="espeak-ng, ffmpeg missing")
async def test_espeak_says_the_longest_text_in_twenty_seconds(tmp_path: Path) -> None:
    words = (
        "上坞后山村的乡亲们请注意，台风红色预警，六月二十四日晚上七点四十五分前有效。"
        "待在坚固房子里，离窗户远些。不要出去，不要靠近树和广告牌。请互相转告。"
    )
    path = await Speech(tmp_path).recording(words[:76])
    assert path is not None
    assert path.suffix == ".ogg"
    asked = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    told = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True, check=True)
    assert 10 < float(told.stdout) <= 20
