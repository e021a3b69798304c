"""Fetches the tables people sent, reads them beside the loop, and has them judged. One that cannot be had now is tried
again, later and later.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from domain.errors import DomainError
from domain.tables import Column, Line
from services.doors import Doors
from services.photo_worker import Fetch, NotFetchedError
from services.ports.sent_tables import SentTable
from services.sent_tables import MEGABYTES, judge, refuse
from services.table_kinds import TableKind, recognised
from services.working import TRIES, rest_after, work_off

_LOOK_SECONDS = 2.0
ReadLines = Callable[[bytes, Sequence[Column]], tuple[Line, ...]]
"""feeds.roster_files.read_lines. Raises DomainError"""


class TableWorker:
    def __init__(self, doors: Doors, fetch: Fetch, read: ReadLines, wake: Callable[[], None]) -> None:
        self._doors, self.fetch, self._read, self._wake = doors, fetch, read, wake

    async def run(self, stop: asyncio.Event) -> None:
        await work_off(self.run_once, stop, _LOOK_SECONDS, "tables")

    async def run_once(self) -> bool:
        """One table. False when none waits."""
        row = await self._doors.read(lambda work: work.rows.sent_tables.next_waiting(work.now))
        if row is None:
            return False
        try:
            content = await self.fetch(row.file_id, MEGABYTES << 20)
            kind, lines = await asyncio.to_thread(self._recognised, content)
            await self._doors.run(partial(judge, row=row, kind=kind, lines=lines))
        except NotFetchedError as error:
            await self._not_fetched(row, error)
        except DomainError as error:
            await self._doors.run(partial(refuse, row=row, why=error))
        self._wake()
        return True

    def _recognised(self, content: bytes) -> tuple[TableKind, tuple[Line, ...]]:
        found = recognised(partial(self._read, content))
        if found is None:
            raise DomainError("table.sent.unknown")
        return found

    async def _not_fetched(self, row: SentTable, error: NotFetchedError) -> None:
        if not error.final and row.attempts + 1 < TRIES:
            until = self._doors.now() + rest_after(row.attempts)
            await self._doors.run(lambda work: work.rows.sent_tables.wait_again(row.id, until))
            return
        await self._doors.run(partial(refuse, row=row, why=DomainError("table.sent.lost")))
