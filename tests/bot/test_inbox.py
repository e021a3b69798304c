"""The queue that forgets nothing, and what a start finds in it."""

from typing import Any

import pytest
from telegram import Update
from telegram.error import NetworkError

from handlers.inbox import MAX_TRIES, DurableQueue
from services.work import Work
from tests.support.county import GRID, HEAD, VILLAGE, County, Someone


def queue_of(county: County) -> DurableQueue:
    queue = county.bot.application.update_queue
    assert isinstance(queue, DurableQueue)
    return queue


def word(county: County, update_id: int, who: Someone = GRID, text: str = "收到") -> dict[str, Any]:
    person = {"id": who.user_id, "is_bot": False, "first_name": who.name}
    chat = {"id": who.user_id, "type": "private", "first_name": who.name}
    message = {"message_id": update_id, "date": int(county.clock.now().timestamp()), "chat": chat, "from": person}
    return {"update_id": update_id, "message": {**message, "text": text}}


def broken(update_id: int) -> dict[str, Any]:
    """What PTB raises about when it reads it."""
    return {"update_id": update_id, "message": {"message_id": 1, "date": "soon", "chat": {"id": 1}}}


async def states(county: County) -> dict[int, int]:
    """update → tries, of what is not finished"""

    async def look(work: Work) -> dict[int, int]:
        return {number: tries for number, _, tries in await work.rows.inbox.undone()}

    return await county.bot.doors.run(look)


async def aside(county: County) -> list[int]:
    async def look(work: Work) -> list[int]:
        return [number for number, _ in await work.rows.inbox.aside()]

    return await county.bot.doors.run(look)


async def test_what_comes_is_kept_and_queued_and_ptb_only_sees_a_number(county: County) -> None:
    queue = queue_of(county)
    shown = await queue.keep([word(county, 11), word(county, 12, HEAD)])
    assert shown == [{"update_id": 12}]
    assert await states(county) == {11: 0, 12: 0}
    assert queue.qsize() == 2
    await queue.put(Update.de_json(shown[0]))
    assert queue.qsize() == 2
    await county.settle()
    county.seen_all()


async def test_what_is_redelivered_is_not_queued_again(county: County) -> None:
    queue = queue_of(county)
    for _ in range(3):
        assert await queue.keep([word(county, 11)]) == [{"update_id": 11}]
    assert queue.qsize() == 1
    await county.settle()
    await queue.keep([word(county, 11)])
    assert queue.empty()
    county.seen_all()


@pytest.mark.logs_errors
async def test_one_update_that_cannot_be_read_holds_up_nobody(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    shown = await queue_of(county).keep([word(county, 21), broken(22), word(county, 23, HEAD)])
    assert shown == [{"update_id": 23}]
    await county.settle()
    assert [len(county.new(who)) for who in (GRID, HEAD)] == [1, 1]
    assert await aside(county) == [22]
    assert await states(county) == {}
    county.seen_all()


async def test_things_that_are_no_updates_are_left_out(county: County) -> None:
    queue = queue_of(county)
    shown = await queue.keep([{"message": {}}, 7, {"update_id": "31"}, word(county, 32)])  # type: ignore[list-item]
    assert shown == [{"update_id": 32}]
    assert queue.qsize() == 1
    await county.settle()
    county.seen_all()


async def test_a_batch_without_a_single_update_makes_polling_wait(county: County) -> None:
    with pytest.raises(NetworkError):
        await queue_of(county).keep([{"message": {}}])


# -- a start ----------------------------------------------------------------------------------------------------


async def test_a_start_queues_what_was_never_tried_and_counts_it_once(county: County) -> None:
    queue = queue_of(county)
    await queue.keep([word(county, 41), word(county, 42, HEAD)])
    while not queue.empty():
        queue.get_nowait()  # the process died
    assert await county.bot.inbox.recover(queue) == 2
    assert await states(county) == {41: 1, 42: 1}
    assert queue.qsize() == 2
    await county.settle()
    assert await states(county) == {}
    county.seen_all()


async def test_what_was_in_hand_at_a_death_is_done_one_by_one_before_anything_else(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    queue = queue_of(county)
    await queue.keep([word(county, 51)])
    queue.get_nowait()
    await county.bot.inbox.recover(queue)
    queue.get_nowait()  # died again
    await queue.keep([word(county, 52, HEAD)])
    queue.get_nowait()
    assert await county.bot.inbox.recover(queue) == 2
    assert await states(county) == {52: 1}
    assert queue.qsize() == 1
    await county.settle()
    assert [len(county.new(who)) for who in (GRID, HEAD)] == [1, 1]
    county.seen_all()


@pytest.mark.logs_errors
async def test_what_was_in_hand_at_every_death_is_put_aside_and_told(county: County) -> None:
    queue = queue_of(county)
    await queue.keep([word(county, 61)])
    queue.get_nowait()

    async def died(work: Work) -> None:
        for _ in range(MAX_TRIES):
            await work.rows.inbox.attempt(61, "restart")

    await county.bot.doors.run(died)
    await county.bot.inbox.recover(queue)
    assert await aside(county) == [61]
    await county.settle()
    assert "没有办成" in county.last(GRID)
    county.seen_all()


@pytest.mark.logs_errors
async def test_a_row_that_cannot_be_read_does_not_keep_the_bot_from_starting(county: County) -> None:
    async def old(work: Work) -> None:
        await work.rows.inbox.store([(71, '{"update_id": 71, "message": {"date": "soon"}}')], work.now)

    await county.bot.doors.run(old)
    await county.bot.inbox.recover(queue_of(county))
    assert await aside(county) == [71]
