"""Which bots see a message: Telegram's privacy mode.

In a group a bot sees everything when it is an administrator or its privacy mode is off. Otherwise it sees commands
meant for it (`/go@bot`; plain `/go` only if it was the last bot to write there), replies to it, and messages sent
via it. No bot sees another bot's messages. (Bot FAQ, "What messages will my bot get?")
"""

from collections.abc import Mapping

from sandbox.bots import Bot
from sandbox.model import Json, Message


def bots_that_see(message: Message, bots: Mapping[int, Bot]) -> list[int]:
    chat = message.chat
    if chat.private:
        return [] if chat.blocked else [chat.bot_id]
    return [bot_id for bot_id in chat.bots if _sees(message, bots[bot_id])]


def _sees(message: Message, bot: Bot) -> bool:
    if bot.reads_all or message.chat.members[bot.id].admin:
        return True
    payload = message.payload
    reply = payload.get("reply_to_message")
    if reply is not None and reply.get("from", {}).get("id") == bot.id:
        return True
    if payload.get("via_bot", {}).get("id") == bot.id:
        return True
    return _commanded(message, bot, payload)


def _commanded(message: Message, bot: Bot, payload: Json) -> bool:
    text = message.text
    entities = payload.get("entities") or payload.get("caption_entities") or ()
    for entity in entities:
        if entity["type"] != "bot_command" or entity["offset"] != 0:
            continue
        command = text[: entity["length"]]  # commands are ASCII and stand first: units are characters
        _, at, name = command.partition("@")
        if at:
            return name.lower() == (bot.user.username or "").lower()
        last = message.chat.last_bot
        return last == bot.id or (last is None and len(message.chat.bots) == 1)
    return False
