"""Texts go to Telegram without PTB's objects: word for word what PTB itself would send."""

from pathlib import Path
from typing import Any

import pytest
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode

from delivery.markup import keyboard
from delivery.sender import Sender
from domain.text import Button, ButtonStyle, Rows
from tests.delivery.delivery_fakes import ScriptedTelegram, StillClock, message, queued

INLINE: Rows = (
    (Button("收到", data="a:1:ok", style=ButtonStyle.SUCCESS), Button("地图", url="https://t.me/x?a=1&b=2")),
    (Button("转人工 “它”", data="a:1:help"),),
)
ASKING: Rows = ((Button("发送位置", location=True),), (Button("发送手机号", contact=True),))


@pytest.mark.parametrize("chat_id", [-100, 7])
@pytest.mark.parametrize("rows", [(), INLINE, ASKING, (*INLINE, *ASKING)])
@pytest.mark.parametrize(("silent", "quoted"), [(False, None), (True, 55)])
async def test_a_text_is_the_request_that_ptb_would_have_made(
    chat_id: int, rows: Rows, silent: bool, quoted: int | None, tmp_path: Path
) -> None:
    ours, theirs = ScriptedTelegram(), ScriptedTelegram()
    out = message(chat_id=chat_id, text="<b>暴雨 & 山洪</b>", buttons=rows, silent=silent, reply=quoted is not None)
    await Sender(ours.bot(), StillClock(), tmp_path).carry(queued(out, message_id=quoted))

    await theirs.bot().send_message(
        chat_id,
        "<b>暴雨 & 山洪</b>",
        parse_mode=ParseMode.HTML,
        disable_notification=silent,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=keyboard(rows, private=chat_id > 0),
        reply_parameters=None if quoted is None else ReplyParameters(quoted, allow_sending_without_reply=True),
    )
    assert _said(ours) == _said(theirs)


def _said(telegram: ScriptedTelegram) -> list[tuple[str, dict[str, Any]]]:
    """Whatever is JSON, by its meaning."""
    in_json = {"reply_markup", "reply_parameters", "link_preview_options"}
    return [
        (call.method, {name: call.value(name) if name in in_json else text for name, text in call.params.items()})
        for call in telegram.calls
    ]
