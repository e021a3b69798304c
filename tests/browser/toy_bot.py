"""A small bot for the page's tests, written against the Bot API alone. It is nobody's product."""

import asyncio
import json
from typing import Any

from sandbox import World

TOKEN = "7000000009:toy-token-for-the-page"
USERNAME = "toy_bot"

Json = dict[str, Any]

ROLL_CALL = "<b>点名</b>：收到请按按钮。已到 {count} 人"


def _buttons(*rows: list[Json]) -> str:
    return json.dumps({"inline_keyboard": rows})


ROLL_CALL_BUTTONS = _buttons(
    [
        {"text": "收到", "callback_data": "here", "style": "success"},
        {"text": "到不了", "callback_data": "cannot", "style": "danger"},
    ],
    [{"text": "填表", "url": f"https://t.me/{USERNAME}?start=form_7", "style": "primary"}],
    [{"text": "不理睬", "callback_data": "deaf"}, {"text": "复制编号", "copy_text": {"text": "A-17"}}],
    [{"text": "网站", "url": "https://example.org/help"}],
)
KEYBOARD = json.dumps(
    {
        "keyboard": [
            [{"text": "今天的任务"}],
            [{"text": "发我的位置", "request_location": True}, {"text": "发我的电话", "request_contact": True}],
        ]
    }
)


class ToyBot:
    """Answers a roll call in groups, and says in private chats what it has received."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0

    async def run(self) -> None:
        offset = 0
        while True:
            updates = (await self._world.call(TOKEN, "getUpdates", {"offset": offset, "timeout": 50})).result
            for update in updates:
                offset = update["update_id"] + 1
                await self._take(update)
            await asyncio.sleep(0)

    async def _take(self, update: Json) -> None:
        if "callback_query" in update:
            await self._pressed(update["callback_query"])
        elif "message" in update:
            await self._heard(update["message"])

    async def _heard(self, message: Json) -> None:
        chat_id = message["chat"]["id"]
        text = message.get("text", "")
        if message["chat"]["type"] != "private":
            return
        if text.startswith("/start"):
            await self.say(chat_id, f"您好，暗号：{text[7:] or '无'}。发 /help 看说明", reply_markup=KEYBOARD)
        elif "photo" in message:
            await self.say(chat_id, f"收到照片：{message.get('caption', '没有说明')}")
        elif "location" in message:
            place = message["location"]
            live = f"，实时 {place['live_period']} 秒" if "live_period" in place else ""
            await self.say(chat_id, f"收到位置：{place['latitude']:.3f}{live}")
        elif "contact" in message:
            await self.say(chat_id, f"收到电话：{message['contact']['phone_number']}")
        else:
            await self.say(chat_id, f"收到：{text}", parse_mode=None)

    async def _pressed(self, query: Json) -> None:
        answers = {"here": ("已记录", False), "cannot": ("请先打电话说明原因", True)}
        if query["data"] not in answers:
            return
        text, alert = answers[query["data"]]
        await self._world.call(
            TOKEN, "answerCallbackQuery", {"callback_query_id": query["id"], "text": text, "show_alert": alert}
        )
        if query["data"] == "here":
            self._count += 1
            message = query["message"]
            await self._world.call(
                TOKEN,
                "editMessageText",
                {
                    "chat_id": message["chat"]["id"],
                    "message_id": message["message_id"],
                    "text": ROLL_CALL.format(count=self._count),
                    "parse_mode": "HTML",
                    "reply_markup": ROLL_CALL_BUTTONS,
                },
            )

    async def call_the_roll(self, chat_id: int) -> Json:
        self._count = 0
        return await self.say(chat_id, ROLL_CALL.format(count=0), reply_markup=ROLL_CALL_BUTTONS)

    async def say(
        self, chat_id: int, text: str, *, parse_mode: str | None = "HTML", reply_markup: str | None = None
    ) -> Json:
        params: Json = {"chat_id": chat_id, "text": text}
        if parse_mode:
            params["parse_mode"] = parse_mode
        if reply_markup:
            params["reply_markup"] = reply_markup
        reply = await self._world.call(TOKEN, "sendMessage", params)
        assert reply.ok, reply.description
        sent: Json = reply.result
        return sent
