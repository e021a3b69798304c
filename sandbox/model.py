"""What the world is made of: people, bots, chats, memberships, messages, files. Data only, no behaviour.

`api` fields hold the Bot API's own objects, built once. They, and every message payload, are never changed in
place: an edit makes a new payload, so an update that waits in a queue keeps what it said when it happened.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

ANONYMOUS_ADMIN_ID = 1087968824  # @GroupAnonymousBot, the sender of every anonymous administrator's message

ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_pin_messages", "can_manage_topics", "can_manage_tags",
    "can_send_welcome_messages",
)  # fmt: skip
PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip


def default_permissions() -> dict[str, bool]:
    """What an ordinary member of a new group may do: everything but rename the group, pin and manage topics."""
    closed = {"can_change_info", "can_pin_messages", "can_manage_topics"}
    return {name: name not in closed for name in PERMISSIONS}


@dataclass(slots=True)
class User:
    """A person or a bot. `note` is a subtitle for the page only; `phone` is shared only when he shares it."""

    id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    is_bot: bool = False
    language_code: str | None = None
    phone: str | None = None
    note: str = ""
    deleted: bool = False
    api: Json = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.refresh()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def refresh(self) -> None:
        api: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if getattr(self, key):
                api[key] = getattr(self, key)
        self.api = api


@dataclass(slots=True)
class Member:
    """One account's standing in one group."""

    user_id: int
    status: Status = "member"
    rights: dict[str, bool] = field(default_factory=dict)  # administrators
    permissions: dict[str, bool] = field(default_factory=dict)  # restricted members
    present: bool = True  # a restricted member may be outside
    anonymous: bool = False
    title: str = ""
    tag: str = ""
    until: int = 0
    read: int = 0  # the last message id seen, for the page

    @property
    def inside(self) -> bool:
        return self.status in ("creator", "administrator", "member") or (self.status == "restricted" and self.present)

    @property
    def admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """An administrator's right. The creator has all."""
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))

    def api(self, user: User) -> Json:
        """The ChatMember object."""
        body: Json = {"status": self.status, "user": user.api}
        if self.status == "creator":
            body["is_anonymous"] = self.anonymous
        elif self.status == "administrator":
            body.update(can_be_edited=False, is_anonymous=self.anonymous)
            body.update({name: self.rights.get(name, False) for name in ADMIN_RIGHTS})
        elif self.status == "restricted":
            body.update(is_member=self.present, until_date=self.until)
            body.update({name: self.permissions.get(name, False) for name in PERMISSIONS})
        elif self.status == "kicked":
            body["until_date"] = self.until
        if self.title and self.admin:
            body["custom_title"] = self.title
        if self.tag and self.status in ("member", "restricted"):
            body["tag"] = self.tag
        return body


@dataclass(slots=True)
class StoredFile:
    """A file Telegram keeps. `ref` is its file_id; `sizes` are a photo's PhotoSize objects."""

    ref: str
    unique: str
    kind: str  # photo, document, voice, audio, video …
    name: str
    mime: str
    data: bytes
    path: str
    sizes: list[Json] = field(default_factory=list)
    duration: int = 0


@dataclass(slots=True)
class Message:
    """One message of one chat."""

    id: int
    chat: "Chat"
    sender_id: int  # the real account, also behind an anonymous administrator
    payload: Json  # the Message object as bots see it
    file: StoredFile | None = None
    markup: Json | None = None  # a reply keyboard, force reply or keyboard removal; inline buttons are in payload
    silent: bool = False
    bot_id: int | None = None  # the bot that sent it
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        value = self.payload.get("text", self.payload.get("caption", ""))
        return str(value)

    @property
    def date(self) -> int:
        return int(self.payload["date"])

    @property
    def chat_id(self) -> int:
        return self.chat.id

    @property
    def buttons(self) -> list[list[Json]]:
        """Inline buttons, by row."""
        rows: list[list[Json]] = self.payload.get("reply_markup", {}).get("inline_keyboard", [])
        return rows


@dataclass(slots=True)
class Chat:
    """A group, or the private chat of one person with one bot (its id, for the bot, is the person's)."""

    id: int
    kind: ChatKind
    title: str = ""
    note: str = ""
    user_id: int = 0  # private chats
    bot_id: int = 0  # private chats
    instance: str = ""
    opened: bool = False  # the person has started the bot
    blocked: bool = False  # the person has blocked the bot
    invited_until: float = 0.0  # a join request lets the bot write for five minutes
    members: dict[int, Member] = field(default_factory=dict)
    bots: list[int] = field(default_factory=list)  # bots inside, in order of arrival
    messages: dict[int, Message] = field(default_factory=dict)
    next_id: int = 1
    pinned: list[int] = field(default_factory=list)
    last_bot: int | None = None  # the last bot to have sent a message
    migrated_to: int | None = None
    description: str = ""
    invite_link: str = ""
    invites: dict[str, Json] = field(default_factory=dict)
    requests: dict[int, str] = field(default_factory=dict)  # waiting join requests: user to invite link
    permissions: dict[str, bool] = field(default_factory=default_permissions)
    read: int = 0  # private chats: the last message id the person has seen
    api: Json = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.refresh(None)

    @property
    def private(self) -> bool:
        return self.kind == "private"

    @property
    def word(self) -> str:
        """As Telegram's errors call it."""
        return f"{self.kind} chat"

    def refresh(self, user: User | None) -> None:
        """Rebuild the Chat object; `user` is the person of a private chat."""
        api: Json = {"id": self.id, "type": self.kind}
        if user is not None:
            api["first_name"] = user.first_name
            for key in ("last_name", "username"):
                if getattr(user, key):
                    api[key] = getattr(user, key)
        elif not self.private:
            api["title"] = self.title
        self.api = api

    def inside(self) -> Iterable[Member]:
        return (member for member in self.members.values() if member.inside)

    def latest(self) -> Message | None:
        """The newest message that has not been deleted."""
        for message_id in range(self.next_id - 1, 0, -1):
            if message_id in self.messages:
                return self.messages[message_id]
            if not self.messages:
                return None
        return None

    def store(self, message: Message, kept: int) -> None:
        """Keep the message; forget the one that is now too old. Ids grow by one, so this is O(1)."""
        self.messages[message.id] = message
        self.messages.pop(message.id - kept, None)


def document(ref: str, unique: str, name: str, mime: str, size: int) -> Json:
    """The Document object."""
    return {"file_id": ref, "file_unique_id": unique, "file_name": name, "mime_type": mime, "file_size": size}
