"""A county's speech engine on the whole bot: its reading is a proposal beside the voice, and nothing waits."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from domain.patrols import TaskState
from tests.bot.test_hazard_report import hazard
from tests.bot.test_patrol_rounds import begin, point, states, tasks
from tests.bot.test_patrol_spoken import speak
from tests.support.county import GRID, OFFICER, STATION, County, small_county

Making = Callable[[str], AbstractAsyncContextManager[County]]

SAYS = "import sys; sys.stdout.buffer.write('后山裂缝变宽两指'.encode())"
FAILS = "import sys; sys.exit(1)"


@pytest.fixture
def with_engine(tmp_path: Path) -> Making:
    def made(script: str) -> AbstractAsyncContextManager[County]:
        file = tmp_path / "listening.toml"
        file.write_text(f"[listener]\ncommand = {json.dumps([sys.executable, '-c', script, '{file}'])}\n", "utf-8")
        return small_county(tmp_path, county_file=file)

    return made


@pytest.fixture
async def county(with_engine: Making) -> AsyncIterator[County]:
    async with with_engine(SAYS) as made:
        yield made


async def listen(county: County) -> None:
    while await county.bot.voices.run_once():
        continue
    await county.settle()


async def spoken(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await speak(county, GRID)


async def test_the_reading_comes_into_the_message_that_asks(county: County) -> None:
    await spoken(county)
    before = len(county.messages(OFFICER.user_id))
    assert "机器听写" not in county.last(OFFICER)
    await listen(county)
    assert "机器听写（请以录音为准）：后山裂缝变宽两指" in county.last(OFFICER)
    assert len(county.messages(OFFICER.user_id)) == before  # edited, no message more
    assert await states(county) == [TaskState.OPEN]  # a machine decides nothing
    await county.press(OFFICER, "0 有问题，照听写记")
    (task,) = await tasks(county)
    (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(task.id))
    assert (task.state, said.words, said.recorded_by) == (
        TaskState.ABNORMAL,
        "后山裂缝变宽两指",
        county.ids[OFFICER.user_id],
    )
    county.seen_all()


async def test_who_heard_otherwise_writes_it_himself(county: County) -> None:
    await spoken(county)
    await listen(county)
    await county.say(OFFICER, "0 后山没裂缝，是水沟堵了")
    (task,) = await tasks(county)
    (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(task.id))
    assert said.words == "后山没裂缝，是水沟堵了"
    county.seen_all()


async def test_one_says_that_all_is_fine_whatever_the_machine_read(county: County) -> None:
    await spoken(county)
    await listen(county)
    await county.say(OFFICER, "1")
    (task,) = await tasks(county)
    (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(task.id))
    assert (task.state, said.words) == (TaskState.NORMAL, "")
    county.seen_all()


async def test_a_reading_that_comes_after_the_answer_changes_no_message(county: County) -> None:
    await spoken(county)
    await county.say(OFFICER, "1")
    texts = [one.text for one in county.messages(OFFICER.user_id)]
    await listen(county)
    assert [one.text for one in county.messages(OFFICER.user_id)] == texts
    row = await county.run(lambda work: work.rows.rounds.spoken(1))
    assert row.heard == "后山裂缝变宽两指"
    county.seen_all()


async def test_a_failing_engine_leaves_the_voice_as_it_was(with_engine: Making) -> None:
    async with with_engine(FAILS) as county:
        await spoken(county)
        asked = county.last(OFFICER)
        await listen(county)
        assert county.last(OFFICER) == asked
        await county.press(OFFICER, "1 一切正常")
        assert await states(county) == [TaskState.NORMAL]
        county.seen_all()


async def test_a_voice_that_waited_too_long_is_left_to_people(county: County) -> None:
    await spoken(county)
    county.clock.advance(timedelta(minutes=31))
    await listen(county)
    row = await county.run(lambda work: work.rows.rounds.spoken(1))
    assert row.heard == ""
    county.seen_all()


async def by_voice(county: County) -> None:
    await county.say(GRID, "/report")
    await county.press(GRID, "滑坡、崩塌")
    await county.press(GRID, "上坞村")
    await county.world.send_voice(GRID.user_id, GRID.user_id, b"OggS", duration=8)
    await county.settle()
    await county.press(GRID, "没有人")
    await county.press(GRID, "跳过")
    await county.press(GRID, "确认提交")


async def test_a_hazard_told_by_voice_is_put_into_words_by_the_desk(county: County) -> None:
    await by_voice(county)
    await listen(county)
    card = next(one for one in reversed(county.messages(STATION.user_id)) if "🎙 语音 1 条" in one.text)
    assert "机器听写（请以录音为准）：后山裂缝变宽两指" in card.text
    assert (await hazard(county)).what == ""
    await county.press(STATION, "📝 照听写记")
    row = await hazard(county)
    assert (row.what, row.state.value) == ("后山裂缝变宽两指", "reported")
    card = next(one for one in reversed(county.messages(STATION.user_id)) if "🎙 语音 1 条" in one.text)
    assert "照听写记" not in str(card.payload)
    county.seen_all()


async def test_without_an_engine_the_desk_writes_what_it_heard(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await by_voice(county)
        assert "机器听写" not in "".join(one.text for one in county.messages(STATION.user_id))
        await county.press(STATION, "📝 写明情况")
        await county.say(STATION, "后山裂缝变宽")
        await county.press(STATION, "确认提交")
        assert (await hazard(county)).what == "后山裂缝变宽"
        assert "号的情况已记下" in county.last(STATION)
        county.seen_all()
