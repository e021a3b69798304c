"""A little of everything in a database, with the values that are easily lost on the way: Chinese, quotes, microseconds,
bytes of every kind, ids beyond 32 bits, people who refer to each other."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.colours import Colour
from domain.obligations import Plan, Rung, Step
from domain.outgoing import Kind, Lane, Outcome, Outgoing, Settlement
from domain.people import Leave, PersonId, Post, Role
from domain.places import Level, Place, PlaceCode
from domain.text import Button, Html
from services.ports import Board, DialogueRow, Group, Rows, WarningRow
from storage.database import Database, metadata, opened
from storage.schema import upgrade
from storage.store import SqlStore

AT = datetime(2026, 6, 20, 8, 30, 15, 123457, tzinfo=UTC)
COUNTY = PlaceCode("331124")
TOWNSHIP = PlaceCode("331124001")
VILLAGE = PlaceCode("331124001001")
PLACES = (
    Place(COUNTY, "松阳县", Level.COUNTY, None, 28.449, 119.48201),
    Place(TOWNSHIP, "石梁镇", Level.TOWNSHIP, COUNTY),
    Place(VILLAGE, "上坞村", Level.VILLAGE, TOWNSHIP, 0.1 + 0.2, -0.0),
)
GROUP = -1_002_233_445_566
PLAN = Plan(answer_within=900, steps=(Step(rung=Rung.REMIND, after=600), Step(rung=Rung.LAPSE, after=900)))


async def people(rows: Rows, number: int = 3) -> list[PersonId]:
    """So many people of one village, the first with an account; each the deputy of the one before."""
    await rows.places.save(PLACES)
    ids = [
        await rows.people.add(name=f"王“大爷”{n}", phone=f"138{n:08d}", title="网格员's") for n in range(1, number + 1)
    ]
    for one, deputy in pairwise(ids):
        await rows.people.update(one, deputy_id=deputy)
        await rows.people.set_posts(one, [Post(Role.GRID_MEMBER, VILLAGE), Post(Role.DEPARTMENT, COUNTY, "水利")])
    await rows.people.enrol(ids[0], 7_000_000_001, AT)
    return ids


def warning(number: int = 1, *, state: str = "active", expires: datetime = AT + timedelta(hours=6)) -> WarningRow:
    return WarningRow(
        id=0,
        event=0,
        number=f"2026-{number:03d}",
        source="folder",
        sender="气象台",
        identifier=f"33112441600000_{number}",
        sent=AT,
        references=("a", "乙"),
        kind="山洪",
        colour=Colour.ORANGE,
        colour_conflict=False,
        issuer="松阳县气象台",
        headline="橙色预警",
        text="预计未来3小时……\n\t请立即转移。",
        instruction="转移",
        onset=None,
        expires=expires,
        expires_assumed=True,
        places=frozenset({VILLAGE, TOWNSHIP}),
        exercise=False,
        state=state,
        held_because="",
        content_hash="0" * 64,
        composed_by=None,
        created_at=AT,
    )


def message(number: int, chat: int = GROUP, **fields: object) -> Outgoing:
    words = {"text": Html(f"<b>预警</b> {number} &lt;🌧&gt;"), "subject": "warning:1"} | fields
    return Outgoing(key=f"warning:1:post:{chat}:{number}", chat_id=chat, **words)  # type: ignore[arg-type]


async def fill(store: SqlStore, messages: int = 5, lines: int = 12) -> None:
    """Rows in every family that a backup has to bring over."""

    async def work(rows: Rows) -> None:
        ids = await people(rows)
        await rows.people.add_leave(Leave(ids[0], ids[1], AT, AT + timedelta(days=1)), ids[2])
        made = await rows.warnings.add(warning())
        await rows.warnings.keep_raw(made.id, bytes(range(256)) * 3)
        owing = [(PersonId(one), VILLAGE, True) for one in ids]
        await rows.obligations.open(subject=made.subject, what="acknowledge", plan=PLAN, opened_at=AT, owing=owing)
        await rows.obligations.stop_clocks(AT - timedelta(minutes=1), AT + timedelta(microseconds=1_500_001))
        await rows.groups.save(Group(GROUP, "上坞村'群", VILLAGE))
        await rows.dialogues.save(DialogueRow(7_000_000_001, 7_000_000_001, "hazard", '{"at":1}', "d:1", AT))
        await rows.boards.add([Board(made.subject, GROUP, VILLAGE, "k", AT)])
        await rows.inbox.store([(900_000_001 + n, f'{{"update_id":{n}}}') for n in range(3)], AT)
        await rows.inbox.done(900_000_001, AT)
        await rows.heartbeats.heard("telegram", AT)
        await rows.heartbeats.deaf(AT - timedelta(minutes=5), AT)
        await rows.counters.next("warning")
        await _say(rows, messages)
        for n in range(lines):
            await rows.timeline.add("claimed", subject=made.subject, actor=None, at=AT, facts={"n": n, "状态": "发"})

    await store.write(work)


async def fill_old(old: Database, **how: int) -> None:
    """The same rows in a schema of an earlier time: written by today's code into a database of today, then brought over
    column by column, as far as the older one has them."""
    with TemporaryDirectory() as scratch:
        url = f"sqlite+aiosqlite:///{scratch}/today.db"
        await upgrade(url)
        async with opened(url) as today:
            await fill(SqlStore(today, lambda: AT), **how)
            await old.write(lambda connection: _bring_over(today, connection))


async def _bring_over(today: Database, old: AsyncConnection) -> None:
    def columns(sync: sa.Connection) -> dict[str, set[str]]:
        look = sa.inspect(sync)
        return {name: {one["name"] for one in look.get_columns(name)} for name in look.get_table_names()}

    there = await old.run_sync(columns)
    for table in metadata.sorted_tables:
        shared = [one for one in table.columns if one.name in there.get(table.name, ())]
        query = sa.select(*shared)
        rows = await today.read(lambda c, query=query: _all(c, query)) if shared else []  # type: ignore[misc]
        if not rows:
            continue
        itself = {one.name for one in shared if any(key.column.table is table for key in one.foreign_keys)}
        await old.execute(sa.insert(table), [{**row, **dict.fromkeys(itself)} for row in rows])
        for row in rows if itself else ():
            later = sa.update(table).where(*(key == row[key.name] for key in table.primary_key))
            await old.execute(later.values({name: row[name] for name in itself}))


async def _all(connection: AsyncConnection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await connection.execute(query)]


async def _say(rows: Rows, messages: int) -> None:
    buttons = ((Button("收到", data="w:1:a"), Button("看", url="https://t.me/x?start=a_1")),)
    await rows.outbox.put_many(message(n, GROUP - n, lane=Lane.RED, buttons=buttons) for n in range(messages))
    await rows.outbox.put(message(9_001, kind=Kind.EDIT, target=message(0).key, lane=Lane.DIGEST))
    claimed = await rows.outbox.claim("boot", 2, [], list(Lane))
    await rows.outbox.settle([_sent(c.id, n) for n, c in enumerate(claimed)])


def _sent(number: int, message_id: int) -> Settlement:
    return Settlement(id=number, outcome=Outcome.SENT, at=AT, message_ids=(4_000_000_000 + message_id,))
