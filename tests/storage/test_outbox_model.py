"""The outbox under any order of putting, claiming, outcomes, crashes and time, held against a plain model.

What is shown, on both databases: a message that must arrive is never lost; one that may arrive once never arrives
twice; nothing leaves after it has expired; second copies are marked as such; every row is in a state it may be in.
"""

import asyncio
import itertools
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.outgoing import Kind, Lane, Outcome, Outgoing, Policy, QueuedMessage, Settlement
from domain.text import Html
from storage.database import Database
from storage.outbox import MAX_TRIES
from storage.store import SqlStore
from tests.support.databases import Databases, Each, Hands

T = TypeVar("T")
WAITING = {"pending", "retry", "sending"}


@dataclass
class Told:
    """What the model knows of one message."""

    out: Outgoing
    copies: int = 0
    """how often it has really arrived"""
    doubts: int = 0
    """ambiguous outcomes and crashes while it was under way: each may cost one more copy"""
    tries: int = 0
    ended: set[str] = field(default_factory=set)
    """states it may end in for a reason the model has seen"""


class Outbox(RuleBasedStateMachine):
    databases: Databases
    dialect: str
    folder: Path

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        self.loop = asyncio.new_event_loop()
        self.url = self.stack.enter_context(self.databases.fresh(self.dialect, self.folder))
        self.clock = Hands()
        self.numbers = itertools.count(1)
        self.boot = 0
        self.told: dict[str, Told] = {}
        self.flying: list[QueuedMessage] = []
        self.screen: dict[str, int] = {}
        """target → number of the edit that shows now"""
        self._connect()

    def _connect(self) -> None:
        self.database = self.do(Database.open(self.url))
        self.each = Each(SqlStore(self.database, self.clock.now))

    def do(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(_awaited(work))

    # -- what services do -----------------------------------------------------------------------------------------

    @rule(
        lane=st.sampled_from(Lane),
        policy=st.sampled_from([Policy.AT_LEAST_ONCE, Policy.AT_MOST_ONCE]),
        chat=st.integers(1, 3),
        lives=st.sampled_from([None, 2, 60]),
        waits=st.sampled_from([None, 30]),
    )
    def put(self, lane: Lane, policy: Policy, chat: int, lives: int | None, waits: int | None) -> None:
        out = Outgoing(
            key=f"m{next(self.numbers)}",
            chat_id=chat,
            text=Html("x"),
            lane=lane,
            policy=policy,
            expires_at=self._in(lives),
            not_before=self._in(waits),
        )
        self._put(out)

    def _in(self, seconds: int | None) -> datetime | None:
        return None if seconds is None else self.clock.now() + timedelta(seconds=seconds)

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def put_edit(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from([t.out for t in self.told.values() if t.out.kind is Kind.SEND]))
        number = next(self.numbers)
        out = Outgoing(
            key=f"e{number}",
            chat_id=target.chat_id,
            text=Html(str(number)),
            kind=Kind.EDIT,
            lane=Lane.DIGEST,
            policy=Policy.IDEMPOTENT,
            target=target.key,
        )
        for other in self.told.values():
            if other.out.target == target.key:
                other.ended.add("superseded")
        self._put(out)

    def _put(self, out: Outgoing) -> None:
        assert self.do(self.each.outbox.put(out)) == 1
        self.told[out.key] = Told(out)

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def put_again(self, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(sorted(self.told)))
        assert self.do(self.each.outbox.put(self.told[known].out)) == 0

    # -- what delivery does ---------------------------------------------------------------------------------------

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        busy = [queued.out.chat_id for queued in self.flying]
        claimed = self.do(self.each.outbox.claim(str(self.boot), limit, busy, tuple(Lane)))
        chats = [queued.out.chat_id for queued in claimed]
        assert len(claimed) <= limit
        assert len({*chats, *busy}) == len(chats) + len(busy)
        assert [q.out.lane for q in claimed] == sorted(q.out.lane for q in claimed)
        for queued in claimed:
            self._may_leave(queued)
        self.flying += claimed

    def _may_leave(self, queued: QueuedMessage) -> None:
        told = self.told[queued.out.key]
        assert queued.attempts == told.tries
        assert queued.out.expires_at is None or queued.out.expires_at > self.clock.now()
        assert queued.out.policy is not Policy.AT_MOST_ONCE or told.doubts == 0
        if queued.out.policy is Policy.AT_LEAST_ONCE:
            assert queued.may_have_arrived == (told.doubts > 0)
        if queued.out.kind is Kind.EDIT:
            assert queued.message_id is not None
            newer = [t.out.key for t in self.told.values() if t.out.target == queued.out.target]
            assert queued.attempts > 0 or queued.out.key == newer[-1]

    @precondition(lambda self: self.flying)
    @rule(
        outcome=st.sampled_from([Outcome.SENT] * 3 + [Outcome.RETRY, Outcome.AMBIGUOUS, Outcome.DEAD]),
        arrived=st.booleans(),
    )
    def one_comes_back(self, outcome: Outcome, arrived: bool) -> None:
        queued = self.flying.pop(0)
        told = self.told[queued.out.key]
        if outcome is Outcome.SENT or (outcome is Outcome.AMBIGUOUS and arrived):
            self._arrive(queued)
        told.tries += outcome is not Outcome.SENT
        if outcome is Outcome.AMBIGUOUS:
            told.doubts += 1
            told.ended.add("ambiguous")
        if outcome is Outcome.DEAD or told.tries >= MAX_TRIES:
            told.ended.add("dead")
        said = Settlement(id=queued.id, outcome=outcome, at=self.clock.now(), message_ids=(queued.id + 1000,))
        assert len(self.do(self.each.outbox.settle([said]))) == 1

    def _arrive(self, queued: QueuedMessage) -> None:
        told = self.told[queued.out.key]
        told.copies += 1
        if queued.out.kind is Kind.EDIT and queued.out.target is not None:
            self.screen[queued.out.target] = int(queued.out.text)

    @rule(arrived=st.booleans())
    def crash(self, arrived: bool) -> None:
        """The process dies; of what was under way, all or nothing had left the machine."""
        for queued in self.flying:
            told = self.told[queued.out.key]
            if arrived:
                self._arrive(queued)
            told.doubts += 1
            told.tries += 1
            told.ended.add("ambiguous")
            if told.tries >= MAX_TRIES:
                told.ended.add("dead")
        under_way, self.flying = len(self.flying), []
        self.do(self.database.close())
        self._connect()
        self.boot += 1
        assert self.do(self.each.outbox.recover(str(self.boot))) == under_way

    @rule(seconds=st.sampled_from([1, 3, 20, 120]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    # -- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_and_nothing_is_doubled(self) -> None:
        for key, told in self.told.items():
            state, _ = self.do(self.each.outbox.state_of(key))
            self._is_accounted_for(told, state)
            if told.out.policy is Policy.AT_MOST_ONCE:
                assert told.copies <= 1
            assert told.copies <= 1 + told.doubts

    def _is_accounted_for(self, told: Told, state: str) -> None:
        if state == "sent":
            assert told.copies >= 1
        elif state == "expired":
            assert told.out.expires_at is not None
            assert told.out.expires_at <= self.clock.now()
        elif state == "superseded":
            assert told.out.kind is Kind.EDIT
            assert "superseded" in told.ended or self._target_never_came(told)
        elif state == "ambiguous":
            assert told.out.policy is Policy.AT_MOST_ONCE
            assert told.doubts == 1
        else:
            assert state in WAITING or (state == "dead" and "dead" in told.ended)
        assert (state == "sending") == (told.out.key in {queued.out.key for queued in self.flying})

    def _target_never_came(self, told: Told) -> bool:
        assert told.out.target is not None
        state, _ = self.do(self.each.outbox.state_of(told.out.target))
        return state in {"dead", "expired", "ambiguous"}

    # -- and in the end -------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        try:
            self._drain()
        finally:
            self.do(self.database.close())
            self.loop.close()
            self.stack.close()

    def _drain(self) -> None:
        """A good day follows: whatever still waits arrives, and every message shows its newest edit."""
        for _ in range(500):
            while self.flying:
                self.one_comes_back(Outcome.SENT, True)
            self.clock.advance(seconds=10)
            self.claim(4)
            if not self.flying and self.do(self.each.outbox.next_due()) is None:
                break
        assert self.do(self.each.outbox.waiting()) == {}
        for told in self.told.values():
            state, _ = self.do(self.each.outbox.state_of(told.out.key))
            if told.out.policy is Policy.AT_LEAST_ONCE:
                assert told.copies >= 1 or state in {"expired", "dead"}
            if told.out.kind is Kind.EDIT and state == "sent":
                assert told.out.target is not None
                assert self.screen[told.out.target] >= int(told.out.text)


async def _awaited(work: Awaitable[T]) -> T:
    return await work


@pytest.fixture
def machine(dialect: str, databases: Databases, tmp_path: Path) -> type[Outbox]:
    """The machine, tied to a kind of database; one database for each example."""
    tied: dict[str, Any] = {"databases": databases, "dialect": dialect, "folder": tmp_path}
    return type("Outbox", (Outbox,), tied)


def test_no_order_of_events_loses_or_doubles_a_message(machine: type[Outbox]) -> None:
    how_often = 25 if machine.dialect == "sqlite" else 5
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=how_often,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
