"""May this bot do this here? The Bot API server's checks, in its order and words (Client.cpp, check_chat_access)."""

from typing import Any

from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import ApiError, bad, forbidden, too_many
from sandbox.model import Chat, Member, Message
from sandbox.params import Params

_REFUSED_KINDS = {
    "can_send_messages": "text messages", "can_send_photos": "photos", "can_send_documents": "documents",
    "can_send_voice_notes": "voice notes", "can_send_videos": "videos", "can_send_audios": "audio files",
    "can_send_polls": "polls", "can_send_other_messages": "stickers",
}  # fmt: skip


def read_chat(world: WorldCore, bot: Bot, params: Params, name: str = "chat_id") -> Chat:
    """The chat a request names, if the bot may at least look at it."""
    chat = _find(world, bot, params, name)
    if not chat.private:
        _check_group(chat, bot, writing=False)
    return chat


def write_chat(world: WorldCore, bot: Bot, params: Params, name: str = "chat_id") -> Chat:
    """The chat a request names, if the bot may write there at all."""
    chat = _find(world, bot, params, name)
    if chat.private:
        check_private(world, chat)
    else:
        _check_group(chat, bot, writing=True)
    return chat


def edit_chat(world: WorldCore, bot: Bot, params: Params) -> Chat:
    """For edits: as for writing, but a blocked or unopened private chat is not the obstacle."""
    chat = _find(world, bot, params, "chat_id")
    if chat.private:
        if world.users[chat.user_id].deleted:
            raise forbidden("user is deactivated")
    else:
        _check_group(chat, bot, writing=True)
    return chat


def _find(world: WorldCore, bot: Bot, params: Params, name: str) -> Chat:
    raw: Any = params.raw.get(name)
    if raw is None or raw == "":
        raise bad(f"{name} is empty")
    if isinstance(raw, str):
        text = raw.strip()
        if text.startswith("@") or not text.lstrip("-").isdigit():
            raise bad("chat not found")
        raw = int(text)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise bad(f'Field "{name}" must be of type String')
    if raw < 0:
        chat = world.groups.get(raw)
        if chat is None or bot.id not in chat.members:
            raise bad("chat not found")
        return chat
    user = world.users.get(raw)
    if user is not None and user.is_bot:
        raise forbidden("bot can't send messages to bots")
    if user is None or not world.knows(bot, raw):
        raise bad("chat not found")
    return world.private_chat(raw, bot.id)


def check_private(world: WorldCore, chat: Chat) -> None:
    """Refuse where the person is gone, has blocked the bot, or has never spoken to it."""
    if world.users[chat.user_id].deleted:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.opened and chat.invited_until <= world.clock.seconds():
        raise forbidden("bot can't initiate conversation with a user")


def _check_group(chat: Chat, bot: Bot, *, writing: bool) -> None:
    if chat.migrated_to is not None and writing:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    member = chat.members[bot.id]
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.word}")
    if not member.inside:
        raise forbidden(f"bot is not a member of the {chat.word}")


def may_send(chat: Chat, bot: Bot, permission: str) -> None:
    """Refuse when the bot is muted, or the group is closed for this kind of message."""
    if chat.private:
        return
    if not permitted(chat, chat.members[bot.id], permission):
        kind = _REFUSED_KINDS.get(permission, "messages")
        raise bad(f"not enough rights to send {kind} to the chat")


def permitted(chat: Chat, member: Member, permission: str) -> bool:
    """What an administrator always may, and a member if neither the group nor his restriction forbids it."""
    if member.admin:
        return True
    if member.status == "restricted" and not member.permissions.get(permission, False):
        return False
    return chat.permissions.get(permission, False)


def spend(world: WorldCore, bot: Bot, chat: Chat, count: int = 1) -> None:
    """Take `count` messages or edits from the budgets, or refuse with 429."""
    wait = bot.budget.spend(chat.id, world.clock.seconds(), private=chat.private, count=count)
    if wait:
        raise too_many(wait)


def read_message(chat: Chat, params: Params, what: str, name: str = "message_id") -> Message:
    """The message a request names; `what` completes "… not found"."""
    message = chat.messages.get(params.integer(name))
    if message is None:
        raise bad(f"{what} not found")
    return message
