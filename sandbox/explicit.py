"""The `entities` parameter: formatting given outright instead of by a parse mode."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.entities import Entity, make_link, utf16_length
from sandbox.errors import ApiError, bad

_BARE = frozenset({
    "bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "expandable_blockquote",
})  # fmt: skip
_FOUND = frozenset({
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number",
})  # fmt: skip


def explicit_entities(raw: list[Any], text: str) -> list[Entity]:
    """The `entities` parameter, checked. Kinds that Telegram finds by itself are ignored, as it does."""
    length = utf16_length(text)
    entities = []
    for item in raw:
        entity = _explicit(item)
        if entity is None:
            continue
        if entity["offset"] < 0 or entity["length"] <= 0:
            continue
        if entity["offset"] + entity["length"] > length:
            raise bad(
                f"Entity beginning at UTF-16 offset {entity['offset']} ends after the end of the text at UTF-16 "
                f"offset {length}"
            )
        entities.append(entity)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return entities


def _explicit(item: Any) -> Entity | None:
    if not isinstance(item, dict):
        raise _unreadable("expected an Object")
    for name in ("offset", "length"):
        if name not in item:
            raise _unreadable(f'Can\'t find field "{name}"')
        if not isinstance(item[name], int) or isinstance(item[name], bool):
            raise _unreadable(f'Field "{name}" must be of type Number')
    kind = str(item.get("type", ""))
    if kind in _FOUND:
        return None
    entity: Entity = {"type": kind, "offset": item["offset"], "length": item["length"]}
    if kind in _WITH_ARGUMENT:
        _WITH_ARGUMENT[kind](entity, item)
    elif kind not in _BARE:
        raise _unreadable("Unsupported type specified")
    return entity


def _unreadable(reason: str) -> ApiError:
    return bad(f"Can't parse MessageEntity: {reason}")


def _pre(entity: Entity, item: Entity) -> None:
    if item.get("language"):
        entity["language"] = str(item["language"])


def _text_link(entity: Entity, item: Entity) -> None:
    if not make_link(entity, str(item.get("url", ""))):
        raise bad("Entity URL is invalid")


def _text_mention(entity: Entity, item: Entity) -> None:
    user = item.get("user")
    if not isinstance(user, dict) or not isinstance(user.get("id"), int):
        raise _unreadable('Can\'t find field "user"')
    entity["user_id"] = user["id"]


def _custom_emoji(entity: Entity, item: Entity) -> None:
    entity["custom_emoji_id"] = str(item.get("custom_emoji_id", ""))


def _date_time(entity: Entity, item: Entity) -> None:
    entity["unix_time"] = item.get("unix_time")


_WITH_ARGUMENT: Mapping[str, Callable[[Entity, Entity], None]] = MappingProxyType(
    {
        "pre": _pre,
        "text_link": _text_link,
        "text_mention": _text_mention,
        "custom_emoji": _custom_emoji,
        "date_time": _date_time,
    }
)
