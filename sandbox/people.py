"""People writing: what a person can send with his own client, and nothing his client would refuse."""

from sandbox.acting import Acting, Source
from sandbox.detect import tidy, with_detected
from sandbox.entities import utf16_length
from sandbox.errors import WorldError
from sandbox.model import Json, Message, document

TEXT_LIMIT = 4096
_LIVE_FOREVER = 0x7FFFFFFF


class People(Acting):
    async def say(
        self,
        user_id: int,
        chat_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        forward_from: Source | None = None,
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
        return self._send(
            user_id, chat_id, content, "can_send_messages", reply_to=reply_to, anonymous=as_anonymous_admin
        )

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
        return self._send(
            user_id, chat_id, self._captioned(content, caption), "can_send_photos", reply_to=reply_to, file=file
        )

    async def send_photos(self, user_id: int, chat_id: int, photos: list[bytes], *, caption: str = "") -> list[Message]:
        """An album: each photo is its own message, all with one media_group_id; the caption is on the first."""
        group = str(self.rng.randrange(10**16, 10**17))
        sent = []
        for number, data in enumerate(photos):
            sent.append(
                await self.send_photo(user_id, chat_id, data, caption="" if number else caption, media_group_id=group)
            )
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
        return self._send(
            user_id, chat_id, self._captioned(content, caption), "can_send_documents", reply_to=reply_to, file=file
        )

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
        return self._send(
            user_id, chat_id, self._captioned(content, caption), "can_send_voice_notes", reply_to=reply_to, file=file
        )

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
        forward_from: Source | None = None,
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
        if message.sender_id != user_id and not chat.private and not chat.members[user_id].may("can_delete_messages"):
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
