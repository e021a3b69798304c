"""Whether the county's speech engine works here: it is run once, on a recording made for that."""

import asyncio
import math
import struct
import time
import wave
from pathlib import Path
from tempfile import TemporaryDirectory

from console.voice import Voice
from delivery.listener import CommandListener
from delivery.speech import Speech
from domain.policy import CountyPolicy
from services.checkup import Finding, Mark
from services.ports.listening import NotHeardError
from settings import Settings

_TONE_SECONDS, _RATE = 2, 16_000


async def hear_something(settings: Settings, policy: CountyPolicy, voice: Voice) -> list[Finding]:
    """One finding: the command as it did, or that there is none."""
    command = policy.listener.command
    if not command:
        return [Finding(Mark.FINE, "checkup.listener.none")]
    facts: dict[str, object] = {"program": command[0], "most": policy.listener.seconds}
    with TemporaryDirectory(prefix="listener-") as folder:
        sound = await _recording(Path(folder), settings, voice)
        began = time.monotonic()
        try:
            words = await CommandListener(policy.listener).hear(sound)
        except NotHeardError as error:
            words = ""
            if error.reason != "nothing":
                reason = voice.words.label(f"checkup.listener.reason.{error.reason}", voice.lang)
                return [Finding(Mark.BAD, "checkup.listener.failed", facts | {"reason": reason})]
        facts |= {"seconds": math.ceil(time.monotonic() - began), "words": words}
    return [Finding(Mark.FINE, "checkup.listener.fine" if words else "checkup.listener.silent", facts)]


async def _recording(folder: Path, settings: Settings, voice: Voice) -> Path:
    """A sentence where a program speaks here, else a tone; in the form in which Telegram brings voices where that can
    be made."""
    said = await Speech(folder / "speech", settings.speech_command).recording(
        voice.words.label("checkup.listener.sentence", "zh")
    )
    if said is not None:
        return said
    tone = folder / "tone.wav"
    await asyncio.to_thread(_tone, tone)
    return tone


def _tone(path: Path) -> None:
    samples = (int(8_000 * math.sin(2 * math.pi * 440 * at / _RATE)) for at in range(_RATE * _TONE_SECONDS))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(b"".join(struct.pack("<h", one) for one in samples))
