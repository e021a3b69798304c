"""What Telegram finds in a text by itself (commands, mentions, links …) and how it tidies a text before keeping it."""

import re
from collections.abc import Iterable

from sandbox.entities import Entity, utf16_length

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_CANDIDATE = re.compile(r"[/@#+]|://|www\.|\.[a-zA-Z\u4e00-\u9fff]|\d{7}")
_FINDERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(r"(?<![\w@/])(?:https?://|www\.)[^\s<>\"'，。；：！？、（）《》【】]+|"
                       r"(?<![\w@./-])(?:[a-zA-Z0-9-]+\.)+(?:com|org|net|cn|me|gov|io|info)(?:/[^\s<>\"']*)?(?![\w@.-])")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/@])")),
    ("mention", re.compile(r"(?<![\w@./])@[a-zA-Z][a-zA-Z0-9_]{2,31}(?![\w@])")),
    ("hashtag", re.compile(r"(?<![\w#/])#(?=\w*[^\W\d])\w{1,256}")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d\s()-]{6,16}\d(?!\w)")),
)  # fmt: skip
_SHIELDED = {"code", "pre", "text_link", "text_mention"}


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Control characters out, blank ends off (leading blanks only up to the first entity), entities shifted."""
    if _CONTROL.search(text):
        kept = text.replace("\r", "") if not entities else text
        text = _CONTROL.sub(" ", kept)
    text = text.rstrip()
    if text[:1].isspace():
        first = entities[0]["offset"] if entities else len(text)
        cut = 0
        while cut < first and text[cut] in " \n":
            cut += 1
        text = text[cut:]
        if cut and entities:
            entities = [{**entity, "offset": entity["offset"] - cut} for entity in entities]
    if entities:
        entities = list(_clipped(entities, utf16_length(text)))
    return text, entities


def _clipped(entities: Iterable[Entity], length: int) -> Iterable[Entity]:
    for entity in entities:
        rest = length - entity["offset"]
        if rest >= entity["length"]:
            yield entity
        elif rest > 0:
            yield {**entity, "length": rest}


_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})


def settled(entities: list[Entity], limit: int) -> list[Entity]:
    """What a text's own formatting becomes: touching pieces of one style joined, at most `limit` entities kept.

    Where there are too many, links, quotes and code go before mere styles (tdlib, get_input_message_entities).
    """
    if len(entities) < 2:
        return entities
    others = [entity for entity in entities if entity["type"] not in _STYLES]
    joined: dict[str, list[Entity]] = {}
    for entity in sorted(entities, key=lambda entity: int(entity["offset"])):
        if entity["type"] not in _STYLES:
            continue
        pieces = joined.setdefault(entity["type"], [])
        if pieces and entity["offset"] <= pieces[-1]["offset"] + pieces[-1]["length"]:
            end = max(pieces[-1]["offset"] + pieces[-1]["length"], entity["offset"] + entity["length"])
            pieces[-1] = {**pieces[-1], "length": end - pieces[-1]["offset"]}
        else:
            pieces.append(entity)
    styles = sorted((piece for pieces in joined.values() for piece in pieces), key=_place)
    return sorted([*others, *styles][:limit], key=_place)


def _place(entity: Entity) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def with_detected(text: str, entities: list[Entity]) -> list[Entity]:
    """The entities plus those Telegram detects, outside code and links, in order."""
    if _CANDIDATE.search(text) is None:
        return entities
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _SHIELDED]
    found: list[Entity] = []
    ascii_only = text.isascii()
    for kind, pattern in _FINDERS:
        for match in pattern.finditer(text):
            piece = match.group().rstrip(".,;:!?)") if kind == "url" else match.group()
            start = match.start() if ascii_only else utf16_length(text[: match.start()])
            end = start + utf16_length(piece)
            if piece and all(end <= begin or start >= stop for begin, stop in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    if not found:
        return entities
    return sorted([*entities, *found], key=_place)
