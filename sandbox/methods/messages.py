"""What a bot may do to messages that are there: delete, pin, react."""

from sandbox.access import permitted, read_chat, read_message, write_chat
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.groups import Groups
from sandbox.methods.copying import message_ids
from sandbox.model import Chat, Message
from sandbox.params import Params

_DELETABLE_SECONDS = 48 * 3600
_REACTIONS = frozenset(
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)


def delete_message(world: WorldCore, bot: Bot, params: Params) -> bool:
    if not params.has("chat_id"):
        raise bad("Chat identifier is not specified")
    if not params.integer("message_id"):
        raise bad("Message identifier is not specified")
    chat = write_chat(world, bot, params)
    message = read_message(chat, params, "message to delete")
    refusal = _undeletable(world, bot, message)
    if refusal:
        raise bad(refusal)
    world.erase(message)
    return True


def delete_messages(world: WorldCore, bot: Bot, params: Params) -> bool:
    """Those that are gone or may not be deleted are skipped, unless none may."""
    ids = message_ids(params)
    chat = write_chat(world, bot, params)
    found = [chat.messages[number] for number in ids if number in chat.messages]
    allowed = [message for message in found if _undeletable(world, bot, message) is None]
    if found and not allowed:
        raise bad("message can't be deleted")
    for message in allowed:
        world.erase(message)
    return True


def _undeletable(world: WorldCore, bot: Bot, message: Message) -> str | None:
    chat = message.chat
    if not chat.private and chat.members[bot.id].may("can_delete_messages"):
        return None
    if message.bot_id != bot.id and not chat.private:
        return "message can't be deleted"
    if world.clock.seconds() - message.date > _DELETABLE_SECONDS:
        return "message can't be deleted for everyone"
    return None


def _check_pin(chat: Chat, bot: Bot) -> None:
    if chat.private:
        return
    member = chat.members[bot.id]
    if not (member.may("can_pin_messages") if member.admin else permitted(chat, member, "can_pin_messages")):
        raise bad("not enough rights to manage pinned messages in the chat")


def pin_chat_message(world: Groups, bot: Bot, params: Params) -> bool:
    chat = write_chat(world, bot, params)
    message = read_message(chat, params, "message to pin")
    _check_pin(chat, bot)
    params.flag("disable_notification")
    if not chat.pinned or chat.pinned[-1] != message.id:
        world.pin_message(message, bot.user)
    return True


def unpin_chat_message(world: WorldCore, bot: Bot, params: Params) -> bool:
    """The given message, or the one pinned last."""
    chat = write_chat(world, bot, params)
    if params.integer("message_id"):
        message_id = read_message(chat, params, "message to unpin").id
    elif chat.pinned:
        message_id = chat.pinned[-1]
    else:
        raise bad("message to unpin not found")
    _check_pin(chat, bot)
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        world.publish("pin", chat, message=chat.messages[message_id])
    return True


def unpin_all_chat_messages(world: WorldCore, bot: Bot, params: Params) -> bool:
    chat = write_chat(world, bot, params)
    _check_pin(chat, bot)
    chat.pinned.clear()
    world.publish("pin", chat)
    return True


def set_message_reaction(world: WorldCore, bot: Bot, params: Params) -> bool:
    """At most one emoji for a bot; an empty list takes it back."""
    raw = params.array("reaction", "Can't parse reaction types JSON object", "Expected an Array of ReactionType")
    chat = read_chat(world, bot, params)
    message = read_message(chat, params, "message to react")
    if len(raw) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for item in raw:
        if not isinstance(item, dict):
            raise bad("Can't parse ReactionType: expected an Object")
        if item.get("type") != "emoji" or str(item.get("emoji", "")).replace("\ufe0f", "") not in _REACTIONS:
            raise bad("REACTION_INVALID")
    params.flag("is_big")
    message.reactions[bot.id] = [{"type": "emoji", "emoji": item["emoji"]} for item in raw]
    world.publish("edit", chat, message=message)
    return True
