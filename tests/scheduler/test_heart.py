"""The heart: beats never overlap, and stopping lets the one under way come to its end."""

import asyncio

import pytest

from scheduler.heart import Heart


async def test_stopping_waits_for_the_beat_that_is_under_way() -> None:
    began, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def beat() -> None:
        began.set()
        await go_on.wait()
        ended.set()

    heart = Heart({"tick": (0.01, beat)})
    heart.start()
    await began.wait()
    stopping = asyncio.create_task(heart.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping

    assert ended.is_set()


async def test_a_slow_beat_lets_others_fall_out_and_is_never_doubled() -> None:
    here, most, beats = 0, 0, 0
    enough = asyncio.Event()

    async def other() -> None:
        nonlocal beats
        beats += 1
        if beats == 5:
            enough.set()

    async def slow() -> None:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await enough.wait()
        here -= 1

    heart = Heart({"slow": (0.01, slow), "other": (0.03, other)})
    heart.start()
    await enough.wait()
    await heart.stop()

    assert most == 1


@pytest.mark.logs_errors
async def test_a_beat_that_fails_is_logged_and_followed_by_the_next() -> None:
    beats = 0
    twice = asyncio.Event()

    async def fail() -> None:
        nonlocal beats
        beats += 1
        if beats == 2:
            twice.set()
        raise LookupError("no")

    heart = Heart({"tick": (0.01, fail)})
    heart.start()
    await twice.wait()
    await heart.stop()

    assert beats >= 2


async def test_stopping_a_heart_that_never_beat_is_nothing() -> None:
    await Heart({}).stop()
