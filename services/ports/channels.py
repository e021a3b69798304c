"""What goes out by other channels than Telegram: its rows, people's addresses there, and the door delivery uses."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.channels import SideState, Tried


@dataclass(frozen=True, slots=True)
class SideMessage:
    """One message by one channel, complete: the words are final. Asking twice for the same key is one message. Whose
    phone or address it goes to is looked up when it leaves, so that a number mended meanwhile counts."""

    key: str
    subject: str
    channel: str
    body: str
    title: str = ""
    """for services that have a line of subject"""
    person_id: int | None = None
    """None: the channel's own group"""
    expires_at: datetime | None = None
    repeats: bool = False
    """in doubt it is sent once more"""
    resend_mark: str = ""
    """put in front of that second copy"""


@dataclass(frozen=True, slots=True)
class QueuedSide:
    """A claimed message with the phone and the address of the moment."""

    id: int
    message: SideMessage
    attempts: int
    doubts: int
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class SideSettlement:
    """What became of one try. `reason` is a key: not_sent, refused, timeout, no_address, no_secret, no_channel …"""

    id: int
    tried: Tried
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SideResult:
    """Where one message stands now."""

    key: str
    subject: str
    channel: str
    person_id: int | None
    state: SideState
    reason: str
    at: datetime
    """when it was settled, or queued"""


class ChannelRows(Protocol):
    # -- what services do
    async def put(self, messages: Iterable[SideMessage]) -> int:
        """Queue; a key that exists already is left as it is. Returns how many were new."""
        ...

    async def supersede(self, subject: str, person_id: int | None = None) -> int:
        """Withdraw what is unsent; what is being sent at this moment is not tried again."""
        ...

    async def of_subject(self, subject: str) -> list[SideResult]:
        """Oldest first."""
        ...

    async def failed_since(self, since: datetime) -> Mapping[str, int]:
        """channel → how many messages did not get through."""
        ...

    async def addresses(self, channel: str, people: Collection[int]) -> Mapping[int, str]: ...
    async def address_book(self, person_id: int) -> Mapping[str, str]:
        """channel → the person's address there."""
        ...

    async def set_address(self, person_id: int, channel: str, address: str) -> None:
        """An empty one takes it away."""
        ...

    async def forget_addresses(self, person_id: int) -> int: ...

    # -- what delivery does
    async def claim(self, channel: str, boot: str, limit: int) -> list[QueuedSide]: ...
    async def settle(self, settlements: Sequence[SideSettlement]) -> list[SideResult]:
        """Write the outcomes; returns where the messages stand now. What is not being sent any more is passed over."""
        ...

    async def recover(self, boot: str, channels: Collection[str]) -> list[SideResult]:
        """What an earlier run was sending may have arrived. What waits for a channel that there is no more ends."""
        ...

    async def next_due(self, channel: str) -> datetime | None: ...


class SideDoor(Protocol):
    """Delivery's calls, each one transaction with its consequences."""

    async def claim(self, channel: str, boot: str, limit: int) -> list[QueuedSide]: ...
    async def settle(self, settlements: Sequence[SideSettlement]) -> None: ...
    async def recover(self, boot: str) -> None: ...
    async def next_due(self, channel: str) -> datetime | None: ...
