"""What people and feeds wrote, made fit to stand inside a message: no characters that hide, reorder or ring,
and no more of it than there is room for.

Not here: HTML escaping. That is autoescape's work in messages/catalogue.py, after this.
"""

import re
import unicodedata

ELLIPSIS = "…"
LINE_LIMIT = 120
"""default room for a plain fact (a name, a place), in UTF-16 units"""
PARAGRAPH_LIMIT = 500
"""default room for what a person wrote, in UTF-16 units"""
CLEAN_LIMIT = 65_536
"""nothing longer is even looked at: fifteen full Telegram messages"""

_ZERO_WIDTH_JOINER = "\u200d"
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_PICTURES = "\\u203c-\\u3299\\ufe0f\\U0001f000-\\U0001faff"
# Unicode's categories Cc, Cf and Cs, without the tab, the line end, and a joiner that holds two pictures together
# (a family, a firefighter); then what is no character at all, and letters that print as nothing: names made of
# them look empty.
_HIDDEN = re.compile(
    rf"\u200d(?![{_PICTURES}])|(?<![{_PICTURES}])\u200d"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200c\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
    r"\ufdd0-\ufdef\ufffe\uffff\u034f\u115f\u1160\u180b-\u180f\u2800\u3164\uffa0]"
)
_STACKED_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# Telegram turns these into a ping of a stranger and into a command that a thumb can hit. Mail addresses,
# dates, fractions and web addresses keep their signs.
_MENTION = re.compile(r"(?<![A-Za-z0-9_.+\-/=:@])@(?=[A-Za-z0-9_]{2})")
_COMMAND = re.compile(r"(?<![A-Za-z0-9_/<>:.?=&%#-])/(?=[A-Za-z0-9_])")
_SPACES = re.compile(r"\s+")
_MANY_LINE_ENDS = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


def printable(text: str) -> str:
    """Without control, bidirectional and zero-width characters, lone surrogates and towers of accents. Line
    ends stay, as `\\n`. Nothing readable is lost."""
    if text.isascii() and text.isprintable():
        return text[:CLEAN_LIMIT]
    text = text[:CLEAN_LIMIT]
    if not text.isprintable():
        text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return _STACKED_MARKS.sub(r"\1", _HIDDEN.sub("", text))


def safe(text: str) -> str:
    """Printable, and its mentions and commands without power: their signs become full-width."""
    text = printable(text)
    if "@" in text:
        text = _MENTION.sub("＠", text)
    return _COMMAND.sub("／", text) if "/" in text else text


def one_line(text: str, limit: int = LINE_LIMIT) -> str:
    """A name, a place, a number: safe, on one line so that it cannot pose as a line of ours, at most `limit`
    units."""
    return clip(_SPACES.sub(" ", safe(text)).strip(), limit)


def paragraphs(text: str, limit: int = PARAGRAPH_LIMIT) -> str:
    """What a person wrote at length: safe, its paragraphs kept, at most `limit` units."""
    return clip(_MANY_LINE_ENDS.sub("\n\n", safe(text)).strip(), limit)


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: characters beyond the basic plane are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, the last of them … where something was left out; never half a
    character."""
    if utf16_length(text) <= limit:
        return text
    room, end = limit - 1, 0
    for char in text:
        room -= 2 if ord(char) > 0xFFFF else 1
        if room < 0:
            break
        end += 1
    # What follows would change the last character kept: leave the whole cluster out.
    while end and _continues(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def _continues(text: str, end: int) -> bool:
    following = text[end : end + 1]
    return (
        unicodedata.category(following) in {"Mn", "Me"}
        or following == _ZERO_WIDTH_JOINER
        or text[end - 1] == _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= following <= "\U0001f3ff"
    )
