"""The outbox empties in the right order, settles in batches and comes to rest."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest

from delivery.dispatcher import Dispatcher
from delivery.errors import after_error, doubtful
from delivery.pacing import Pacer
from delivery.transport import flood
from domain.outgoing import Lane, Outcome, Policy, QueuedMessage, Settlement
from tests.delivery.delivery_fakes import (
    START,
    InstantCarrier,
    MemoryOutbox,
    StillClock,
    VirtualClock,
    message,
    run_virtually,
)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def unpaced() -> Pacer:
    return Pacer(rate=None, per_group=None, per_private=None)


class Still:
    """A dispatcher on a clock that stands still, for `run_once`."""

    def __init__(self, pacer: Pacer | None = None) -> None:
        self.clock = StillClock()
        self.outbox = MemoryOutbox()
        self.carrier = InstantCarrier(self.clock)
        self.pacer = pacer or unpaced()
        self.dispatcher = Dispatcher(self.outbox, self.carrier, self.pacer, self.clock, "boot-1")

    @property
    def carried(self) -> list[int]:
        return [item.id for _, item in self.carrier.log]


class Live(Still):
    """A dispatcher that runs, on virtual time."""

    def __init__(self, pacer: Pacer | None = None, **options: Any) -> None:
        super().__init__(pacer or Pacer())
        self.clock = VirtualClock()  # type: ignore[assignment]
        self.carrier.clock = self.clock
        self.stop = asyncio.Event()
        self.dispatcher = Dispatcher(self.outbox, self.carrier, self.pacer, self.clock, "boot-1", **options)

    async def during(self, script: Coroutine[Any, Any, None]) -> None:
        """Run the dispatcher while the script plays, then stop it."""
        running = asyncio.create_task(self.dispatcher.run(self.stop))
        await script
        self.stop.set()
        await running

    async def idle(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def seconds(self) -> list[float]:
        return [(when - START).total_seconds() for when, _ in self.carrier.log]


# -- one round ------------------------------------------------------------------------------------------------


async def test_everything_due_is_sent_and_settled() -> None:
    desk = Still()
    desk.outbox.put(*(message(n, -n) for n in range(1, 61)))
    assert await desk.dispatcher.run_once()
    assert desk.outbox.states() == {"sent": 60}
    assert not await desk.dispatcher.run_once()
    assert desk.dispatcher.in_flight == 0


async def test_the_best_lane_goes_first() -> None:
    desk = Still()
    lanes = [Lane.DIGEST, Lane.REPLY, Lane.URGENT, Lane.RED]
    desk.outbox.put(*(message(n, -n - 1, lane=lane) for n, lane in enumerate(lanes)))
    await desk.dispatcher.run_once()
    assert desk.carried == [4, 3, 2, 1]


async def test_one_chat_gets_its_messages_one_after_the_other() -> None:
    desk = Still()
    desk.outbox.put(*(message(n, -1) for n in range(5)), message(9, -2))
    await desk.dispatcher.run_once()
    assert desk.carried == [1, 6, 2, 3, 4, 5]


async def test_no_more_than_the_cap_are_in_flight() -> None:
    desk = Still()
    desk.outbox.put(*(message(n, -n) for n in range(1, 101)))
    await desk.dispatcher.run_once()
    assert desk.carrier.most_flying == 48


async def test_a_message_due_later_waits() -> None:
    desk = Still()
    desk.outbox.put(message(not_before=at(10)))
    assert not await desk.dispatcher.run_once()
    desk.clock.advance(10)
    assert await desk.dispatcher.run_once()


async def test_only_what_pacing_lets_go_leaves() -> None:
    desk = Still(Pacer())
    desk.outbox.put(*(message(n, -n) for n in range(1, 11)))
    await desk.dispatcher.run_once()
    assert len(desk.carried) == 2
    desk.clock.advance(0.04)
    await desk.dispatcher.run_once()
    assert len(desk.carried) == 3


async def test_expiry_is_asked_again_just_before_the_request() -> None:
    desk = Still()
    desk.outbox.put(message(expires_at=at(5)))
    claim = desk.outbox.claim

    async def slow_claim(*args: Any) -> list[QueuedMessage]:
        claimed = await claim(*args)
        desk.clock.advance(6)
        return claimed

    desk.outbox.claim = slow_claim  # type: ignore[method-assign]
    await desk.dispatcher.run_once()
    assert desk.outbox.states() == {"expired": 1}
    assert desk.carried == []


@pytest.mark.logs_errors
async def test_an_error_of_ours_is_counted_and_tried_later(caplog: pytest.LogCaptureFixture) -> None:
    desk = Still()

    def explode(item: QueuedMessage) -> Settlement:
        raise KeyError("bug")

    desk.carrier.outcome = explode
    desk.outbox.put(message())
    with caplog.at_level(logging.ERROR):
        await desk.dispatcher.run_once()
    row = desk.outbox.rows[1]
    assert (row.state, row.attempts, row.reason, row.due) == ("retry", 1, "fault", at(3))
    assert "outbox id=1 could not be carried" in caplog.text


async def test_a_flood_freezes_its_chat_and_no_other() -> None:
    desk = Still()
    desk.outbox.put(message(1, -1), message(2, -1), message(3, -2))
    desk.carrier.outcome = lambda item: (
        after_error(flood(28), item, desk.clock.now())
        if item.id == 1
        else Settlement(item.id, Outcome.SENT, desk.clock.now())
    )
    await desk.dispatcher.run_once()
    assert desk.carried == [1, 3]
    desk.carrier.outcome = None
    desk.clock.advance(28)
    await desk.dispatcher.run_once()
    assert desk.carried == [1, 3, 1, 2]


# -- running --------------------------------------------------------------------------------------------------


def test_it_sleeps_until_woken() -> None:
    async def main() -> None:
        desk = Live()

        async def script() -> None:
            await desk.idle(30)
            claims = len(desk.outbox.claims)
            desk.outbox.put(message(), now=desk.clock.now())
            desk.dispatcher.wake()
            await desk.idle(1)
            assert desk.outbox.states() == {"sent": 1}
            assert claims <= 4

        await desk.during(script())
        assert desk.seconds() == [30]
        assert desk.outbox.recovered == 1

    run_virtually(main())


def test_an_hour_of_nothing_costs_next_to_nothing() -> None:
    async def main() -> None:
        desk = Live()
        await desk.during(desk.idle(3600))
        assert len(desk.outbox.claims) <= 130

    run_virtually(main())


def test_a_message_for_later_leaves_at_its_time() -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(message(not_before=at(600)))
        await desk.during(desk.idle(700))
        assert desk.seconds() == [600]

    run_virtually(main())


def test_a_message_that_waits_for_another_does_not_keep_the_loop_spinning() -> None:
    """Due, and yet not given out by the outbox: its target is not sent."""

    async def main() -> None:
        desk = Live()

        async def nothing(*_: Any) -> list[QueuedMessage]:
            desk.outbox.claims.append([])
            return []

        desk.outbox.claim = nothing  # type: ignore[method-assign]
        desk.outbox.put(message())
        await desk.during(desk.idle(600))
        assert len(desk.outbox.claims) < 300

    run_virtually(main())


def test_a_red_warning_overtakes_a_backlog_at_once() -> None:
    async def main() -> None:
        desk = Live()
        desk.carrier.delay = lambda: 0.1
        desk.outbox.put(*(message(n, -n, lane=Lane.URGENT) for n in range(1, 400)))

        async def script() -> None:
            await desk.idle(2)
            desk.outbox.put(message(1000, -1000, lane=Lane.RED), now=desk.clock.now())
            desk.dispatcher.wake()
            await desk.idle(1)

        await desk.during(script())
        [left] = [when for when, item in desk.carrier.log if item.out.lane is Lane.RED]
        assert left - at(2) <= timedelta(seconds=0.3)

    run_virtually(main())


def test_digests_wait_while_warnings_do_and_never_take_more_than_a_third() -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(*(message(n, -n, lane=Lane.DIGEST) for n in range(1, 200)))
        desk.outbox.put(*(message(n, -n, lane=Lane.RED) for n in range(1001, 1101)))
        await desk.during(desk.idle(60))
        order = [item.out.lane for _, item in desk.carrier.log]
        assert order[:100] == [Lane.RED] * 100
        digests = [when for when, item in desk.carrier.log if item.out.lane is Lane.DIGEST]
        assert len(digests) == 199
        assert digests[-1] - digests[0] >= timedelta(seconds=198 * 3 / 26.8 * 0.99)

    run_virtually(main())


def test_replies_and_warnings_take_turns_in_a_crowd() -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(*(message(n, n, lane=Lane.REPLY) for n in range(1, 101)))
        desk.outbox.put(*(message(n, -n, lane=Lane.RED) for n in range(101, 201)))
        await desk.during(desk.idle(20))
        order = [item.out.lane for _, item in desk.carrier.log]
        last_red = max(place for place, lane in enumerate(order) if lane is Lane.RED)
        for start in range(last_red - 6):
            assert order[start : start + 6].count(Lane.RED) >= 2
        assert 15 <= order[:last_red].count(Lane.REPLY) <= 40

    run_virtually(main())


def test_outcomes_are_settled_in_groups_while_the_disk_is_slow() -> None:
    async def main() -> None:
        desk = Live(unpaced())
        desk.outbox.put(*(message(n, -n) for n in range(1, 201)))
        settle = desk.outbox.settle

        async def slow(settlements: list[Settlement], now: datetime) -> None:
            await asyncio.sleep(0.05)
            await settle(settlements, now)

        desk.carrier.delay = lambda: 0.01
        desk.outbox.settle = slow  # type: ignore[method-assign,assignment]
        await desk.during(desk.idle(5))
        assert desk.outbox.states() == {"sent": 200}
        assert len(desk.outbox.settled) <= 25

    run_virtually(main())


def test_a_chat_is_free_again_only_when_its_outcome_is_written() -> None:
    async def main() -> None:
        desk = Live(unpaced())
        desk.outbox.put(message(1, -1), message(2, -1))
        settle = desk.outbox.settle

        async def slow(settlements: list[Settlement], now: datetime) -> None:
            await asyncio.sleep(2)
            await settle(settlements, now)

        desk.outbox.settle = slow  # type: ignore[method-assign,assignment]
        await desk.during(desk.idle(10))
        assert desk.seconds() == [0, 2]

    run_virtually(main())


@pytest.mark.logs_errors
def test_a_disk_that_fails_for_a_while_loses_and_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(*(message(n, -n) for n in range(1, 31)))
        desk.outbox.fail_claims, desk.outbox.fail_settles = 3, 9
        await desk.during(desk.idle(30))
        assert desk.outbox.states() == {"sent": 30}
        assert len(desk.carrier.log) == 30

    run_virtually(main())
    assert "could not be read" in caplog.text
    assert "could not be settled" in caplog.text


@pytest.mark.logs_errors
def test_one_outcome_that_cannot_be_written_does_not_hold_up_the_others() -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(*(message(n, -n) for n in range(1, 31)))
        settle = desk.outbox.settle

        async def picky(settlements: list[Settlement], now: datetime) -> None:
            if any(s.id == 5 for s in settlements):
                raise ValueError("poison")
            await settle(settlements, now)

        desk.outbox.settle = picky  # type: ignore[method-assign,assignment]
        await desk.during(desk.idle(30))
        assert desk.outbox.states() == {"sent": 29, "sending": 1}

    run_virtually(main())


def test_while_telegram_cannot_be_reached_little_is_tried_and_then_everything_leaves() -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(*(message(n, -n, lane=Lane.RED) for n in range(1, 101)))

        def outcome(item: QueuedMessage) -> Settlement:
            now = desk.clock.now()
            if now < at(120):
                return Settlement(item.id, Outcome.RETRY, now, retry_at=now, reason="not_sent", counted=False)
            return Settlement(item.id, Outcome.SENT, now)

        desk.carrier.outcome = outcome
        await desk.during(desk.idle(160))
        tries = [second for second in desk.seconds() if second < 120]
        assert len(tries) <= 80
        assert desk.outbox.states() == {"sent": 100}
        assert max(desk.seconds()) <= 120 + 16 + 6
        assert all(row.attempts == 1 for row in desk.outbox.rows.values())
        now = desk.clock.now()
        assert desk.pacer.unreachable(now) == now + timedelta(seconds=0.5)

    run_virtually(main())


def test_a_run_of_doubts_slows_down_instead_of_doubling_everything() -> None:
    async def main() -> None:
        desk = Live()
        policy = Policy.AT_LEAST_ONCE
        desk.outbox.put(*(message(n, -n, lane=Lane.RED, policy=policy) for n in range(1, 101)))

        def outcome(item: QueuedMessage) -> Settlement:
            now = desk.clock.now()
            return doubtful(item, now) if now < at(30) else Settlement(item.id, Outcome.SENT, now)

        desk.carrier.outcome = outcome
        await desk.during(desk.idle(120))
        assert len([second for second in desk.seconds() if second < 30]) < 60
        assert desk.outbox.states() == {"sent": 100}

    run_virtually(main())


def test_what_was_claimed_before_a_pause_does_not_leave_during_it() -> None:
    async def main() -> None:
        desk = Live()
        desk.outbox.put(*(message(n, -n) for n in range(1, 21)))

        def outcome(item: QueuedMessage) -> Settlement:
            now = desk.clock.now()
            if now < at(0.01):
                return after_error(flood(5), item, now)
            return Settlement(item.id, Outcome.SENT, now)

        desk.carrier.outcome = outcome
        await desk.during(desk.idle(30))
        assert desk.seconds()[:2] == [0, 0]
        assert min(desk.seconds()[2:]) >= 5
        assert desk.outbox.states() == {"sent": 20}

    run_virtually(main())


# -- stopping -------------------------------------------------------------------------------------------------


def test_a_clean_stop_waits_for_what_is_under_way_and_claims_no_more() -> None:
    async def main() -> None:
        desk = Live()
        desk.carrier.delay = lambda: 3.0
        desk.outbox.put(*(message(n, -n) for n in range(1, 100)))
        await desk.during(desk.idle(1))
        states = desk.outbox.states()
        assert set(states) == {"sent", "pending"}
        assert states["sent"] == len(desk.carrier.log)
        assert desk.clock.now() <= at(5)

    run_virtually(main())


def test_what_does_not_come_home_in_ten_seconds_is_in_doubt() -> None:
    async def main() -> None:
        desk = Live()
        desk.carrier.delay = lambda: 1000.0
        desk.outbox.put(message(policy=Policy.AT_MOST_ONCE))
        await desk.during(desk.idle(1))
        assert desk.outbox.states() == {"ambiguous": 1}
        assert desk.clock.now() <= at(12)

    run_virtually(main())


def test_a_stop_in_the_middle_of_settling_settles_once() -> None:
    async def main() -> None:
        desk = Live()
        settle = desk.outbox.settle

        async def slow(settlements: list[Settlement], now: datetime) -> None:
            await asyncio.sleep(1)
            await settle(settlements, now)

        desk.outbox.settle = slow  # type: ignore[method-assign,assignment]
        desk.outbox.put(message())
        await desk.during(desk.idle(0.5))
        assert desk.outbox.states() == {"sent": 1}
        assert [len(batch) for batch in desk.outbox.settled] == [1]

    run_virtually(main())
