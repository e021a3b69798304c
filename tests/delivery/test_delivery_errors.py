"""Each answer of Telegram has one meaning for a message."""

from datetime import timedelta
from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from delivery.errors import after_error, doubtful, fault
from delivery.faults import NotSent, Unknown
from delivery.transport import flood
from domain.outgoing import Kind, Outcome, QueuedMessage
from domain.text import Button
from tests.delivery.delivery_fakes import START, message, queued

GROUP, PERSON = -100, 300
ROWS = ((Button("收到", data="a:1:ok"),),)


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


def item(kind: Kind = Kind.SEND, chat_id: int = GROUP, **fields: Any) -> QueuedMessage:
    kept = {name: fields.pop(name) for name in ("attempts", "progress", "message_id") if name in fields}
    return queued(message(kind=kind, chat_id=chat_id, **fields), **({"message_id": 7} | kept))


def meaning(error: Exception, row: QueuedMessage) -> tuple[Outcome, str]:
    settlement = after_error(error, row, START)
    assert settlement.id == row.id
    assert settlement.at == START
    return settlement.outcome, settlement.reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Forbidden: bot was blocked by the user", "blocked"),
        ("Forbidden: user is deactivated", "deactivated"),
        ("Forbidden: bot can't initiate conversation with a user", "never_started"),
        ("Bad Request: chat not found", "never_started"),
        ("Bad Request: PEER_ID_INVALID", "never_started"),
    ],
)
def test_a_closed_private_chat(words: str, reason: str) -> None:
    error = Forbidden(words) if words.startswith("Forbidden") else BadRequest(words)
    assert meaning(error, item(chat_id=PERSON)) == (Outcome.CLOSED, reason)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Forbidden: bot was kicked from the supergroup chat", "kicked"),
        ("Forbidden: bot was kicked from the group chat", "kicked"),
        ("Forbidden: bot is not a member of the supergroup chat", "kicked"),
        ("Forbidden: the group chat was deleted", "chat_not_found"),
        ("Bad Request: chat not found", "chat_not_found"),
        ("Bad Request: group chat was deactivated", "chat_not_found"),
        ("Bad Request: not enough rights to send text messages to the chat", "no_rights"),
        ("Bad Request: have no rights to send a message", "no_rights"),
        ("Bad Request: CHAT_WRITE_FORBIDDEN", "no_rights"),
        ("Bad Request: need administrator rights in the channel chat", "no_rights"),
        ("Bad Request: TOPIC_CLOSED", "no_rights"),
    ],
)
def test_a_closed_group(words: str, reason: str) -> None:
    error = Forbidden(words) if words.startswith("Forbidden") else BadRequest(words)
    assert meaning(error, item()) == (Outcome.CLOSED, reason)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.PIN, "Bad Request: not enough rights to manage pinned messages in the chat"),
        (Kind.PHOTO, "Bad Request: not enough rights to send photos to the chat"),
    ],
)
def test_a_missing_right_for_one_gesture_does_not_close_the_group(kind: Kind, words: str) -> None:
    assert meaning(BadRequest(words), item(kind, text="")) == (Outcome.DEAD, "no_rights")


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.PIN, Kind.REACT])
@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message",
        "Bad Request: CHAT_NOT_MODIFIED",
    ],
)
def test_nothing_to_change_is_success(kind: Kind, words: str) -> None:
    settlement = after_error(BadRequest(words), item(kind, buttons=ROWS), START)
    assert (settlement.outcome, settlement.message_ids) == (Outcome.SENT, (7,))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.EDIT, "Bad Request: message to edit not found"),
        (Kind.EDIT, "Bad Request: message can't be edited"),
        (Kind.EDIT, "Bad Request: MESSAGE_ID_INVALID"),
        (Kind.PIN, "Bad Request: message to pin not found"),
        (Kind.REACT, "Bad Request: message to react not found"),
    ],
)
def test_a_target_that_is_gone_says_so(kind: Kind, words: str) -> None:
    assert meaning(BadRequest(words), item(kind)) == (Outcome.DEAD, "target_gone")


@pytest.mark.parametrize(
    ("words", "without", "fields"),
    [
        ("Bad Request: can't parse entities: unexpected end tag at byte offset 7", "html", {}),
        ("Bad Request: message to be replied not found", "reply", {"reply": True}),
        ("Bad Request: BUTTON_DATA_INVALID", "buttons", {"buttons": ROWS}),
        ("Bad Request: reply markup is too long", "buttons", {"buttons": ROWS}),
        ("Bad Request: wrong file identifier/HTTP URL specified", "file", {"kind": Kind.PHOTO}),
        ("Bad Request: PHOTO_INVALID_DIMENSIONS", "file", {"kind": Kind.PHOTO}),
        ("Bad Request: not enough rights to send photos to the chat", "file", {"kind": Kind.PHOTO}),
        ("file is too big (413)", "file", {"kind": Kind.DOCUMENT}),
        ("Bad Request: there is no text in the message to edit", "text", {"kind": Kind.EDIT}),
    ],
)
def test_what_telegram_refuses_is_left_out_once_and_the_words_go_on(
    words: str, without: str, fields: dict[str, Any]
) -> None:
    row = item(**fields)
    settlement = after_error(BadRequest(words), row, START)
    assert (settlement.outcome, settlement.retry_at, settlement.counted) == (Outcome.RETRY, START, False)
    assert settlement.extra == {"without": without}
    again = after_error(BadRequest(words), item(**fields, progress=settlement.extra), START)
    assert again.outcome in {Outcome.DEAD, Outcome.CLOSED}


def test_what_was_left_out_before_stays_left_out() -> None:
    row = item(reply=True, progress={"sent": "1", "ids": "5", "without": "html"})
    settlement = after_error(BadRequest("message to be replied not found"), row, START)
    assert settlement.extra == {"sent": "1", "ids": "5", "without": "html,reply"}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BadRequest("Bad Request: message text is empty"), "bad_request"),
        (BadRequest("Bad Request: message is too long"), "too_long"),
        (BadRequest("Bad Request: something never seen"), "bad_request"),
        (Forbidden("Forbidden: bots can't send messages to bots"), "bad_request"),
        (EndPointNotFound("Endpoint 'x' not found in Bot API"), "bad_request"),
    ],
)
def test_other_refusals_are_final(error: TelegramError, reason: str) -> None:
    assert meaning(error, item()) == (Outcome.DEAD, reason)


def test_a_flood_waits_as_long_as_told_and_counts_nothing() -> None:
    settlement = after_error(flood(28), item(), START)
    assert settlement.outcome is Outcome.RETRY
    assert settlement.retry_at == START + timedelta(seconds=28)
    assert (settlement.reason, settlement.counted) == ("flood", False)


def test_a_group_that_moved_gives_its_new_id() -> None:
    settlement = after_error(ChatMigrated(-1009), item(progress={"without": "html"}), START)
    assert (settlement.outcome, settlement.new_chat_id, settlement.counted) == (Outcome.MIGRATED, -1009, False)
    assert settlement.extra == {"without": "html"}


@pytest.mark.parametrize("error", [NetworkError("refused"), TimedOut()])
def test_what_never_left_is_tried_again_and_counts_nothing(error: TelegramError) -> None:
    settlement = after_error(caused(error, NotSent("x")), item(), START)
    assert (settlement.outcome, settlement.reason, settlement.counted) == (Outcome.RETRY, "not_sent", False)


@pytest.mark.parametrize(
    "error",
    [
        caused(TimedOut(), Unknown("x")),
        caused(NetworkError("502"), Unknown("x")),
        NetworkError("no cause"),
        TelegramError("Invalid server response"),
        Conflict("two pollers"),
    ],
)
def test_what_may_have_arrived_is_in_doubt(error: TelegramError) -> None:
    settlement = after_error(error, item(progress={"sent": "1"}), START)
    assert (settlement.outcome, settlement.reason, settlement.counted) == (Outcome.AMBIGUOUS, "unknown", True)
    assert settlement.extra == {"sent": "1"}


def test_a_bad_request_is_never_taken_for_a_bad_line() -> None:
    error = caused(BadRequest("Bad Request: message text is empty"), NotSent("x"))
    assert meaning(error, item()) == (Outcome.DEAD, "bad_request")


def test_a_refused_token_keeps_the_messages() -> None:
    assert meaning(InvalidToken(), item()) == (Outcome.RETRY, "token_refused")


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 3), (1, 9), (2, 27), (3, 60), (40, 60)])
def test_doubts_are_repeated_at_growing_distances(attempts: int, seconds: int) -> None:
    row = item(attempts=attempts)
    assert doubtful(row, START).retry_at == START + timedelta(seconds=seconds)
    assert fault(row, START).retry_at == START + timedelta(seconds=seconds)
    assert fault(row, START).counted
