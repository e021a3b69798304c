"""Cuts long Telegram HTML into messages, at paragraphs where it can, and never inside a tag or an entity.

Pure. Telegram counts UTF-16 units of the text that is left when tags and entities are taken away; so do we.
A tag that is open at a cut is closed there and opened again in the next part.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from domain.text import Html

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_TOKEN = re.compile(
    r"""<(?P<close>/)?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?>"""
    r"""|&(?:(?P<named>amp|lt|gt|quot)|\#(?P<dec>[0-9]{1,7})|\#x(?P<hex>[0-9A-Fa-f]{1,6}));"""
)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}
_CUTS = (("\n\n", 0.25), ("\n", 0.25), ("。！？；!?;", 0.5), ("，、,  ", 0.5))
"""What to cut after, best first, and how much of a part must be filled for it."""
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class _Tag:
    raw: str
    name: str
    closes: bool


@dataclass(slots=True)
class _Parsed:
    """The visible characters, each with its source, and the tags standing before each (the last: at the end)."""

    visible: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    tags: dict[int, list[_Tag]] = field(default_factory=dict)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(html: str) -> str:
    """What a reader sees: without tags, entities resolved."""
    return "".join(_parse(html).visible)


def split(html: Html, limit: int = TEXT_LIMIT, first: int | None = None) -> tuple[Html, ...]:
    """The text in parts of at most `limit` visible UTF-16 units, the first of at most `first` (a caption).

    Joined, the parts show the same text; parts of nothing but white space are left out. A short text comes back
    as it is. `limit` and `first` are at least 2.
    """
    if 2 * len(html) <= min(limit, first or limit):
        return (html,)
    parsed = _parse(html)
    text = "".join(parsed.visible)
    reach = [0, *accumulate(units(character) for character in parsed.visible)]
    if reach[-1] <= (first or limit):
        return (html,)
    parts: list[Html] = []
    writer = _Writer(parsed)
    start = 0
    while start < len(text):
        allowed = first if first is not None and not parts else limit
        end = _end(text, start, bisect_right(reach, reach[start] + allowed) - 1)
        part = writer.write(start, end)
        if text[start:end].strip():
            parts.append(part)
        start = end
    return tuple(parts)


def _parse(html: str) -> _Parsed:
    parsed = _Parsed()
    at = 0
    for token in _TOKEN.finditer(html):
        _take_text(parsed, html[at : token.start()])
        at = token.end()
        if token["name"]:
            tag = _Tag(token[0], token["name"].lower(), token["close"] is not None)
            parsed.tags.setdefault(len(parsed.visible), []).append(tag)
        elif (character := _resolve(token)) is not None:
            parsed.visible.append(character)
            parsed.source.append(token[0])
        else:
            _take_text(parsed, token[0])
    _take_text(parsed, html[at:])
    return parsed


def _take_text(parsed: _Parsed, text: str) -> None:
    parsed.visible.extend(text)
    parsed.source.extend(text)


def _resolve(token: re.Match[str]) -> str | None:
    """The character an entity stands for; None for a number that is no character (Telegram shows it as it is)."""
    if token["named"]:
        return _NAMED[token["named"]]
    code = int(token["dec"]) if token["dec"] else int(token["hex"], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code)


def _end(text: str, start: int, furthest: int) -> int:
    """Where the part that begins at `start` ends, at most at `furthest`."""
    if furthest >= len(text):
        return len(text)
    for marks, filled in _CUTS:
        lowest = start + max(1, int((furthest - start) * filled))
        if marks == "\n\n":
            found = text.rfind(marks, start, furthest)
            cut = found + len(marks) if found >= 0 else -1
        else:
            cut = max(text.rfind(mark, start, furthest) for mark in marks) + 1
        if cut >= lowest:
            return cut
    return _between_characters(text, start, furthest)


def _between_characters(text: str, start: int, cut: int) -> int:
    """Step back from a cut that would tear an accent, a skin tone or a joined emoji from its base."""
    for earlier in range(cut, max(start, cut - 16), -1):
        after = text[earlier]
        joined = after == _JOINER or text[earlier - 1] == _JOINER
        mark = unicodedata.category(after) in {"Mn", "Me", "Mc", "Sk"} and after > "\u00ff"
        if not joined and not mark:
            return earlier
    return cut


class _Writer:
    """Writes consecutive stretches of the parsed text, carrying the open tags from one to the next."""

    def __init__(self, parsed: _Parsed) -> None:
        self._parsed = parsed
        self._open: list[_Tag] = []
        self._pending = {index: list(tags) for index, tags in parsed.tags.items()}

    def write(self, start: int, end: int) -> Html:
        last = end == len(self._parsed.visible)
        out = [tag.raw for tag in self._open]
        for index in range(start, end):
            out.extend(self._pass_tags(index, closing_only=False))
            out.append(self._parsed.source[index])
        out.extend(self._pass_tags(end, closing_only=not last))
        out.extend(f"</{tag.name}>" for tag in reversed(self._open))
        return Html("".join(out))

    def _pass_tags(self, index: int, *, closing_only: bool) -> list[str]:
        """The tags before the character. What closes just at a cut belongs to the part before it."""
        passed: list[str] = []
        waiting = self._pending.get(index, [])
        while waiting and (waiting[0].closes or not closing_only):
            tag = waiting.pop(0)
            passed.append(tag.raw)
            if not tag.closes:
                self._open.append(tag)
            elif self._open and self._open[-1].name == tag.name:
                self._open.pop()
        return passed
