"""Telegram's HTML from the outside: which tags exist, whether a text closes what it opens, what it looks like
plain.

Not a sanitiser. What people wrote is escaped before it gets here; this judges our own wording and a county's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from messages.cleaning import utf16_length

ALLOWED_TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"})
"""Of the tags of Bot API 10.0's HTML mode, those that our texts use."""
NAMED_ENTITIES = frozenset({"lt", "gt", "amp", "quot"})
"""The only named entities that the Bot API knows; numeric ones are all allowed."""
MESSAGE_LIMIT = 4096
"""UTF-16 units of one message after its tags are read (Bot API 10.0)"""
ENTITY_LIMIT = 100
"""entities of one message; Telegram ignores the rest"""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))?)*)\s*>")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9A-Fa-f]+|([A-Za-z]+));")
_HREF = re.compile(r"^\s+href\s*=\s*\"((?:https?|tg|tel|mailto):[^\"]*)\"$")
_KNOWN_TAG = re.compile(r"</?(?:" + "|".join(sorted(ALLOWED_TAGS)) + r")(?:\s[^<>]*)?>")
_NO_ATTRIBUTES = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: `key` addresses its description (messages/<lang>/overlay.toml), `detail` is
    the piece of text meant."""

    key: str
    detail: str = ""


def faults(html: str) -> list[Fault]:
    """Everything Telegram would refuse or read differently. Empty when the text can be sent."""
    return [*_tag_faults(html), *_loose_characters(html), *_length_faults(html)]


def _tag_faults(html: str) -> Iterator[Fault]:
    open_tags: list[str] = []
    for match in _TAG.finditer(html):
        closing, tag, attributes = match.group(1), match.group(2), match.group(3)
        if tag not in ALLOWED_TAGS:
            yield Fault("overlay.forbidden_tag", match.group(0))
        elif closing:
            if not open_tags or open_tags.pop() != tag:
                yield Fault("overlay.unbalanced_tag", match.group(0))
                return
        else:
            open_tags.append(tag)
            if not _attributes_fit(tag, attributes):
                yield Fault("overlay.forbidden_attribute", match.group(0))
    for tag in open_tags:
        yield Fault("overlay.unbalanced_tag", f"<{tag}>")


def _attributes_fit(tag: str, attributes: str) -> bool:
    if tag == "a":
        return _HREF.match(attributes) is not None
    return attributes == _NO_ATTRIBUTES or (tag == "blockquote" and attributes.strip() == "expandable")


def _loose_characters(html: str) -> Iterator[Fault]:
    rest = _TAG.sub("", html)
    for match in _ENTITY.finditer(rest):
        if match.group(1) and match.group(1) not in NAMED_ENTITIES:
            yield Fault("overlay.unknown_entity", match.group(0))
    for match in re.finditer(r".{0,8}[<>&].{0,8}", _ENTITY.sub("", rest)):
        yield Fault("overlay.loose_character", match.group(0))


def _length_faults(html: str) -> Iterator[Fault]:
    length = utf16_length(plain(html))
    if length > MESSAGE_LIMIT:
        yield Fault("overlay.too_long", str(length))
    if html.count("</") > ENTITY_LIMIT:
        yield Fault("overlay.too_many_tags", str(html.count("</")))


def plain(html: str) -> str:
    """The text as a person sees it: our tags gone, entities read."""
    return unescape(_KNOWN_TAG.sub("", html))
