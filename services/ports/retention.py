"""Forgetting what is not needed any more: where people were, and what was said to them."""

from datetime import datetime
from typing import Protocol


class RetentionRows(Protocol):
    async def forget_positions(self, before: datetime) -> int:
        """Take away the positions of check-ins and check answers older than this; distances and the rest stay.
        Returns how many there were."""
        ...

    async def oldest_words(self) -> datetime | None:
        """When the oldest message that is still kept word for word was settled; looks at every message."""
        ...

    async def forget_words(self, since: datetime, until: datetime) -> int:
        """Empty the messages that were settled, and the updates that were put aside, between the two instants; with
        them what was added to a hand-over, and the numbers from which the duty desk was called.
        That something was sent, to whom, about what, and what became of it, stays."""
        ...
