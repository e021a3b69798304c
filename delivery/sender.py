"""One claimed message, one request to the Bot API, one Settlement.

A text in several parts goes out one part for each claim, and so does every second attempt at a refused one: what
has arrived is committed before the next part leaves, and pacing counts every request. A try after an ambiguous
one carries the message's `resend_mark`.
"""

import asyncio
import logging
import re
from base64 import b64decode
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

from telegram import (
    Bot,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from clock import Clock
from delivery.errors import Reason, after_error
from delivery.markup import inline_keyboard, keyboard, reply_markup
from delivery.progress import Feature, Progress
from delivery.speech import Speech
from delivery.splitting import CAPTION_LIMIT, TEXT_LIMIT, plain, split, units
from domain.drills import framed, unframed
from domain.outgoing import Kind, Outcome, Outgoing, Policy, QueuedMessage, Settlement
from domain.text import Html, Rows

logger = logging.getLogger(__name__)

_FILE_ID = re.compile(r"[A-Za-z0-9_-]{16,}")
_REMEMBERED_FILES = 64
_A_DOCUMENT = "can't use file of type document as photo"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Carries messages through `bot`. `files` is the data folder below which a message's file may lie; `speech` makes
    recordings of what is to be spoken, None where nothing can."""

    def __init__(self, bot: Bot, clock: Clock, files: Path, speech: Speech | None = None) -> None:
        self._bot = bot
        self._clock = clock
        self._files = files.resolve()
        self._speech = speech
        self._file_ids: OrderedDict[tuple[str, int, Kind], str] = OrderedDict()

    async def carry(self, item: QueuedMessage) -> Settlement:
        """Make the one request that is next for this message. Raises only what is a fault of ours."""
        try:
            if item.out.kind in {Kind.SEND, Kind.PHOTO, Kind.DOCUMENT, Kind.VOICE}:
                return await self._post(item)
            return await self._touch(item)
        except (TelegramError, OSError) as error:
            settlement = after_error(error, item, self._clock.now())
            logger.warning(
                "outbox id=%s kind=%s try=%s outcome=%s reason=%s: %s",
                *(item.id, item.out.kind, item.attempts + 1, settlement.outcome, settlement.reason, error),
            )
            return settlement

    # -- edits, pins, reactions: about a message that exists ----------------------------------------------

    async def _touch(self, item: QueuedMessage) -> Settlement:
        out, target = item.out, item.message_id
        if target is None:
            return self._settled(item, Outcome.DEAD, reason=Reason.TARGET_GONE)
        if out.kind is Kind.PIN:
            await self._bot.pin_chat_message(out.chat_id, target, disable_notification=out.silent)
        elif out.kind is Kind.REACT:
            reaction = [ReactionTypeEmoji(out.emoji)] if out.emoji else []
            await self._bot.set_message_reaction(out.chat_id, target, reaction)
        else:
            progress = Progress.read(item.progress)
            caption = Feature.TEXT in progress.without
            if units(plain(out.text)) > (CAPTION_LIMIT if caption else TEXT_LIMIT):
                return self._settled(item, Outcome.DEAD, reason=Reason.TOO_LONG)
            await self._edit(item, target, progress, caption=caption)
        return self._settled(item, Outcome.SENT, message_ids=(target,))

    async def _edit(self, item: QueuedMessage, target: int, progress: Progress, *, caption: bool) -> None:
        out = item.out
        text, parse_mode = _dress(out.text, progress)
        markup = None if Feature.BUTTONS in progress.without else inline_keyboard(out.buttons)
        where: dict[str, Any] = {
            "chat_id": out.chat_id,
            "message_id": target,
            "parse_mode": parse_mode,
            "reply_markup": markup,
        }
        if caption:
            await self._bot.edit_message_caption(caption=text, **where)
        else:
            await self._bot.edit_message_text(text, link_preview_options=_NO_PREVIEW, **where)

    # -- new messages -------------------------------------------------------------------------------------

    async def _post(self, item: QueuedMessage) -> Settlement:
        if item.out.speak and item.out.file is None:
            return await self._speak(item)
        progress = Progress.read(item.progress)
        parts = _parts(item, progress)
        index = min(progress.sent, len(parts) - 1)
        last = index == len(parts) - 1
        try:
            arrived = await self._send_part(item, parts[index], progress, first=index == 0, last=last)
        except TelegramError as error:
            settlement = after_error(error, item, self._clock.now())
            if last or settlement.outcome is not Outcome.AMBIGUOUS or item.out.policy is not Policy.AT_MOST_ONCE:
                raise
            # Not repeated, but no reason to keep back the rest of the text.
            logger.warning("outbox id=%s part=%s may be missing: %s", item.id, index + 1, error)
            return self._next(item, replace(progress, sent=index + 1, doubtful=True))
        ids = (*progress.ids, arrived)
        if not last:
            return self._next(item, replace(progress, sent=index + 1, ids=ids))
        outcome = Outcome.AMBIGUOUS if progress.doubtful else Outcome.SENT
        return self._settled(item, outcome, message_ids=ids)

    async def _send_part(self, item: QueuedMessage, part: Html, progress: Progress, *, first: bool, last: bool) -> int:
        """The id of the message that has arrived."""
        out = item.out
        text, parse_mode = _dress(_marked(item, part), progress)
        buttons = out.buttons if last and Feature.BUTTONS not in progress.without else ()
        quotes = first and out.reply and item.message_id is not None and Feature.REPLY not in progress.without
        quoted = item.message_id if quotes else None
        if first and out.kind is not Kind.SEND and Feature.FILE not in progress.without:
            options: dict[str, Any] = {"parse_mode": parse_mode, "disable_notification": out.silent}
            if quoted is not None:
                options["reply_parameters"] = ReplyParameters(quoted, allow_sending_without_reply=True)
            if out.more:
                return await self._send_album(item, text, options)
            options["reply_markup"] = keyboard(buttons, private=out.chat_id > 0)
            return (await self._send_file(item, text, options)).message_id
        return await self._send_text(out, text, parse_mode, buttons, quoted)

    async def _send_text(
        self, out: Outgoing, text: str, parse_mode: ParseMode | None, buttons: Rows, quoted: int | None
    ) -> int:
        """What Bot.send_message does, without reading the answer into a Message of which only the number is wanted.
        Errors are raised by PTB's BaseRequest, as ever."""
        quote = None if quoted is None else {"message_id": quoted, "allow_sending_without_reply": True}
        given = {
            "chat_id": out.chat_id,
            "text": text,
            "parse_mode": None if parse_mode is None else parse_mode.value,
            "disable_notification": out.silent,
            "link_preview_options": {"is_disabled": True},
            "reply_markup": reply_markup(buttons, private=out.chat_id > 0),
            "reply_parameters": quote,
        }
        data = RequestData([RequestParameter(name, value, None) for name, value in given.items() if value is not None])
        answer = await self._bot.request.post(f"{self._bot.base_url}/sendMessage", data)
        return int(answer["message_id"])  # type: ignore[index, call-overload]

    async def _send_file(self, item: QueuedMessage, caption: str, options: dict[str, Any]) -> Message:
        """Uploads a file once; the next chats are given the id under which Telegram keeps it."""
        out = item.out
        file, key = await self._file(item, item.out.file)
        if out.kind is Kind.PHOTO:
            message = await self._send_picture(out.chat_id, file, caption=caption or None, **options)
            file_id = message.photo[-1].file_id if message.photo else None
        elif out.kind is Kind.VOICE:
            message = await self._bot.send_voice(out.chat_id, file, caption=caption or None, **options)
            file_id = message.voice.file_id if message.voice else None
        else:
            message = await self._bot.send_document(out.chat_id, file, caption=caption or None, **options)
            file_id = message.document.file_id if message.document else None
        self._remember(key, file_id)
        return message

    async def _send_picture(self, chat_id: int, file: InputFile | str, **options: Any) -> Message:
        """A picture that came as a document has an id that only goes out as one."""
        try:
            return await self._bot.send_photo(chat_id, file, **options)
        except BadRequest as error:
            if isinstance(file, str) and _A_DOCUMENT in str(error).lower():
                return await self._bot.send_document(chat_id, file, **options)
            raise

    async def _send_album(self, item: QueuedMessage, caption: str, options: dict[str, Any]) -> int:
        """One request, one message for each file; the words stand under the first."""
        out, media, keys = item.out, [], []
        parse_mode = options.pop("parse_mode")
        make = InputMediaPhoto if out.kind is Kind.PHOTO else InputMediaDocument
        for number, name in enumerate((out.file, *out.more)):
            file, key = await self._file(item, name)
            words = {"caption": caption, "parse_mode": parse_mode} if number == 0 and caption else {}
            content = file.input_file_content if isinstance(file, InputFile) else file
            named = file.filename if isinstance(file, InputFile) else None
            media.append(make(content, filename=named, **words))
            keys.append(key)
        messages = await self._bot.send_media_group(out.chat_id, media, **options)
        for key, message in zip(keys, messages, strict=False):
            photo = message.photo[-1].file_id if message.photo else None
            self._remember(key, message.document.file_id if message.document else photo)
        return messages[0].message_id

    def _remember(self, key: tuple[str, int, Kind] | None, file_id: str | None) -> None:
        if key is not None and file_id is not None:
            self._file_ids[key] = file_id
            if len(self._file_ids) > _REMEMBERED_FILES:
                self._file_ids.popitem(last=False)

    async def _speak(self, item: QueuedMessage) -> Settlement:
        """The recording is made here, beside everything else that is being sent; where none can be made the words,
        which went before it, have to do."""
        path = None if self._speech is None else await self._speech.recording(item.out.speak)
        if path is None:
            return self._settled(item, Outcome.DEAD, reason=Reason.NO_SPEECH)
        kind = Kind.VOICE if path.suffix == ".ogg" else Kind.DOCUMENT
        file = str(path.resolve().relative_to(self._files))
        return await self._post(replace(item, out=replace(item.out, kind=kind, file=file)))

    async def _file(
        self, item: QueuedMessage, file: str | None
    ) -> tuple[InputFile | str, tuple[str, int, Kind] | None]:
        """A file_id as it is, a path below the data folder read. OSError when it is neither."""
        if item.out.content is not None:
            return InputFile(b64decode(item.out.content), filename=item.out.file_name or "file"), None
        name = file or ""
        path = (self._files / name).resolve()
        if not path.is_relative_to(self._files) or not await asyncio.to_thread(path.is_file):
            if _FILE_ID.fullmatch(name):
                return name, None
            raise FileNotFoundError(f"no such file in the data folder: {name!r}")
        stat = await asyncio.to_thread(path.stat)
        key = (f"{path}:{item.out.file_name or ''}", stat.st_mtime_ns, item.out.kind)
        if key in self._file_ids:
            return self._file_ids[key], key
        content = await asyncio.to_thread(path.read_bytes)
        return InputFile(content, filename=item.out.file_name or path.name), key

    # -- settlements --------------------------------------------------------------------------------------

    def _settled(
        self, item: QueuedMessage, outcome: Outcome, *, message_ids: tuple[int, ...] = (), reason: str = ""
    ) -> Settlement:
        now = self._clock.now()
        return Settlement(id=item.id, outcome=outcome, at=now, message_ids=message_ids, reason=reason)

    def _next(self, item: QueuedMessage, progress: Progress) -> Settlement:
        """This part is out; the row comes back for the next one."""
        now = self._clock.now()
        return Settlement(
            id=item.id,
            outcome=Outcome.RETRY,
            at=now,
            retry_at=now,
            reason=Reason.NEXT_PART,
            counted=False,
            extra=progress.write(),
        )


def _parts(item: QueuedMessage, progress: Progress) -> tuple[Html, ...]:
    """Always cut in the same places, with room for the mark of a second copy, so that a retry can go on. Of a message
    of a drill every part stands between its two marks."""
    out = item.out
    room = units(plain(out.resend_mark)) + 1 if out.resend_mark else 0
    body, mark = unframed(out.text)
    room += 2 * units(f"{mark}\n") if mark else 0
    captioned = out.kind is not Kind.SEND and Feature.FILE not in progress.without
    parts = split(body, TEXT_LIMIT - room, CAPTION_LIMIT - room if captioned else None)
    if not mark:
        return parts or (out.text,)
    return tuple(framed(part, mark) for part in parts) if len(parts) > 1 else (out.text,)


def _marked(item: QueuedMessage, part: Html) -> Html:
    again = item.may_have_arrived and item.out.policy is Policy.AT_LEAST_ONCE and item.out.resend_mark
    return Html(f"{item.out.resend_mark}\n{part}") if again else part


def _dress(text: Html, progress: Progress) -> tuple[str, ParseMode | None]:
    return (plain(text), None) if Feature.HTML in progress.without else (text, ParseMode.HTML)
