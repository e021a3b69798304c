"""People pressing: inline buttons, forged presses, deep links."""

import asyncio

from sandbox.bots import Bot, Pressed, Query
from sandbox.errors import WorldError
from sandbox.model import Chat, Json, Message
from sandbox.people import People
from sandbox.urls import deep_link

# At sixty times the speed, Telegram's fifteen seconds for an answer would be a quarter of one: no bot and no network
# is that fast. So a press keeps at least this much real time, however fast the world runs.
_REAL_ANSWER_SECONDS = 3.0
_REAL_KEPT_SECONDS = 10.0


class Buttons(People):
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
        """A bad client: a press with data that no button carries, or on a message that has been deleted.

        The press goes to the message's bot; on a deleted message, to the private chat's bot or the last bot that
        wrote in the group, with an InaccessibleMessage.
        """
        chat = self.chat_for(user_id, chat_id)
        message = chat.messages.get(message_id)
        if message is not None:
            return await self._ask(user_id, message, data, wait=wait)
        bot_id = chat.bot_id or chat.last_bot or next(iter(chat.bots), None)
        if bot_id is None:
            raise WorldError("这里没有机器人")
        gone = {"chat": chat.api, "message_id": message_id, "date": 0}
        return await self._deliver(self.bots[bot_id], user_id, chat, gone, data, wait=wait)

    async def _ask(self, user_id: int, message: Message, data: str, *, wait: bool) -> Pressed:
        if message.bot_id is None:
            raise WorldError("这条消息不是机器人发的")
        if message.chat.private and message.chat.blocked:
            raise WorldError("您已停用该机器人")
        bot = self.bots[message.bot_id]
        return await self._deliver(bot, user_id, message.chat, message.payload, data, wait=wait)

    async def _deliver(self, bot: Bot, user_id: int, chat: Chat, shown: Json, data: str, *, wait: bool) -> Pressed:
        now = self.clock.seconds()
        patience = self._unhurried(self.limits.callback_answer_seconds, _REAL_ANSWER_SECONDS)
        while bot.queries and next(iter(bot.queries.values())).expires < now:
            del bot.queries[next(iter(bot.queries))]
        answer: asyncio.Future[Pressed] = asyncio.get_running_loop().create_future()
        query = Query(str(self.rng.randrange(10**17, 10**18)), user_id, now + patience, answer)
        bot.queries[query.id] = query
        bot.met.add(user_id)
        update = {
            "id": query.id,
            "from": self.users[user_id].api,
            "message": shown,
            "chat_instance": chat.instance,
            "data": data,
        }
        kept = self._unhurried(self.limits.callback_kept_seconds, _REAL_KEPT_SECONDS)
        self._push(bot, "callback_query", update, kept)
        if not wait:
            return Pressed(answered=False)
        try:
            answered = await self.clock.wait_for(answer, patience)
            return answer.result() if answered else Pressed(answered=False)
        finally:
            bot.queries.pop(query.id, None)

    def _unhurried(self, seconds: float, real_seconds: float) -> float:
        """World seconds, but on a clock that runs fast never less than so many real ones."""
        return max(seconds, real_seconds * self.clock.speed)

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
