"""Reading ledgers: filters, words, pages; on both databases."""

import itertools
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.ledger_filling import grow, prepare
from domain.digest_figures import digest_subject
from domain.hazards import ALIVE, Category, Grade, HazardState
from domain.ledger import LedgerFilter
from domain.outgoing import Outgoing
from domain.places import PlaceCode
from domain.text import Html
from services.ports import HazardEvent, HazardReport, HazardRow, Rows
from services.ports.ledger import DigestCopy
from storage.database import Database
from storage.ledger import page_of_lines
from storage.store import SqlStore
from tests.storage.filling import AT, TOWNSHIP, VILLAGE, people
from tests.support.databases import Each


def row(number: int, what: str, **more: object) -> HazardRow:
    given = HazardRow(0, f"2026-{number:04d}", Category.POND, VILLAGE, "", False, what, None, None, False, AT)
    return replace(given, **more)  # type: ignore[arg-type]


@pytest.fixture
async def each_with_hazards(store: SqlStore, each: Each) -> Each:
    ids = await store.write(lambda rows: people(rows, 2))
    report = HazardReport(0, 0, AT, 1, ids[0], "王大爷", "zh", True)
    for one in (
        row(1, "后山裂缝100%"),
        row(2, "涵管渗水", category=Category.ROAD, department="水利", created_at=AT + timedelta(days=40)),
        row(3, "裂缝_变宽", place=TOWNSHIP, place_words="茶厂边"),
    ):
        made = await each.hazards.add(one, report)
        if one.number.endswith("3"):
            due = AT - timedelta(days=1)
            await store.write(
                lambda rows, made=made, due=due: rows.hazards.move(  # type: ignore[misc]
                    made, _event(made), grade=Grade.MAJOR, due_at=due
                )
            )
    return each


def _event(made: HazardRow) -> HazardEvent:
    return HazardEvent(made.id, made.version + 1, AT, "take", "reported", "taken", None)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (LedgerFilter(), ["1", "2", "3"]),
        (LedgerFilter(places=(VILLAGE,)), ["1", "2"]),
        (LedgerFilter(places=(PlaceCode("-"),)), []),
        (LedgerFilter(department="水利", owns=frozenset({Category.POND})), ["1", "2", "3"]),
        (LedgerFilter(department="交通", owns=frozenset({Category.ROAD})), []),
        (LedgerFilter(states=ALIVE), ["1", "2", "3"]),
        (LedgerFilter(states=frozenset({HazardState.TAKEN})), ["3"]),
        (LedgerFilter(states=frozenset()), []),
        (LedgerFilter(grade=Grade.MAJOR), ["3"]),
        (LedgerFilter(overdue_at=AT), ["3"]),
        (LedgerFilter(since=AT + timedelta(days=1)), ["2"]),
        (LedgerFilter(until=AT + timedelta(days=1)), ["1", "3"]),
        (LedgerFilter(numbers=("2026-0002", "2025-0002")), ["2"]),
        (LedgerFilter(words=("裂缝",)), ["1", "3"]),
        (LedgerFilter(words=("裂缝", "茶厂")), ["3"]),
        (LedgerFilter(words=("100%",)), ["1"]),
        (LedgerFilter(words=("缝",)), ["1", "3"]),
        (LedgerFilter(words=("水",)), ["2"]),
        (LedgerFilter(words=("缝", "茶厂")), ["3"]),
        (LedgerFilter(words=("裂缝宽",)), []),
        (LedgerFilter(words=("后缝",)), []),
        (LedgerFilter(words=("边",), places=(VILLAGE,)), []),
        (LedgerFilter(words=("缝_变",)), ["3"]),
    ],
    ids=itertools.count(),
)
async def test_what_is_asked_for(each_with_hazards: Each, wanted: LedgerFilter, found: list[str]) -> None:
    lines = await each_with_hazards.ledger.hazards(wanted)
    assert [line.row.number[-1] for line in lines] == found
    assert [one.number[-1] for one in await each_with_hazards.ledger.newest(wanted)] == found[::-1]
    assert await each_with_hazards.ledger.count(wanted) == len(found)
    assert sum((await each_with_hazards.ledger.counts(wanted)).values()) == len(found)


async def test_a_line_has_the_names_that_stand_in_it(each_with_hazards: Each) -> None:
    (line, *_) = await each_with_hazards.ledger.hazards(LedgerFilter())
    assert (line.reporter, line.assignee, line.closed_by, line.closed_how) == ("王大爷", "", "", "")


async def test_a_closed_line_says_how_it_was_looked_at(each_with_hazards: Each, store: SqlStore) -> None:
    fixer, other = (one.id for one in await store.read(lambda rows: rows.people.all()))
    (line, *_) = await each_with_hazards.ledger.hazards(LedgerFilter())
    whole = {"unit": "村", "assignee": fixer, "measure": "清", "due_at": AT, "fixed_by": fixer, "closed_by": other}
    event = replace(_event(line.row), move="close", to_state="closed", facts={"verified": "field"})
    await store.write(lambda rows: rows.hazards.move(line.row, event, **whole))
    (closed, *_) = await each_with_hazards.ledger.hazards(LedgerFilter())
    assert closed.closed_how == "field"


async def test_words_written_by_a_later_move_are_found(each_with_hazards: Each, store: SqlStore) -> None:
    (line, *_) = await each_with_hazards.ledger.hazards(LedgerFilter())
    await store.write(lambda rows: rows.hazards.move(line.row, _event(line.row), measure="人工清理"))
    (found,) = await each_with_hazards.ledger.newest(LedgerFilter(words=("清理", "裂缝")))
    assert found.id == line.row.id


async def test_a_wish_is_kept_for_its_buttons_and_forgotten(each: Each) -> None:
    number = await each.ledger.keep_wish("上坞村 逾期", AT)
    assert await each.ledger.wish(number) == "上坞村 逾期"
    assert await each.ledger.forget_wishes(AT + timedelta(seconds=1)) == 1
    assert await each.ledger.wish(number) is None


async def test_thousands_of_lines_are_read_in_pages_of_one_pass(database: Database, store: SqlStore) -> None:
    await prepare(database)
    await grow(database, (0, 0), (4_000, 1_500), (4_000, 1_500))
    seen, after = 0, 0
    while lines := await store.read(lambda rows, after=after: rows.ledger.hazards(LedgerFilter(), after, 400)):  # type: ignore[misc]
        seen, after = seen + len(lines), lines[-1].row.id
    assert seen == 1_500
    since = (await store.read(lambda rows: rows.patrols.check_in(3_000))).at  # type: ignore[union-attr]
    first = await store.read(lambda rows: rows.ledger.first_patrol(since))
    some = LedgerFilter(since=since)
    assert 2_990 <= first < 3_000
    assert await store.read(lambda rows: rows.ledger.count_patrols(some)) == 4_000 - first
    (line, *_) = await store.read(lambda rows: rows.ledger.patrols(some, first, 10))
    assert line.id == first + 1
    nowhere = LedgerFilter(words=("裂缝", "鲨鱼"))
    assert await store.read(lambda rows: rows.ledger.newest(nowhere)) == []
    common = await store.read(lambda rows: rows.ledger.newest(LedgerFilter(words=("裂缝变宽",))))
    assert [one.id for one in common] == [one for one in range(1_500, 0, -1) if one % 7 == 0][:8]
    if database.dialect == "sqlite":
        searched = await database.read(partial(_plan, pair="鲨鱼"))
        assert [step for step in searched if step.startswith("SCAN") or "TEMP B-TREE" in step] == []
        plan = await database.read(_plan)
        assert [step for step in plan if "TEMP B-TREE" in step] == []


async def _plan(connection: AsyncConnection, pair: str | None = None) -> list[str]:
    query = page_of_lines(LedgerFilter(places=(PlaceCode("331124"),)), 5, 9, pair)
    sql = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    return [str(step[-1]) for step in await connection.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}"))]


async def test_digests_are_found_by_their_days_with_who_had_them_and_why_not(store: SqlStore) -> None:
    (reader,) = await store.write(lambda rows: people(rows, 1))
    day = "2026-06-20"

    async def fill(rows: Rows) -> None:
        for place, on in ((TOWNSHIP, day), (VILLAGE, day), (TOWNSHIP, "2026-06-21")):
            assert await rows.responses.day_done("digest", place, on, AT)
        assert await rows.responses.day_done("check", TOWNSHIP, day, AT)  # another thing of the day
        about = digest_subject(TOWNSHIP, day)
        await rows.outbox.put(Outgoing("a", 1, text=Html("<b>日报</b>"), person_id=reader, subject=about))
        facts = {"day": day, "without": [reader]}
        await rows.timeline.add("digest.sent", subject=f"place:{TOWNSHIP}", actor=None, at=AT, facts=facts)
        await rows.timeline.add("digest.skipped", subject=f"place:{VILLAGE}", actor=None, at=AT, facts={"day": day})

    await store.write(fill)
    sent, skipped = await store.read(lambda rows: rows.ledger.digests_between(day, day))
    assert (sent.place, sent.outcome, sent.made_at) == (TOWNSHIP, "sent", AT)
    assert sent.copies == (DigestCopy(reader, False, Html("<b>日报</b>")),)
    assert sent.without == (reader,)
    assert (skipped.place, skipped.outcome, skipped.copies) == (VILLAGE, "skipped", ())
