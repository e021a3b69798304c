"""A press is answered at once, or not at all; either way it counts."""

from dataclasses import dataclass

import pytest
from telegram.error import NetworkError

from delivery.answers import answer_press
from delivery.transport import flood
from tests.delivery.delivery_fakes import Reply, ScriptedTelegram, refusal


@dataclass(frozen=True)
class Toast:
    text: str
    alert: bool = False
    url: str | None = None


async def test_a_toast_is_shown() -> None:
    telegram = ScriptedTelegram()
    assert await answer_press(telegram.bot(), "q1", Toast("已收到" * 100, alert=True))
    [call] = telegram.calls
    assert call.method == "answerCallbackQuery"
    assert call.params == {"callback_query_id": "q1", "text": ("已收到" * 100)[:200], "show_alert": "true"}


async def test_without_a_toast_only_the_circle_stops() -> None:
    telegram = ScriptedTelegram()
    assert await answer_press(telegram.bot(), "q1", None)
    assert telegram.calls[0].params == {"callback_query_id": "q1"}


@pytest.mark.parametrize(
    "reply",
    [
        refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        refusal(400, "Bad Request: URL_INVALID"),
        refusal(403, "Forbidden: something"),
        flood(3),
    ],
)
async def test_a_refusal_is_harmless(reply: Reply) -> None:
    telegram = ScriptedTelegram(reply)
    assert not await answer_press(telegram.bot(), "q1", Toast("已收到"))
    assert len(telegram.calls) == 1


async def test_a_bad_line_is_tried_twice() -> None:
    once = ScriptedTelegram(NetworkError("x"))
    assert await answer_press(once.bot(), "q1", Toast("已收到"))
    twice = ScriptedTelegram(NetworkError("x"), NetworkError("x"))
    assert not await answer_press(twice.bot(), "q1", Toast("已收到"))
    assert len(twice.calls) == 2
