"""World time: slow, fast, stopped, pushed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import WorldClock
from tests.sandbox.scene import START, turns


class Ticker:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_manual_clock_stands_still_until_it_is_advanced() -> None:
    clock = WorldClock.manual(START)
    assert clock.now() == START
    clock.advance(timedelta(hours=1))
    assert clock.now() == START + timedelta(hours=1)


def test_speed_multiplies_real_time_and_a_change_of_speed_does_not_jump() -> None:
    ticker = Ticker()
    clock = WorldClock(START, speed=60, monotonic=ticker)
    ticker.at += 10
    assert clock.now() == START + timedelta(minutes=10)
    clock.set_speed(1)
    assert clock.now() == START + timedelta(minutes=10)
    ticker.at += 5
    assert clock.now() == START + timedelta(minutes=10, seconds=5)


@pytest.mark.parametrize("speed", [-1, 601, float("nan")])
def test_a_speed_out_of_range_is_refused(speed: float) -> None:
    with pytest.raises(ValueError):
        WorldClock.manual(START).set_speed(speed)


def test_time_never_runs_backwards_by_advance_and_never_without_a_zone() -> None:
    clock = WorldClock.manual(START)
    with pytest.raises(ValueError):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError):
        clock.set(datetime(2026, 1, 1))
    clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2027, 1, 1, tzinfo=UTC)


async def test_a_sleeper_wakes_when_the_clock_is_advanced_past_him() -> None:
    clock = WorldClock.manual(START)
    sleeper = asyncio.create_task(clock.sleep(600))
    await turns()
    clock.advance(timedelta(seconds=599))
    await turns()
    assert not sleeper.done()
    clock.advance(timedelta(seconds=1))
    await turns()
    assert sleeper.done()


async def test_a_sleeper_wakes_by_himself_on_a_running_clock_and_sooner_when_it_is_sped_up() -> None:
    clock = WorldClock(START, speed=0.001)
    sleeper = asyncio.create_task(clock.sleep(1))
    await turns()
    assert not sleeper.done()
    clock.set_speed(600)
    await asyncio.wait_for(sleeper, 2)
    assert clock.now() >= START + timedelta(seconds=1)


async def test_walking_lets_a_loop_run_once_for_every_period() -> None:
    clock = WorldClock.manual(START)
    seen: list[datetime] = []

    async def every_minute() -> None:
        while True:
            await clock.sleep(60)
            seen.append(clock.now())

    loop = asyncio.create_task(every_minute())
    await clock.walk(timedelta(minutes=5))
    loop.cancel()
    assert seen == [START + timedelta(minutes=minute) for minute in range(1, 6)]


async def test_waiting_for_something_ends_with_it_or_with_the_time() -> None:
    clock = WorldClock.manual(START)
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(clock.wait_for(future, 15))
    await turns()
    clock.advance(timedelta(seconds=15))
    assert await waiting is False
    waiting = asyncio.create_task(clock.wait_for(future, 15))
    await turns()
    future.set_result(1)
    assert await waiting is True


async def test_a_cancelled_sleeper_leaves_nothing_behind() -> None:
    clock = WorldClock.manual(START)
    sleeper = asyncio.create_task(clock.sleep(10))
    await turns()
    sleeper.cancel()
    clock.advance(timedelta(seconds=20))
    await turns()
    assert sleeper.cancelled()
