"""Faults on the line, found by looking for them: what is under way when a warning ends, a group that moves, a bot that
hears nothing, a database that is away for a moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from demo.notices import cap
from domain.obligations import Channel
from domain.outgoing import Lane, Outcome, Settlement
from services.acknowledge import acknowledge
from services.handover import hand_over
from services.ports import Group
from services.reach import OutboxDesk
from services.warning_end import lift
from services.warning_voice import WarningVoice
from services.work import Work
from tests.support.county import GRID, HEAD, NEIGHBOUR_HEAD, VILLAGE, County


async def end(work: Work) -> bool:
    row = await work.rows.warnings.get(1)
    assert row is not None
    return await lift(work, row, "县气象台")


async def take_in(county: County, colour: str = "橙色") -> None:
    """A warning for the village is in force, and nothing of it has left."""
    areas = [("", VILLAGE.ljust(12, "0"))]
    _, xml = cap(county.clock.now(), kind="暴雨", colour=colour, areas=areas, text="有雨", instruction="到岗")
    (county.folder / "warning.xml").write_text(xml, "utf-8")
    for _ in range(8):
        await county.bot.folder.scan_once()


# -- what is under way when a warning ends ------------------------------------------------------------------------


async def test_a_group_where_the_post_may_have_arrived_is_told_of_the_end(county: County) -> None:
    county.world.faults.lose_response("sendMessage", chat_id=county.village_group)
    county.world.faults.too_many("sendMessage", retry_after=20, chat_id=county.township_group)
    await take_in(county)
    await county.bot.dispatcher.run_once()
    await county.run(end)
    assert "预警已解除" in county.last(county.village_group)
    assert county.texts(county.township_group) == []
    county.seen_all()


async def test_what_is_being_sent_when_a_warning_ends_is_not_tried_again(county: County) -> None:
    await take_in(county)
    desk, now = OutboxDesk(county.bot.doors), county.clock.now()
    under_way = await desk.claim(now, county.bot.boot, 50, [], list(Lane))
    await county.bot.doors.run(end)
    refused = [Settlement(one.id, Outcome.RETRY, now, retry_at=now, counted=False) for one in under_way]
    await desk.settle(refused, now)
    await county.settle()
    assert [text for text in county.texts(county.village_group) if "请各责任人按" in text] == []
    assert [text for text in county.new(GRID) if "已解除" not in text] == []  # it may have arrived: he is told
    county.seen_all()


async def test_the_list_of_the_silent_outlives_the_answer_of_who_gets_it(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    county.seen_all()
    for _ in range(6):
        county.clock.advance(timedelta(minutes=1))
        await county.bot.beat()

    async def answer(work: Work) -> None:
        head = await work.rows.people.get(county.ids[HEAD.user_id])
        assert head is not None
        await acknowledge(work, head, 1, Channel.BUTTON)

    await county.run(answer)
    assert [text for text in county.new(HEAD) if "您村以下同志" in text] != []
    county.seen_all()


# -- a group that becomes a supergroup ------------------------------------------------------------------------------


async def moved(county: County) -> int:
    """A warning is in force, and one of its groups goes by another number now."""
    members = [HEAD.user_id, GRID.user_id, county.bot.bot.id]
    old = county.world.add_group("老群", members=members, admins=[HEAD.user_id, county.bot.bot.id], kind="group").id
    await county.run(lambda work: work.rows.groups.save(Group(old, "老群", VILLAGE)))
    await county.warn(places=[VILLAGE])
    new: int = county.world.migrate(old)
    await county.settle()
    county.seen_all()
    return new


async def test_a_group_that_moved_is_told_of_the_end(county: County) -> None:
    new = await moved(county)
    await county.run(end)
    assert "预警已解除" in county.last(new)
    county.seen_all()


async def test_a_word_in_a_group_that_moved_is_counted(county: County) -> None:
    new = await moved(county)
    await county.say(GRID, "收到", new)
    owed = await county.run(
        lambda work: work.rows.obligations.find("warning:1", county.ids[GRID.user_id], "acknowledge")
    )
    assert owed.channel is Channel.TEXT
    county.seen_all()


# -- hearing nothing ----------------------------------------------------------------------------------------------


async def test_nobody_climbs_while_the_bot_hears_nothing(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    county.bot.hearing.failed()
    for _ in range(40):
        county.clock.advance(timedelta(seconds=30))
        await county.bot.beat()
    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    assert [text[:7] for text in county.new(GRID)] == ["刚才线路中断过"]
    assert [text for text in county.new(HEAD) if "未应答" in text] == []
    county.seen_all()


async def test_nobody_climbs_after_a_restart_before_anything_was_heard(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.pass_time(seconds=30)
    county.seen_all()
    await county.stack.aclose()
    county.clock.advance(timedelta(minutes=20))
    assert county.start_bot is not None
    county.bot = await county.stack.enter_async_context(county.start_bot())
    await county.bot.hearing.begin()
    for _ in range(5):
        county.clock.advance(timedelta(seconds=1))
        await county.bot.beat()
    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    assert [text[:7] for text in county.new(GRID)] == ["刚才线路中断过"]
    county.seen_all()


async def test_a_question_that_has_not_left_is_neither_repeated_nor_recalled(county: County) -> None:
    await take_in(county)
    county.clock.advance(timedelta(minutes=11))
    await county.bot.beat()
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=5))
    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    assert [text[:4] for text in county.new(GRID)] == ["🟠 暴雨"]
    county.seen_all()


async def test_who_is_asked_again_is_asked_at_once(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=5))
    county.bot.hearing.heard()
    county.bot.dispatcher._woken.clear()
    await county.bot.beat()
    assert county.bot.dispatcher._woken.is_set()
    await county.settle()
    county.seen_all()


# -- a database that is away for a moment ---------------------------------------------------------------------------


@asynccontextmanager
async def no_database(county: County, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    async def gone(_work: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(county.bot.database, "write", gone)
        yield


@pytest.mark.logs_errors
async def test_a_time_of_deafness_is_not_forgotten(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=20))
    county.bot.hearing.heard()
    async with no_database(county, monkeypatch):
        await county.bot.beat()
    await county.bot.beat()
    await county.settle()
    assert [text[:7] for text in county.new(GRID)] == ["刚才线路中断过"]
    county.seen_all()


@pytest.mark.logs_errors
async def test_clocks_are_put_back_even_where_nobody_can_be_asked_again(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def boom(*_given: object) -> None:
        raise ValueError("a fault of ours")

    await county.warn(places=[VILLAGE])
    county.seen_all()
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=20))
    county.bot.hearing.heard()
    with monkeypatch.context() as patched:
        patched.setattr(WarningVoice, "ask_again", boom)
        await county.bot.beat()
    await county.settle()
    assert county.unseen() == {}
    assert not county.bot.hearing.deaf


@pytest.mark.logs_errors
async def test_what_was_said_while_the_database_was_away_is_heard(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    queue = county.bot.application.update_queue
    for words in ("收到", "/help"):
        await county.world.say(GRID.user_id, GRID.user_id, words)
    for update in await county.bot.bot.get_updates(offset=county._offset, timeout=0):
        await queue.put(update)
        county._offset = update.update_id + 1
    async with no_database(county, monkeypatch):
        while not queue.empty():
            await county.bot.inbox.process(queue.get_nowait())
        await county.bot.beat()
    await county.bot.beat()
    await county.settle()
    said = county.new(GRID)
    assert (len(said), said[0]) == (2, "已记录 08:00：2026-001号预警。")
    county.seen_all()


@pytest.mark.logs_errors
async def test_an_update_that_cannot_be_read_does_not_keep_the_bot_from_starting(county: County) -> None:
    await county.run(lambda work: work.rows.inbox.store([(5, '{"update_id": "no number", "message": 5}')], work.now))
    await county.restart()
    aside = await county.run(lambda work: work.rows.inbox.aside())
    assert [number for number, _ in aside] == [5]


async def test_a_watchdog_that_waits_for_telegram_does_not_hold_up_the_end(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, stop = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(county.bot, "_poll", never.wait)
    county.bot.hearing._last_real -= 1000.0
    looking = asyncio.create_task(county.bot._watch_over(stop)())
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(looking, timeout=5)


# -- taking over ----------------------------------------------------------------------------------------------------


async def test_who_takes_over_gets_the_whole_warning_and_no_word_of_a_lost_press(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()

    async def hand_on(work: Work) -> None:
        head = await work.rows.people.get(county.ids[HEAD.user_id])
        other = await work.rows.people.get(county.ids[NEIGHBOUR_HEAD.user_id])
        assert head is not None
        await hand_over(work, head, other, "leave")

    await county.run(hand_on)
    said = county.new(NEIGHBOUR_HEAD)
    assert len(said) == 1
    assert "线路中断" not in said[0]
    assert "请注意防范" in said[0]
    county.seen_all()


# -- what people said while the bot could not hear -----------------------------------------------------------------


async def answered_late(county: County) -> dict[int, bool]:
    """person → late, of all who answered the first warning"""
    rows = await county.bot.doors.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    return {row.person_id: row.late for row in rows if row.answered_at is not None}


async def test_a_word_said_while_the_line_was_down_is_judged_by_clocks_that_stood_still(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.pass_time(minutes=2)
    county.world.faults.reset("getUpdates", before=True, times=None)
    county.bot.hearing.failed()
    await county.world.say(GRID.user_id, GRID.user_id, "收到")
    county.clock.advance(timedelta(minutes=20))
    county.world.faults.clear()
    await county.settle()
    assert await answered_late(county) == {county.ids[GRID.user_id]: False}
    await county.pass_time(minutes=9)
    await county.say(HEAD, "收到")
    assert (await answered_late(county))[county.ids[HEAD.user_id]] is True
    county.seen_all()


async def test_a_word_that_a_dead_process_had_kept_is_not_late_for_the_time_nobody_was_there(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.pass_time(minutes=2)
    await county.bot.doors.run(lambda work: work.rows.heartbeats.heard("heard", work.now))
    await county.world.say(GRID.user_id, GRID.user_id, "收到")
    updates = await county.bot.bot.get_updates(offset=county._offset, timeout=0)
    for update in updates:
        await county.bot.application.update_queue.put(update)
    county.clock.advance(timedelta(minutes=20))
    await county.restart()
    assert await answered_late(county) == {county.ids[GRID.user_id]: False}
    county.seen_all()


async def test_time_off_the_clocks_is_taken_off_once(county: County) -> None:
    """Two starts, of which only the second one hears anything."""
    await county.warn(places=[VILLAGE])
    await county.bot.doors.run(lambda work: work.rows.heartbeats.heard("heard", work.now))
    for _ in range(2):
        county.clock.advance(timedelta(minutes=10))
        await county.restart()
    owed = await county.bot.doors.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    assert {row.stopped for row in owed} == {timedelta(minutes=20)}
    county.seen_all()
