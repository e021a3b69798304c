"""Puts voices before the county's speech engine, one at a time and beside everything else.

The newest comes first: an old one has been listened to meanwhile. Each is tried once, because people listen anyway.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from domain.listening import VoiceState
from services.doors import Doors
from services.photo_worker import Fetch, NotFetchedError
from services.ports.files import Shelf
from services.ports.listening import Listener, NotHeardError, VoiceReading
from services.voice_reading import tell
from services.work import Work

log = logging.getLogger(__name__)

_LOOK_SECONDS = 3.0
_MOST_BYTES = 20 << 20


class VoiceWorker:
    """`wake` is told after every commit that may have queued something."""

    def __init__(self, doors: Doors, shelf: Shelf, fetch: Fetch, listener: Listener, wake: Callable[[], None]) -> None:
        self._doors, self._shelf, self.fetch, self.listener, self._wake = doors, shelf, fetch, listener, wake

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, which also breaks off what is being listened to. Ends at once where no engine is set."""
        stopping = asyncio.create_task(stop.wait())
        while self._doors.policy.listener.command and not stop.is_set():
            turn = asyncio.create_task(self.run_once())
            await asyncio.wait({turn, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not turn.done():
                turn.cancel()
            (result,) = await asyncio.gather(turn, return_exceptions=True)
            if isinstance(result, Exception):
                log.error("voices have to wait", exc_info=result)
            if result is not True:
                await asyncio.wait({stopping}, timeout=_LOOK_SECONDS)
        stopping.cancel()

    async def run_once(self) -> bool:
        """One voice. False when none waits."""
        voice = await self._doors.read(lambda work: work.rows.voices.next_waiting())
        if voice is None:
            return False
        if self._doors.now() - voice.asked_at > timedelta(minutes=self._doors.policy.listener.stale_minutes):
            done = replace(voice, state=VoiceState.FAILED, reason="stale")
        else:
            done = await self._listen(voice)
        await self._doors.run(partial(_store, voice=done))
        self._wake()
        return True

    async def _listen(self, voice: VoiceReading) -> VoiceReading:
        try:
            content = await self.fetch(voice.file_id, _MOST_BYTES)
            with self._shelf.scratch() as folder:
                sound = folder / "voice.ogg"
                await asyncio.to_thread(sound.write_bytes, content)
                words = await self.listener.hear(sound)
        except (NotFetchedError, NotHeardError) as error:
            log.warning("the speech engine did not read a voice of %s: %s", voice.subject, error.reason)
            return replace(voice, state=VoiceState.FAILED, reason=error.reason[:100])
        except Exception as error:
            log.exception("the speech engine broke on a voice of %s", voice.subject)
            return replace(voice, state=VoiceState.FAILED, reason=type(error).__name__)
        return replace(voice, state=VoiceState.READ, words=words)


async def _store(work: Work, voice: VoiceReading) -> None:
    await work.rows.voices.settle(voice)
    if voice.state is VoiceState.READ:
        await tell(work, voice)
