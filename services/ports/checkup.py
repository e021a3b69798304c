"""What a checkup looks at and no other service needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Queue:
    """What is still to be sent. `due_since` is when the oldest of what should be out by now fell due."""

    waiting: int
    due_since: datetime | None


class CheckupRows(Protocol):
    async def queue(self, now: datetime) -> Queue: ...
    async def dead(self, since: datetime) -> Mapping[str, int]:
        """reason → number of messages that were given up since then."""
        ...

    async def put_aside(self, since: datetime) -> list[int]:
        """Numbers of updates that could not be dealt with since then, newest first."""
        ...

    async def line_hash(self, seq: int) -> str | None:
        """The hash of one line of the timeline."""
        ...
