"""Response periods on both databases: every change a line, the second hand too late, one proposal for each cause."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from domain.action_cards import Family
from domain.people import PersonId
from domain.places import PlaceCode
from domain.response import Move, Period, PeriodChange, PeriodState, ResponseLevel
from services.ports import ResponsePost, ResponseProposal, Rows
from storage.store import SqlStore
from tests.storage.filling import COUNTY, TOWNSHIP, people
from tests.support.databases import START


async def started(rows: Rows, *, number: str = "2026-01", events: tuple[int, ...] = (3,)) -> Period:
    (by,) = (await people(rows, 1))[:1]
    period = Period(
        id=0,
        number=number,
        hazard_kind=Family.TYPHOON,
        places=(COUNTY,),
        level=ResponseLevel.IV,
        state=PeriodState.ACTIVE,
        started_at=START,
        started_by=PersonId(by),
        basis="台风蓝色'预警_100%",
        events=events,
        suggested=ResponseLevel.IV,
    )
    return await rows.responses.add(period, period.basis)


def raised(period: Period, level: ResponseLevel) -> tuple[Period, PeriodChange]:
    after = replace(period, level=level, version=period.version + 1)
    at = START + timedelta(hours=1)
    return after, PeriodChange(
        period.id, after.version, Move.RAISE, level, period.places, at, period.started_by, "风大了", period.started_by
    )


async def test_a_period_comes_back_as_it_was_given(store: SqlStore) -> None:
    added = await store.write(started)
    assert await store.read(lambda rows: rows.responses.get(added.id)) == added
    assert await store.read(lambda rows: rows.responses.active()) == [added]
    (first,) = await store.read(lambda rows: rows.responses.changes_of(added.id))
    assert (first.move, first.version, first.reason, first.places) == (Move.START, 1, added.basis, (COUNTY,))


async def test_of_two_hands_the_second_is_too_late(store: SqlStore) -> None:
    added = await store.write(started)
    first, second = raised(added, ResponseLevel.III), raised(added, ResponseLevel.II)
    assert await store.write(lambda rows: rows.responses.move(*first)) is True
    assert await store.write(lambda rows: rows.responses.move(*second)) is False
    now = await store.read(lambda rows: rows.responses.get(added.id))
    assert now is not None
    assert (now.level, now.version) == (ResponseLevel.III, 2)
    assert [c.move for c in await store.read(lambda rows: rows.responses.changes_of(added.id))] == [
        Move.START,
        Move.RAISE,
    ]


async def test_what_has_ended_is_not_changed_and_found_by_its_time(store: SqlStore) -> None:
    added = await store.write(started)
    end = START + timedelta(hours=8)
    over = replace(added, state=PeriodState.ENDED, ended_at=end, version=2)
    change = PeriodChange(added.id, 2, Move.END, added.level, added.places, end, added.started_by, "台风走了")
    assert await store.write(lambda rows: rows.responses.move(over, change)) is True
    after, late = raised(over, ResponseLevel.I)
    assert await store.write(lambda rows: rows.responses.move(after, late)) is False
    assert await store.read(lambda rows: rows.responses.active()) == []
    hour = timedelta(hours=1)
    assert await store.read(lambda rows: rows.responses.between(START - hour, START + hour)) == [over]
    assert await store.read(lambda rows: rows.responses.between(end, end + hour)) == []
    assert await store.read(lambda rows: rows.responses.between(START - hour, START)) == []


async def test_a_review_is_due_once(store: SqlStore) -> None:
    added = await store.write(started)
    end = START + timedelta(hours=8)
    over = replace(added, state=PeriodState.ENDED, ended_at=end, version=2)
    change = PeriodChange(added.id, 2, Move.END, added.level, added.places, end, added.started_by, "")
    assert await store.write(lambda rows: rows.responses.reviewed(added.id, START)) is False  # it still runs
    await store.write(lambda rows: rows.responses.move(over, change))
    assert await store.read(lambda rows: rows.responses.to_review(START, end - timedelta(hours=1))) == []
    assert await store.read(lambda rows: rows.responses.to_review(START, end)) == [over]
    assert await store.write(lambda rows: rows.responses.reviewed(added.id, end)) is True
    assert await store.write(lambda rows: rows.responses.reviewed(added.id, end)) is False
    assert await store.read(lambda rows: rows.responses.to_review(START, end)) == []


async def test_one_cause_is_proposed_once_and_decided_once(store: SqlStore) -> None:
    cause = ResponseProposal(
        0, "event:3:IV", Move.START, None, 0, Family.RAIN, ResponseLevel.IV, (TOWNSHIP,), "暴雨", 3, None, START
    )

    async def twice(rows: Rows) -> tuple[ResponseProposal | None, ResponseProposal | None]:
        return await rows.responses.propose(cause), await rows.responses.propose(cause)

    made, again = await store.write(twice)
    assert made == replace(cause, id=made.id)
    assert again is None
    assert await store.read(lambda rows: rows.responses.open_proposals()) == [made]
    assert await store.read(lambda rows: rows.responses.causes(["event:3:IV", "event:4:IV"])) == {"event:3:IV"}
    assert await store.write(lambda rows: rows.responses.decide(made.id, "refused", None, START)) is True
    assert await store.write(lambda rows: rows.responses.decide(made.id, "taken", None, START)) is False
    decided = await store.read(lambda rows: rows.responses.proposal(made.id))
    assert (decided.state, decided.decided_at) == ("refused", START)
    assert await store.read(lambda rows: rows.responses.open_proposals()) == []


async def test_posts_are_counted_by_group_and_follow_a_group_that_moves(store: SqlStore) -> None:
    added = await store.write(started)
    posts = [ResponsePost(added.id, n, -100, f"r{n}", START + timedelta(hours=n)) for n in (1, 2)]
    await store.write(lambda rows: rows.responses.posted(posts))
    await store.write(lambda rows: rows.responses.posted(posts))
    assert await store.read(lambda rows: rows.responses.posts_since(START + timedelta(hours=2))) == {-100: 1}
    await store.write(lambda rows: rows.responses.move_chat(-100, -1001))
    assert [p.chat_id for p in await store.read(lambda rows: rows.responses.posts_of(added.id))] == [-1001, -1001]


async def test_a_days_paper_is_marked_once_for_each_place(store: SqlStore) -> None:
    async def mark(rows: Rows, place: PlaceCode, day: str) -> bool:
        return await rows.responses.day_done("digest", place, day, START)

    assert await store.write(lambda rows: mark(rows, TOWNSHIP, "2026-06-20")) is True
    assert await store.write(lambda rows: mark(rows, TOWNSHIP, "2026-06-20")) is False
    assert await store.write(lambda rows: mark(rows, COUNTY, "2026-06-20")) is True
    assert await store.write(lambda rows: mark(rows, TOWNSHIP, "2026-06-21")) is True


async def test_no_two_periods_of_one_number(store: SqlStore) -> None:
    added = await store.write(started)
    with pytest.raises(IntegrityError, match=r"response\.number|uq_response_number"):
        await store.write(lambda rows: rows.responses.add(added, ""))
