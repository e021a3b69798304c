"""Obligations: opened once, climbed once, answered once; clocks that stop."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from domain.obligations import Channel, ObligationState, Plan, Rung, Step
from domain.people import PersonId
from domain.places import PlaceCode
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.support.databases import START, Each, Hands

PLAN = Plan(
    answer_within=900,
    steps=(
        Step(rung=Rung.REMIND, after=600),
        Step(rung=Rung.VILLAGE_HEAD, after=900),
        Step(rung=Rung.LAPSE, after=1800),
    ),
)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def persons(store: SqlStore) -> list[PersonId]:
    return await store.write(lambda rows: people(rows, 4))


async def opened(
    each: Each, owing: Iterable[int], subject: str = "warning:1", what: str = "acknowledge", at: datetime = START
) -> list[int]:
    who = [(PersonId(one), VILLAGE, True) for one in owing]
    return list(await each.obligations.open(subject=subject, what=what, plan=PLAN, opened_at=at, owing=who))


async def test_an_obligation_comes_out_as_it_went_in(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])

    one = await each.obligations.get(number)

    assert (one.subject, one.what, one.person_id, one.place) == ("warning:1", "acknowledge", persons[0], VILLAGE)
    assert one.plan == PLAN
    assert (one.opened_at, one.due_at, one.next_step_at) == (START, START + 15 * MINUTE, START + 10 * MINUTE)
    assert (one.step, one.stopped, one.state, one.reachable) == (0, timedelta(), ObligationState.OPEN, True)
    assert (one.answered_at, one.channel, one.answered_by, one.late, one.note) == (None, None, None, False, "")
    assert await each.obligations.get(4711) is None
    assert await each.obligations.find("warning:1", persons[0], "acknowledge") == one
    assert await each.obligations.find("warning:1", persons[0], "triage") is None


async def test_opening_again_leaves_alone_who_owes_already(each: Each, persons: list[PersonId]) -> None:
    first = await opened(each, persons[:2])
    await each.obligations.climbed(first[0], 0, 1, START + 15 * MINUTE)

    again = await opened(each, persons[:3], at=START + MINUTE)

    assert len(again) == 1
    assert [o.step for o in await each.obligations.of_subject("warning:1")] == [1, 0, 0]
    assert [o.opened_at for o in await each.obligations.of_subject("warning:1")] == [START, START, START + MINUTE]
    assert await opened(each, []) == []


async def test_one_person_may_owe_different_things(each: Each, persons: list[PersonId]) -> None:
    await opened(each, persons[:1])
    await opened(each, persons[:1], what="evacuate")
    await opened(each, persons[:1], subject="warning:2")

    assert len(await each.obligations.open_of_person(persons[0])) == 3
    assert [o.subject for o in await each.obligations.open_of_person(persons[0], "acknowledge")] == [
        "warning:1",
        "warning:2",
    ]
    assert await each.obligations.open_of_person(persons[1]) == []


async def test_a_whole_county_is_asked_at_once(store: SqlStore, each: Each) -> None:
    ids = await store.write(lambda rows: people(rows, 650))

    assert len(await opened(each, ids)) == 650
    assert await each.obligations.tally("warning:1") == {VILLAGE: (0, 650)}


async def test_what_is_due_comes_in_the_order_of_its_time(each: Each, persons: list[PersonId]) -> None:
    numbers = await opened(each, persons)
    await each.obligations.climbed(numbers[0], 0, 1, START + 30 * MINUTE)
    await each.obligations.climbed(numbers[3], 0, 1, START + 5 * MINUTE)
    await each.obligations.finish(numbers[1], ObligationState.EXCUSED)

    assert [o.id for o in await each.obligations.due(START + 10 * MINUTE)] == [numbers[3], numbers[2]]
    assert [o.id for o in await each.obligations.due(START + 10 * MINUTE, limit=1)] == [numbers[3]]
    assert await each.obligations.due(START + 5 * MINUTE - timedelta(microseconds=1)) == []


async def test_a_rung_is_climbed_by_one_hand_only(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])

    moved = await asyncio.gather(*(each.obligations.climbed(number, 0, 1, None) for _ in range(5)))

    assert sorted(moved) == [False, False, False, False, True]
    assert (await each.obligations.get(number)).step == 1
    assert await each.obligations.due(START + timedelta(days=9)) == [], "above the top nothing is due"


async def test_nothing_is_climbed_once_an_answer_is_there(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])
    assert await each.obligations.answer(number, at=START, channel=Channel.BUTTON, by=persons[0], late=False)

    assert not await each.obligations.climbed(number, 0, 1, START)
    assert await each.obligations.due(START + timedelta(days=9)) == []


async def test_the_first_answer_stays(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])
    answers = await asyncio.gather(
        *(
            each.obligations.answer(
                number, at=START + n * MINUTE, channel=channel, by=persons[n], note=str(n), late=False
            )
            for n, channel in enumerate([Channel.PHONE, Channel.BUTTON, Channel.TEXT])
        )
    )

    assert answers == [True, False, False]
    one = await each.obligations.get(number)
    assert (one.state, one.answered_at, one.channel) == (ObligationState.ANSWERED, START, Channel.PHONE)
    assert (one.answered_by, one.note, one.late, one.next_step_at) == (persons[0], "0", False, None)


async def test_a_late_answer_after_the_end_of_the_ladder_counts_and_is_marked(
    each: Each, persons: list[PersonId]
) -> None:
    (number,) = await opened(each, persons[:1])
    assert await each.obligations.finish(number, ObligationState.LAPSED, "nobody")
    assert (await each.obligations.get(number)).note == "nobody"

    assert await each.obligations.answer(
        number, at=START + timedelta(hours=3), channel=Channel.BUTTON, by=persons[0], late=True
    )
    one = await each.obligations.get(number)
    assert (one.state, one.late) == (ObligationState.ANSWERED, True)


@pytest.mark.parametrize("state", [ObligationState.EXCUSED, ObligationState.CLOSED])
async def test_what_is_excused_or_closed_is_not_answered_any_more(
    each: Each, persons: list[PersonId], state: ObligationState
) -> None:
    (number,) = await opened(each, persons[:1])
    assert await each.obligations.finish(number, state)

    assert not await each.obligations.answer(number, at=START, channel=Channel.TEXT, by=persons[0], late=False)
    assert not await each.obligations.finish(number, ObligationState.LAPSED)
    assert (await each.obligations.get(number)).state is state


async def test_closing_a_subject_closes_what_is_open_and_says_whose_it_was(each: Each, persons: list[PersonId]) -> None:
    numbers = await opened(each, persons)
    other = await opened(each, persons[:1], subject="warning:2")
    await each.obligations.answer(numbers[1], at=START, channel=Channel.BUTTON, by=persons[1], late=False)

    closed = await each.obligations.close_subject("warning:1")

    assert [o.person_id for o in closed] == [persons[0], persons[2], persons[3]]
    assert {o.state for o in closed} == {ObligationState.OPEN}, "as they were"
    states = [o.state for o in await each.obligations.of_subject("warning:1")]
    assert states == [ObligationState.CLOSED, ObligationState.ANSWERED, ObligationState.CLOSED, ObligationState.CLOSED]
    assert (await each.obligations.get(other[0])).state is ObligationState.OPEN
    assert await each.obligations.close_subject("warning:1") == []


async def test_clocks_stop_for_the_time_they_share_with_the_pause(each: Each, persons: list[PersonId]) -> None:
    (before,) = await opened(each, persons[:1], at=START)
    (during,) = await opened(each, persons[1:2], at=START + 4 * MINUTE)
    (after,) = await opened(each, persons[2:3], at=START + 10 * MINUTE)
    (done,) = await opened(each, persons[3:], at=START)
    await each.obligations.answer(done, at=START, channel=Channel.BUTTON, by=persons[3], late=False)
    await each.obligations.climbed(before, 0, 3, None)

    moved = await each.obligations.stop_clocks(START + 2 * MINUTE, START + 10 * MINUTE)

    assert [o.id for o in moved] == [before, during]
    stopped = [(await each.obligations.get(number)).stopped for number in (before, during, after, done)]
    assert stopped == [8 * MINUTE, 6 * MINUTE, timedelta(), timedelta()]
    dues = [(await each.obligations.get(number)).due_at for number in (before, during, after)]
    assert dues == [START + 23 * MINUTE, START + 25 * MINUTE, START + 25 * MINUTE]
    next_steps = [(await each.obligations.get(number)).next_step_at for number in (before, during, after)]
    assert next_steps == [None, START + 20 * MINUTE, START + 20 * MINUTE]


async def test_pauses_add_up_to_the_microsecond(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])
    pause = timedelta(seconds=61, microseconds=1)
    for start in (START, START + timedelta(minutes=5)):
        await each.obligations.stop_clocks(start, start + pause)

    one = await each.obligations.get(number)
    assert one.stopped == 2 * pause
    assert one.due_at == START + 15 * MINUTE + 2 * pause
    assert await each.obligations.stop_clocks(START - MINUTE, START) == []


async def test_reachability_is_noted_on_what_is_open(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])
    (done,) = await opened(each, persons[:1], subject="warning:2")
    await each.obligations.finish(done, ObligationState.LAPSED)
    await each.obligations.set_reachable(persons[0], False)

    assert not (await each.obligations.get(number)).reachable
    assert (await each.obligations.get(done)).reachable


async def test_somebody_can_be_looked_at_at_once(each: Each, persons: list[PersonId]) -> None:
    (number,) = await opened(each, persons[:1])
    (top,) = await opened(each, persons[:1], subject="warning:2")
    await each.obligations.climbed(top, 0, 3, None)
    await each.obligations.wake(persons[0], START + MINUTE)

    assert [o.id for o in await each.obligations.due(START + MINUTE)] == [number]
    await each.obligations.wake(persons[0], START + 5 * MINUTE)
    assert (await each.obligations.get(number)).next_step_at == START + MINUTE, "never later than it was"


async def test_answers_are_tallied_by_place(each: Each, persons: list[PersonId]) -> None:
    await opened(each, persons[:3])
    (number,) = await each.obligations.open(
        subject="warning:1", what="acknowledge", plan=PLAN, opened_at=START, owing=[(persons[3], TOWNSHIP, False)]
    )
    await each.obligations.answer(number, at=START, channel=Channel.TEXT, by=persons[3], late=False)
    first = await each.obligations.find("warning:1", persons[0], "acknowledge")
    await each.obligations.answer(first.id, at=START, channel=Channel.TEXT, by=persons[0], late=True)

    assert await each.obligations.tally("warning:1") == {PlaceCode(VILLAGE): (1, 3), PlaceCode(TOWNSHIP): (1, 1)}
    assert await each.obligations.tally("warning:9") == {}


async def test_times_without_a_zone_are_refused(each: Each, persons: list[PersonId], clock: Hands) -> None:
    with pytest.raises(Exception, match="without a zone"):
        await opened(each, persons[:1], at=clock.now().replace(tzinfo=None))

    assert await each.obligations.of_subject("warning:1") == []
