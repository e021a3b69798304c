"""Method names to handlers. Names are matched in lower case, as Telegram matches them."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.methods import callbacks, editing, polling, sending
from sandbox.params import Params

Handler = Callable[[Any, Bot, Params], Any]
AsyncHandler = Callable[[Any, Bot, Params], Awaitable[Any]]


def _get_me(_world: WorldCore, bot: Bot, _params: Params) -> Any:
    return bot.me()


METHODS: Mapping[str, Handler] = MappingProxyType(
    {
        "getme": _get_me,
        "sendmessage": sending.send_message,
        "editmessagetext": editing.edit_message_text,
        "editmessagecaption": editing.edit_message_caption,
        "editmessagereplymarkup": editing.edit_message_reply_markup,
        "answercallbackquery": callbacks.answer_callback_query,
        "setwebhook": polling.set_webhook,
        "deletewebhook": polling.delete_webhook,
        "getwebhookinfo": polling.get_webhook_info,
    }
)
WAITING_METHODS: Mapping[str, AsyncHandler] = MappingProxyType({"getupdates": polling.get_updates})
