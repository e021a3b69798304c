"""Rows of the papers that were asked for, and of the pictures that people sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.papers import PaperState, PhotoState
from domain.people import PersonId


@dataclass(frozen=True, slots=True)
class PaperJob:
    """One paper that somebody asked for."""

    id: int
    kind: str
    args: Mapping[str, Any]
    person_id: PersonId
    chat_id: int
    language: str
    asked_at: datetime
    state: PaperState = PaperState.WAITING
    attempts: int = 0
    """how often its making was begun"""
    done: int = 0
    total: int = 0
    """lines, as far as it has got; 0 is not known"""
    told_at: datetime | None = None
    """when the progress was shown last"""
    file: str = ""
    file_name: str = ""

    @property
    def subject(self) -> str:
        return f"paper:{self.id}"

    @property
    def message_key(self) -> str:
        """Outbox key of the message that follows its progress."""
        return f"paper:{self.id}:asked"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture somebody sent. Its file_id is what messages send; the stored file is what papers and archives use."""

    file_id: str
    subject: str
    """what it is about, as "hazard:12" """
    asked_at: datetime
    state: PhotoState = PhotoState.WAITING
    attempts: int = 0
    sha256: str = ""
    width: int = 0
    height: int = 0
    lat: float | None = None
    lon: float | None = None
    """what the picture itself said of where it was taken: its position, not the person's"""
    taken: str = ""
    """what the picture said of when, on the clock of the camera"""
    reason: str = ""
    role: str = ""
    """before, after, proof"""


class PaperRows(Protocol):
    async def add(self, job: PaperJob) -> PaperJob: ...
    async def get(self, job_id: int) -> PaperJob | None: ...
    async def unfinished(self, person_id: int) -> list[PaperJob]:
        """What this person asked for and still waits for."""
        ...

    async def next_waiting(self, now: datetime) -> PaperJob | None: ...
    async def begin(self, job_id: int, boot: str, at: datetime) -> PaperJob | None:
        """Compare-and-set from waiting to making, one more attempt. None when it waits no more."""
        ...

    async def advance(self, job_id: int, done: int, total: int, told_at: datetime) -> None: ...
    async def finish(self, job_id: int, state: PaperState, at: datetime, file: str = "", file_name: str = "") -> bool:
        """From making; False when it is not being made any more."""
        ...

    async def wait_again(self, job_id: int, not_before: datetime) -> None: ...
    async def recover(self, boot: str) -> int:
        """What another process was making waits again. Returns how many."""
        ...


class PhotoRows(Protocol):
    async def want(self, photos: Collection[Photo]) -> int:
        """Those not known yet are to be fetched. Returns how many."""
        ...

    async def next_waiting(self, now: datetime) -> Photo | None: ...
    async def settle(self, photo: Photo) -> None:
        """What became of it, at the end."""
        ...

    async def wait_again(self, file_id: str, not_before: datetime) -> None:
        """One more attempt was made; the next one not before this."""
        ...

    async def of(self, subjects: Collection[str]) -> list[Photo]:
        """In the order sent."""
        ...
