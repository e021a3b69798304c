"""People acting: what a person can do with his own Telegram client, and nothing his client would refuse."""

from typing import Any

from sandbox.bots import Bot, Pressed, Query
from sandbox.detect import tidy, with_detected
from sandbox.entities import utf16_length
from sandbox.errors import WorldError
from sandbox.groups import Groups
from sandbox.model import Chat, Json, Member, Message, User
from sandbox.urls import deep_link

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_LIVE_FOREVER = 0x7FFFFFFF


class People(Groups):
    async def say(
        self,
        user_id: int,
        chat_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        forward_from: "int | str | Message | None" = None,
        via_bot: int | None = None,
        as_anonymous_admin: bool = False,
    ) -> Message:
        """Write a text. `forward_from`: a user id, a hidden user's name, or the message itself."""
        text, _ = tidy(text, [])
        if not text:
            raise WorldError("不能发送空消息")
        if utf16_length(text) > TEXT_LIMIT:
            raise WorldError("消息过长（最多 4096 个字符）")
        content: Json = {"text": text}
        entities = with_detected(text, [])
        if entities:
            content["entities"] = entities
        if forward_from is not None:
            content.update(self._origin(forward_from))
        if via_bot is not None:
            content["via_bot"] = self.user(via_bot).api
        return self._send(user_id, chat_id, content, "can_send_messages", reply_to=reply_to,
                          anonymous=as_anonymous_admin)  # fmt: skip

    async def send_photo(
        self,
        user_id: int,
        chat_id: int,
        data: bytes,
        *,
        caption: str = "",
        reply_to: int | None = None,
        media_group_id: str | None = None,
    ) -> Message:
        file = self.files.add("photo", "photo.jpg", "image/jpeg", data)
        content: Json = {"photo": file.sizes}
        if media_group_id:
            content["media_group_id"] = media_group_id
        return self._send(user_id, chat_id, self._captioned(content, caption), "can_send_photos", reply_to=reply_to,
                          file=file)  # fmt: skip

    async def send_photos(
        self, user_id: int, chat_id: int, photos: list[bytes], *, caption: str = ""
    ) -> list[Message]:
        """An album: each photo is its own message, all with one media_group_id; the caption is on the first."""
        group = str(self.rng.randrange(10**16, 10**17))
        sent = []
        for number, data in enumerate(photos):
            sent.append(await self.send_photo(user_id, chat_id, data, caption="" if number else caption,
                                              media_group_id=group))  # fmt: skip
        return sent

    async def send_document(
        self,
        user_id: int,
        chat_id: int,
        data: bytes,
        *,
        name: str = "file.bin",
        mime: str = "application/octet-stream",
        caption: str = "",
        reply_to: int | None = None,
    ) -> Message:
        file = self.files.add("document", name, mime, data)
        content = {"document": document(file.ref, file.unique, name, mime, len(data))}
        return self._send(user_id, chat_id, self._captioned(content, caption), "can_send_documents",
                          reply_to=reply_to, file=file)  # fmt: skip

    async def send_voice(
        self,
        user_id: int,
        chat_id: int,
        data: bytes,
        *,
        duration: int = 3,
        caption: str = "",
        reply_to: int | None = None,
    ) -> Message:
        file = self.files.add("voice", "voice.oga", "audio/ogg", data, duration=duration)
        content = {"voice": {
            "file_id": file.ref, "file_unique_id": file.unique, "duration": duration, "mime_type": "audio/ogg",
            "file_size": len(data),
        }}  # fmt: skip
        return self._send(user_id, chat_id, self._captioned(content, caption), "can_send_voice_notes",
                          reply_to=reply_to, file=file)  # fmt: skip

    async def send_location(
        self,
        user_id: int,
        chat_id: int,
        latitude: float,
        longitude: float,
        *,
        live_period: int | None = None,
        accuracy: float | None = None,
        reply_to: int | None = None,
        forward_from: "int | str | Message | None" = None,
    ) -> Message:
        """A point (WGS-84 degrees), or with `live_period` (seconds, 60–86400) a live location."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise WorldError("坐标超出范围")
        location: Json = {"latitude": latitude, "longitude": longitude}
        if accuracy is not None:
            location["horizontal_accuracy"] = accuracy
        if live_period is not None:
            if not (60 <= live_period <= 86_400 or live_period == _LIVE_FOREVER):
                raise WorldError("实时位置时长应在 60 秒到 24 小时之间")
            location["live_period"] = live_period
        content: Json = {"location": location}
        if forward_from is not None:
            content.update(self._origin(forward_from))
        return self._send(user_id, chat_id, content, "can_send_messages", reply_to=reply_to)

    async def move_location(
        self, user_id: int, chat_id: int, message_id: int, latitude: float, longitude: float
    ) -> Message:
        """His live location moves; the bots get it as edited_message."""
        message = self._own(user_id, chat_id, message_id)
        location = message.payload.get("location", {})
        period = location.get("live_period")
        if period is None or message.date + period < self.clock.seconds():
            raise WorldError("这条位置已不再更新")
        moved = {**location, "latitude": latitude, "longitude": longitude}
        self.revise(message, {"location": moved, "edit_date": int(self.clock.seconds())}, by_bot=False)
        return message

    async def send_contact(
        self,
        user_id: int,
        chat_id: int,
        *,
        phone: str | None = None,
        contact_user: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """A contact card: his own unless `contact_user` says otherwise."""
        owner = self.user(user_id if contact_user is None else contact_user)
        number = phone or owner.phone or f"+86190{owner.id % 10**8:08d}"
        contact: Json = {"phone_number": number, "first_name": owner.first_name, "user_id": owner.id}
        if owner.last_name:
            contact["last_name"] = owner.last_name
        return self._send(user_id, chat_id, {"contact": contact}, "can_send_messages", reply_to=reply_to)

    async def edit_message(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        """Change his own text or caption; the bots get edited_message."""
        message = self._own(user_id, chat_id, message_id)
        text, _ = tidy(text, [])
        if not text:
            raise WorldError("不能改成空消息")
        key, marks = ("text", "entities") if "text" in message.payload else ("caption", "caption_entities")
        content: Json = {key: text, "edit_date": int(self.clock.seconds())}
        entities = with_detected(text, [])
        if entities:
            content[marks] = entities
        self.revise(message, content, remove=[marks], by_bot=False)
        return message

    async def delete_message(self, user_id: int, chat_id: int, message_id: int) -> None:
        """Delete his own message, or, as an administrator, anybody's. Bots are not told."""
        chat = self.chat_for(user_id, chat_id)
        message = self._found(chat, message_id)
        if (
            message.sender_id != user_id
            and not chat.private
            and not chat.members[user_id].may("can_delete_messages")
        ):
            raise WorldError("您不能删除这条消息")
        self.erase(message)

    async def react(self, user_id: int, chat_id: int, message_id: int, emoji: str | None) -> None:
        """Set or take back a reaction. Only administrators' bots that asked for message_reaction hear of it."""
        chat = self.chat_for(user_id, chat_id)
        message = self._found(chat, message_id)
        old = message.reactions.get(user_id, [])
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if old == new:
            return
        message.reactions[user_id] = new
        update = {
            "chat": chat.api, "message_id": message.id, "user": self.user(user_id).api,
            "date": int(self.clock.seconds()), "old_reaction": old, "new_reaction": new,
        }  # fmt: skip
        hearers = [chat.bot_id] if chat.private else [bid for bid in chat.bots if chat.members[bid].admin]
        for bot_id in hearers:
            self._push(self.bots[bot_id], "message_reaction", update)
        self.publish("edit", chat, message=message)

    # --- buttons ---

    async def press(
        self,
        user_id: int,
        chat_id: int,
        message_id: int,
        data_or_row_col: "str | tuple[int, int]",
        *,
        wait: bool = True,
    ) -> Pressed:
        """Press an inline button, by its data or its (row, column).

        Returns what the bot answered, or `answered=False` after 15 s of world time; at once with wait=False.
        A link or copy button has its effect in the client: `url` or `text` is set and no bot hears of it.
        """
        chat = self.chat_for(user_id, chat_id)
        message = self._found(chat, message_id)
        button = _button(message, data_or_row_col)
        if "url" in button:
            return Pressed(answered=True, url=button["url"])
        if "copy_text" in button:
            return Pressed(answered=True, text=button["copy_text"]["text"])
        if "callback_data" not in button:
            raise WorldError("沙盒不支持这种按钮")
        return await self._ask(user_id, message, button["callback_data"], wait=wait)

    async def forge_press(
        self, user_id: int, chat_id: int, message_id: int, data: str, *, wait: bool = True
    ) -> Pressed:
        """A bad client: a press with data that no button of the message carries (or of an old version of it)."""
        message = self._found(self.chat_for(user_id, chat_id), message_id)
        return await self._ask(user_id, message, data, wait=wait)

    async def _ask(self, user_id: int, message: Message, data: str, *, wait: bool) -> Pressed:
        if message.bot_id is None:
            raise WorldError("这条消息不是机器人发的")
        if message.chat.private and message.chat.blocked:
            raise WorldError("您已停用该机器人")
        query = self._query(user_id, message, data)
        if not wait:
            return Pressed(answered=False)
        bot = self.bots[message.bot_id]
        try:
            answered = await self.clock.wait_for(query.answer, self.limits.callback_answer_seconds)
            return query.answer.result() if answered else Pressed(answered=False)
        finally:
            bot.queries.pop(query.id, None)

    def _query(self, user_id: int, message: Message, data: str) -> Query:
        import asyncio

        bot = self.bots[message.bot_id or 0]
        now = self.clock.seconds()
        for stale in [query for query in bot.queries.values() if query.expires < now]:
            del bot.queries[stale.id]
        query = Query(
            str(self.rng.randrange(10**17, 10**18)), user_id, message.chat, message,
            now + self.limits.callback_answer_seconds, asyncio.get_running_loop().create_future(),
        )  # fmt: skip
        bot.queries[query.id] = query
        bot.met.add(user_id)
        shown: Json = message.payload
        if message.id not in message.chat.messages:
            shown = {"chat": message.chat.api, "message_id": message.id, "date": 0}
        self._push(bot, "callback_query", {
            "id": query.id, "from": self.users[user_id].api, "message": shown,
            "chat_instance": message.chat.instance, "data": data,
        }, self.limits.callback_kept_seconds)  # fmt: skip
        return query

    # --- private chats with bots ---

    async def open_link(self, user_id: int, url: str, *, group_id: int | None = None) -> Chat:
        """Open a t.me deep link: `?start=` sends /start with its payload, `?startgroup=` adds the bot to a group."""
        link = deep_link(url)
        bot = self.bot_named(link.bot) if link else None
        if link is None or bot is None:
            raise WorldError("这不是本沙盒里机器人的链接")
        command = f"/start {link.payload}".strip()
        if link.kind == "startgroup":
            if group_id is None:
                raise WorldError("请选择要把机器人加进哪个群")
            chat = self.chat_for(user_id, group_id)
            self.add_member(chat.id, bot.id, by=user_id)
            await self.say(user_id, chat.id, command.replace("/start", f"/start@{bot.user.username}", 1))
            return chat
        chat = self.private_chat(user_id, bot.id)
        if link.payload or not chat.opened or chat.blocked:
            await self.say(user_id, self.page_chat_id(chat), command)
        return chat

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

    # --- the common way out ---

    def _send(
        self,
        user_id: int,
        chat_id: int,
        content: Json,
        permission: str,
        *,
        reply_to: int | None = None,
        anonymous: bool = False,
        file: Any = None,
    ) -> Message:
        chat = self.chat_for(user_id, chat_id)
        sender: User = self.users[user_id]
        if chat.private:
            self._open(chat, content)
        else:
            member = chat.members[user_id]
            allowed = member.permissions if member.status == "restricted" else chat.permissions
            if not member.admin and not (
                allowed.get(permission, False) and chat.permissions.get(permission, False)
            ):
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

    def _origin(self, source: "int | str | Message") -> Json:
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


def _button(message: Message, wanted: "str | tuple[int, int]") -> Json:
    if isinstance(wanted, str):
        for row in message.buttons:
            for button in row:
                if button.get("callback_data") == wanted:
                    return button
    else:
        row_number, column = wanted
        rows = message.buttons
        if 0 <= row_number < len(rows) and 0 <= column < len(rows[row_number]):
            return rows[row_number][column]
    raise WorldError("这条消息上没有这个按钮")


def document(ref: str, unique: str, name: str, mime: str, size: int) -> Json:
    """The Document object."""
    return {"file_id": ref, "file_unique_id": unique, "file_name": name, "mime_type": mime, "file_size": size}


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


__all__ = ["Bot", "People", "document", "forward_origin"]
