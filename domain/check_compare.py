"""An answer beside what the bot knows: item by item, agreeing or differing. For the human who judges, and never a
verdict: people count otherwise than registers, and registers are wrong too. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.checks import Topic
from domain.colours import Colour
from domain.numerals import is_nothing, plain, read_measures

Fact = Mapping[str, Any]


class Match(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    UNSAID = "unsaid"
    """known, and nothing that can be compared was said about it"""


@dataclass(frozen=True, slots=True)
class Compared:
    """`item` addresses its word. `said` and `known` are numbers, names, or codes of the item."""

    item: str
    said: str
    known: str
    match: Match


_CLOCK = re.compile(r"\d{1,2}\s*[:点时]\s*\d{0,2}\s*[分半]?")
_COLOURS = {"蓝": Colour.BLUE, "黄": Colour.YELLOW, "橙": Colour.ORANGE, "红": Colour.RED}
_LEVEL_TOLERANCE = 0.05
_SHORTEST_NAME = 2


def compare(topic: Topic, text: str, codes: Sequence[str], facts: Iterable[Fact]) -> list[Compared]:
    """Everything that the facts of the moment allow to compare. `text`: all he said, answer and supplements."""
    known = {str(one["key"]): one for one in facts}
    match topic:
        case Topic.PRESENCE:
            return _presence(codes, known)
        case Topic.HAZARDS:
            return _hazards(text, known)
        case Topic.RISKS:
            return _risks(text, known)
        case Topic.WARNINGS:
            return _warnings(text, known)
        case Topic.PATROL:
            return _patrol(text, known)
    return []


def agrees(found: Sequence[Compared]) -> bool:
    """Something agrees and nothing differs: such answers may be judged together."""
    matches = {one.match for one in found}
    return Match.AGREES in matches and Match.DIFFERS not in matches


def _presence(codes: Sequence[str], known: Mapping[str, Fact]) -> list[Compared]:
    if len(codes) != 1:
        return []
    expected = "leave" if "on_leave" in known else "here"
    return [Compared("presence", codes[0], expected, _match(codes[0] == expected))]


def _hazards(text: str, known: Mapping[str, Fact]) -> list[Compared]:
    if "hazards" in known:
        return [_number("hazards", _count(text, ("处", "个", "条", "")), known["hazards"]["count"])]
    return [_number("hazards", _count(text, ("处", "个", "条", "")), 0)] if "no_hazards" in known else []


def _risks(text: str, known: Mapping[str, Fact]) -> list[Compared]:
    fact = known.get("points")
    if fact is None:
        return [_number("points", _count(text, ("处",)), 0)] if "no_points" in known else []
    found = [_number("points", _count(text, ("处",)), fact["count"])]
    if fact["households"] is not None:
        found.append(_number("households", _count(text, ("户",)), fact["households"]))
    if fact["people"] is not None:
        found.append(_number("people", _count(text, ("人",)), fact["people"]))
    if fact["shelters"]:
        found.append(_named("shelters", text, fact["shelters"]))
    if fact["evacuators"]:
        found.append(_named("evacuators", text, fact["evacuators"], whole=True))
    return found


def _warnings(text: str, known: Mapping[str, Fact]) -> list[Compared]:
    found = []
    if "last_warning" in known:
        said = [colour for word, colour in _COLOURS.items() if word in text]
        colour = said[0].value if len(said) == 1 else ""
        expected = known["last_warning"]["colour"]
        match = _match(colour == expected) if colour else Match.UNSAID
        found.append(Compared("colour", colour, expected, match))
    if "households" in known:
        left = known["households"]["total"] - known["households"]["reached"]
        found.append(_number("left", _count(_CLOCK.sub(" ", plain(text)), ("户",)), left))
    return found


def _patrol(text: str, known: Mapping[str, Fact]) -> list[Compared]:
    fact = known.get("patrol")
    if fact is None:
        return []
    found = [_named("point", text, fact.get("names") or [])] if fact.get("names") else []
    level = fact.get("level")
    if level is not None:
        said = _level(text)
        near = said is not None and abs(said - float(level)) <= _LEVEL_TOLERANCE
        match = Match.UNSAID if said is None else _match(near)
        found.append(Compared("level", "" if said is None else f"{said:g}", f"{float(level):g}", match))
    return found


_LEVEL = re.compile(r"水位\D{0,4}(\d{1,3}(?:\.\d{1,3})?)")


def _level(text: str) -> float | None:
    """水位31.2, 31.2米, or a bare 31.2."""
    body = plain(text)
    if (named := _LEVEL.search(body)) is not None:
        return float(named[1])
    metres = [value for value, unit in read_measures(body) if unit in {"米", ""}]
    return float(metres[0]) if len(metres) == 1 else None


def water_level(words: str) -> float | None:
    """The level somebody named in the words of a check-in."""
    named = _LEVEL.search(plain(words))
    return None if named is None else float(named[1])


def _count(text: str, units: Sequence[str]) -> int | None:
    """The one number with such a unit; 没有 is 0."""
    if is_nothing(text):
        return 0
    for unit in units:
        numbers = {value for value, found in read_measures(text) if found == unit}
        if len(numbers) == 1 and float(value := numbers.pop()).is_integer():
            return int(value)
    return None


def _number(item: str, said: int | None, known: int) -> Compared:
    match = Match.UNSAID if said is None else _match(said == known)
    return Compared(item, "" if said is None else str(said), str(known), match)


def _named(item: str, text: str, names: Sequence[str], *, whole: bool = False) -> Compared:
    """A name that was not said differs in nothing: he may call it otherwise. `whole`: people's names."""
    hit = next((name for name in names if any(part in text for part in ({name} if whole else _parts(name)))), "")
    return Compared(item, hit, "、".join(names), Match.AGREES if hit else Match.UNSAID)


def _parts(name: str) -> set[str]:
    """上坞村文化礼堂 is also said as 文化礼堂 and 礼堂, 上坞村 as 上坞."""
    lengths = range(_SHORTEST_NAME, len(name))
    return {name, *(name[-length:] for length in lengths), *(name[:length] for length in lengths)} - {""}


def _match(same: bool) -> Match:
    return Match.AGREES if same else Match.DIFFERS
