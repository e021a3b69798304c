"""The workers of other channels: each at its own pace, on a clock that stands still unless it is slept on."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from clock import Clock
from delivery.channels import ChannelDispatcher
from delivery.gateways import Attempt, Letter
from domain.channels import OtherChannel, Tried
from services.ports import QueuedSide, SideMessage, SideSettlement
from tests.support.databases import START


class Time(Clock):
    """Whoever sleeps is woken when the time is moved that far."""

    def __init__(self) -> None:
        self.at = START
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.at + timedelta(seconds=seconds), woken))
        await woken

    async def move(self, **by: float) -> None:
        self.at += timedelta(**by)
        for until, woken in self._sleepers:
            if until <= self.at and not woken.done():
                woken.set_result(None)
        await breathe()


async def breathe() -> None:
    for _ in range(300):
        await asyncio.sleep(0)


class Door:
    """services.ports.SideDoor over a list."""

    def __init__(self, clock: Time, **waiting: int) -> None:
        self.clock = clock
        self.waiting = {name: [queued(name, number) for number in range(count)] for name, count in waiting.items()}
        self.settled: list[SideSettlement] = []
        self.recovered: list[str] = []
        self.broken = 0

    async def claim(self, channel: str, boot: str, limit: int) -> list[QueuedSide]:
        taken, self.waiting[channel] = self.waiting[channel][:limit], self.waiting[channel][limit:]
        return taken

    async def settle(self, settlements: Sequence[SideSettlement]) -> None:
        self.settled += settlements

    async def recover(self, boot: str) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("the database is away")
        self.recovered.append(boot)

    async def next_due(self, channel: str) -> datetime | None:
        return self.clock.now() if self.waiting[channel] else None


def queued(channel: str, number: int, **more: object) -> QueuedSide:
    message = SideMessage(f"{channel}{number}", "warning:1", channel, f"text {number}", person_id=1, **more)  # type: ignore[arg-type]
    return QueuedSide(1000 * len(channel) + number, message, 0, 0, phone="13800000001")


def channel(name: str, **more: object) -> OtherChannel:
    given = {"name": name, "label": name, "kind": "sms_json", "url": "https://x.example/", **more}
    return OtherChannel.model_validate({"body": '{"to": "{phone}", "text": "{text}"}', **given})


class Quick:
    """A gateway that takes everything at once; `hold` keeps what it gets until it is set."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.tried = Tried.SENT

    async def __call__(self, letter: Letter) -> Attempt:
        self.letters.append(letter)
        await self.hold.wait()
        return Attempt(self.tried)


@pytest.fixture
def clock() -> Time:
    return Time()


async def test_a_slow_channel_holds_up_no_other_and_has_so_many_under_way(clock: Time) -> None:
    door, slow, quick = Door(clock, slow=9, fast=9), Quick(), Quick()
    slow.hold.clear()
    both = ChannelDispatcher(
        [channel("slow", at_once=3), channel("fast")], door, clock, "boot", {"slow": slow, "fast": quick}
    )
    stop = asyncio.Event()
    running = asyncio.create_task(both.run(stop))
    await breathe()
    assert (len(slow.letters), len(quick.letters)) == (3, 9)
    slow.hold.set()
    await breathe()
    assert len(slow.letters) == 9
    stop.set()
    await running
    assert len(door.settled) == 18
    assert door.recovered == ["boot"]


async def test_no_more_leave_in_a_minute_than_the_county_says(clock: Time) -> None:
    door, gateway = Door(clock, sms=25), Quick()
    one = ChannelDispatcher([channel("sms", most_per_minute=10, at_once=4)], door, clock, "boot", {"sms": gateway})
    stop = asyncio.Event()
    running = asyncio.create_task(one.run(stop))
    await breathe()
    assert len(gateway.letters) == 10
    await clock.move(seconds=59)
    assert len(gateway.letters) == 10
    await clock.move(seconds=1)
    assert len(gateway.letters) == 20
    await clock.move(seconds=60)
    assert len(gateway.letters) == 25
    stop.set()
    await running


async def test_what_is_queued_while_it_rests_leaves_when_it_is_woken(clock: Time) -> None:
    door, gateway = Door(clock, sms=0), Quick()
    one = ChannelDispatcher([channel("sms")], door, clock, "boot", {"sms": gateway})
    stop = asyncio.Event()
    running = asyncio.create_task(one.run(stop))
    await breathe()
    door.waiting["sms"] = [queued("sms", 1)]
    one.wake()
    await breathe()
    assert [letter.text for letter in gateway.letters] == ["text 1"]
    stop.set()
    await running


async def test_what_is_under_way_when_it_stops_is_settled_first(clock: Time) -> None:
    door, gateway = Door(clock, sms=1), Quick()
    gateway.hold.clear()
    one = ChannelDispatcher([channel("sms")], door, clock, "boot", {"sms": gateway})
    stop = asyncio.Event()
    running = asyncio.create_task(one.run(stop))
    await breathe()
    stop.set()
    await breathe()
    assert not running.done()
    gateway.hold.set()
    await running
    assert [one.tried for one in door.settled] == [Tried.SENT]


@pytest.mark.logs_errors
async def test_a_fault_of_ours_in_one_message_stops_no_other(clock: Time) -> None:
    class Broken(Quick):
        async def __call__(self, letter: Letter) -> Attempt:
            if letter.text == "text 0":
                raise ValueError("a fault of ours")
            return await super().__call__(letter)

    door = Door(clock, sms=2)
    one = ChannelDispatcher([channel("sms")], door, clock, "boot", {"sms": Broken()})
    await one.run_once()
    assert {(s.tried, s.reason) for s in door.settled} == {(Tried.UNKNOWN, "fault"), (Tried.SENT, "")}


async def test_just_before_it_leaves_its_end_its_address_and_a_second_copy_are_looked_at(clock: Time) -> None:
    door, gateway = Door(clock, sms=0), Quick()
    over = queued("sms", 1, expires_at=START)
    nowhere = QueuedSide(2, queued("sms", 2).message, 0, 0)
    again = QueuedSide(3, queued("sms", 3, resend_mark="【补发】").message, 1, 1, phone="13800000001")
    door.waiting["sms"] = [over, nowhere, again]
    one = ChannelDispatcher([channel("sms")], door, clock, "boot", {"sms": gateway})
    await one.run_once()
    assert sorted((s.tried.value, s.reason) for s in door.settled) == [
        ("expired", "expired"),
        ("refused", "no_address"),
        ("sent", ""),
    ]
    assert [letter.text for letter in gateway.letters] == ["【补发】text 3"]
