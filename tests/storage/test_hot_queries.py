"""Figures of a county in its third year: what is asked every second must not read what is long settled."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outgoing import Lane
from services.ports import Rows
from storage.database import Database, opened
from storage.outbox import outbox
from storage.store import SqlRows, SqlStore
from tests.storage.filling import PLAN, VILLAGE, people
from tests.support.databases import START, Databases, Hands

SETTLED = 100_000
DIGESTS = 10_000
GROUPS = 500


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """100,000 settled messages, 10,000 digests that wait, one red warning put last; as many settled obligations and
    updates."""
    with ExitStack() as stack:
        yield stack.enter_context(databases.fresh(request.param, tmp_path_factory.mktemp("filled"))), []


@pytest.fixture
async def county(filled: tuple[str, list[str]]) -> AsyncIterator[Database]:
    url, done = filled
    async with opened(url) as database:
        if not done:
            await SqlStore(database, Hands().now).write(lambda rows: people(rows, 3))
            await database.write(_fill)
            done.append("filled")
        yield database


def _messages() -> list[dict[str, Any]]:
    def row(number: int, state: str, lane: Lane) -> dict[str, Any]:
        return {
            "key": f"k{number}",
            "subject": f"warning:{number % 400}",
            "chat_id": -1 - number % GROUPS,
            "lane": int(lane),
            "kind": "send",
            "policy": "at_least_once",
            "payload": {"text": "预警" * 40},
            "due_at": START,
            "expires_at": START + timedelta(days=1),
            "state": state,
            "created_at": START,
        }

    settled = [row(n, ("sent", "sent", "expired", "superseded")[n % 4], Lane(n % 4)) for n in range(SETTLED)]
    digests = [row(n, "pending", Lane.DIGEST) for n in range(SETTLED, SETTLED + DIGESTS)]
    return [*settled, *digests, row(SETTLED + DIGESTS, "pending", Lane.RED)]


async def _fill(connection: AsyncConnection) -> None:
    messages = _messages()
    for start in range(0, len(messages), 2_000):
        await connection.execute(sa.insert(outbox), messages[start : start + 2_000])
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 60000) "
    plan = PLAN.model_dump_json()
    at = {"at": str(START.replace(tzinfo=None)) + ".000000"}
    if connection.dialect.name == "postgresql":
        at = {"at": START}  # type: ignore[dict-item]
    for statement in (
        "INSERT INTO obligation"
        " (subject, person_id, what, place, plan, opened_at, due_at, next_step_at, state, reachable)"
        f" {numbers} SELECT 'warning:' || n, 1, 'acknowledge', '331124001001', '{plan.replace(':', chr(92) + ':')}',"
        " :at, :at, :at, CASE n % 2000 WHEN 0 THEN 'open' ELSE 'answered' END, true FROM numbers",
        f"INSERT INTO inbox (update_id, received_at, state, done_at) {numbers} SELECT n, :at, 'done', :at FROM numbers",
        "INSERT INTO board (subject, chat_id, place, post_key, drawn_at)"
        f" {numbers} SELECT 'warning:' || n, -1, '331124001001', 'k', :at FROM numbers",
    ):
        typed = sa.text(statement).bindparams(sa.bindparam("at", type_=sa.Text if isinstance(at["at"], str) else None))
        await connection.execute(typed, at)
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("ANALYZE"))


Ask = Callable[[Rows], Awaitable[Any]]

QUESTIONS: dict[str, Ask] = {
    "claim": lambda rows: rows.outbox.claim("boot", 8, [-5, -6], tuple(Lane)),
    "claim without digests": lambda rows: rows.outbox.claim("boot", 8, [], (0, 1, 2)),
    "next due": lambda rows: rows.outbox.next_due(),
    "recover": lambda rows: rows.outbox.recover("next boot"),
    "abandon a chat": lambda rows: rows.outbox.abandon_chat(-7, "kicked"),
    "move a chat": lambda rows: rows.outbox.move_chat(-8, -1_008),
    "withdraw": lambda rows: rows.outbox.supersede(subject="warning:5"),
    "undelivered": lambda rows: rows.outbox.undelivered("warning:5"),
    "state of a message": lambda rows: rows.outbox.state_of("k77"),
    "obligations due": lambda rows: rows.obligations.due(START + timedelta(days=1)),
    "obligations of a person": lambda rows: rows.obligations.open_of_person(1),
    "obligations of a subject": lambda rows: rows.obligations.of_subject("warning:2000"),
    "tally": lambda rows: rows.obligations.tally("warning:2000"),
    "stop clocks": lambda rows: rows.obligations.stop_clocks(START, START + timedelta(seconds=1)),
    "undone updates": lambda rows: rows.inbox.undone(),
    "boards to draw": lambda rows: rows.boards.dirty(START + timedelta(days=1)),
    "boards of a warning": lambda rows: rows.boards.mark("warning:7", [VILLAGE]),
    "active warnings": lambda rows: rows.warnings.active(START),
    "warnings that ran out": lambda rows: rows.warnings.run_out(START),
}
WHOLE_INDEX_IS_SMALL = ("ix_outbox_sending", "ix_inbox_new", "ix_obligation_person")
"""these cover only what is under way at this moment: reading all of it is what is meant"""


class _EnoughError(Exception):
    """Nothing that a question would change is kept."""


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_of_every_second_reads_a_whole_table(county: Database, name: str) -> None:
    plans = await _plans(county, QUESTIONS[name])

    assert plans, "nothing was asked"
    whole = [line for line in plans if _reads_all(line)]
    assert whole == []


def _reads_all(line: str) -> bool:
    if any(index in line for index in WHOLE_INDEX_IS_SMALL):
        return False
    return line.startswith("SCAN ") or "Seq Scan on outbox" in line or "Seq Scan on obligation" in line


async def _plans(database: Database, ask: Ask) -> list[str]:
    """How the database goes about every statement of the question; nothing is changed by asking."""
    said: list[tuple[str, Any]] = []
    explain = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN "
    lines: list[str] = []

    async def work(connection: AsyncConnection) -> None:
        def hear(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
            if not statement.startswith(explain):
                said.append((statement, parameters[0] if many else parameters))

        sync = connection.sync_connection
        sa.event.listen(sync, "before_cursor_execute", hear)
        await ask(_rows(connection))
        sa.event.remove(sync, "before_cursor_execute", hear)
        for statement, parameters in said:
            rows = await connection.exec_driver_sql(explain + statement, parameters)
            lines.extend(str(row[-1]).strip() for row in rows)
        raise _EnoughError

    with pytest.raises(_EnoughError):
        await database.write(work)
    return lines


def _rows(connection: AsyncConnection) -> Rows:
    return SqlRows(connection, START)


async def test_one_red_warning_passes_ten_thousand_digests(county: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        claimed = await _rows(connection).outbox.claim("boot", 8, [], tuple(Lane))
        assert [queued.out.lane for queued in claimed] == [Lane.RED] + [Lane.DIGEST] * 7
        raise _EnoughError

    with pytest.raises(_EnoughError):
        await county.write(work)


@pytest.mark.parametrize(("name", "steps"), [("claim", 20_000), ("next due", 2_000), ("obligations due", 30_000)])
async def test_the_work_of_a_question_does_not_grow_with_history(county: Database, name: str, steps: int) -> None:
    """Counted in steps of SQLite's machine, which no other load on the computer can change."""
    if county.dialect == "postgresql":
        pytest.skip("PostgreSQL does not count")
    counted: list[int] = []

    async def work(connection: AsyncConnection) -> None:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.set_progress_handler(lambda: counted.append(1) and 0, 100)
        await QUESTIONS[name](_rows(connection))
        await driver.set_progress_handler(None, 0)
        raise _EnoughError

    with pytest.raises(_EnoughError):
        await county.write(work)

    assert 0 <= len(counted) * 100 < steps
