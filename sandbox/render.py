"""Text and entities back to HTML for the page: always balanced, everything escaped, only safe links."""

from html import escape
from itertools import pairwise

from sandbox.entities import Entity

_TAGS = {
    "bold": ("<b>", "</b>"), "italic": ("<i>", "</i>"), "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"), "spoiler": ('<span class="tg-spoiler">', "</span>"),
    "code": ("<code>", "</code>"), "pre": ("<pre>", "</pre>"), "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="expandable">', "</blockquote>"),
    "mention": ('<span class="mention">', "</span>"), "hashtag": ('<span class="hashtag">', "</span>"),
    "bot_command": ('<span class="command">', "</span>"), "text_mention": ('<span class="mention">', "</span>"),
}  # fmt: skip
_LINK = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">'


def to_html(text: str, entities: list[Entity]) -> str:
    """Escaped HTML. Line breaks stay line breaks (the page shows them with `white-space: pre-wrap`)."""
    if not entities:
        return escape(text)
    raw = text.encode("utf-16-le")
    edges = {0, len(raw) // 2}
    for entity in entities:
        edges.update((entity["offset"], entity["offset"] + entity["length"]))
    marks = sorted(edge for edge in edges if 0 <= edge <= len(raw) // 2)
    out: list[str] = []
    opened: list[tuple[str, str]] = []
    for begin, end in pairwise(marks):
        piece = raw[begin * 2 : end * 2].decode("utf-16-le", "replace")
        wanted = [
            _tags(entity, raw)
            for entity in entities
            if entity["offset"] <= begin and end <= entity["offset"] + entity["length"]
        ]
        _switch(opened, wanted, out)
        out.append(escape(piece))
    _switch(opened, [], out)
    return "".join(out)


def _switch(opened: list[tuple[str, str]], wanted: list[tuple[str, str]], out: list[str]) -> None:
    common = 0
    while common < min(len(opened), len(wanted)) and opened[common] == wanted[common]:
        common += 1
    while len(opened) > common:
        out.append(opened.pop()[1])
    for tags in wanted[common:]:
        out.append(tags[0])
        opened.append(tags)


def _tags(entity: Entity, raw: bytes) -> tuple[str, str]:
    kind = entity["type"]
    if kind in ("text_link", "url", "email"):
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        shown = raw[begin * 2 : end * 2].decode("utf-16-le", "replace")
        url = entity.get("url", shown)
        if kind == "email":
            url = f"mailto:{shown}"
        elif "://" not in url:
            url = f"http://{url}"
        if url.lower().startswith(("http://", "https://", "tg://", "mailto:")):
            return _LINK.format(escape(url)), "</a>"
    return _TAGS.get(kind, ("", ""))
