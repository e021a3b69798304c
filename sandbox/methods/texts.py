"""Formatted text as a request brings it: parse mode or explicit entities, tidied, measured, links found."""

from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.detect import settled, tidy, with_detected
from sandbox.entities import MAX_ENTITIES, parse_html, utf16_length
from sandbox.errors import bad
from sandbox.explicit import explicit_entities
from sandbox.model import Json
from sandbox.params import Params

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_RAW_BYTES = 1 << 15


def formatted(world: WorldCore, bot: Bot, text: str, parse_mode: str, entities: object) -> tuple[str, list[Json]]:
    """Plain text and its entities, as Telegram would keep them."""
    if len(text) > _RAW_BYTES // 4 and len(text.encode()) > _RAW_BYTES:
        raise bad("Text is too long")
    mode = parse_mode.lower()
    if mode and mode != "none":
        if mode != "html":
            raise bad("Unsupported parse_mode")
        plain, found = parse_html(text)
    else:
        plain = text
        found = explicit_entities(entities, text) if isinstance(entities, list) else []
    plain, found = tidy(plain, found)
    return plain, with_detected(plain, settled(world.resolved(found, bot), MAX_ENTITIES))


def message_text(world: WorldCore, bot: Bot, params: Params) -> Json:
    """The `text` of a message or an edit: 1–4096 characters after parsing."""
    raw = params.text("text")
    if not raw:
        raise bad("Message text is empty")
    entities = params.structure("entities", "Can't parse entities JSON object")
    text, found = formatted(world, bot, raw, params.text("parse_mode"), entities)
    if not text:
        raise bad("text must be non-empty")
    if len(text) * 2 > TEXT_LIMIT and utf16_length(text) > TEXT_LIMIT:
        raise bad("message is too long")
    content: Json = {"text": text}
    if found:
        content["entities"] = found
    preview = params.structure("link_preview_options", "Can't parse link preview options JSON object")
    if preview is not None:
        if not isinstance(preview, dict):
            raise bad("Object expected as link preview options")
        content["link_preview_options"] = preview
    return content


def caption(world: WorldCore, bot: Bot, source: Params) -> Json:
    """The `caption` of a media message: up to 1024 characters after parsing; {} when there is none."""
    raw = source.text("caption")
    if not raw:
        return {}
    entities = source.structure("caption_entities", "Can't parse entities JSON object")
    text, found = formatted(world, bot, raw, source.text("parse_mode"), entities)
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": found} if found else {"caption": text}
