"""One answer for several points: "都正常", "1 3 正常，2 有异常", "岭头山塘正常". Pure.

The numbers are those of the message. A bare figure is no answer here: 1 is 正常 to everybody who has learnt it.
"""

import re
from collections.abc import Sequence

from domain.answers import Choice, plain
from domain.numerals import read_numbers_list
from domain.patrols import FINDINGS, Finding, Said, read_hindrance

_CLAUSES = re.compile(r"[,，;；。\n]+|(?<=[常好题异准了])\s+(?=\d)")
_ALL = frozenset(
    {"all", "都", "全", "全部", "全都", "所有", "各点", "几处都", "其他", "其余", "其它", "其他都", "其余都"}
)
_MOST = 120


def read_several(text: str, names: Sequence[str]) -> tuple[tuple[int, Said], ...] | None:
    """Which of the points (from 0) is how. None where a piece is not understood, or one point is said twice."""
    body = text.strip()
    if not body or len(body) > _MOST or not names:
        return None
    found: dict[int, Said] = {}
    for clause in filter(None, map(plain, _CLAUSES.split(body))):
        read = _clause(clause, names, found)
        if read is None:
            return None
        which, said = read
        if any(at in found for at in which):
            return None
        found |= dict.fromkeys(which, said)
    return tuple(sorted(found.items())) or None


def _clause(clause: str, names: Sequence[str], found: dict[int, Said]) -> tuple[list[int], Said] | None:
    for choice in FINDINGS:
        for word in sorted(_words(choice), key=len, reverse=True):
            at = clause.find(word)
            if at < 0 or (choice.code == Finding.NORMAL and clause[max(0, at - 1) : at] == "不"):
                continue
            which = _which(clause[:at].strip(" ,:号"), names, found, whole=word.startswith(("都", "全")))
            if which is not None:
                rest = clause[at + len(word) :].strip(" ,:")
                why = read_hindrance(rest) if choice.code == Finding.UNABLE and rest else None
                return which, Said(Finding(choice.code), hindrance=why, words=rest)
    return None


def _words(choice: Choice) -> tuple[str, ...]:
    return (choice.label, *choice.aliases)


def _which(who: str, names: Sequence[str], found: dict[int, Said], *, whole: bool) -> list[int] | None:
    if who in _ALL or (whole and not who):
        return [at for at in range(len(names)) if at not in found]
    if numbers := read_numbers_list(who, len(names)) if who else None:
        return [number - 1 for number in numbers]
    return _named(who, names) if len(who) >= 2 else None


def _named(who: str, names: Sequence[str]) -> list[int] | None:
    """People say 山塘 for 岭头山塘. The beginning of a name goes before a part of it; either must be of one only."""
    for fits in (str.startswith, str.__contains__):
        if hits := [at for at, name in enumerate(names) if fits(name, who)]:
            return hits if len(hits) == 1 else [names.index(who)] if names.count(who) == 1 else None
    return None


def read_heard(text: str) -> tuple[bool, str] | None:
    """1 or 0 of whoever listened to a voice, and what he heard: "0 后山裂缝变宽". None for anything else."""
    body = plain(text)
    if body in {"1", "0"}:
        return body == "1", ""
    digit, rest = text.strip()[:1], text.strip()[1:]
    if plain(digit) not in {"1", "0"} or len(rest) > _MOST or rest[0] not in " \u3000,，、:：。;；":
        return None
    words = rest.strip(" \u3000,，、:：。;；")
    return (plain(digit) == "1", words) if len(words) > 1 and not words[0].isdigit() else None
