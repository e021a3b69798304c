"""What a machine delivered, on its way into the services: read by feeds.readers, judged by services.warnings, one
transaction for each message. The folder, the loops that ask and the hook that is called share it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial

from domain.notices import Notice
from domain.source_health import Trouble
from domain.sources import FOLDER, Source, SourceKind
from domain.warnings import Outcome
from feeds.errors import UnreadableNotice
from feeds.readers import read_by_sight
from feeds.reading import Asked
from services.doors import Doors
from services.sources import failed, got_notice, heard, tell_unreadable
from services.warnings import receive_notice
from services.work import Work

log = logging.getLogger(__name__)

_BEST_FIRST = (Outcome.ACCEPTED, Outcome.HELD, Outcome.DUPLICATE, Outcome.IGNORED)
_WRITE_EVERY = timedelta(minutes=1)

Also = Callable[[Work], Awaitable[None]]
"""Something that stands or falls with the intake."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message: the best outcome of its parts, the number of the warning it made and the reason, if
    it has one."""

    outcome: Outcome
    number: str = ""
    reason: str = ""


class Intake:
    """`wake` is called after the commit, so that a red warning leaves at once."""

    def __init__(self, doors: Doors, wake: Callable[[], None]) -> None:
        self._doors = doors
        self._wake = wake

    async def take(self, notices: Sequence[Notice], raw: bytes, *, first: Also | None = None) -> Taken:
        """The parts of one message, all of them or none; `first` runs in the same transaction, before them. Safe to
        repeat. Any error means that it could not be decided now: nothing was kept."""

        async def service(work: Work) -> Taken:
            if first is not None:
                await first(work)
            return best([await _receive(work, notice, raw) for notice in notices])

        taken = await self._doors.run(service)
        self._wake()
        return taken

    async def new(self, source: str, marks: Collection[str]) -> set[str]:
        """Those of the marks that were not taken in yet."""
        seen = await self._doors.store.read(lambda rows: rows.sources.seen(source, marks))
        return set(marks) - seen

    async def run(self, service: Also) -> None:
        """What has to be kept or told beside notices."""
        await self._doors.run(service)
        self._wake()

    async def tell_reasons(self, source: str, reasons: Sequence[str]) -> None:
        """The county's desk is told what could not be read, once a day for each reason."""
        for reason in sorted(set(reasons)):
            number = reasons.count(reason)
            log.warning("notices_not_readable source=%s reason=%s number=%s", source, reason, number)
            address = f"feed.unreadable.{reason}"
            await self.run(partial(tell_unreadable, name=source, reason=address, number=number))


def best(parts: Collection[Taken]) -> Taken:
    """What a message came to; one without parts changes nothing."""
    return min(parts, key=lambda one: _BEST_FIRST.index(one.outcome), default=Taken(Outcome.IGNORED))


async def _receive(work: Work, notice: Notice, raw: bytes) -> Taken:
    received = await receive_notice(work, notice, raw)
    row = None if received.warning_id is None else await work.rows.warnings.get(received.warning_id)
    return Taken(received.outcome, "" if row is None else row.number, received.reason)


class FolderIntake:
    """feeds.folder.Receive: a file is one message, in any form that is recognised by sight."""

    def __init__(self, intake: Intake, zone: tzinfo) -> None:
        self._intake = intake
        folder = Source.model_construct(name=FOLDER, kind=SourceKind.HOOK)  # no address, no settings of its own
        self._asked = Asked(folder, zone)

    async def __call__(self, body: bytes, name: str) -> str:
        """What became of it. Raises UnreadableNotice where nothing in it can be read; any other error means that it
        could not be decided now and the file stays where it is."""
        reading = await asyncio.to_thread(read_by_sight, body, self._asked)
        if reading.refused and not reading.notices:
            raise UnreadableNotice(reading.refused[0].reason, reading.refused[0].detail)
        first = partial(got_notice, name=FOLDER) if reading.notices else None
        taken = await self._intake.take(reading.notices, body, first=first)
        await self._intake.tell_reasons(FOLDER, [one.reason for one in reading.refused])
        log.info("notice file=%s parts=%s outcome=%s", name, len(reading.notices), taken.outcome)
        return taken.outcome


class FolderHealth:
    """feeds.folder.Report: what changes is written down at once, that all is well once in a while."""

    def __init__(self, intake: Intake, now: Callable[[], datetime]) -> None:
        self._intake = intake
        self._now = now
        self._written: tuple[Trouble | None, datetime] | None = None

    async def __call__(self, trouble: Trouble | None) -> None:
        now = self._now()
        if self._written is not None and self._written[0] == trouble and now - self._written[1] < _WRITE_EVERY:
            return
        service = partial(heard, name=FOLDER) if trouble is None else partial(failed, name=FOLDER, trouble=trouble)
        try:
            await self._intake.run(service)
        except Exception:
            log.exception("how the folder is cannot be written down; trying again")
        else:
            self._written = (trouble, now)
