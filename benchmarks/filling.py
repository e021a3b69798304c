"""Databases for benchmarks: a roster, years of history, thousands of messages that wait."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks import county as counties
from domain.outgoing import Lane, Outgoing, Policy
from domain.places import PlaceCode
from domain.text import Html
from messages.catalogue import Catalogue
from services.doors import Doors
from services.work import Work
from settings import load
from storage.database import Database, opened
from storage.schema import upgrade
from storage.store import SqlStore

_BATCH = 5_000


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def doors_of(database: Database) -> Doors:
    """What the bot's own doors have, for whoever prepares a database."""
    given = load(_env_file=None)

    def now() -> datetime:
        return datetime.now(UTC)

    return Doors(
        store=SqlStore(database, now),
        words=Catalogue(),
        chance=random.Random(0),
        new_id=str,
        new_secret=str,
        now=now,
        policy=given.policy(),
        zone=given.zone,
        bot_name=counties.BOT_NAME,
        county=PlaceCode(given.county),
    )


async def fill_roster(path: Path, *, people: int, groups: int) -> None:
    """The county of `benchmarks.telegram` with the same two numbers."""
    await upgrade(url_of(path))
    async with opened(url_of(path)) as database:
        await doors_of(database).run(partial(counties.enter, county=counties.make(people, groups)))


async def fill_digests(path: Path, chats: list[int], count: int) -> None:
    """Summaries that wait for a moment in which nothing else is to be said."""

    async def queue(work: Work) -> int:
        return await work.rows.outbox.put_many(
            Outgoing(
                key=f"digest:{number}",
                chat_id=chats[number % len(chats)],
                text=Html("今日无预警。各村巡查已完成。"),
                lane=Lane.DIGEST,
                policy=Policy.AT_MOST_ONCE,
            )
            for number in range(count)
        )

    async with opened(url_of(path)) as database:
        await doors_of(database).run(queue)


async def fill_history(path: Path, rows: int) -> None:
    """So many rows of the past: messages that were sent, updates that were handled, lines of the timeline."""
    async with opened(url_of(path)) as database:
        doors = doors_of(database)
        for start in range(0, rows // 2, _BATCH):
            await doors.run(partial(_sent, start=start, count=min(_BATCH, rows // 2 - start)))
        for start in range(0, rows // 4, _BATCH):
            await doors.run(partial(_handled, start=start, count=min(_BATCH, rows // 4 - start)))
        for start in range(0, rows // 4, _BATCH):
            await doors.run(partial(_noted, count=min(_BATCH, rows // 4 - start)))
        await database.write(_all_settled)


async def _sent(work: Work, *, start: int, count: int) -> None:
    await work.rows.outbox.put_many(
        Outgoing(key=f"old:{number}", chat_id=800_000_000 + number % 1000, text=Html("旧消息。" * 20), subject="old:1")
        for number in range(start, start + count)
    )


async def _handled(work: Work, *, start: int, count: int) -> None:
    await work.rows.inbox.store([(number + 1, "{}") for number in range(start, start + count)], work.now)


async def _noted(work: Work, *, count: int) -> None:
    for _ in range(count):
        await work.note("old.line", "old:1", None, number=1)


async def _all_settled(connection: Any) -> None:
    await connection.execute(sa.text("UPDATE outbox SET state = 'sent', message_id = id, settled_at = created_at"))
    before = (datetime.now(UTC) - timedelta(days=1)).replace(tzinfo=None)
    await connection.execute(
        sa.text("UPDATE inbox SET state = 'done', raw = NULL, done_at = :at").bindparams(
            sa.bindparam("at", before, sa.DateTime)
        )
    )
