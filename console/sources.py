"""Whether the sources of warnings can be reached and understood at this moment. Findings for `check`; what they say is
read and forgotten, nothing is taken in."""

import asyncio

from console.voice import Voice
from domain.policy import CountyPolicy
from domain.source_health import Trouble
from domain.sources import Source, SourceKind
from feeds.errors import UnreadableNotice
from feeds.hook import hook_secret
from feeds.readers import READERS
from feeds.reading import Asked
from feeds.secrets import SecretError
from feeds.web import FetchError, Web
from services.checkup import Finding, Mark
from settings import Settings


async def reach(settings: Settings, policy: CountyPolicy, voice: Voice, web: Web) -> list[Finding]:
    """One finding for each source, in the order of the settings."""
    if not policy.sources:
        return [Finding(Mark.FINE, "checkup.sources.none")]
    return list(await asyncio.gather(*(_look(one, settings, voice, web) for one in policy.sources)))


async def _look(source: Source, settings: Settings, voice: Voice, web: Web) -> Finding:
    facts: dict[str, object] = {"name": source.name}
    if source.kind is SourceKind.HOOK:
        try:
            await asyncio.to_thread(hook_secret, source)
        except SecretError:
            return Finding(Mark.BAD, "checkup.sources.hook_secret", facts)
        return Finding(Mark.FINE, "checkup.sources.hook", facts)
    try:
        page = await web.get(source)
        assert page is not None  # nothing was known, so nothing can be unchanged
        reading = await asyncio.to_thread(READERS[source.kind], page.body, Asked(source, settings.zone))
    except FetchError as error:
        why = voice.words.label(f"source.why.{error.trouble.value}", voice.lang)
        return Finding(Mark.BAD, "checkup.sources.failing", facts | {"why": why})
    except UnreadableNotice:
        why = voice.words.label(f"source.why.{Trouble.UNREADABLE.value}", voice.lang)
        return Finding(Mark.BAD, "checkup.sources.failing", facts | {"why": why})
    facts |= {"notices": len(reading.notices), "links": len(reading.links)}
    return Finding(Mark.FINE, "checkup.sources.reached", facts)
