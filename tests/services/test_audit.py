"""Invariants of the books: each fault is found and named, and a county at work breaks none."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.audit import audit
from tests.support.county import GRID, VILLAGE, County

_LONG_AGO = "2026-06-19 00:00:00.000000"
_FAULTS = {
    "message_stuck": "UPDATE outbox SET state = 'pending', due_at = :ago WHERE id = 1",
    "claim_of_nobody": "UPDATE outbox SET state = 'sending', due_at = :ago WHERE id = 1",
    "ladder_stuck": "UPDATE obligation SET next_step_at = :ago WHERE id = (SELECT min(id) FROM obligation"
    " WHERE state = 'open')",
    "board_never_drawn": "UPDATE board SET dirty = 1, drawn_at = :ago",
    "dialogue_never_closed": "INSERT INTO dialogue (user_id, chat_id, form, session, screen_key, updated_at)"
    " VALUES (1, 1, 'hazard', '{}', 'k', '2026-06-01 00:00:00.000000')",
    "update_not_handled": "INSERT INTO inbox (update_id, raw, received_at, state) VALUES (7, '{}', :ago, 'new')",
    "asked_after_the_end": "UPDATE warning SET state = 'lifted'",
    "answer_without_time": "UPDATE obligation SET answered_at = NULL WHERE state = 'answered'",
    "late_without_being": "UPDATE obligation SET late = 1 WHERE state = 'answered'",
    "climbs_after_the_end": "UPDATE obligation SET next_step_at = '2026-06-22 00:00:00.000000'"
    " WHERE state = 'answered'",
    "board_without_post": "DELETE FROM outbox WHERE key LIKE 'warning:1:post:%'",
    "sent_after_its_end": "UPDATE outbox SET expires_at = :ago WHERE id = 1",
    "sent_without_message": "UPDATE outbox SET message_id = NULL WHERE id = 1",
    "in_force_past_its_end": "UPDATE warning SET expires = :ago",
}


@pytest.fixture
async def at_work(county: County) -> County:
    """A warning is out, one has answered, the bot has heard Telegram just now."""
    await county.warn(places=[VILLAGE])
    await county.press(GRID, "收到")
    await county.pass_time(minutes=15)
    await county.run(lambda work: work.rows.heartbeats.heard("heard", work.now))
    county.seen_all()
    return county


async def rules(county: County) -> Sequence[str]:
    return [one.rule for one in await county.run(audit)]


async def spoil(county: County, statement: str) -> None:
    async def change(connection: Any) -> None:
        wanted = {"ago": _LONG_AGO} if ":ago" in statement else {}
        assert (await connection.execute(sa.text(statement), wanted)).rowcount > 0

    await county.bot.database.write(change)


async def test_a_county_at_work_breaks_no_rule(at_work: County) -> None:
    assert await rules(at_work) == []


@pytest.mark.parametrize("rule", _FAULTS)
async def test_every_fault_is_found_and_named(at_work: County, rule: str) -> None:
    await spoil(at_work, _FAULTS[rule])
    assert [one.rule for one in await at_work.bot.doors.run(audit)] == [rule]


async def test_what_had_to_wait_for_a_deaf_bot_is_not_stuck(at_work: County) -> None:
    await spoil(at_work, _FAULTS["ladder_stuck"])
    now = at_work.clock.now()
    await at_work.bot.doors.run(lambda work: work.rows.heartbeats.deaf(now - timedelta(minutes=20), now))
    assert [one.rule for one in await at_work.bot.doors.run(audit)] == []


async def test_a_bot_that_stands_still_has_nothing_stuck_since(at_work: County) -> None:
    at_work.clock.advance(timedelta(minutes=30))
    assert [one.rule for one in await at_work.bot.doors.run(audit)] == []
