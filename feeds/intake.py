"""A file that holds warnings, on its way into the services: read here, judged there, one transaction for all of it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import tzinfo

from domain.warnings import Outcome
from feeds.cap import read_cap
from services.doors import Doors
from services.warnings import receive_notice
from services.work import Work

log = logging.getLogger(__name__)

_BEST_FIRST = (Outcome.ACCEPTED, Outcome.HELD, Outcome.DUPLICATE, Outcome.IGNORED)


class CapIntake:
    """feeds.folder.Receive for CAP. `wake` is called after the commit, so that a red warning leaves at once."""

    def __init__(self, doors: Doors, *, source: str, zone: tzinfo, wake: Callable[[], None]) -> None:
        self._doors = doors
        self._source = source
        self._zone = zone
        self._wake = wake

    async def __call__(self, body: bytes, name: str) -> str:
        """What became of it: the best outcome of its parts. Raises UnreadableNotice; any other error means that it
        could not be decided now and the file stays where it is."""
        notices = await asyncio.to_thread(read_cap, body, source=self._source, zone=self._zone)

        async def service(work: Work) -> list[Outcome]:
            return [(await receive_notice(work, notice, body)).outcome for notice in notices]

        outcomes = await self._doors.run(service)
        self._wake()
        log.info("notice file=%s parts=%s outcome=%s", name, len(outcomes), ",".join(outcomes))
        return next(outcome for outcome in _BEST_FIRST if outcome in outcomes)
