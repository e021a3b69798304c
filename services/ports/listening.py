"""A machine that listens, and the voices that wait for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.listening import VoiceState


@dataclass(frozen=True, slots=True)
class VoiceReading:
    """What a machine made of one voice: a proposal, never a fact."""

    file_id: str
    subject: str
    """what was said about, as "spoken:12" or "hazard:3" """
    asked_at: datetime
    state: VoiceState = VoiceState.WAITING
    words: str = ""
    reason: str = ""


class VoiceRows(Protocol):
    async def want(self, voice: VoiceReading) -> bool:
        """False where it is known already."""
        ...

    async def next_waiting(self) -> VoiceReading | None:
        """The newest: an old one has been listened to."""
        ...

    async def settle(self, voice: VoiceReading) -> None: ...
    async def words_of(self, file_ids: Collection[str]) -> dict[str, str]:
        """Of those that were read."""
        ...


class NotHeardError(Exception):
    """The machine could not say what was spoken; `reason` is a word for the record."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Listener(Protocol):
    """delivery.listener: the county's program."""

    async def hear(self, sound: Path) -> str:
        """The words, one line, never empty. Raises NotHeardError."""
        ...
