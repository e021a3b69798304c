"""Edits of the bot's own messages. An edit never notifies, and without reply_markup it takes the buttons away."""

from sandbox.access import edit_chat, read_message, spend
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.keyboards import read_markup
from sandbox.methods.texts import caption, message_text
from sandbox.model import Json, Message
from sandbox.params import Params

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_TEXT_PARTS = ("text", "entities", "link_preview_options", "reply_markup")
_CAPTION_PARTS = ("caption", "caption_entities", "reply_markup")


def edit_message_text(world: WorldCore, bot: Bot, params: Params) -> Json:
    content = message_text(world, bot, params)
    message, content = _prepared(world, bot, params, content)
    if "text" not in message.payload:
        raise bad("there is no text in the message to edit")
    return _apply(world, message, content, _TEXT_PARTS)


def edit_message_caption(world: WorldCore, bot: Bot, params: Params) -> Json:
    content = caption(world, bot, params)
    message, content = _prepared(world, bot, params, content)
    if message.file is None:
        raise bad("there is no caption in the message to edit")
    return _apply(world, message, content, _CAPTION_PARTS)


def edit_message_reply_markup(world: WorldCore, bot: Bot, params: Params) -> Json:
    message, content = _prepared(world, bot, params, {})
    return _apply(world, message, content, ("reply_markup",))


def _prepared(world: WorldCore, bot: Bot, params: Params, content: Json) -> tuple[Message, Json]:
    """The message to edit and the content with its new buttons; everything checked, the budget paid."""
    if not params.has("chat_id") and not params.has("message_id"):
        raise bad("message identifier is not specified")
    chat = edit_chat(world, bot, params)
    markup = read_markup(params, private=chat.private, inline_only=True)
    message = read_message(chat, params, "message to edit")
    if message.bot_id != bot.id or "forward_origin" in message.payload:
        raise bad("message can't be edited")
    if markup.inline is not None:
        content = {**content, "reply_markup": markup.inline}
    spend(world, bot, chat)
    return message, content


def _apply(world: WorldCore, message: Message, content: Json, parts: tuple[str, ...]) -> Json:
    before = message.payload
    if all(before.get(part) == content.get(part) for part in parts if part != "link_preview_options"):
        raise bad(NOT_MODIFIED)
    content = {**content, "edit_date": int(world.clock.seconds())}
    world.revise(message, content, remove=parts, by_bot=True)
    return message.payload
