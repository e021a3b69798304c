"""The scope of drills on both databases: what is seen from where, who takes part, and that everything of one closes."""

from datetime import timedelta

import pytest

from domain.action_cards import Family
from domain.drills import Content, Drill, DrillForm, DrillState, Evaluation, Verdict
from domain.obligations import Channel
from domain.outgoing import Lane, Outgoing
from domain.people import PersonId
from domain.text import Html
from services.ports import Rows
from storage.database import opened
from storage.store import SqlStore
from tests.storage.filling import AT, GROUP, PLAN, TOWNSHIP, VILLAGE, people, warning


def planned(opener: PersonId) -> Drill:
    return Drill(
        id=0,
        place=TOWNSHIP,
        kind=Family.RAIN,
        form=DrillForm.GENERAL,
        contents=(Content.CALLING, Content.PATROL),
        blind=True,
        reason="检验“叫应”",
        script="第一步……\n第二步",
        starts_at=AT,
        ends_at=AT + timedelta(hours=2),
        opened_by=opener,
        opened_at=AT,
        upward=True,
    )


async def begun(rows: Rows) -> tuple[Drill, list[PersonId]]:
    """A running drill in which the first two of three take part, with a group."""
    ids = await people(rows)
    drill = await rows.drills.add(planned(ids[0]))
    await rows.drills.enrol(drill.id, ids[:2], [GROUP])
    assert await rows.drills.move(drill.id, DrillState.PLANNED, DrillState.RUNNING, AT)
    return drill, ids


@pytest.fixture
async def store(url: str) -> object:
    async with opened(url) as database:
        yield SqlStore(database, lambda: AT)


async def test_a_drill_comes_back_as_it_was_planned_and_moves_once(store: SqlStore) -> None:
    async def work(rows: Rows) -> None:
        drill, ids = await begun(rows)
        found = await rows.drills.get(drill.id)
        assert found is not None
        assert (found.reason, found.script, found.contents) == (drill.reason, drill.script, drill.contents)
        assert (found.state, found.began_at, found.upward, found.elsewhere) == (DrillState.RUNNING, AT, True, False)
        assert not await rows.drills.move(drill.id, DrillState.PLANNED, DrillState.RUNNING, AT)
        assert await rows.drills.running_of(ids[1]) == [found]
        assert await rows.drills.running_of(ids[2]) == []
        told = Evaluation(Verdict.PARTLY, "话", "问题", "整改", 12)
        await rows.drills.evaluate(drill.id, told)
        assert await rows.drills.move(drill.id, DrillState.RUNNING, DrillState.ENDED, AT, by=ids[0])
        after = await rows.drills.get(drill.id)
        assert after is not None
        assert (after.evaluation, after.ended_by, after.is_over) == (told, ids[0], True)
        assert [one.id for one in await rows.drills.over_since(AT)] == [drill.id]
        assert await rows.drills.running() == []

    await store.write(work)


async def test_from_each_side_only_its_own_rows_are_seen(store: SqlStore) -> None:
    async def work(rows: Rows) -> None:
        drill, ids = await begun(rows)
        real = await rows.warnings.add(warning(1))
        with rows.drills.inside(drill.id):
            drilled = await rows.warnings.add(warning(2))
            assert [one.id for one in await rows.warnings.active(AT)] == [drilled.id]
            assert (await rows.counters.next("warning"), await rows.counters.next("warning")) == (1001, 1002)
        assert [one.id for one in await rows.warnings.active(AT)] == [real.id]
        assert await rows.counters.next("warning") == 1
        assert await rows.warnings.get(drilled.id) is not None
        owing = [(one, VILLAGE, True) for one in ids]
        for subject in (real.subject, drilled.subject, f"acting:{drilled.id}"):
            await rows.obligations.open(subject=subject, what="acknowledge", plan=PLAN, opened_at=AT, owing=owing)
        assert [one.subject for one in await rows.obligations.open_of_person(ids[0])] == [real.subject]
        with rows.drills.inside(drill.id):
            seen = [one.subject for one in await rows.obligations.open_of_person(ids[0])]
            assert seen == [drilled.subject, f"acting:{drilled.id}"]
        assert dict(await rows.drills.open_owed(ids[0])) == {None: 1, drill.id: 2}
        assert len(await rows.obligations.of_subject(drilled.subject)) == 2  # the third takes no part
        assert await rows.drills.close_all(drill.id) == 4
        assert [one.state.value for one in await rows.obligations.of_subject(real.subject)] == ["open"] * 3
        assert [one.kind for one in await rows.drills.things_of(drill.id)] == ["drill", "warning"]

    await store.write(work)


async def test_who_answers_in_a_drill_stands_in_it_and_reality_is_found_again(store: SqlStore) -> None:
    async def work(rows: Rows) -> None:
        drill, ids = await begun(rows)
        with rows.drills.inside(drill.id):
            drilled = await rows.warnings.add(warning(2))
        owing = [(ids[0], VILLAGE, True)]
        (owed,) = await rows.obligations.open(
            subject=drilled.subject, what="acknowledge", plan=PLAN, opened_at=AT, owing=owing
        )
        assert rows.drills.standing is None
        assert await rows.obligations.answer(owed, at=AT, channel=Channel.TEXT, by=ids[0], late=False)
        assert rows.drills.standing == drill.id
        with rows.drills.inside(None):
            assert (rows.drills.standing, rows.drills.marked) == (None, False)
        assert rows.drills.marked
        rows.drills.leave()
        assert not rows.drills.marked

    await store.write(work)


async def test_a_message_of_a_drill_is_marked_last_and_for_those_who_take_part(store: SqlStore) -> None:
    async def work(rows: Rows) -> None:
        drill, ids = await begun(rows)
        told = [
            Outgoing("a", 7_000_000_001, Html("词"), person_id=ids[0], subject="drill:1:x", lane=Lane.RED),
            Outgoing("b", 7_000_000_003, Html("词"), person_id=ids[2], subject="drill:1:x"),
            Outgoing("c", GROUP, Html("词"), subject="drill:1", lane=Lane.URGENT),
            Outgoing("d", GROUP - 1, Html("词"), subject="drill:1"),
            Outgoing("e", GROUP - 1, Html("词"), subject="warning:77", lane=Lane.RED),
        ]
        assert await rows.outbox.put_many(told) == 3
        claimed = await rows.outbox.claim("boot", 10, [], list(Lane))
        assert [(one.out.key, one.out.text, one.out.lane) for one in claimed] == [
            ("e", "词", Lane.RED),
            ("a", "【演练】词【演练】", Lane.DIGEST),
            ("c", "【演练】词【演练】", Lane.DIGEST),
        ]
        assert await rows.drills.chats_told(drill.id) == {GROUP}

    await store.write(work)
