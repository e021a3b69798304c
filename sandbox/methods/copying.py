"""Forwarding and copying messages from one chat to another."""

from sandbox.access import read_chat, read_message
from sandbox.acting import forward_origin
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.methods.sending import deliver, target
from sandbox.methods.texts import caption
from sandbox.model import Json, Message
from sandbox.params import Params

_CONTENT = (
    "text", "entities", "link_preview_options", "photo", "document", "voice", "audio", "video", "location",
    "venue", "contact", "caption", "caption_entities",
)  # fmt: skip
_BODIES = frozenset({"text", "photo", "document", "voice", "audio", "video", "location", "contact"})


def _original(world: WorldCore, bot: Bot, params: Params, what: str) -> Message:
    if not params.has("from_chat_id"):
        raise bad("from_chat_id is empty")
    message = read_message(read_chat(world, bot, params, "from_chat_id"), params, f"message to {what}")
    if not _BODIES & message.payload.keys() or message.payload.get("has_protected_content"):
        raise bad(f"the message can't be {'forwarded' if what == 'forward' else 'copied'}")
    return message


def _content(message: Message) -> Json:
    return {key: message.payload[key] for key in _CONTENT if key in message.payload}


def forward_message(world: WorldCore, bot: Bot, params: Params) -> Json:
    original = _original(world, bot, params, "forward")
    where = target(world, bot, params, "can_send_messages")
    content = {**_content(original), **forward_origin(original)}
    return deliver(world, bot, where, content, original.file).payload


def copy_message(world: WorldCore, bot: Bot, params: Params) -> Json:
    original = _original(world, bot, params, "copy")
    content = _content(original)
    if "caption" in params.raw and original.file is not None:
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content.update(caption(world, bot, params))
    where = target(world, bot, params, "can_send_messages")
    return {"message_id": deliver(world, bot, where, content, original.file).id}


def forward_messages(world: WorldCore, bot: Bot, params: Params) -> list[Json]:
    return _several(world, bot, params, "forward")


def copy_messages(world: WorldCore, bot: Bot, params: Params) -> list[Json]:
    return _several(world, bot, params, "copy")


def _several(world: WorldCore, bot: Bot, params: Params, what: str) -> list[Json]:
    ids = message_ids(params)
    source = read_chat(world, bot, params, "from_chat_id")
    found = [source.messages[number] for number in ids if number in source.messages]
    found = [message for message in found if _BODIES & message.payload.keys()]
    if not found:
        raise bad(f"there are no messages to {what}")
    where = target(world, bot, params, "can_send_messages", count=len(found))
    results = []
    for original in found:
        content = _content(original)
        if what == "forward":
            content.update(forward_origin(original))
        elif params.flag("remove_caption"):
            content = {key: value for key, value in content.items() if not key.startswith("caption")}
        results.append({"message_id": deliver(world, bot, where, content, original.file).id})
    return results


def message_ids(params: Params) -> list[int]:
    """The message_ids parameter: 1–100 numbers."""
    ids = params.array(
        "message_ids", "Can't parse message identifiers JSON object", "Expected an Array of message identifiers"
    )
    if not ids:
        raise bad("Message identifiers are not specified")
    if len(ids) > 100:
        raise bad("Too many message identifiers specified")
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in ids):
        raise bad("Message identifier must be a Number")
    return ids
