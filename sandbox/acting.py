"""What every act of a person goes through: may he, is the chat open, what is quoted, what has he seen."""

from sandbox.detect import tidy, with_detected
from sandbox.entities import utf16_length
from sandbox.errors import WorldError
from sandbox.groups import Groups
from sandbox.model import Chat, Json, Member, Message, StoredFile, User

CAPTION_LIMIT = 1024

Source = int | str | Message  # whom a forwarded message is from: a user id, a hidden user's name, the message itself


class Acting(Groups):
    def block_bot(self, user_id: int, bot_id: int | None = None) -> None:
        """Stop and block a bot (the first one unless named)."""
        self._set_blocked(user_id, bot_id, blocked=True)

    def unblock_bot(self, user_id: int, bot_id: int | None = None) -> None:
        self._set_blocked(user_id, bot_id, blocked=False)

    def _set_blocked(self, user_id: int, bot_id: int | None, *, blocked: bool) -> None:
        chat = self.private_chat(self.user(user_id).id, bot_id or next(iter(self.bots)))
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        bot = self.bots[chat.bot_id]
        states = [Member(bot.id, "member").api(bot.user), Member(bot.id, "kicked").api(bot.user)]
        before, after = states if blocked else states[::-1]
        self._push(bot, "my_chat_member", {
            "chat": chat.api, "from": self.users[user_id].api, "date": int(self.clock.seconds()),
            "old_chat_member": before, "new_chat_member": after,
        })  # fmt: skip
        self.publish("chat", chat)

    def delete_account(self, user_id: int) -> None:
        """The person's account is gone: he leaves every group, and writing to him is refused."""
        user = self.user(user_id)
        for chat in self.groups.values():
            if chat.migrated_to is None and self.member_of(chat, user_id).inside:
                self._set_member(chat, Member(user_id, "left"), user)
        user.deleted, user.first_name, user.last_name, user.username = True, "", "", None
        user.refresh()

    def _send(
        self,
        user_id: int,
        chat_id: int,
        content: Json,
        permission: str,
        *,
        reply_to: int | None = None,
        anonymous: bool = False,
        file: StoredFile | None = None,
    ) -> Message:
        chat = self.chat_for(user_id, chat_id)
        sender: User = self.users[user_id]
        if chat.private:
            self._open(chat, content)
        else:
            member = chat.members[user_id]
            allowed = member.permissions if member.status == "restricted" else chat.permissions
            if not member.admin and not (allowed.get(permission, False) and chat.permissions.get(permission, False)):
                raise WorldError("您在该群被禁言")
            if anonymous or (member.anonymous and member.admin):
                if not member.admin:
                    raise WorldError("只有管理员可以匿名发言")
                sender = self.anonymous
                content = {**content, "sender_chat": chat.api}
                if member.title:
                    content["author_signature"] = member.title
            elif member.tag:
                content = {**content, "sender_tag": member.tag}
        replied = self._found(chat, reply_to) if reply_to is not None else None
        self._mark_read(chat, user_id, chat.next_id)
        return self.post(chat, content, sender=sender, sender_id=user_id, reply_to=replied, file=file)

    def _open(self, chat: Chat, content: Json) -> None:
        if chat.blocked:
            if not str(content.get("text", "")).startswith("/start"):
                raise WorldError("您已停用该机器人，请先重新启用")
            self._set_blocked(chat.user_id, chat.bot_id, blocked=False)
        if not chat.opened:
            chat.opened = True
            self.publish("chat", chat)

    def _mark_read(self, chat: Chat, user_id: int, message_id: int) -> None:
        if chat.private:
            chat.read = max(chat.read, message_id)
        elif user_id in chat.members:
            chat.members[user_id].read = max(chat.members[user_id].read, message_id)

    def read(self, user_id: int, chat_id: int) -> None:
        """He has seen everything in this chat; only the page's unread counts care."""
        chat = self.chat_for(user_id, chat_id)
        self._mark_read(chat, user_id, chat.next_id - 1)

    def _origin(self, source: Source) -> Json:
        date = int(self.clock.seconds())
        if isinstance(source, Message):
            return forward_origin(source)
        if isinstance(source, str):
            return {"forward_origin": {"type": "hidden_user", "date": date, "sender_user_name": source}}
        return {"forward_origin": {"type": "user", "date": date, "sender_user": self.user(source).api}}

    def _captioned(self, content: Json, caption: str) -> Json:
        caption, _ = tidy(caption, [])
        if not caption:
            return content
        if utf16_length(caption) > CAPTION_LIMIT:
            raise WorldError("说明文字过长（最多 1024 个字符）")
        entities = with_detected(caption, [])
        return {**content, "caption": caption, **({"caption_entities": entities} if entities else {})}

    @staticmethod
    def _found(chat: Chat, message_id: int) -> Message:
        message = chat.messages.get(message_id)
        if message is None:
            raise WorldError("找不到这条消息")
        return message

    def _own(self, user_id: int, chat_id: int, message_id: int) -> Message:
        message = self._found(self.chat_for(user_id, chat_id), message_id)
        if message.sender_id != user_id or message.bot_id is not None:
            raise WorldError("只能修改自己的消息")
        return message


def forward_origin(message: Message) -> Json:
    """Where a forwarded message comes from."""
    payload = message.payload
    if "forward_origin" in payload:
        return {"forward_origin": payload["forward_origin"]}
    if "sender_chat" in payload:
        origin: Json = {"type": "chat", "date": message.date, "sender_chat": payload["sender_chat"]}
        if "author_signature" in payload:
            origin["author_signature"] = payload["author_signature"]
        return {"forward_origin": origin}
    return {"forward_origin": {"type": "user", "date": message.date, "sender_user": payload["from"]}}
