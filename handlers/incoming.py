"""One Telegram update as the rest of the bot sees it. The jungle of optional fields ends here.

`read(update)` gives None for what the bot never acts on: channel posts, edits of commands, service messages, talk of
other bots. Who spoke is a user id or nobody: anonymous administrators, channels and Telegram's own accounts carry one
id for many people and are marked `anonymous`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telegram import CallbackQuery, Chat, ChatMemberUpdated, MaybeInaccessibleMessage, Message, Update

from domain.drills import is_marked
from domain.people import FORBIDDEN_ACCOUNTS


class What(StrEnum):
    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    PHOTO = "photo"
    VOICE = "voice"
    LOCATION = "location"
    CONTACT = "contact"
    FILE = "file"
    """a document that is no picture"""
    OTHER = "other"
    """a sticker: something a person sent that no question asks for"""
    BOT_STATUS = "bot_status"
    """the bot was added, removed, promoted, blocked"""
    MEMBER = "member"
    """somebody joined or left a group"""
    MIGRATED = "migrated"
    MOVED_LIVE = "moved_live"
    """a live location went on"""


@dataclass(frozen=True, slots=True)
class Incoming:
    update_id: int
    what: What
    chat_id: int
    private: bool
    user_id: int | None
    at: datetime
    message_id: int | None = None
    text: str = ""
    """text or caption; a command's arguments; a press's data"""
    command: str = ""
    query_id: str | None = None
    carried: bool = True
    """the pressed message has a button with this data, as far as Telegram shows it; False: forged, or redrawn since"""
    reply_to: int | None = None
    """the message this one answers, when that one was the bot's"""
    reply_to_user: int | None = None
    """who wrote the message this one answers, when it was a person"""
    file_id: str = ""
    size: int = 0
    """bytes of a document"""
    seconds: int = 0
    lat: float | None = None
    lon: float | None = None
    accuracy: float | None = None
    live: bool = False
    forwarded: bool = False
    phone: str = ""
    contact_of: int | None = None
    marked: bool = False
    """it answers a message of a drill: a button of it was pressed, or it is a reply to it"""
    chat_title: str = ""
    chat_type: str = "private"
    anonymous: bool = False
    via_bot: bool = False
    language: str = ""
    first_name: str = ""
    status: str = ""
    """new status of the bot or member: member, administrator, left, kicked, restricted"""
    can_pin: bool = False
    can_send: bool = True
    member_id: int | None = None
    new_chat_id: int | None = None


def read(update: Update, bot_id: int, bot_name: str) -> Incoming | None:
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    if update.message is not None:
        return _message(update.update_id, update.message, bot_id, bot_name)
    if update.edited_message is not None and update.edited_message.location is not None:
        return _live(update.update_id, update.edited_message)
    if update.my_chat_member is not None:
        return _member(update.update_id, update.my_chat_member, What.BOT_STATUS)
    if update.chat_member is not None:
        return _member(update.update_id, update.chat_member, What.MEMBER)
    return None


def _press(update_id: int, query: CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None or query.data is None:
        return None
    person = query.from_user
    return Incoming(
        update_id=update_id,
        what=What.PRESS,
        chat_id=message.chat.id,
        private=message.chat.type == Chat.PRIVATE,
        user_id=None if person.is_bot else person.id,
        at=message.date,
        message_id=message.message_id,
        text=query.data,
        query_id=query.id,
        carried=_carries(message, query.data),
        marked=_marked(message),
        chat_title=message.chat.title or "",
        chat_type=message.chat.type,
        language=person.language_code or "",
        first_name=person.first_name,
    )


def _marked(message: MaybeInaccessibleMessage) -> bool:
    return isinstance(message, Message) and is_marked(message.text or message.caption or "")


def _carries(message: MaybeInaccessibleMessage, data: str) -> bool:
    markup = message.reply_markup if isinstance(message, Message) else None
    return markup is not None and any(button.callback_data == data for row in markup.inline_keyboard for button in row)


def _message(update_id: int, message: Message, bot_id: int, bot_name: str) -> Incoming | None:
    sender = message.from_user
    if sender is None or message.chat.type == Chat.CHANNEL:
        return None
    if sender.is_bot and sender.id not in FORBIDDEN_ACCOUNTS:
        return None
    answered = message.reply_to_message
    answered_by = None if answered is None else answered.from_user
    facts: dict[str, object] = {
        "update_id": update_id,
        "chat_id": message.chat.id,
        "private": message.chat.type == Chat.PRIVATE,
        "user_id": sender.id,
        "at": message.date,
        "message_id": message.message_id,
        "chat_title": message.chat.title or "",
        "chat_type": message.chat.type,
        "anonymous": message.sender_chat is not None or sender.id in FORBIDDEN_ACCOUNTS,
        "via_bot": message.via_bot is not None,
        "forwarded": message.forward_origin is not None,
        "language": sender.language_code or "",
        "first_name": sender.first_name,
    }
    if answered is not None and answered_by is not None:
        is_ours = answered_by.id == bot_id
        facts["reply_to"] = answered.message_id if is_ours else None
        facts["marked"] = is_ours and _marked(answered)
        facts["reply_to_user"] = None if is_ours else answered_by.id
    return Incoming(**(facts | _content(message, bot_name)))  # type: ignore[arg-type]


def _content(message: Message, bot_name: str) -> dict[str, object]:
    if message.migrate_to_chat_id is not None:
        return {"what": What.MIGRATED, "new_chat_id": message.migrate_to_chat_id}
    if message.text is not None:
        return _text(message.text, bot_name)
    if message.photo:
        return {"what": What.PHOTO, "file_id": message.photo[-1].file_id, "text": message.caption or ""}
    if message.document is not None and (message.document.mime_type or "").startswith("image/"):
        return {"what": What.PHOTO, "file_id": message.document.file_id, "text": message.caption or ""}
    if message.document is not None:
        file = message.document
        return {
            "what": What.FILE,
            "file_id": file.file_id,
            "size": file.file_size or 0,
            "text": message.caption or "",
        }
    if message.voice is not None or message.audio is not None:
        sound = message.voice or message.audio
        assert sound is not None
        length = sound.duration
        seconds = length if isinstance(length, int) else int(length.total_seconds())
        return {
            "what": What.VOICE,
            "file_id": sound.file_id,
            "seconds": seconds,
            "text": message.caption or "",
        }
    if message.location is not None:
        return {"what": What.LOCATION} | _place(message)
    if message.contact is not None:
        return {
            "what": What.CONTACT,
            "phone": message.contact.phone_number,
            "contact_of": message.contact.user_id,
        }
    return {"what": What.OTHER, "text": message.caption or ""}


def _text(text: str, bot_name: str) -> dict[str, object]:
    if not text.startswith("/"):
        return {"what": What.TEXT, "text": text}
    head, _, rest = text[1:].partition(" ")
    name, at, addressed = head.partition("@")
    if at and addressed.lower() != bot_name.lower():
        return {"what": What.OTHER}
    return {"what": What.COMMAND, "command": name.lower(), "text": rest.strip()}


def _place(message: Message) -> dict[str, object]:
    spot = message.location
    assert spot is not None
    return {
        "lat": spot.latitude,
        "lon": spot.longitude,
        "accuracy": spot.horizontal_accuracy,
        "live": spot.live_period is not None,
    }


def _live(update_id: int, message: Message) -> Incoming | None:
    if message.from_user is None or message.sender_chat is not None:
        return None
    return Incoming(
        update_id=update_id,
        what=What.MOVED_LIVE,
        chat_id=message.chat.id,
        private=message.chat.type == Chat.PRIVATE,
        user_id=message.from_user.id,
        at=message.edit_date or message.date,
        message_id=message.message_id,
        chat_type=message.chat.type,
        **_place(message),  # type: ignore[arg-type]
    )


def _member(update_id: int, change: ChatMemberUpdated, what: What) -> Incoming:
    now = change.new_chat_member
    is_admin = now.status in {"administrator", "creator"}
    return Incoming(
        update_id=update_id,
        what=what,
        chat_id=change.chat.id,
        private=change.chat.type == Chat.PRIVATE,
        user_id=None if change.from_user.is_bot else change.from_user.id,
        at=change.date,
        chat_title=change.chat.title or "",
        chat_type=change.chat.type,
        status=now.status,
        can_pin=bool(getattr(now, "can_pin_messages", is_admin)),
        can_send=now.status not in {"left", "kicked"} and bool(getattr(now, "can_send_messages", True)),
        member_id=now.user.id,
    )
