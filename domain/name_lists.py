"""A list of people as somebody pastes it: one to a line or between commas, villages and numbers beside. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from domain.phones import read_mobile

MOST_LINES = 60
_SPLIT = re.compile(r"[、,，;；\n]+")
_NUMBERING = re.compile(r"^\s*(?:[(\[]?\d{1,3}[)\].、:]|[一二三四五六七八九十]{1,3}[、.])\s*")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9](?:[- ]?\d){9}")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Pasted:
    """One entry: the words of it, one of which is a name, and its number where it has one."""

    written: str
    words: tuple[str, ...]
    phone: str = ""


def read_names(text: str) -> list[Pasted]:
    """Every entry in its order, each once. What is no word at all is passed over."""
    found: dict[tuple[tuple[str, ...], str], Pasted] = {}
    for line in _SPLIT.split(unicodedata.normalize("NFKC", text)):
        bare = _NUMBERING.sub("", line)
        mobile = _MOBILE.search(bare)
        phone = (read_mobile(mobile.group(0)) or "") if mobile else ""
        rest = bare.replace(mobile.group(0), " ") if mobile else bare
        words = tuple(re.sub(r"[()\[\]:]+", " ", rest).split())
        if words or phone:
            found.setdefault((words, phone), Pasted(" ".join(line.split())[:_SHOWN], words, phone))
    return list(found.values())[:MOST_LINES]
