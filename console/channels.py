"""`bot.py try-channel`: one marked test message by one of the county's other channels, and what became of it."""

import asyncio

from clock import Clock
from console.voice import DONE, FAILED, WRONG, Voice
from delivery.gateways import Attempt, Letter, gateway_of, read_key
from domain.channels import OtherChannel, Tried
from settings import Settings, load

_SHOWN = 300
"""characters of what a service said"""


def attempt(voice: Voice, clock: Clock, name: str, address: str | None) -> int:
    settings = load()
    channels = settings.policy().channels
    channel = next((one for one in channels if one.name == name), None)
    if channel is None:
        names = [one.name for one in channels]
        voice.note("elsewhere.trial.unknown" if names else "elsewhere.trial.none", name=name, names=names)
        return WRONG
    if channel.place is None and not address:
        voice.note("elsewhere.trial.address", label=channel.label)
        return WRONG
    letter = _letter(settings, voice, clock, channel, address or "")
    found = asyncio.run(gateway_of(channel)(letter))
    facts = {"label": channel.label, "reason": _reason(voice, found), "detail": _shown(channel, found)}
    if found.tried is Tried.SENT:
        voice.say("elsewhere.trial.sent", **facts)
        return DONE
    voice.note("elsewhere.trial.unsure" if found.tried is Tried.UNKNOWN else "elsewhere.trial.failed", **facts)
    return FAILED


def _letter(settings: Settings, voice: Voice, clock: Clock, channel: OtherChannel, address: str) -> Letter:
    at = clock.now().astimezone(settings.zone)
    text, title = (voice.words.label(f"elsewhere.trial.{part}", voice.lang, at=at) for part in ("text", "title"))
    return Letter(text, title, "" if channel.by_address else address, address if channel.by_address else "")


def _reason(voice: Voice, found: Attempt) -> str:
    return voice.words.label(f"elsewhere.reason.{found.reason}", voice.lang) if found.reason else ""


def _shown(channel: OtherChannel, found: Attempt) -> str:
    """What the service said, for whoever has to mend it; the key is taken out."""
    try:
        key = "" if channel.secret_file is None else read_key(channel.secret_file)
    except OSError:
        key = ""
    said = found.detail.replace(key, "***") if key else found.detail
    return " ".join(said.split())[:_SHOWN]
