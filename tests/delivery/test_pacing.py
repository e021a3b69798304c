"""Departures that neither a sliding window nor a token bucket at the other end refuses."""

import random
from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.pacing import Pacer
from domain.outgoing import Lane
from tests.delivery.delivery_fakes import START

GROUP, OTHER, PERSON = -100, -200, 300
NO_TIME = timedelta(0)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def departures(pacer: Pacer, chat_id: int, count: int, lane: Lane = Lane.REPLY) -> list[float]:
    """Send as fast as the pacer allows; the seconds at which it did."""
    times, now = [], START
    for _ in range(count):
        now = pacer.ready_at(chat_id, now, lane)
        pacer.sent(chat_id, now, lane)
        times.append((now - START).total_seconds())
    return times


def most_within(times: list[float], window: float) -> int:
    """The most events in any half-open stretch of so many seconds."""
    return max(sum(start <= t < start + window for t in times) for start in times)


def test_departures_are_spaced_evenly() -> None:
    pacer = Pacer()
    times = [departure(pacer, chat) for chat in range(-400, 0)]
    gaps = [b - a for a, b in pairwise(times[1:])]
    assert max(gaps) - min(gaps) < 1e-5
    assert times[-1] == pytest.approx(398 / 26.8, rel=1e-3)


def departure(pacer: Pacer, chat_id: int) -> float:
    ready = pacer.ready_at(chat_id, START)
    pacer.sent(chat_id, ready)
    return (ready - START).total_seconds()


def test_a_group_gets_one_a_second_and_eighteen_a_minute() -> None:
    times = departures(Pacer(), GROUP, 60)
    assert times[:18] == [float(second) for second in range(18)]
    assert most_within(times, 60) == 18
    assert most_within(times, 1) == 1


def test_a_private_chat_bears_a_small_burst() -> None:
    times = departures(Pacer(rate=None), PERSON, 12)
    assert times == [0.0] * 4 + [5.0] * 4 + [10.0] * 4


def test_one_chats_limit_does_not_hold_another_back() -> None:
    pacer = Pacer()
    departures(pacer, GROUP, 18)
    assert pacer.ready_at(GROUP, at(20)) == at(60)
    assert pacer.ready_at(OTHER, at(20)) == at(20)
    assert set(pacer.held(at(20))) == {GROUP}
    assert set(pacer.held(at(60))) == set()


def test_boards_leave_a_group_room_for_warnings() -> None:
    pacer = Pacer()
    edits = departures(pacer, GROUP, 12, Lane.DIGEST)
    assert edits == [float(second) for second in range(12)]
    now = at(12)
    assert pacer.ready_at(GROUP, now, Lane.DIGEST) == at(60)
    assert pacer.ready_at(GROUP, now, Lane.RED) == now
    assert GROUP in pacer.held(now, Lane.DIGEST)
    assert GROUP not in pacer.held(now, Lane.RED)


def test_digests_take_a_third_of_the_rate() -> None:
    pacer = Pacer()
    now, times = START, []
    for chat in range(-90, 0):
        now = pacer.ready_at(chat, now, Lane.DIGEST)
        pacer.sent(chat, now, Lane.DIGEST)
        times.append((now - START).total_seconds())
    assert times[-1] == pytest.approx(89 * 3 / 26.8, rel=1e-3)
    assert pacer.room(now, timedelta(seconds=1), Lane.DIGEST) == 8
    assert pacer.room(now, timedelta(seconds=1), Lane.RED) >= 25


def test_a_refusal_freezes_its_own_chat_only() -> None:
    pacer = Pacer()
    pacer.refused(GROUP, timedelta(seconds=28), at(0))
    assert pacer.ready_at(GROUP, at(1)) == at(28)
    assert pacer.halted_until(GROUP, at(1)) == at(28)
    assert pacer.ready_at(OTHER, at(1)) == at(1)
    assert pacer.halted_until(OTHER, at(1)) is None
    assert set(pacer.held(at(1))) == {GROUP}


def test_the_same_chat_refused_twice_does_not_stop_the_others() -> None:
    pacer = Pacer()
    pacer.refused(GROUP, timedelta(seconds=5), at(0))
    pacer.refused(GROUP, timedelta(seconds=9), at(6))
    assert pacer.ready_at(OTHER, at(7)) == at(7)


def test_a_second_chat_refused_within_a_minute_pauses_everything_for_the_shorter_wait() -> None:
    pacer = Pacer()
    pacer.refused(GROUP, timedelta(seconds=28), at(0))
    pacer.refused(OTHER, timedelta(seconds=3), at(30))
    assert pacer.ready_at(PERSON, at(30)) == at(33)
    assert pacer.room(at(30), timedelta(seconds=1)) == 0
    assert pacer.next_slot(at(31)) == at(33)
    assert pacer.halted_until(PERSON, at(32)) == at(33)


def test_a_second_chat_refused_later_than_a_minute_pauses_nothing() -> None:
    pacer = Pacer()
    pacer.refused(GROUP, timedelta(seconds=28), at(0))
    pacer.refused(OTHER, timedelta(seconds=3), at(61))
    assert pacer.ready_at(PERSON, at(61)) == at(61)


def paced(pacer: Pacer, start: float, seconds: float) -> int:
    """How many leave for ever new chats in so many seconds."""
    now, end, count = at(start), at(start + seconds), 0
    while True:
        now = pacer.ready_at(10**9 + count, now)
        if now >= end:
            return count
        pacer.sent(10**9 + count, now)
        count += 1


def test_after_a_pause_the_rate_is_halved_and_grows_back() -> None:
    pacer = Pacer()
    pacer.refused(GROUP, timedelta(seconds=2), at(0))
    pacer.refused(OTHER, timedelta(seconds=2), at(0))
    assert 12 <= paced(pacer, 2, 1) <= 15
    assert 25 <= paced(pacer, 40, 1) <= 29


def test_refusals_of_what_was_already_under_way_halve_only_once() -> None:
    pacer = Pacer()
    for chat in range(-20, 0):
        pacer.refused(chat, timedelta(seconds=2), at(0))
    assert 12 <= paced(pacer, 2, 1) <= 15


def test_the_rate_never_falls_below_an_eighth() -> None:
    pacer = Pacer()
    for round_ in range(10):
        for chat in (GROUP, OTHER):
            pacer.refused(chat, timedelta(seconds=1), at(round_))
    assert paced(pacer, 10, 10) >= 30


def test_while_the_line_is_down_everything_waits_longer_each_time() -> None:
    pacer = Pacer()
    now, waits = at(0), []
    for _ in range(8):
        until = pacer.unreachable(now)
        assert pacer.unreachable(now) == until
        waits.append((until - now).total_seconds())
        now = until
    assert waits == [0.5, 1, 2, 4, 8, 16, 16, 16]
    pacer.reached()
    assert pacer.unreachable(now) == now + timedelta(seconds=0.5)


def test_a_late_start_is_made_up_by_one_message_and_no_more() -> None:
    pacer = Pacer()
    pacer.sent(1, at(0))
    assert pacer.room(at(100), NO_TIME) == 2


def test_replies_keep_a_share_of_their_own() -> None:
    pacer = Pacer()
    assert pacer.reply_room(START) == 8
    for person in range(1, 9):
        pacer.sent(person, START, Lane.REPLY)
    assert pacer.reply_room(START) == 0
    assert pacer.reply_room(at(0.2)) == 1


def test_nothing_is_paced_when_switched_off() -> None:
    pacer = Pacer(rate=None, per_group=None, per_private=None)
    for _ in range(1000):
        assert pacer.ready_at(GROUP, START) == START
        pacer.sent(GROUP, START)
        pacer.sent(PERSON, START, Lane.DIGEST)
    assert set(pacer.held(START, Lane.DIGEST)) == set()
    assert pacer.room(START, NO_TIME) > 10**6
    assert pacer.room(START, NO_TIME, Lane.DIGEST) > 10**6
    pacer.refused(GROUP, timedelta(seconds=5), START)
    assert pacer.ready_at(GROUP, START) == at(5)


def test_who_was_long_silent_is_forgotten() -> None:
    pacer = Pacer(rate=None)
    for second in range(20_000):
        pacer.sent(second + 1, at(second), Lane.REPLY)
        pacer.sent(-second - 1, at(second), Lane.DIGEST)
    assert len(pacer._chats) < 1000
    assert len(pacer._held) + len(pacer._held_digests) < 1000


def test_waiting_for_a_free_chat_has_an_end() -> None:
    pacer = Pacer(rate=None)
    assert pacer.next_release(START) is None
    pacer.sent(GROUP, START)
    assert pacer.next_release(START) == at(1)
    assert pacer.next_release(at(1)) is None


# -- against servers that count in both ways --------------------------------------------------------------------


class SlidingServer:
    """Refuses the 31st request in any second, and the 21st in any minute of a group."""

    def __init__(self) -> None:
        self.all: deque[float] = deque()
        self.groups: dict[int, deque[float]] = {}

    def accepts(self, chat_id: int, time: float) -> bool:
        group = self.groups.setdefault(chat_id, deque())
        while self.all and self.all[0] <= time - 1:
            self.all.popleft()
        while group and group[0] <= time - 60:
            group.popleft()
        if len(self.all) >= 30 or (chat_id < 0 and len(group) >= 20):
            return False
        self.all.append(time)
        group.append(time)
        return True


class BucketServer:
    """Thirty tokens, thirty more a second; twenty for a group, a third of one more a second."""

    def __init__(self) -> None:
        self.levels: dict[int, tuple[float, float]] = {}

    def take(self, key: int, size: float, rate: float, time: float) -> bool:
        level, stamp = self.levels.get(key, (size, time))
        level = min(size, level + max(0.0, time - stamp) * rate)
        self.levels[key] = (level - 1, time) if level >= 1 else (level, time)
        return level >= 1

    def accepts(self, chat_id: int, time: float) -> bool:
        group = chat_id >= 0 or self.take(chat_id, 20, 1 / 3, time)
        return group and self.take(0, 30, 30, time)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([SlidingServer, BucketServer]), st.integers(1, 60))
def test_no_traffic_is_refused(seed: int, server_kind: type[SlidingServer | BucketServer], groups: int) -> None:
    """Few or many chats, in bursts and lulls, every lane; the line delays each request by up to 40 ms."""
    dice, pacer, server = random.Random(seed), Pacer(), server_kind()
    now, arrivals = START, []
    for _ in range(600):
        if dice.random() < 0.02:
            now += timedelta(seconds=dice.expovariate(1 / 5))
        chat = -dice.randint(1, groups) if dice.random() < 0.8 else dice.randint(1, 50)
        lane = dice.choice(list(Lane))
        now = max(now, pacer.ready_at(chat, now, lane))
        pacer.sent(chat, now, lane)
        arrivals.append(((now - START).total_seconds() + dice.random() * 0.04, chat))
    assert [chat for time, chat in sorted(arrivals) if not server.accepts(chat, time)] == []


def test_instants_are_exact_to_the_microsecond() -> None:
    pacer = Pacer()
    now = datetime(2026, 7, 21, 14, 0, 0, 123457, tzinfo=UTC)
    pacer.sent(GROUP, now)
    ready = pacer.ready_at(GROUP, now)
    assert ready == now + timedelta(seconds=1)
    assert pacer.ready_at(GROUP, ready) == ready
