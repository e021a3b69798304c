"""Fetches a file that somebody sent: the one way in which this room takes something in."""

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from delivery.redaction import redact
from services.photo_worker import NotFetchedError


class TelegramFiles:
    """services.photo_worker.Fetch over the bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def __call__(self, file_id: str, most_bytes: int) -> bytes:
        try:
            file = await self._bot.get_file(file_id)
            if (file.file_size or 0) > most_bytes:
                raise NotFetchedError("too_large", final=True)
            content = bytes(await file.download_as_bytearray())
        except (InvalidToken, Forbidden) as error:
            raise NotFetchedError(redact(str(error)), final=False) from error
        except BadRequest as error:
            reason = "too_large" if "too big" in str(error).lower() else "unknown_file"
            raise NotFetchedError(reason, final=True) from error
        except (TelegramError, OSError) as error:
            raise NotFetchedError(redact(str(error)), final=False) from error
        if len(content) > most_bytes:
            raise NotFetchedError("too_large", final=True)
        return content
