"""Statements that are compiled once say and do exactly what they would through SQLAlchemy, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, Json, UtcTime, insert_new
from storage.outbox import outbox
from storage.outbox_rows import COLUMNS
from storage.prepared import Prepared
from tests.support.databases import START

HEART = sa.table("heartbeat", sa.column("name", sa.Text), sa.column("at", UtcTime))
ADD = Prepared(sa.insert(HEART).values(name=sa.bindparam("who"), at=sa.bindparam("when", type_=UtcTime)))
ALL = sa.select(HEART).order_by(HEART.c.name)
BEIJING = timezone(timedelta(hours=8))


async def test_values_are_converted_on_the_way_in_and_out(database: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        assert await ADD.run(connection, who="a", when=datetime(2026, 7, 1, 8, tzinfo=BEIJING)) == 1
        found = await Prepared(ALL).all(connection)
        assert [(row.name, row.at) for row in found] == [("a", datetime(2026, 7, 1, 0, tzinfo=UTC))]
        assert [tuple(row) for row in found] == [tuple(row) for row in await connection.execute(ALL)]

    await database.write(work)


async def test_first_and_scalar_of_nothing_are_none(database: Database) -> None:
    async def work(connection: AsyncConnection) -> tuple[Any, Any]:
        return await Prepared(ALL).first(connection), await Prepared(ALL).scalar(connection)

    assert await database.write(work) == (None, None)


async def test_a_json_value_comes_back_as_it_was_put(database: Database, dialect: str) -> None:
    given = dict.fromkeys(COLUMNS) | {
        "key": "k", "subject": "", "chat_id": 1, "lane": 2, "kind": "send", "policy": "at_least_once",
        "payload": {"text": "<b>暴雨</b>"}, "due_at": START, "state": "pending", "created_at": START,
    }  # fmt: skip
    put = Prepared(insert_new(outbox, dialect).returning(outbox.c.payload, outbox.c.due_at), COLUMNS)
    read = Prepared(sa.select(sa.type_coerce(outbox.c.payload, Json).label("said"), outbox.c.attempts))

    async def work(connection: AsyncConnection) -> None:
        assert [tuple(row) for row in await put.all(connection, **given)] == [(given["payload"], START)]
        assert list(await put.all(connection, **given)) == []  # the key exists
        row = await read.first(connection)
        assert (row.said, row.attempts) == (given["payload"], 0)

    await database.write(work)


async def test_a_value_that_was_forgotten_is_an_error_and_no_null(database: Database) -> None:
    with pytest.raises(sa.exc.SQLAlchemyError):
        await database.write(lambda connection: ADD.run(connection, who="a"))


async def test_errors_are_those_of_sqlalchemy(database: Database) -> None:
    await database.write(lambda connection: ADD.run(connection, who="a", when=START))
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(lambda connection: ADD.run(connection, who="a", when=START))


async def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises((ValueError, sa.exc.StatementError)):
        await database.write(lambda connection: ADD.run(connection, who="a", when=datetime(2026, 7, 1)))


async def test_what_was_written_falls_with_its_transaction(database: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        await ADD.run(connection, who="a", when=START)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert list(await database.read(lambda connection: Prepared(ALL).all(connection))) == []


async def test_who_listens_to_statements_hears_them(database: Database) -> None:
    heard: list[str] = []

    async def work(connection: AsyncConnection) -> None:
        sync = connection.sync_connection

        def hear(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            heard.append(statement.split(maxsplit=1)[0])

        sa.event.listen(sync, "after_cursor_execute", hear)
        await ADD.run(connection, who="a", when=START)
        await Prepared(ALL).all(connection)
        sa.event.remove(sync, "after_cursor_execute", hear)

    await database.write(work)
    assert heard == ["INSERT", "SELECT"]


async def test_a_list_of_any_length_is_refused(database: Database, dialect: str) -> None:
    if dialect != "sqlite":
        pytest.skip("PostgreSQL runs it as SQLAlchemy does")
    listed = Prepared(sa.select(HEART).where(HEART.c.name.in_(sa.bindparam("names", expanding=True))))
    with pytest.raises(ValueError, match="varying length"):
        await database.write(lambda connection: listed.all(connection, names=["a"]))
