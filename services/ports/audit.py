"""What must hold of the rows at any moment, as questions to the tables: each answers with the rows that break it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that some rows break. `examples` are a few of them, as numbers or keys."""

    rule: str
    number: int
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule}: {self.number} ({', '.join(self.examples)})"


class AuditRows(Protocol):
    async def heard(self) -> datetime | None:
        """The last instant at which the bot is known to have been alive and to have heard Telegram."""
        ...

    async def deaf_since(self, at: datetime) -> bool:
        """Whether a deaf time ended after this instant."""
        ...

    async def timeless(self, now: datetime) -> Sequence[Broken]:
        """Rules that hold whatever the bot could or could not do until now."""
        ...

    async def timely(self, before: datetime) -> Sequence[Broken]:
        """Rules about what must have been done of all that fell due before this instant."""
        ...
