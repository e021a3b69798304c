"""A script of rows on the host's clock: what happens, when, and by whose hand.

Each row is a little play of its own: acts, and the seconds between them. An actor waits a while for what should be on
his screen (`Host.patience`). What a row needs and does not find makes it fail by name (`Script.failed`), and the others
go on. Rows of features that do not exist yet are listed with what is missing and are never played.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.players import Act, Host, MissingError, Players
from sandbox.errors import WorldError

log = logging.getLogger(__name__)

Play = Sequence[tuple[float, Act]]
"""seconds to let pass, and what one does then"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the script. `play` None: what is missing is said in `missing`."""

    number: int
    at: timedelta
    """from eight in the morning of the first day"""
    what: str
    play: Callable[[], Play] | None = None
    missing: str = ""


def clock(day: int, at: str) -> timedelta:
    """From eight in the morning of the first day."""
    hour, minute = at.split(":")
    return timedelta(days=day - 1, hours=int(hour) - 8, minutes=int(minute))


@dataclass(slots=True)
class Script(ABC):
    players: Players
    host: Host
    failed: dict[int, str] = field(default_factory=dict, init=False)
    played: list[int] = field(default_factory=list, init=False)
    began: datetime = field(init=False)

    @abstractmethod
    def rows(self) -> Sequence[Row]: ...

    def begin(self, start: datetime) -> None:
        """Hand every row to the host, for its instant."""
        self.began = start
        for row in self.rows():
            if row.play is not None:
                self._next(row, row.play(), start + row.at)

    def _next(self, row: Row, play: Play, moment: datetime, tries: int = 0) -> None:
        """The play from its first act on, after this moment."""
        if not play:
            self.played.append(row.number)
            return
        (seconds, do), rest = play[0], play[1:]

        async def act() -> None:
            pause, times = self.host.patience()
            try:
                await do()
            except (MissingError, WorldError) as fault:
                if tries < times:
                    self._next(row, [(pause.total_seconds(), do), *rest], self.host.now(), tries + 1)
                    return
                self.failed[row.number] = f"{row.what}: {fault}"
                log.warning("row %s could not be played: %s", row.number, self.failed[row.number])
            else:
                self._next(row, rest, self.host.now())

        self.host.at(moment + timedelta(seconds=seconds), act)
