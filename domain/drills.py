"""Drills (演练): what one is, and the mark at both ends of everything that is said in it. Pure.

The mark is a sign and not a text, like the Ⅳ of a level: the bot writes it, and knows its own messages by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.action_cards import Family
from domain.people import PersonId
from domain.places import PlaceCode, is_within
from domain.text import NO_TEXT, Html

MARKS: Final[Mapping[str, str]] = MappingProxyType({"zh": "【演练】", "en": "[DRILL]"})


def mark_of(lang: str) -> str:
    return MARKS.get(lang, MARKS["zh"])


def is_marked(text: str) -> bool:
    """Whether the message is one of a drill."""
    return text.lstrip().startswith(tuple(MARKS.values()))


def framed(text: Html, mark: str) -> Html:
    """The text between two marks, on lines of their own where it has lines. No mark is doubled."""
    if not text:
        return NO_TEXT
    bare = text.strip()
    gap = "\n" if "\n" in bare else ""
    before = "" if bare.startswith(mark) else f"{mark}{gap}"
    after = "" if bare.endswith(mark) and len(bare) > len(mark) else f"{gap}{mark}"
    return Html(f"{before}{bare}{after}")


def unframed(text: Html) -> tuple[Html, str]:
    """The text without its two marks, and the mark; "" where it is not between two."""
    for mark in MARKS.values():
        if text.startswith(mark) and text.endswith(mark) and len(text) > 2 * len(mark):
            return Html(text.removeprefix(mark).removesuffix(mark).strip()), mark
    return text, ""


class DrillForm(StrEnum):
    """综合、专项、桌面."""

    GENERAL = "general"
    SPECIAL = "special"
    TABLETOP = "tabletop"


class Content(StrEnum):
    """What is practised; the first three make a 综合演练 (先期处置、转移避险、自救互救)."""

    FIRST_RESPONSE = "first"
    EVACUATION = "move"
    SELF_HELP = "self"
    CALLING = "calling"
    PATROL = "patrol"
    HAZARD = "hazard"
    CHECK = "check"


class DrillState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"
    BROKEN_OFF = "broken_off"
    """演练中止，转入实战"""
    DROPPED = "dropped"
    """never began"""


class Verdict(StrEnum):
    """The organiser's evaluation."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the organiser writes afterwards: F13 beside what the bot knows itself."""

    verdict: Verdict
    words: str
    problems: str
    measures: str
    people: int | None = None
    """who took part, as the organiser counted; None: as many as the bot asked"""


@dataclass(frozen=True, slots=True)
class Drill:
    id: int
    place: PlaceCode
    kind: Family
    form: DrillForm
    contents: tuple[Content, ...]
    blind: bool
    """双盲: only the organiser knows beforehand"""
    reason: str
    script: str
    starts_at: datetime
    ends_at: datetime
    opened_by: PersonId
    opened_at: datetime
    upward: bool = False
    """whether what lies above the place takes part: the county's desk and groups"""
    elsewhere: bool = False
    """whether other channels are used: SMS, groups elsewhere"""
    state: DrillState = DrillState.PLANNED
    began_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    """None: by its time, or by a real warning"""
    stopped_by: str = ""
    """the subject of what broke it off"""
    evaluation: Evaluation | None = None

    @property
    def subject(self) -> str:
        return f"drill:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in {DrillState.PLANNED, DrillState.RUNNING}

    @property
    def is_over(self) -> bool:
        """It took place and is over: it counts, and has a record."""
        return self.state in {DrillState.ENDED, DrillState.BROKEN_OFF} and self.began_at is not None

    @property
    def entered(self) -> bool:
        """Held without the bot, and written down afterwards."""
        return self.began_at is not None and self.began_at < self.opened_at

    def touches(self, place: PlaceCode) -> bool:
        return is_within(place, self.place) or is_within(self.place, place)

    def covers(self, place: PlaceCode) -> bool:
        return is_within(place, self.place)
