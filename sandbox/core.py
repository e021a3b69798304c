"""The state of the world and the few moves everything else is made of: look up, post, edit, delete, tell the bots.

Who may do what is decided above this (methods/ for bots, people.py and groups.py for people).
"""

import random
from collections.abc import Iterable
from typing import Any

from sandbox.bots import Bot
from sandbox.clock import WorldClock
from sandbox.errors import WorldError
from sandbox.events import EventHub, Subscription
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.ledger import Ledger
from sandbox.limits import Limits
from sandbox.model import ANONYMOUS_ADMIN_ID, Chat, Json, Member, Message, StoredFile, User
from sandbox.routing import bots_that_see

_FIRST_USER = 10_001
_FIRST_BOT = 7_000_000_001


class WorldCore:
    def __init__(self, clock: WorldClock, *, seed: int = 0, limits: Limits | None = None) -> None:
        self.clock = clock
        self.limits = limits or Limits()
        self.rng = random.Random(seed)  # noqa: S311  ids that tests can repeat, no secrets
        self.users: dict[int, User] = {}
        self.bots: dict[int, Bot] = {}
        self.groups: dict[int, Chat] = {}
        self.privates: dict[tuple[int, int], Chat] = {}  # (person, bot)
        self.by_token: dict[str, Bot] = {}
        self.files = Files(self.rng, self.limits.files_kept_bytes)
        self.faults = Faults()
        self.ledger = Ledger(self.limits.ledger_kept)
        self.events = EventHub()
        self.anonymous = User(ANONYMOUS_ADMIN_ID, "Group", username="GroupAnonymousBot", is_bot=True)
        self._numbers = {
            "user": _FIRST_USER,
            "bot": _FIRST_BOT,
            "group": 4_000_001,
            "supergroup": 2_000_000_001,
        }
        clock.on_change(self._clock_changed)

    # --- accounts ---

    def add_bot(self, token: str, username: str, name: str, *, can_read_all_group_messages: bool = False) -> User:
        """Register a bot. Its id is the number before the token's colon, as with real tokens."""
        if token in self.by_token:
            raise ValueError("a bot with this token exists")
        prefix = token.partition(":")[0]
        user = User(
            int(prefix) if prefix.isdigit() else self._next("bot"),
            name,
            username=username.lstrip("@"),
            is_bot=True,
        )
        if user.id in self.users:
            raise ValueError(f"id {user.id} is taken")
        bot = Bot(user, token, can_read_all_group_messages, self.limits, self.rng)
        self.users[user.id] = user
        self.bots[user.id] = bot
        self.by_token[token] = bot
        return user

    def add_user(
        self,
        first_name: str,
        *,
        last_name: str = "",
        username: str | None = None,
        user_id: int | None = None,
        language_code: str = "zh-hans",
        phone: str | None = None,
        note: str = "",
    ) -> User:
        """A person. `note` is a subtitle for the page only."""
        user = User(
            self._next("user") if user_id is None else user_id,
            first_name,
            last_name,
            username,
            language_code=language_code,
            phone=phone,
            note=note,
        )
        if user.id in self.users or user.id <= 0:
            raise ValueError(f"id {user.id} is taken or not positive")
        self.users[user.id] = user
        return user

    def user(self, user_id: int) -> User:
        user = self.users.get(user_id)
        if user is None:
            raise WorldError(f"没有编号为 {user_id} 的用户")
        return user

    def bot_named(self, username: str) -> Bot | None:
        name = username.lstrip("@").lower()
        return next((bot for bot in self.bots.values() if (bot.user.username or "").lower() == name), None)

    def _next(self, what: str) -> int:
        while True:
            number = self._numbers[what]
            self._numbers[what] += 1
            taken = number in self.users if what in ("user", "bot") else self._group_id(what, number) in self.groups
            if not taken:
                return number

    @staticmethod
    def _group_id(kind: str, number: int) -> int:
        return -number if kind == "group" else -1_000_000_000_000 - number

    # --- chats ---

    def private_chat(self, user_id: int, bot_id: int) -> Chat:
        """The private chat of a person with a bot; it exists, unopened, from the beginning."""
        chat = self.privates.get((user_id, bot_id))
        if chat is None:
            chat = Chat(user_id, "private", user_id=user_id, bot_id=bot_id, instance=self._instance())
            chat.refresh(self.users[user_id])
            self.privates[user_id, bot_id] = chat
        return chat

    def _instance(self) -> str:
        return str(self.rng.randrange(-(1 << 62), 1 << 62))

    def chat_for(self, user_id: int, chat_id: int) -> Chat:
        """The chat a person means: a group he is in, or a private chat.

        A private chat is named by the person's own id (his chat with the first bot) or by the bot's id.
        """
        user = self.user(user_id)
        if user.deleted:
            raise WorldError("该账号已注销")
        if chat_id == user_id and self.bots:
            return self.private_chat(user_id, next(iter(self.bots)))
        if chat_id in self.bots:
            return self.private_chat(user_id, chat_id)
        chat = self.groups.get(chat_id)
        if chat is None:
            raise WorldError("没有这个聊天")
        if chat.migrated_to is not None:
            raise WorldError("该群已升级为超级群组，请到新群发言")
        member = chat.members.get(user_id)
        if member is None or not member.inside:
            raise WorldError("您不在这个群里")
        return chat

    def page_chat_id(self, chat: Chat) -> int:
        """The id under which people know a chat: see `chat_for`."""
        if chat.private and self.bots and chat.bot_id != next(iter(self.bots)):
            return chat.bot_id
        return chat.id

    # --- messages ---

    def post(
        self,
        chat: Chat,
        content: Json,
        *,
        sender: User,
        sender_id: int | None = None,
        bot: Bot | None = None,
        reply_to: Message | None = None,
        file: StoredFile | None = None,
        markup: Json | None = None,
        silent: bool = False,
    ) -> Message:
        """Put a message into a chat and tell everyone. `content` is the part of the Message object of its own."""
        payload = self._payload(chat, sender, content)
        if reply_to is not None:
            payload["reply_to_message"] = quoted(reply_to)
        real_sender = sender.id if sender_id is None else sender_id
        message = Message(
            chat.next_id, chat, real_sender, payload, file, markup, silent, bot.id if bot is not None else None
        )
        self._keep(message)
        if bot is not None:
            chat.last_bot = bot.id
        else:
            self._tell_bots(message, "message")
        if self.events:
            self.publish("message", chat, message=message)
        return message

    def service(self, chat: Chat, sender: User, content: Json, *, skip_bots: Iterable[int] = ()) -> Message:
        """A service message (someone joined, the title changed …). All bots in the group see it."""
        message = Message(chat.next_id, chat, sender.id, self._payload(chat, sender, content))
        self._keep(message)
        skipped = set(skip_bots)
        for bot_id in list(chat.bots):
            if bot_id not in skipped:
                self._push(self.bots[bot_id], "message", message.payload)
        self.publish("message", chat, message=message)
        return message

    def _payload(self, chat: Chat, sender: User, content: Json) -> Json:
        return {
            "message_id": chat.next_id,
            "from": sender.api,
            "chat": chat.api,
            "date": int(self.clock.seconds()),
            **content,
        }

    def _keep(self, message: Message) -> None:
        message.chat.next_id += 1
        message.chat.store(message, self.limits.messages_kept)

    def revise(self, message: Message, content: Json, *, remove: Iterable[str] = (), by_bot: bool) -> None:
        """Edit: a new payload takes the old one's place. A person's edit reaches the bots, a bot's does not."""
        kept = {key: value for key, value in message.payload.items() if key not in set(remove)}
        message.payload = {**kept, **content}
        if not by_bot:
            self._tell_bots(message, "edited_message")
        self.publish("edit", message.chat, message=message)

    def erase(self, message: Message) -> None:
        """Delete for everyone. Bots are not told."""
        chat = message.chat
        chat.messages.pop(message.id, None)
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
        self.publish("delete", chat, message_id=message.id)

    # --- telling ---

    def _tell_bots(self, message: Message, kind: str) -> None:
        for bot_id in bots_that_see(message, self.bots):
            self._push(self.bots[bot_id], kind, message.payload)
            self.bots[bot_id].met.add(message.sender_id)

    def _push(self, bot: Bot, kind: str, payload: Json, lifetime: float | None = None) -> None:
        keep = self.limits.update_kept_seconds if lifetime is None else lifetime
        bot.queue.push(kind, payload, self.clock.seconds(), keep)

    def publish(self, kind: str, chat: Chat | None = None, *, message: Message | None = None, **more: Any) -> None:
        """Tell subscribers: `{"type", "chat_id", "message_id", "message", …}`, the message as bots see it.

        Under "of" is the Chat, under "about" the Message itself, for those who show them to people.
        """
        if not self.events:
            return
        event: Json = {"type": kind, **more}
        if chat is not None:
            event.update(chat_id=self.page_chat_id(chat), of=chat)
        if message is not None:
            event.update(message_id=message.id, message=message.payload, about=message)
        self.events.publish(event)

    def subscribe(self) -> Subscription:
        """Everything that happens from now on; close it (or use `with`) when done."""
        return self.events.subscribe()

    def _clock_changed(self) -> None:
        self.publish("clock", now=self.clock.now().isoformat(), speed=self.clock.speed)

    # --- helpers shared by people and bots ---

    def resolved(self, entities: list[Json], bot: Bot | None = None) -> list[Json]:
        """Mentions by id become User objects; a person the bot has never met is not mentioned at all."""
        if not any("user_id" in entity for entity in entities):
            return entities
        result = []
        for entity in entities:
            if "user_id" not in entity:
                result.append(entity)
                continue
            user = self.users.get(entity["user_id"])
            if user is not None and (bot is None or self.knows(bot, user.id)):
                rest = {key: value for key, value in entity.items() if key != "user_id"}
                result.append({**rest, "user": user.api})
        return result

    def knows(self, bot: Bot, user_id: int) -> bool:
        """Whether Telegram lets the bot address this person at all: they met, or they share a group."""
        if user_id in bot.met or user_id == bot.id:
            return True
        chat = self.privates.get((user_id, bot.id))
        if chat is not None and chat.opened:
            return True
        for group in self.groups.values():
            member = group.members.get(user_id)
            if member is not None and member.inside and bot.id in group.bots:
                bot.met.add(user_id)
                return True
        return False

    def member_of(self, chat: Chat, user_id: int) -> Member:
        return chat.members.get(user_id) or Member(user_id, "left")


def quoted(message: Message) -> Json:
    """A message as it appears inside a reply: without what it replied to itself."""
    payload = message.payload
    if "reply_to_message" in payload:
        return {key: value for key, value in payload.items() if key != "reply_to_message"}
    return payload
