"""Letters, listings, whistles and rewards on both databases: compare-and-set, one event a move, the rules as CHECKs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from domain.letters import Letter, LetterKind, LetterState
from domain.people import PersonId
from domain.rewards import Reward, RewardState
from domain.whistles import Called, CallState, Whistle, WhistleState
from services.ports import CaseEvent, HazardEvent
from services.ports.supervision import SupervisionRows
from storage.store import SqlStore
from tests.storage.filling import TOWNSHIP, VILLAGE, people
from tests.storage.test_hazard_table import line, told
from tests.support.databases import START


def a_letter(who: PersonId, hazard: int | None = None) -> Letter:
    return Letter(
        id=0,
        kind=LetterKind.ORDER,
        place=TOWNSHIP,
        state=LetterState.DRAFT,
        version=0,
        created_at=START + timedelta(hours=1),
        unit="上坞村",
        addressee=who,
        paragraphs=("一'", '二"\n'),
        hazard_id=hazard,
    )


def event(subject: str, version: int, was: str, to: str) -> CaseEvent:
    return CaseEvent(subject, version, START, "sign", was, to, None, {"number": "石梁督〔2026〕1号"})


async def begin(store: SqlStore) -> tuple[list[PersonId], int]:
    async def work(rows: Any) -> tuple[list[PersonId], int]:
        ids = await people(rows)
        return ids, (await rows.hazards.add(line(), told())).id

    return await store.write(work)


async def test_the_first_hand_moves_it_and_the_second_changes_nothing(store: SqlStore) -> None:
    ids, hazard = await begin(store)
    made = await store.write(lambda rows: rows.supervision.letters.add(a_letter(ids[0], hazard), ids[1], START))
    fields = {"number": "石梁督〔2026〕1号", "signed_by": ids[0], "signed_at": START}
    first = event(made.subject, 1, "draft", "signed")
    signed = await store.write(lambda rows: rows.supervision.letters.move(made, first, **fields))
    assert signed == replace(made, state=LetterState.SIGNED, version=1, **fields)
    assert await store.write(lambda rows: rows.supervision.letters.move(made, first, **fields)) is None
    assert await store.read(lambda rows: rows.supervision.letters.get(made.id)) == signed
    events = await store.read(lambda rows: rows.supervision.letters.events_of(made.subject))
    assert [(one.version, one.move, one.author) for one in events] == [(0, "begin", ids[1]), (1, "sign", None)]


async def test_nothing_is_in_force_without_a_number_and_a_hand(store: SqlStore) -> None:
    ids, _ = await begin(store)
    made = await store.write(lambda rows: rows.supervision.letters.add(a_letter(ids[0]), None, START))
    with pytest.raises(IntegrityError):
        await store.write(lambda rows: rows.supervision.letters.move(made, event(made.subject, 1, "draft", "signed")))


async def test_only_overdue_hazards_without_an_order_since_are_found(store: SqlStore) -> None:
    ids, hazard = await begin(store)

    async def assign(rows: Any) -> None:
        row = await rows.hazards.get(hazard)
        one = HazardEvent(hazard, 1, START, "assign", "reported", "assigned", ids[1])
        await rows.hazards.move(row, one, unit="上坞村", assignee=ids[0], measure="清理", due_at=START)

    await store.write(assign)

    def find(rows: Any) -> Any:
        return rows.supervision.overdue_without_order(START + timedelta(hours=2))

    assert [row.id for row in await store.read(find)] == [hazard]
    early = await store.read(lambda rows: rows.supervision.overdue_without_order(START))
    assert early == []
    await store.write(lambda rows: rows.supervision.letters.add(a_letter(ids[0], hazard), None, START))
    assert await store.read(find) == []
    soon, late = START + timedelta(hours=1), START + timedelta(hours=2)
    told_soon = await store.read(lambda rows: rows.supervision.without_effect(soon, soon))
    told_late = await store.read(lambda rows: rows.supervision.without_effect(late, late))
    assert (len(told_soon), len(told_late)) == (0, 1)


async def test_one_whistle_at_a_time_and_each_department_once(store: SqlStore) -> None:
    ids, hazard = await begin(store)
    one = Whistle(0, hazard, TOWNSHIP, WhistleState.CALLED, 0, START, "急", ids[0])
    made = await store.write(lambda rows: rows.supervision.whistles.add(one, ids[0], START))
    with pytest.raises(IntegrityError):
        await store.write(lambda rows: rows.supervision.whistles.add(one, ids[0], START))
    called = Called(0, made.id, "水利", CallState.WAITING, 0)
    await store.write(lambda rows: rows.supervision.called.add(called, None, START))
    with pytest.raises(IntegrityError):
        await store.write(lambda rows: rows.supervision.called.add(called, None, START))
    found = await store.read(lambda rows: rows.supervision.called.of(whistle_id=made.id))
    assert [(each.department, each.state) for each in found] == [("水利", CallState.WAITING)]


async def test_nobody_approves_his_own_proposal(store: SqlStore) -> None:
    ids, hazard = await begin(store)
    case = Reward(0, hazard, VILLAGE, RewardState.PROPOSED, 0, START, 9_000_000_001, amount=300, proposed_by=ids[0])
    made = await store.write(lambda rows: rows.supervision.rewards.add(case, None, START))
    own = event(made.subject, 1, "proposed", "approved")
    with pytest.raises(IntegrityError):
        await store.write(lambda rows: rows.supervision.rewards.move(made, own, approved_by=ids[0], approved_at=START))
    fields = {"approved_by": ids[1], "approved_at": START}
    assert await store.write(lambda rows: rows.supervision.rewards.move(made, own, **fields)) is not None

    def paid(rows: Any) -> Any:
        supervision: SupervisionRows = rows.supervision
        return supervision.paid_in(9_000_000_001, START, START + timedelta(days=30))

    assert await store.read(paid) == [300]
    newest = await store.read(lambda rows: rows.supervision.rewards.within([TOWNSHIP], [RewardState.APPROVED.value]))
    assert [one.id for one in newest] == [made.id]
