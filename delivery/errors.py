"""What an error of Telegram means for a message: one Settlement for each.

Pure. The wording of Telegram's refusals is that of its Bot API server (tdlib/telegram-bot-api, Client.cpp);
they come with "Bad Request: " or "Forbidden: " in front and are compared in lower case. BadRequest and TimedOut
are subclasses of NetworkError, so the order in which they are asked for decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from delivery.faults import NotSent
from delivery.progress import Feature, Progress
from domain.outgoing import Kind, Outcome, QueuedMessage, Settlement


class Reason(StrEnum):
    """Keys of Settlement.reason; their texts live in messages/."""

    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    NEVER_STARTED = "never_started"
    KICKED = "kicked"
    CHAT_NOT_FOUND = "chat_not_found"
    NO_RIGHTS = "no_rights"
    TARGET_GONE = "target_gone"
    TOO_LONG = "too_long"
    BAD_REQUEST = "bad_request"
    FILE_MISSING = "file_missing"
    NO_SPEECH = "no_speech"
    """no program here that speaks, or it failed"""
    EXPIRED = "expired"
    MIGRATED = "migrated"
    FLOOD = "flood"
    PAUSED = "paused"
    """held back here, because others were refused or the line is down"""
    NOT_SENT = "not_sent"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a reason, not a secret
    UNKNOWN = "unknown"
    NEXT_PART = "next_part"
    DONE_WITHOUT = "done_without"
    """sent again without the feature that Telegram refused"""
    FAULT = "fault"
    """of ours"""


_Words = Sequence[str]
_UNCHANGED: _Words = ("not modified", "not_modified")
_GONE: _Words = (
    "message to edit not found",
    "message can't be edited",
    "message to pin not found",
    "message to react not found",
    "message_id_invalid",
    "message identifier is not specified",
    "message not found",
)
_TOO_LONG: _Words = ("message is too long", "message_too_long", "caption is too long")
_CLOSED: Sequence[tuple[Reason, _Words]] = (
    (Reason.BLOCKED, ("bot was blocked by the user", "user_is_blocked")),
    (Reason.DEACTIVATED, ("user is deactivated", "input_user_deactivated")),
    (Reason.NEVER_STARTED, ("can't initiate conversation", "peer_id_invalid", "user not found")),
    (Reason.KICKED, ("bot was kicked", "bot is not a member", "channel_private")),
    (Reason.CHAT_NOT_FOUND, ("chat not found", "group chat was deleted", "chat was deactivated")),
    (
        Reason.NO_RIGHTS,
        (
            *("not enough rights", "have no rights", "need administrator rights", "chat_write_forbidden"),
            *("chat_admin_required", "chat_restricted", "topic_closed", "chat_send_plain_forbidden"),
        ),
    ),
)
_NO_MEDIA: _Words = ("rights to send photos", "rights to send documents", "rights to send media")
_NO_MEDIA_CODES: _Words = ("chat_send_photos_forbidden", "chat_send_docs_forbidden", "chat_send_media_forbidden")
_BAD_FILE: _Words = (
    *("photo_", "image_process_failed", "media_empty", "file_reference", "file_parts_invalid"),
    *("wrong file identifier", "wrong remote file", "wrong type of", "file is too big", "file must be"),
    *("can't use file", "wrong padding", "wrong file_id", "invalid file"),
)
_WITHOUT: Sequence[tuple[Feature, _Words]] = (
    (Feature.HTML, ("can't parse entities", "can't parse caption entities")),
    (Feature.REPLY, ("replied not found", "reply message not found", "reply_message_id_invalid")),
    (Feature.TEXT, ("there is no text in the message to edit",)),
    (Feature.FILE, (*_NO_MEDIA, *_NO_MEDIA_CODES, *_BAD_FILE)),
    (Feature.BUTTONS, ("button_", "inline keyboard", "reply markup", "keyboard button", "reply keyboard")),
)


def after_error(error: Exception, item: QueuedMessage, now: datetime) -> Settlement:
    """The settlement of a try that ended in an exception of telegram's, or in a file that cannot be read."""
    match error:
        case RetryAfter():
            # _retry_after is always a timedelta; the public one warns until PTB has changed its type.
            wait = error._retry_after
            return _again(item, now, now + wait, Reason.FLOOD)
        case ChatMigrated():
            return Settlement(
                id=item.id,
                outcome=Outcome.MIGRATED,
                at=now,
                reason=Reason.MIGRATED,
                new_chat_id=error.new_chat_id,
                counted=False,
                extra=dict(item.progress),
            )
        case Forbidden() | BadRequest():
            return _refused(str(error).lower(), item, now)
        case InvalidToken():
            return _again(item, now, now, Reason.TOKEN_REFUSED)
        case EndPointNotFound():
            return _dead(item, now, Reason.BAD_REQUEST)
        case NetworkError() if isinstance(error.__cause__, NotSent):
            return _again(item, now, now, Reason.NOT_SENT)
        case OSError():
            return _file_missing(item, now)
        case _:
            return doubtful(item, now)


def doubtful(item: QueuedMessage, now: datetime) -> Settlement:
    """It may have arrived. `retry_at` is when a policy that repeats should: 3, 9, 27, then 60 seconds on."""
    return Settlement(
        id=item.id,
        outcome=Outcome.AMBIGUOUS,
        at=now,
        retry_at=now + pause(item),
        reason=Reason.UNKNOWN,
        extra=dict(item.progress),
    )


def fault(item: QueuedMessage, now: datetime) -> Settlement:
    """An error in the program itself: tried again, counted, so that it comes to an end."""
    return Settlement(
        id=item.id,
        outcome=Outcome.RETRY,
        at=now,
        retry_at=now + pause(item),
        reason=Reason.FAULT,
        extra=dict(item.progress),
    )


def pause(item: QueuedMessage) -> timedelta:
    """How long to wait before the next counted try."""
    return timedelta(seconds=min(60, 3 ** (min(item.attempts, 4) + 1)))


def _refused(words: str, item: QueuedMessage, now: datetime) -> Settlement:
    """Telegram has read the request and said no."""
    kind = item.out.kind
    if kind in {Kind.EDIT, Kind.PIN, Kind.REACT} and _says(words, _UNCHANGED):
        ids = () if item.message_id is None else (item.message_id,)
        return Settlement(id=item.id, outcome=Outcome.SENT, at=now, message_ids=ids, reason="unchanged")
    for feature, phrases in _WITHOUT:
        if _says(words, phrases) and _can_do_without(feature, item):
            progress = Progress.read(item.progress).do_without(feature)
            return _again(item, now, now, Reason.DONE_WITHOUT, progress)
    for reason, phrases in _CLOSED:
        if _says(words, phrases):
            return _closed(reason, item, now)
    if kind in {Kind.EDIT, Kind.PIN, Kind.REACT} and _says(words, _GONE):
        return _dead(item, now, Reason.TARGET_GONE)
    return _dead(item, now, Reason.TOO_LONG if _says(words, _TOO_LONG) else Reason.BAD_REQUEST)


def _can_do_without(feature: Feature, item: QueuedMessage) -> bool:
    """Once for each feature, and only what the message has."""
    out, done = item.out, Progress.read(item.progress).without
    has = {
        Feature.HTML: bool(out.text),
        Feature.REPLY: out.reply,
        Feature.BUTTONS: bool(out.buttons),
        Feature.FILE: out.kind in {Kind.PHOTO, Kind.DOCUMENT, Kind.VOICE} and bool(out.text),
        Feature.TEXT: out.kind is Kind.EDIT,
    }
    return feature not in done and has[feature]


def _closed(reason: Reason, item: QueuedMessage, now: datetime) -> Settlement:
    private = item.out.chat_id > 0
    if reason is Reason.CHAT_NOT_FOUND and private:
        reason = Reason.NEVER_STARTED  # of a person it means: has never spoken to the bot
    if reason is Reason.NEVER_STARTED and not private:
        reason = Reason.CHAT_NOT_FOUND
    if reason is Reason.NO_RIGHTS and item.out.kind is not Kind.SEND:
        return _dead(item, now, reason)  # no right to pin or to send pictures does not close the group
    return Settlement(id=item.id, outcome=Outcome.CLOSED, at=now, reason=reason)


def _file_missing(item: QueuedMessage, now: datetime) -> Settlement:
    """The words still go out when the picture cannot be read."""
    if _can_do_without(Feature.FILE, item):
        return _again(item, now, now, Reason.DONE_WITHOUT, Progress.read(item.progress).do_without(Feature.FILE))
    return _dead(item, now, Reason.FILE_MISSING)


def _dead(item: QueuedMessage, now: datetime, reason: Reason) -> Settlement:
    return Settlement(id=item.id, outcome=Outcome.DEAD, at=now, reason=reason)


def _again(
    item: QueuedMessage, now: datetime, at: datetime, reason: Reason, progress: Progress | None = None
) -> Settlement:
    """Try again at `at`; the try that was refused or never left does not count against the message."""
    return Settlement(
        id=item.id,
        outcome=Outcome.RETRY,
        at=now,
        retry_at=at,
        reason=reason,
        counted=False,
        extra=dict(item.progress) if progress is None else progress.write(),
    )


def _says(words: str, phrases: _Words) -> bool:
    return any(phrase in words for phrase in phrases)
