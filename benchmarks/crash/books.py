"""Looking into the bot's database from outside: a copy of it after a death, the whole of it at the end.

A SQLite file is copied with its write-ahead log and the copy is opened, so that the next life finds exactly what the
last one left.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.database import Database, opened, sqlite_path
from storage.store import SqlStore


@dataclass(slots=True)
class Books:
    """What the database says at the end, as plain data."""

    inbox: dict[int, str] = field(default_factory=dict)
    """update → state"""
    messages: list[Any] = field(default_factory=list)
    """outbox rows"""
    answered: dict[tuple[str, int], bool] = field(default_factory=dict)
    """(subject, account) → whether the obligation is answered"""
    excused: set[tuple[str, int]] = field(default_factory=set)
    """a graver warning of the same kind asks for it"""
    said: Counter[tuple[str, int]] = field(default_factory=Counter)
    """how often the timeline says that somebody acknowledged: (subject, account)"""
    warnings: list[Any] = field(default_factory=list)
    broken_link: int | None = None
    """the first line of the timeline that does not follow from the one before"""

    def waiting(self) -> int:
        return sum(1 for row in self.messages if row.state in {"pending", "retry", "sending"})


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Database]:
    path = sqlite_path(url)
    if path is None:
        async with opened(url) as database:
            yield database
        return
    with tempfile.TemporaryDirectory(prefix="books-") as folder:
        for name in (path.name, f"{path.name}-wal"):
            if (path.parent / name).exists():
                shutil.copyfile(path.parent / name, Path(folder) / name)
        async with opened(f"sqlite+aiosqlite:///{folder}/{path.name}") as database:
            yield database


async def in_flight(url: str) -> int:
    """Messages that were claimed and not settled when the process died."""

    async def count(connection: Any) -> int:
        return int(await connection.scalar(sa.text("SELECT count(*) FROM outbox WHERE state = 'sending'")))

    async with _open(url) as database:
        return await database.read(count)


async def read(url: str) -> Books:
    books = Books()

    async def look(connection: Any) -> None:
        async def rows(query: str) -> list[Any]:
            return list((await connection.execute(sa.text(query))).all())

        books.inbox = {row.update_id: row.state for row in await rows("SELECT update_id, state FROM inbox")}
        books.messages = await rows(
            "SELECT id, key, chat_id, kind, policy, state, reason, message_id, message_ids, person_id FROM outbox"
        )
        accounts = {row.id: row.user_id for row in await rows("SELECT id, user_id FROM person")}
        for row in await rows("SELECT subject, person_id, state FROM obligation"):
            key = row.subject, accounts[row.person_id]
            books.answered[key] = row.state == "answered"
            if row.state == "excused":
                books.excused.add(key)
        for row in await rows("SELECT subject, facts FROM timeline WHERE what = 'warning.acknowledged'"):
            books.said[row.subject, accounts[json.loads(row.facts)["person"]]] += 1
        books.warnings = await rows("SELECT id, identifier, text, places FROM warning")

    async with _open(url) as database:
        await database.read(look)
        store = SqlStore(database, lambda: datetime.now(UTC))
        books.broken_link = await store.read(lambda work: work.timeline.verify())
    return books
