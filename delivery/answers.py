"""Answers to button presses: outside the outbox, because they are worth nothing after fifteen seconds and
Telegram puts no limit on them."""

import logging
from typing import Protocol

from telegram import Bot
from telegram.error import BadRequest, NetworkError, TelegramError

logger = logging.getLogger(__name__)

_LIMIT = 200
_TRIES = 2


class Toast(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def alert(self) -> bool: ...
    @property
    def url(self) -> str | None: ...


async def answer_press(bot: Bot, query_id: str, toast: Toast | None) -> bool:
    """Stop the button's waiting circle and show the toast (clipped at 200 characters), None for nothing to show.

    False when Telegram did not take it, most often because the press was too old. Never raises for that: the
    press itself counts either way.
    """
    for attempt in range(_TRIES):
        try:
            await bot.answer_callback_query(
                query_id,
                text=toast.text[:_LIMIT] if toast and toast.text else None,
                show_alert=toast.alert if toast else None,
                url=toast.url if toast else None,
            )
        except BadRequest as error:
            level = logging.DEBUG if "query is too old" in str(error).lower() else logging.WARNING
            logger.log(level, "press not answered: %s", error)
            return False
        except NetworkError as error:  # answering twice does no harm
            logger.info("press not answered, try %s: %s", attempt + 1, error)
        except TelegramError as error:
            logger.warning("press not answered: %s", error)
            return False
        else:
            return True
    return False
