"""What is forgotten and what stays, on both databases."""

from datetime import timedelta

import pytest

from domain.duty import Shift
from domain.outgoing import Outcome, Outgoing, Settlement
from domain.patrols import Phase
from domain.people import PersonId
from domain.text import Html
from services.ports import PatrolTask, Proof
from services.ports.duty_log import DutyEntry, Handover
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each, Hands

WORDS = "王大爷，请马上转移到上坞村文化礼堂。"


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(people)


async def test_positions_go_and_distances_and_photos_stay(each: Each, ids: list[PersonId]) -> None:
    (task,) = await each.patrols.add_tasks([PatrolTask(0, ids[0], VILLAGE, Phase.BEFORE, START, ids[0], START, 1)])
    old, new = START, START + timedelta(days=30)
    for at in (old, new):
        await each.patrols.add_proof(Proof(0, task.id, ids[0], at, "photo", 28.45, 119.48, 12.5, True, False, 3210))
    assert await each.retention.forget_positions(new) == 1
    forgotten, kept = await each.patrols.proofs_of(task.id)
    assert (forgotten.lat, forgotten.lon, forgotten.accuracy) == (None, None, None)
    assert (forgotten.distance_m, forgotten.file_id, forgotten.live) == (3210, "photo", True)
    assert (kept.lat, kept.lon) == (28.45, 119.48)
    assert await each.retention.forget_positions(new) == 0


async def test_words_go_and_the_fact_that_they_were_sent_stays(each: Each, clock: Hands) -> None:
    await each.outbox.put(Outgoing(key="warning:1:ask:1", chat_id=7, subject="warning:1", text=Html(WORDS)))
    (claimed,) = await each.outbox.claim("boot", 5, (), (0, 1, 2, 3))
    await each.outbox.settle([Settlement(claimed.id, Outcome.SENT, clock.now(), message_ids=(41,))])
    await each.outbox.put(Outgoing(key="warning:1:ask:2", chat_id=8, subject="warning:1", text=Html(WORDS)))
    until = clock.advance(days=1)
    assert await each.retention.oldest_words() == START
    assert await each.retention.forget_words(START, until) == 1
    assert await each.outbox.state_of("warning:1:ask:1") == ("sent", "")
    assert await each.outbox.message_of("warning:1:ask:1") == (7, 41)
    (waiting,) = await each.outbox.claim("boot", 5, (), (0, 1, 2, 3))
    assert waiting.out.text == WORDS


async def test_the_same_key_is_still_never_sent_twice(each: Each, clock: Hands) -> None:
    message = Outgoing(key="warning:1:ask:1", chat_id=7, text=Html(WORDS))
    await each.outbox.put(message)
    (claimed,) = await each.outbox.claim("boot", 5, (), (0, 1, 2, 3))
    await each.outbox.settle([Settlement(claimed.id, Outcome.SENT, clock.now(), message_ids=(41,))])
    await each.retention.forget_words(START, clock.advance(days=1))
    assert await each.outbox.put(message) == 0


async def test_what_was_put_aside_is_emptied_and_still_counted(each: Each, clock: Hands) -> None:
    await each.inbox.store([(1, '{"text": "13800000000"}'), (2, '{"text": "new"}')], START)
    await each.inbox.put_aside(1, START, "ValueError")
    assert await each.retention.forget_words(START, clock.advance(days=1)) == 1
    assert [number for number, _ in await each.inbox.aside()] == [1]
    assert [number for number, _, _ in await each.inbox.undone()] == [2]
    assert await each.checkup.put_aside(START) == [1]


async def test_a_callers_number_goes_and_the_duty_log_stays(each: Each, ids: list[PersonId]) -> None:
    shift = await each.duty.add(Shift(0, TOWNSHIP, START, START + timedelta(hours=12)))
    drafted = await each.duty_log.add_handover(Handover(0, TOWNSHIP, shift.id, START, []))
    assert await each.duty_log.say(drafted.id, "岭下缺一人", "voice", ids[0])
    old, new = START, START + timedelta(days=1)
    for at in (old, new):
        await each.duty_log.write(
            DutyEntry(0, TOWNSHIP, 0, 1, at, at, ids[0], "岭下村书记", "后山有响声", phone="13800000001")
        )
    assert await each.retention.forget_words(START, new) == 2
    forgotten, kept = await each.duty_log.entries(TOWNSHIP, START, new + timedelta(days=1))
    assert (forgotten.phone, forgotten.caller, forgotten.content) == ("", "岭下村书记", "后山有响声")
    assert kept.phone == "13800000001"
    handover = await each.duty_log.handover_to(shift.id)
    assert (handover.words, handover.voice) == ("", "")
