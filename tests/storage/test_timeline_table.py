"""The timeline: whatever is changed behind its back is found. And warnings as they were issued."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.colours import Colour
from services.ports import Evidence, Rows
from storage.database import Database
from storage.store import SqlStore
from storage.timeline import timeline
from tests.storage.filling import AT, VILLAGE, warning
from tests.support.databases import Each

LINES = 40


@pytest.fixture
async def lines(store: SqlStore) -> None:
    async def write(rows: Rows) -> None:
        for n in range(LINES):
            at = AT + timedelta(seconds=n, microseconds=n % 3)
            facts = {"n": n, "状态": "发", "who": [1, None]}
            await rows.timeline.add("claimed", subject=f"warning:{n % 4}", actor=n % 5 or None, at=at, facts=facts)

    await store.write(write)


async def test_a_chain_is_whole_until_somebody_touches_it(each: Each, lines: None) -> None:
    assert await each.timeline.verify() is None
    seq, digest = await each.timeline.head()
    assert (seq, len(digest)) == (LINES, 64)


async def test_an_empty_chain_is_whole(each: Each) -> None:
    assert await each.timeline.verify() is None
    assert await each.timeline.head() is None


async def test_the_story_of_a_subject_is_told_in_order(each: Each, lines: None) -> None:
    story = await each.timeline.of("warning:3")

    assert [facts["n"] for _, _, _, facts in story] == list(range(3, LINES, 4))
    assert story[0] == (AT + timedelta(seconds=3), 3, "claimed", {"n": 3, "状态": "发", "who": [1, None]})


async def test_a_line_that_was_rolled_back_leaves_no_gap(store: SqlStore, each: Each) -> None:
    async def fail(rows: Rows) -> None:
        await rows.timeline.add("lost", subject="x", actor=None, at=AT)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)
    await each.timeline.add("kept", subject="x", actor=None, at=AT)

    assert await each.timeline.verify() is None
    assert (await each.timeline.head())[0] == 1


async def test_facts_of_any_kind_are_kept_as_text(each: Each) -> None:
    facts = {"at": datetime(2026, 1, 1, tzinfo=UTC), "colour": Colour.RED, "places": [VILLAGE]}
    await each.timeline.add("issued", subject="warning:1", actor=None, at=AT, facts=facts)

    ((_, _, _, kept),) = await each.timeline.of("warning:1")
    assert kept == {"at": "2026-01-01 00:00:00+00:00", "colour": "red", "places": [VILLAGE]}


# -- tampering --------------------------------------------------------------------------------------------------------


async def _behind_its_back(database: Database, *changes: sa.Executable) -> None:
    """As somebody would who owns the machine: without the triggers."""
    is_sqlite = database.dialect == "sqlite"
    off = ["DROP TRIGGER timeline_keeps_lines", "DROP TRIGGER timeline_keeps_all", "DROP TRIGGER timeline_keeps_order"]

    async def change(connection: AsyncConnection) -> None:
        for statement in off if is_sqlite else ["ALTER TABLE timeline DISABLE TRIGGER USER"]:
            await connection.execute(sa.text(statement))
        for one in changes:
            await connection.execute(one)

    await database.write(change)


def _row(n: int) -> Any:
    return sa.update(timeline).where(timeline.c.seq == n)


async def test_one_changed_bit_in_any_value_of_any_line_is_found(database: Database, each: Each, lines: None) -> None:
    """Every column of every line, one bit each, put back before the next."""
    dice = random.Random(7)
    wrong = []

    async def put(seq: int, name: str, value: object) -> None:
        await database.write(lambda connection: connection.execute(_row(seq).values({name: value})))

    async def look(connection: AsyncConnection) -> list[Any]:
        return list((await connection.execute(sa.select(timeline).order_by(timeline.c.seq))).all())

    await _behind_its_back(database)
    for row in await database.read(look):
        for name in (column.name for column in timeline.columns if column.name != "seq"):
            value = getattr(row, name)
            await put(row.seq, name, _flipped(value, dice))
            if await each.timeline.verify() != row.seq:
                wrong.append((row.seq, name))
            await put(row.seq, name, value)
    assert wrong == []
    assert await each.timeline.verify() is None


def _flipped(value: Any, dice: random.Random) -> Any:
    """The value with one bit changed, and still a value of its kind."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1 << dice.randrange(20))
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(30))
    if value is None:
        return 1
    at = dice.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ([sa.delete(timeline).where(timeline.c.seq == 10)], 10),
        ([sa.delete(timeline).where(timeline.c.seq == 1)], 1),
        ([_row(LINES).values(seq=LINES + 5)], LINES),
        ([_row(5).values(seq=1000), _row(6).values(seq=5), _row(1000).values(seq=6)], 5),
        ([_row(8).values(hash="0" * 64)], 8),
        ([_row(3).values(facts="null")], 3),
    ],
)
async def test_lines_taken_out_swapped_or_renumbered_are_found(
    database: Database, each: Each, lines: None, changes: list[sa.Executable], broken: int
) -> None:
    await _behind_its_back(database, *changes)

    assert await each.timeline.verify() == broken


async def test_an_end_that_was_cut_off_shows_against_a_head_noted_elsewhere(
    database: Database, each: Each, lines: None
) -> None:
    noted = await each.timeline.head()
    await _behind_its_back(database, sa.delete(timeline).where(timeline.c.seq > LINES - 2))

    assert await each.timeline.verify() is None
    assert await each.timeline.head() != noted


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE timeline SET at = 'yesterday' WHERE seq = 7",
        "UPDATE timeline SET at = '2026-06-20 08:30:61.123457' WHERE seq = 7",
        "UPDATE timeline SET at = 5 WHERE seq = 7",
        "UPDATE timeline SET facts = CAST(x'ff80' AS TEXT) WHERE seq = 7",
        "UPDATE timeline SET facts = x'ff80' WHERE seq = 7",
        "UPDATE timeline SET actor = 'nobody' WHERE seq = 7",
    ],
)
async def test_values_that_can_no_longer_be_read_are_found_too(
    database: Database, each: Each, lines: None, damage: str
) -> None:
    if database.dialect == "postgresql":
        pytest.skip("PostgreSQL takes no value of another kind")
    await _behind_its_back(database, sa.text(damage))

    assert await each.timeline.verify() == 7


# -- warnings ---------------------------------------------------------------------------------------------------------


async def test_a_warning_comes_out_as_it_went_in(each: Each) -> None:
    row = replace(
        warning(), onset=AT, composed_by=7, exercise=True, colour_conflict=True, held_because="colour", part=2
    )

    added = await each.warnings.add(row)

    assert (added.id, added.event) == (1, 1)
    assert await each.warnings.get(1) == replace(row, id=1, event=1)
    assert await each.warnings.get(2) is None


async def test_versions_of_a_chain_are_found_together(each: Each) -> None:
    first = await each.warnings.add(warning(1))
    await each.warnings.add(warning(2))
    second = await each.warnings.add(replace(warning(3), event=first.event))

    assert await each.warnings.of_event(first.event) == [first, second]
    assert await each.warnings.by_identifier(first.identifier) == [first]
    assert await each.warnings.by_identity(first.sender, first.identifier) == [first]
    assert await each.warnings.by_identity(first.sender, first.identifier, AT) == [first]
    assert await each.warnings.by_identity(first.sender, first.identifier, AT + timedelta(seconds=1)) == []
    assert await each.warnings.by_identity("别处", first.identifier) == []


async def test_what_is_active_and_what_has_run_out_are_told_apart_to_the_instant(each: Each) -> None:
    soon, late = AT + timedelta(hours=1), AT + timedelta(hours=2)
    for number, (state, expires) in enumerate([("active", soon), ("active", late), ("lifted", late)]):
        await each.warnings.add(warning(number, state=state, expires=expires))

    assert [w.id for w in await each.warnings.active(AT)] == [1, 2]
    assert [w.id for w in await each.warnings.active(soon)] == [2]
    assert [w.id for w in await each.warnings.run_out(soon)] == [1]
    assert await each.warnings.run_out(soon - timedelta(microseconds=1)) == []


async def test_a_state_changes_only_from_where_it_was_expected(each: Each) -> None:
    held = await each.warnings.add(warning(state="held"))

    assert not await each.warnings.set_state(held.id, ["active"], "lifted")
    assert await each.warnings.set_state(held.id, ["held", "refused"], "active")
    assert not await each.warnings.set_state(held.id, ["held"], "refused")
    assert (await each.warnings.get(held.id)).state == "active"
    with pytest.raises(sa.exc.IntegrityError):
        await each.warnings.set_state(held.id, ["active"], "forgotten")


async def test_an_officer_decides_what_was_not_clear(each: Each) -> None:
    held = await each.warnings.add(warning(state="held"))
    found = Evidence(colour_from="officer", placed_by="officer", doubts=("check_area",))
    await each.warnings.decide(held.id, Colour.RED, [VILLAGE], found)

    decided = await each.warnings.get(held.id)
    assert (decided.colour, decided.places) == (Colour.RED, frozenset({VILLAGE}))
    assert decided.evidence == found


async def test_the_bytes_of_a_notice_are_kept_as_they_came(each: Each, store: SqlStore) -> None:
    made = await each.warnings.add(warning())
    body = bytes(range(256))
    await each.warnings.keep_raw(made.id, body)

    async def look(connection: AsyncConnection) -> object:
        return await connection.scalar(sa.text("SELECT body FROM warning_raw"))

    assert await store.database.read(look) == body
