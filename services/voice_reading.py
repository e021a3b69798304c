"""Voices that a machine is to listen to, where the county has one. What it hears stands beside the voice as a proposal;
nothing ever waits for it, and it decides nothing."""

from services.hazard_cards import follow_news
from services.patrol_spoken import follow_heard
from services.ports.listening import VoiceReading
from services.work import Work


async def tell(work: Work, voice: VoiceReading) -> None:
    """It has been read: whoever was asked to listen sees the words in the message he has. No message is added."""
    kind, _, number = voice.subject.partition(":")
    drill = (await work.rows.drills.of_subjects([voice.subject])).get(voice.subject)
    with work.rows.drills.inside(drill):
        if kind == "spoken":
            await follow_heard(work, int(number), voice.words)
        elif kind == "hazard":
            await follow_news(work, int(number))
