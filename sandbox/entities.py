"""Formatted text as Telegram reads it: HTML parse mode, explicit entities, and what it finds by itself.

Offsets and lengths are UTF-16 code units; parse errors count UTF-8 bytes, in the Bot API server's own wording
(tdlib: MessageEntity.cpp, parse_html). MarkdownV2 and Markdown are not modelled; they are refused.
"""

import re
from typing import Any

from sandbox.errors import ApiError, bad
from sandbox.urls import checked_link, mentioned_user

Entity = dict[str, Any]

MAX_ENTITIES = 100  # Telegram ignores the rest

_SPACE = " \t\r\n\v\0"
_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough",
    "strike": "strikethrough", "del": "strikethrough", "u": "underline", "ins": "underline",
    "tg-spoiler": "spoiler", "span": "spoiler", "blockquote": "blockquote", "code": "code", "pre": "pre",
    "a": "text_link", "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_SPECIAL = re.compile(r"[<&]")
_CHARREF = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE_OF = {
    "a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id", "tg-time": "unix",
    "blockquote": "expandable",
}  # fmt: skip


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Plain text and entities. A mention by id comes as `{"type": "text_mention", "user_id": N}`.

    Raises ApiError with Telegram's wording when a tag is unknown, unclosed or crossed.
    """
    if _SPECIAL.search(text) is None:
        return text, []
    return _HtmlReader(text).read()


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.open: list[tuple[str, dict[str, str], int, int]] = []  # tag, attributes, offset, index into out
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        source = self.source
        while self.at < len(source):
            match = _SPECIAL.search(source, self.at)
            end = match.start() if match else len(source)
            self._emit(source[self.at : end])
            self.at = end
            if match is None:
                break
            if source[end] == "&":
                self._charref()
            elif source.startswith("/", end + 1):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise _unparsed(f"Can't find end tag corresponding to start tag {self.open[-1][0]}")
        for entity in self.entities:
            entity.pop("_language", None)  # a language means nothing on inline code
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.out), self.entities

    def _emit(self, piece: str) -> None:
        if piece:
            self.out.append(piece)
            self.offset += utf16_length(piece)

    def _charref(self) -> None:
        char, end = _decode_charref(self.source, self.at)
        self._emit(char)
        self.at = end

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _skip(self, stop: str) -> None:
        while self.at < len(self.source) and self.source[self.at] not in stop:
            self.at += 1

    def _skip_spaces(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in _SPACE:
            self.at += 1

    def _peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _start_tag(self) -> None:
        begin = self.at
        self._skip(_SPACE + ">")
        if not self._peek():
            raise _unparsed(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self.source[begin + 1 : self.at].lower()
        if tag not in _TYPES:
            raise _unparsed(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        attributes: dict[str, str] = {}
        while self._peek() != ">":
            self._skip_spaces()
            if self._peek() == ">":
                break
            name, value = self._attribute(tag, begin)
            attributes[name] = value
        self.at += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsed(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append((tag, attributes, self.offset, len(self.out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name_begin = self.at
        self._skip(_SPACE + "=>" if tag == "blockquote" else _SPACE + "=")
        name = self.source[name_begin : self.at]
        if not name:
            raise _unparsed(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}')
        self._skip_spaces()
        if self._peek() != "=":
            if tag == "blockquote":  # `expandable` stands alone
                return name, name
            raise _unparsed(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset '
                f"{self._byte(begin)}"
            )
        self.at += 1
        self._skip_spaces()
        if not self._peek():
            raise _unparsed(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        value = self._attribute_value()
        if not self._peek():
            raise _unparsed(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return name, value

    def _attribute_value(self) -> str:
        quote = self._peek()
        if quote not in "'\"":
            begin = self.at
            while self._peek().isascii() and (self._peek().isalnum() or self._peek() in ".-") and self._peek():
                self.at += 1
            if self._peek() and self._peek() not in _SPACE + ">":
                raise _unparsed(f"Unexpected end of name token at byte offset {self._byte(begin)}")
            return self.source[begin : self.at].lower()
        self.at += 1
        value: list[str] = []
        while self._peek() and self._peek() != quote:
            if self._peek() == "&":
                char, self.at = _decode_charref(self.source, self.at)
            else:
                char = self._peek()
                self.at += 1
            value.append(char)
        if self._peek():
            self.at += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _unparsed(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self._skip(_SPACE + ">")
        name = self.source[begin + 2 : self.at].lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise _unparsed(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        tag, attributes, offset, index = self.open.pop()
        if name and name != tag:
            raise _unparsed(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{tag}>", found "</{name}>"'
            )
        if self.offset > offset:
            self._close(tag, attributes.get(_ATTRIBUTE_OF.get(tag, ""), ""), offset, index)

    def _close(self, tag: str, argument: str, offset: int, index: int) -> None:
        kind = _TYPES[tag]
        entity: Entity = {"type": kind, "offset": offset, "length": self.offset - offset}
        if tag == "a":
            if not make_link(entity, argument or "".join(self.out[index:])):
                return
        elif tag in ("pre", "code"):
            if self._fold_code(entity, argument):
                return
        elif tag == "tg-emoji":
            if not argument.isdigit():
                raise _unparsed("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = argument
        elif tag == "tg-time":
            if not argument.isdigit():
                raise _unparsed("Invalid unix time specified")
            entity["unix_time"] = int(argument)
        elif tag == "blockquote" and argument:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)

    def _fold_code(self, entity: Entity, argument: str) -> bool:
        """<pre><code class="language-x"> and its reverse are one block of code in a language."""
        language = argument.removeprefix("language-") if argument.startswith("language-") else ""
        last = self.entities[-1] if self.entities else None
        inner = "code" if entity["type"] == "pre" else "pre"
        if last and last["type"] == inner and (last["offset"], last["length"]) == (
            entity["offset"], entity["length"],
        ):  # fmt: skip
            language = language or last.pop("_language", "")
            if language:
                last.update(type="pre", language=language)
                return True
        if entity["type"] == "code" and language:
            entity["_language"] = language
        return False


def _decode_charref(source: str, at: int) -> tuple[str, int]:
    match = _CHARREF.match(source, at)
    if match is None:
        return "&", at + 1
    hexadecimal, decimal, name = match.groups()
    if name:
        char = _NAMED.get(name)
    else:
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        valid = 0 < code < 0x10FFFF and match.end() - at <= 10 and not 0xD800 <= code <= 0xDFFF
        char = chr(code) if valid else None
    return ("&", at + 1) if char is None else (char, match.end())


def make_link(entity: Entity, url: str) -> bool:
    """Turn the entity into a link or a mention by id. False when the link is none: its text stays plain."""
    user_id = mentioned_user(url)
    if user_id is not None:
        entity.update(type="text_mention", user_id=user_id)
        return True
    try:
        entity["url"] = checked_link(url)
    except ValueError:
        return False  # Telegram drops the link and keeps its text
    return True


def _unparsed(reason: str) -> ApiError:
    return bad(f"Can't parse entities: {reason}")
