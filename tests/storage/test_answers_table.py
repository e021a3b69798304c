"""Rows after 收到 on both databases: added, never changed; the newest counts; words are forgotten and counts stay."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from domain.calling import CallResult
from domain.households import Means
from domain.obligations import CUT_OFF, Channel, ObligationState
from domain.people import PersonId
from domain.places import PlaceCode
from domain.stage_two import Measure
from services.ports import Attempt, FirstReply, HouseholdReport, Measured, PhoneList
from storage.store import SqlStore
from tests.storage.filling import AT, PLAN, TOWNSHIP, VILLAGE, people, warning
from tests.support.databases import Each

OTHER = PlaceCode("331124001002")


@pytest.fixture
async def ids(store: SqlStore, each: Each) -> list[PersonId]:
    made = await store.write(people)
    await each.warnings.add(warning())
    return made


def report(by: PersonId, reached: int, *, total: int = 35, left: str = "", minutes: int = 0) -> HouseholdReport:
    means = frozenset({Means.LOUDSPEAKER, Means.DOOR})
    return HouseholdReport(0, 1, VILLAGE, reached, total, means, left, by, AT + timedelta(minutes=minutes))


async def test_measures_and_calls_come_out_as_they_went_in(each: Each, ids: list[PersonId]) -> None:
    said = Measured(0, 1, ids[0], VILLAGE, Measure.COUNTED, "42人'都在\n", Channel.TEXT, ids[0], AT)
    kept = await each.answers.add_measure(said)
    assert await each.answers.measures_of(1) == [kept]
    assert await each.answers.measures_of(1, ids[1]) == []
    tried = Attempt(0, 1, ids[0], VILLAGE, CallResult.SATELLITE, Channel.SATELLITE, ids[2], AT)
    kept_try = await each.answers.add_attempt(tried)
    assert await each.answers.attempts_of(1, [ids[0], ids[1]]) == [kept_try]
    assert await each.answers.attempts_of(2, ids) == []


async def test_a_list_is_found_by_every_name_on_it_and_kept_once(each: Each, ids: list[PersonId]) -> None:
    made = PhoneList("k", 1, "acknowledge", ids[2], "desk", (ids[1], ids[0]))
    await each.answers.add_list(made)
    await each.answers.add_list(made)
    assert await each.answers.lists_with(1, [ids[0], ids[1]], "acknowledge") == [made]
    assert await each.answers.lists_with(1, [ids[2]], "acknowledge") == []
    assert await each.answers.lists_with(1, [ids[0]], "act") == []
    await each.answers.list_drawn("k")
    (found,) = await each.answers.lists_with(1, [ids[0]], "acknowledge")
    assert found.times_drawn == 1


async def test_not_known_stays_not_known(each: Each, ids: list[PersonId]) -> None:
    first = await each.answers.add_first_reply(FirstReply(0, 1, TOWNSHIP, ids[0], ids[0], "王强", None, None, AT))
    assert await each.answers.first_replies(1) == {TOWNSHIP: first}
    later = await each.answers.add_first_reply(FirstReply(0, 1, TOWNSHIP, ids[0], ids[1], "王强", 3, 0, AT))
    assert await each.answers.first_replies(1) == {TOWNSHIP: later}


async def test_the_newest_households_count_and_the_history_stays(each: Each, ids: list[PersonId]) -> None:
    kept = [await each.answers.add_households(report(ids[0], n, minutes=n)) for n in (20, 32)]
    assert await each.answers.households_of(1) == {VILLAGE: kept[1]}
    assert await each.answers.household_history(1, VILLAGE) == kept
    assert await each.answers.last_households(VILLAGE) == kept[1]
    assert await each.answers.last_households(OTHER) is None


async def test_more_households_than_there_are_cannot_be_kept(each: Each, ids: list[PersonId]) -> None:
    with pytest.raises(IntegrityError):
        await each.answers.add_households(report(ids[0], 36))


async def test_which_households_were_left_is_forgotten_and_the_counts_stay(each: Each, ids: list[PersonId]) -> None:
    await each.answers.add_households(report(ids[0], 32, left="后山老王"))
    await each.answers.add_measure(Measured(0, 1, ids[0], VILLAGE, Measure.ARRIVED, "带两人", Channel.TEXT, ids[0], AT))
    await each.retention.forget_words(AT - timedelta(days=1), AT + timedelta(days=1))
    found = (await each.answers.households_of(1))[VILLAGE]
    assert (found.left, found.reached, found.total) == ("", 32, 35)
    assert [one.words for one in await each.answers.measures_of(1)] == [""]


async def test_a_cut_off_area_is_decided_once_and_ends_once(each: Each, ids: list[PersonId]) -> None:
    asked = await each.cutoffs.ask(1, TOWNSHIP, [VILLAGE, OTHER], AT)
    assert [(one.place, one.state) for one in asked] == [(VILLAGE, "asked"), (OTHER, "asked")]
    assert len(await each.cutoffs.ask(1, TOWNSHIP, [VILLAGE], AT)) == 2
    assert await each.cutoffs.now() == []
    assert await each.cutoffs.decide(1, TOWNSHIP, "cut_off", AT, ids[0])
    assert not await each.cutoffs.decide(1, TOWNSHIP, "denied", AT, ids[1])
    assert {one.place for one in await each.cutoffs.now()} == {VILLAGE, OTHER}
    later = AT + timedelta(hours=5)
    assert len(await each.cutoffs.between(AT + timedelta(hours=1), later)) == 2
    assert len(await each.cutoffs.end(TOWNSHIP, later, ids[1])) == 2
    assert await each.cutoffs.end(TOWNSHIP, later, ids[1]) == []
    (one, _) = await each.cutoffs.of(1)
    assert (one.state, one.since, one.until, one.by, one.ended_by) == ("over", AT, later, ids[0], ids[1])
    assert await each.cutoffs.between(later, later + timedelta(hours=1)) == []


async def test_what_is_cut_off_still_takes_an_answer_and_other_excuses_do_not(each: Each, ids: list[PersonId]) -> None:
    owing = [(one, VILLAGE, True) for one in ids]
    made = await each.obligations.open(subject="warning:1", what="acknowledge", plan=PLAN, opened_at=AT, owing=owing)
    await each.obligations.finish(made[0], ObligationState.EXCUSED, CUT_OFF)
    await each.obligations.finish(made[1], ObligationState.EXCUSED, f"on_leave:{ids[2]}")
    assert [one.id for one in await each.obligations.cut_off_in([VILLAGE])] == [made[0]]
    answer = {"at": AT, "channel": Channel.SATELLITE, "by": ids[2], "late": False}
    assert not await each.obligations.answer(made[1], **answer)
    assert await each.obligations.answer(made[0], **answer)
    counts = (await each.obligations.counts("warning:1"))[VILLAGE]
    assert (counts.answered, counts.owed, counts.late, counts.helped) == (1, 2, 0, 1)


async def test_what_was_cut_off_begins_anew_with_its_whole_ladder(each: Each, ids: list[PersonId]) -> None:
    (number,) = await each.obligations.open(
        subject="warning:1", what="acknowledge", plan=PLAN, opened_at=AT, owing=[(ids[0], VILLAGE, False)]
    )
    assert not await each.obligations.open_again(number, AT, True)
    before = await each.obligations.get(number)
    await each.obligations.climbed(number, 0, 1, None)
    await each.obligations.finish(number, ObligationState.EXCUSED, CUT_OFF)
    later = AT + timedelta(hours=5)
    assert await each.obligations.open_again(number, later, True)
    after = await each.obligations.get(number)
    assert (after.state, after.step, after.note, after.reachable) == (ObligationState.OPEN, 0, "", True)
    assert after.due_at - before.due_at == timedelta(hours=5)
    assert after.next_step_at - before.next_step_at == timedelta(hours=5)


async def test_quiet_places_have_no_answer_and_long_ladders(each: Each, ids: list[PersonId]) -> None:
    owing = [(ids[0], VILLAGE, True), (ids[1], OTHER, True), (ids[2], OTHER, True)]
    made = await each.obligations.open(subject="warning:1", what="acknowledge", plan=PLAN, opened_at=AT, owing=owing)
    for number in made:
        await each.obligations.climbed(number, 0, 2, None)
    assert set(await each.obligations.quiet_places("warning:1", 2)) == {VILLAGE, OTHER}
    assert await each.obligations.quiet_places("warning:1", 3) == []
    await each.obligations.answer(made[2], at=AT, channel=Channel.BUTTON, by=ids[2], late=False)
    assert await each.obligations.quiet_places("warning:1", 2) == [VILLAGE]


async def test_a_report_is_due_once_after_the_end(each: Each, ids: list[PersonId]) -> None:
    assert ids
    assert await each.reports.ended(1, AT, "lifted")
    assert not await each.reports.ended(1, AT + timedelta(hours=1), "expired")
    assert await each.reports.due(AT - timedelta(seconds=1)) == []
    (due,) = await each.reports.due(AT)
    assert (due.warning_id, due.how) == (1, "lifted")
    await each.reports.made(1, AT + timedelta(minutes=10))
    assert await each.reports.due(AT + timedelta(days=1)) == []


async def test_deafness_is_summed_within_the_span_asked_for(each: Each) -> None:
    await each.heartbeats.deaf(AT, AT + timedelta(minutes=10))
    await each.heartbeats.deaf(AT + timedelta(minutes=30), AT + timedelta(minutes=50))
    span = await each.heartbeats.deaf_between(AT + timedelta(minutes=5), AT + timedelta(minutes=40))
    assert span == 15 * 60
    assert await each.heartbeats.deaf_between(AT - timedelta(hours=1), AT) == 0
