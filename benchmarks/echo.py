"""What users know: a bare echo bot on python-telegram-bot, as its own documentation begins. One process each.

`defaults` is the library untouched, `aiohttp` the same bot on our transport, `limiter` the library with its own
AIORateLimiter. Sent 广播 by anybody, it sends a text to every group in CHATS, as a bot without an outbox does.
"""

import argparse
import asyncio
import logging
import os
from typing import Any

from telegram import Update
from telegram.ext import AIORateLimiter, ApplicationBuilder, ContextTypes, MessageHandler, filters

from delivery.transport import AiohttpRequest

_TEXT = "暴雨红色预警：预计未来3小时降水量将达100毫米以上，请立即到岗。"


async def _echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


async def _broadcast(_update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    chats = [int(chat) for chat in os.environ["CHATS"].split(",")]

    async def run() -> None:
        await asyncio.gather(*(context.bot.send_message(chat, _TEXT) for chat in chats), return_exceptions=True)

    context.application.create_task(run())


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.echo", description=__doc__)
    words.add_argument("variant", choices=("defaults", "aiohttp", "limiter"))
    words.add_argument("token")
    words.add_argument("address")
    given = words.parse_args()
    logging.basicConfig(level=logging.CRITICAL)
    builder: Any = ApplicationBuilder().token(given.token).base_url(f"{given.address}/bot")
    if given.variant == "aiohttp":
        builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest(connections=2))
    if given.variant == "limiter":
        builder = builder.rate_limiter(AIORateLimiter())
    application = builder.build()
    application.add_handler(MessageHandler(filters.Text(["广播"]), _broadcast))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, _echo))
    application.run_polling()


if __name__ == "__main__":
    main()
