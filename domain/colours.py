"""The four colours of a warning and how they are read from what a source says. 蓝 < 黄 < 橙 < 红.

Only warnings have colours. The level of a response (Ⅳ to Ⅰ) and that of a risk are other types, on purpose.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """Ordered by gravity, never by spelling: Colour.BLUE < Colour.RED. Only colours can be compared."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def rank(self) -> int:
        """1 (blue) to 4 (red)."""
        return 1 + _ASCENDING.index(self)

    def __lt__(self, other: object) -> bool:
        return self.rank < _rank_of(other)

    def __le__(self, other: object) -> bool:
        return self.rank <= _rank_of(other)

    def __gt__(self, other: object) -> bool:
        return self.rank > _rank_of(other)

    def __ge__(self, other: object) -> bool:
        return self.rank >= _rank_of(other)


_ASCENDING = tuple(Colour)


def _rank_of(other: object) -> int:
    if not isinstance(other, Colour):
        raise TypeError(f"a colour is not comparable with {other!r}")
    return other.rank


class ColourEvidence(StrEnum):
    """Where the colour was read, the most trustworthy first."""

    EXPLICIT = "explicit"
    """a field of its own"""
    HEADLINE = "headline"
    SEVERITY = "severity"
    """CAP's severity only"""


@dataclass(frozen=True, slots=True)
class ColourReading:
    """`conflict`: the source contradicts itself and its gravest colour was taken. Shown as 【等级待核实】."""

    colour: Colour | None
    evidence: ColourEvidence | None = None
    conflict: bool = False


_CHINESE = {
    "蓝": Colour.BLUE,
    "藍": Colour.BLUE,
    "黄": Colour.YELLOW,
    "黃": Colour.YELLOW,
    "橙": Colour.ORANGE,
    "红": Colour.RED,
    "紅": Colour.RED,
}
_ROMAN = {"Ⅰ": Colour.RED, "Ⅱ": Colour.ORANGE, "Ⅲ": Colour.YELLOW, "Ⅳ": Colour.BLUE}
_ROMAN |= {"I": Colour.RED, "II": Colour.ORANGE, "III": Colour.YELLOW, "IV": Colour.BLUE}

# 色 is needed: 黄岩, 红河 and 蓝田 are counties.
_CHINESE_WORD = re.compile(r"([蓝藍黄黃橙红紅])色")
# Only right before the word for a warning: Orange County and Red Flag Warning carry no colour.
_ENGLISH_WORD = re.compile(r"\b(blue|yellow|orange|red)\b(?=\s+(?:warning|alert|signal))", re.IGNORECASE)
_FIELD_WORD = re.compile(r"\b(blue|yellow|orange|red)\b", re.IGNORECASE)
_ROMAN_LEVEL = re.compile(r"(?<![A-Za-z])(Ⅳ|Ⅲ|Ⅱ|Ⅰ|IV|III|II|I)(?![A-Za-z])")
_CHANGE = re.compile(r"升级|降级|变更|更新|调整|升为|降为|改为|转为|變更|升級|降級|調整")

SEVERITY_COLOURS = {
    "extreme": Colour.RED,
    "severe": Colour.ORANGE,
    "moderate": Colour.YELLOW,
    "minor": Colour.BLUE,
}
"""CAP severity → colour, as Chinese notices on the WMO hub and commercial feeds use it. Unknown: none."""


def parse_colour(value: str) -> Colour | None:
    """The colour of a field made for it: "Red", "橙色", "橙", "3; orange; Severe", "Ⅱ级", "III/较重".

    Roman numerals count the Chinese way (Ⅰ is red). Arabic ones say nothing: 4 is red in Europe, 1 in China.
    Several colours in one field: the gravest.
    """
    text = value.strip()
    if text in _CHINESE:
        return _CHINESE[text]
    words = [_CHINESE[word] for word in _CHINESE_WORD.findall(text)]
    words += [Colour(word.lower()) for word in _FIELD_WORD.findall(text)]
    words = words or [_ROMAN[numeral] for numeral in _ROMAN_LEVEL.findall(text)]
    return max(words, default=None)


def headline_colours(headline: str) -> tuple[Colour, ...]:
    """The colours a headline announces: the last one where it tells of a change, else all, in its order."""
    found = [(m.start(), _CHINESE[m.group(1)]) for m in _CHINESE_WORD.finditer(headline)]
    found += [(m.start(), Colour(m.group(1).lower())) for m in _ENGLISH_WORD.finditer(headline)]
    colours = tuple(colour for _, colour in sorted(found, key=lambda hit: hit[0]))
    return colours[-1:] if _CHANGE.search(headline) else tuple(dict.fromkeys(colours))


def colour_of(explicit: Iterable[str], headline: str, severity: str | None) -> ColourReading:
    """What colour a notice has, and how we know.

    1. Fields made for it; 2. the headline; 3. CAP's severity. The first that says anything is the evidence.
    Sources that disagree, or several colours in one: the gravest is taken and the reading is in conflict.
    Nothing at all: no colour. It is never guessed; a person decides.
    """
    stated = [colour for value in explicit if (colour := parse_colour(value)) is not None]
    severe = SEVERITY_COLOURS.get((severity or "").strip().lower())
    readings = {
        ColourEvidence.EXPLICIT: stated,
        ColourEvidence.HEADLINE: list(headline_colours(headline)),
        ColourEvidence.SEVERITY: [severe] if severe is not None else [],
    }
    every = [colour for colours in readings.values() for colour in colours]
    if not every:
        return ColourReading(None)
    gravest = max(every)
    evidence = next(where for where, colours in readings.items() if gravest in colours)
    return ColourReading(gravest, evidence, conflict=len(set(every)) > 1)
