"""Fetches the pictures people sent, one at a time: small, without their position, once for each content.

A picture that cannot be fetched now is tried again, later and later; one that is none, or too large, is noted and left:
its file_id shows it on Telegram as before.
"""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from domain.papers import FileKind, PhotoState
from services.doors import Doors
from services.hazard_cards import follow_news
from services.ports.files import Kept, Shelf, StoredFile
from services.ports.papers import Photo
from services.press import PressError, printed
from services.work import Work
from services.working import TRIES, rest_after, work_off

log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0


class NotFetchedError(Exception):
    """It could not be had. `final`: nor will it be."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


class Fetch(Protocol):
    """delivery.photos: the way to Telegram's files."""

    async def __call__(self, file_id: str, most_bytes: int) -> bytes:
        """Raises NotFetchedError."""
        ...


class PhotoWorker:
    def __init__(self, doors: Doors, shelf: Shelf, fetch: Fetch) -> None:
        self._doors, self._shelf, self.fetch = doors, shelf, fetch

    async def run(self, stop: asyncio.Event) -> None:
        await work_off(self.run_once, stop, _LOOK_SECONDS, "pictures")

    async def run_once(self) -> bool:
        """One picture. False when none waits."""
        photo = await self._doors.read(lambda work: work.rows.photos.next_waiting(work.now))
        if photo is None:
            return False
        policy = self._doors.policy.papers
        try:
            content = await self.fetch(photo.file_id, policy.photo_megabytes << 20)
            await self._keep(photo, content)
        except NotFetchedError as error:
            if not error.final and photo.attempts + 1 < TRIES:
                until = self._doors.now() + rest_after(photo.attempts)
                await self._doors.run(lambda work: work.rows.photos.wait_again(photo.file_id, until))
                return True
            state = PhotoState.REFUSED if error.final else PhotoState.LOST
            await self._settle(replace(photo, state=state, reason=error.reason))
        except PressError as error:
            log.warning("picture of %s is not kept: %s", photo.subject, str(error).rpartition("\n")[2][:200])
            await self._settle(replace(photo, state=PhotoState.REFUSED, reason="broken"))
        return True

    async def _settle(self, photo: Photo) -> None:
        await self._doors.run(lambda work: work.rows.photos.settle(photo))

    async def _keep(self, photo: Photo, content: bytes) -> None:
        policy = self._doors.policy.papers
        with self._shelf.scratch() as folder:
            raw, facts = folder / "raw", folder / "facts.json"
            await asyncio.to_thread(raw.write_bytes, content)
            told = {
                "picture": str(raw),
                "facts": str(facts),
                "edge": policy.photo_edge,
                "quality": policy.photo_quality,
            }
            out = await printed("photo:store", folder / "photo.jpg", [told])
            known = json.loads(await asyncio.to_thread(facts.read_text, "utf-8"))
            kept = await self._shelf.keep(out)
        await self._doors.run(partial(_stored, photo=photo, kept=kept, facts=known))


async def _stored(work: Work, photo: Photo, kept: Kept, facts: dict[str, Any]) -> None:
    until = work.now + timedelta(days=work.policy.papers.photo_days)
    await work.rows.files.add(StoredFile(kept.sha256, kept.size, "image/jpeg", FileKind.PHOTO, work.now, until))
    await work.rows.photos.settle(replace(photo, state=PhotoState.STORED, sha256=kept.sha256, **facts))
    kind, _, number = photo.subject.partition(":")
    if kind == "hazard" and number.isdigit() and facts.get("lat") is not None:
        drill = (await work.rows.drills.of_subjects([photo.subject])).get(photo.subject)
        with work.rows.drills.inside(drill):
            await follow_news(work, int(number))
