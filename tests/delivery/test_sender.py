"""One claimed message becomes one request, and its answer one settlement."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from telegram.error import NetworkError

from delivery.faults import NotSent, Unknown
from delivery.sender import Sender
from delivery.splitting import plain, units
from delivery.transport import flood
from domain.outgoing import Kind, Outcome, Outgoing, Policy, QueuedMessage, Settlement
from domain.text import Button, ButtonStyle, Html
from tests.delivery.delivery_fakes import Reply, ScriptedTelegram, StillClock, message, queued, refusal, sent

LONG = Html("<b>暴雨红色预警</b>\n\n" + "\n\n".join(f"第{n}村：" + "请立即转移。" * 100 for n in range(12)))
ROWS = (
    (Button("收到", data="a:1:ok", style=ButtonStyle.SUCCESS), Button("地图", url="https://t.me/x")),
    (Button("转人工", data="a:1:help"),),
)
MARK = Html("<b>【补发】</b>编号 R-0312-07，若已收到请忽略")


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


def lost() -> NetworkError:
    return caused(NetworkError("x"), Unknown("x"))


class Desk:
    """A sender with a scripted Telegram, and the outbox's memory of one row."""

    def __init__(self, folder: Path, *script: Reply) -> None:
        self.telegram = ScriptedTelegram(*script)
        self.sender = Sender(self.telegram.bot(), StillClock(), folder)

    async def carry(self, out: Outgoing, **fields: Any) -> Settlement:
        return await self.sender.carry(queued(out, **fields))

    async def carry_on(self, out: Outgoing, **fields: Any) -> tuple[Settlement, int]:
        """Claim after claim until the row no longer comes back; the last settlement and how many claims."""
        progress: dict[str, str] = {}
        for claims in range(1, 30):
            settlement = await self.carry(out, progress=progress, **fields)
            progress = settlement.extra or progress
            if settlement.outcome is not Outcome.RETRY:
                return settlement, claims
        raise AssertionError("never ends")

    @property
    def texts(self) -> list[str]:
        return [call.params.get("text", call.params.get("caption", "")) for call in self.telegram.calls]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_text_goes_out_as_html_without_previews(desk: Desk) -> None:
    settlement = await desk.carry(message(text="<b>红色预警</b>"))
    [call] = desk.telegram.calls
    assert call.method == "sendMessage"
    assert (call.params["chat_id"], call.params["text"]) == ("-100", "<b>红色预警</b>")
    assert call.params["parse_mode"] == "HTML"
    assert call.value("link_preview_options") == {"is_disabled": True}
    assert "reply_markup" not in call.params
    assert (settlement.outcome, settlement.message_ids) == (Outcome.SENT, (101,))


async def test_buttons_keep_their_rows_styles_and_purposes(desk: Desk) -> None:
    await desk.carry(message(buttons=ROWS, silent=True))
    [call] = desk.telegram.calls
    assert call.value("reply_markup") == {
        "inline_keyboard": [
            [
                {"text": "收到", "callback_data": "a:1:ok", "style": "success"},
                {"text": "地图", "url": "https://t.me/x"},
            ],
            [{"text": "转人工", "callback_data": "a:1:help"}],
        ]
    }
    assert call.params["disable_notification"] == "true"


async def test_keys_asking_for_contact_or_place_make_a_reply_keyboard_in_private_chats(desk: Desk) -> None:
    rows = ((Button("发送我的位置", location=True),), (Button("跳过", data="f:1:skip"),))
    await desk.carry(message(chat_id=300, buttons=rows))
    assert desk.telegram.calls[0].value("reply_markup") == {
        "keyboard": [[{"text": "发送我的位置", "request_location": True}], [{"text": "跳过"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


async def test_in_a_group_such_keys_are_left_out(desk: Desk) -> None:
    await desk.carry(message(buttons=((Button("位置", location=True),), (Button("跳过", data="x"),))))
    assert desk.telegram.calls[0].value("reply_markup") == {
        "inline_keyboard": [[{"text": "跳过", "callback_data": "x"}]]
    }


async def test_a_reply_quotes_its_target_and_goes_without_it_when_that_is_gone(desk: Desk) -> None:
    await desk.carry(message(reply=True), message_id=55)
    quoted = desk.telegram.calls[0].value("reply_parameters")
    assert (quoted["message_id"], quoted["allow_sending_without_reply"]) == (55, True)


async def test_a_refused_reply_is_sent_without_quoting(tmp_path: Path) -> None:
    desk = Desk(tmp_path, refusal(400, "Bad Request: message to be replied not found"))
    settlement, claims = await desk.carry_on(message(reply=True), message_id=55)
    assert (settlement.outcome, claims) == (Outcome.SENT, 2)
    assert "reply_parameters" not in desk.telegram.calls[1].params


async def test_a_text_that_does_not_parse_is_sent_plain_once(tmp_path: Path) -> None:
    refused = refusal(400, "Bad Request: can't parse entities: unclosed tag")
    desk = Desk(tmp_path, refused)
    settlement, claims = await desk.carry_on(message(text="<b>大坝 &lt;1号&gt;"))
    assert (settlement.outcome, claims) == (Outcome.SENT, 2)
    assert desk.texts[1] == "大坝 <1号>"
    assert "parse_mode" not in desk.telegram.calls[1].params
    assert (await Desk(tmp_path, refused, refused).carry_on(message()))[0].outcome is Outcome.DEAD


async def test_refused_buttons_do_not_keep_a_warning_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, refusal(400, "Bad Request: BUTTON_DATA_INVALID"))
    settlement, _ = await desk.carry_on(message(buttons=ROWS))
    assert settlement.outcome is Outcome.SENT
    assert "reply_markup" not in desk.telegram.calls[1].params


# -- long texts -----------------------------------------------------------------------------------------------


async def test_a_long_text_goes_out_part_by_part_with_the_buttons_under_the_last(desk: Desk) -> None:
    settlement, claims = await desk.carry_on(message(text=LONG, buttons=ROWS, reply=True), message_id=55)
    assert claims == len(desk.telegram.calls) > 1
    assert all(units(plain(text)) <= 4096 for text in desk.texts)
    assert "".join(plain(text) for text in desk.texts) == plain(LONG)
    assert ["reply_markup" in call.params for call in desk.telegram.calls] == [False] * (claims - 1) + [True]
    assert ["reply_parameters" in c.params for c in desk.telegram.calls] == [True] + [False] * (claims - 1)
    assert settlement.message_ids == tuple(range(101, 101 + claims))


async def test_a_retry_goes_on_with_the_part_that_failed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, sent(101), flood(28), caused(NetworkError("x"), NotSent("x")))
    settlement, _ = await desk.carry_on(message(text=LONG))
    texts = desk.texts
    assert texts[1] == texts[2] == texts[3] != texts[0]
    assert "".join(plain(text) for text in (texts[0], *texts[3:])) == plain(LONG)
    assert settlement.message_ids[0] == 101
    assert len(settlement.message_ids) == len(texts) - 2


async def test_progress_survives_as_text(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = await desk.carry(message(text=LONG))
    assert (first.outcome, first.reason, first.counted) == (Outcome.RETRY, "next_part", False)
    assert json.loads(json.dumps(first.extra)) == {"sent": "1", "ids": "101"}


async def test_a_doubtful_part_of_a_digest_is_not_repeated_and_the_rest_still_goes_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path, lost())
    settlement, claims = await desk.carry_on(message(text=LONG, policy=Policy.AT_MOST_ONCE))
    assert claims > 1
    assert "".join(plain(text) for text in desk.texts) == plain(LONG)
    assert settlement.outcome is Outcome.AMBIGUOUS
    assert len(settlement.message_ids) == claims - 1


async def test_a_doubtful_part_of_a_warning_is_for_the_outbox_to_repeat(tmp_path: Path) -> None:
    desk = Desk(tmp_path, sent(101), lost())
    out = message(text=LONG, policy=Policy.AT_LEAST_ONCE, resend_mark=MARK)
    first = await desk.carry(out)
    second = await desk.carry(out, progress=first.extra)
    assert (second.outcome, second.extra) == (Outcome.AMBIGUOUS, {"sent": "1", "ids": "101"})
    await desk.carry(out, progress=second.extra, may_have_arrived=True)
    assert desk.texts[2] == f"{MARK}\n{desk.texts[1]}"
    assert units(plain(desk.texts[2])) <= 4096


# -- second copies --------------------------------------------------------------------------------------------


async def test_the_second_copy_of_a_warning_is_marked(desk: Desk) -> None:
    out = message(text="红色预警", policy=Policy.AT_LEAST_ONCE, resend_mark=MARK)
    await desk.carry(out, may_have_arrived=True)
    await desk.carry(out)
    assert desk.texts == [f"{MARK}\n红色预警", "红色预警"]


async def test_the_mark_fits_even_on_a_full_message(desk: Desk) -> None:
    out = message(text="转" * 4096, policy=Policy.AT_LEAST_ONCE, resend_mark=MARK)
    settlement, _ = await desk.carry_on(out, may_have_arrived=True)
    assert settlement.outcome is Outcome.SENT
    assert all(units(plain(text)) <= 4096 for text in desk.texts)
    assert sum(text.count("转") for text in desk.texts) == 4096


async def test_only_warnings_are_marked(desk: Desk) -> None:
    digest = message(text="日报", resend_mark=MARK, policy=Policy.IDEMPOTENT)
    await desk.carry(digest, may_have_arrived=True)
    assert desk.texts == ["日报"]


async def test_a_lost_answer_is_in_doubt(tmp_path: Path) -> None:
    settlement = await Desk(tmp_path, lost()).carry(message())
    assert settlement.outcome is Outcome.AMBIGUOUS


# -- edits, pins, reactions -----------------------------------------------------------------------------------


async def test_an_edit_replaces_text_and_buttons(desk: Desk) -> None:
    settlement = await desk.carry(message(kind=Kind.EDIT, text="已收到 7/9", buttons=ROWS), message_id=55)
    [call] = desk.telegram.calls
    assert call.method == "editMessageText"
    assert (call.params["message_id"], call.params["text"]) == ("55", "已收到 7/9")
    assert len(call.value("reply_markup")["inline_keyboard"]) == 2
    assert (settlement.outcome, settlement.message_ids) == (Outcome.SENT, (55,))


async def test_an_edit_that_changes_nothing_is_a_success(tmp_path: Path) -> None:
    desk = Desk(tmp_path, refusal(400, "Bad Request: message is not modified: specified new message content"))
    settlement = await desk.carry(message(kind=Kind.EDIT), message_id=55)
    assert (settlement.outcome, settlement.message_ids) == (Outcome.SENT, (55,))


async def test_an_edit_of_a_captioned_picture_edits_the_caption(tmp_path: Path) -> None:
    desk = Desk(tmp_path, refusal(400, "Bad Request: there is no text in the message to edit"))
    settlement, claims = await desk.carry_on(message(kind=Kind.EDIT, text="解除", buttons=ROWS), message_id=55)
    assert (settlement.outcome, claims) == (Outcome.SENT, 2)
    assert desk.telegram.calls[1].method == "editMessageCaption"
    assert desk.telegram.calls[1].params["caption"] == "解除"


async def test_an_edit_is_never_cut(desk: Desk) -> None:
    settlement = await desk.carry(message(kind=Kind.EDIT, text=LONG), message_id=55)
    assert (settlement.outcome, settlement.reason) == (Outcome.DEAD, "too_long")
    assert desk.telegram.calls == []


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.PIN, Kind.REACT])
async def test_a_gesture_without_its_message_ends(desk: Desk, kind: Kind) -> None:
    settlement = await desk.carry(message(kind=kind, emoji="👌"))
    assert (settlement.outcome, settlement.reason) == (Outcome.DEAD, "target_gone")


async def test_a_pin_notifies_unless_silent(desk: Desk) -> None:
    await desk.carry(message(kind=Kind.PIN), message_id=55)
    await desk.carry(message(kind=Kind.PIN, silent=True), message_id=55)
    assert [call.method for call in desk.telegram.calls] == ["pinChatMessage"] * 2
    assert [call.params["disable_notification"] for call in desk.telegram.calls] == ["false", "true"]


async def test_a_reaction_is_one_emoji(desk: Desk) -> None:
    settlement = await desk.carry(message(kind=Kind.REACT, emoji="👌"), message_id=55)
    assert desk.telegram.calls[0].value("reaction") == [{"type": "emoji", "emoji": "👌"}]
    assert settlement.outcome is Outcome.SENT


# -- files ----------------------------------------------------------------------------------------------------


async def test_a_picture_is_uploaded_once_and_then_known_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "1.png").write_bytes(b"png")
    desk = Desk(tmp_path)
    for chat in (-100, -200):
        out = message(kind=Kind.PHOTO, chat_id=chat, file="maps/1.png", text="<b>影响范围</b>", buttons=ROWS)
        assert (await desk.carry(out)).outcome is Outcome.SENT
    first, second = desk.telegram.calls
    assert (first.method, first.files, first.params["caption"]) == (
        "sendPhoto",
        {"photo": ("1.png", b"png")},
        "<b>影响范围</b>",
    )
    assert (second.files, second.params["photo"]) == ({}, "AgACAgUAAxkBphoto")


async def test_only_the_files_of_late_are_remembered(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    names = [f"{number}.png" for number in range(65)]
    for name in names:
        (tmp_path / name).write_bytes(b"png")
    for name in [*names, names[-1], names[0]]:
        await desk.carry(message(kind=Kind.PHOTO, file=name, text=""))
    assert [bool(call.files) for call in desk.telegram.calls[-2:]] == [False, True]


async def test_a_changed_file_is_uploaded_anew(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    desk = Desk(tmp_path)
    for content in (b"one", b"two"):
        path.write_bytes(content)
        stamp = len(desk.telegram.calls) + 1
        os.utime(path, (stamp, stamp))
        await desk.carry(message(kind=Kind.DOCUMENT, file="report.xlsx", file_name="值班表.xlsx", text=""))
    uploads = [call.files["document"] for call in desk.telegram.calls]
    assert uploads == [("值班表.xlsx", b"one"), ("值班表.xlsx", b"two")]


async def test_a_file_id_is_passed_on(desk: Desk) -> None:
    await desk.carry(message(kind=Kind.PHOTO, file="AgACAgUAAxkBAAIB1234567890", text=""))
    assert desk.telegram.calls[0].params["photo"] == "AgACAgUAAxkBAAIB1234567890"
    assert "caption" not in desk.telegram.calls[0].params


async def test_a_long_caption_goes_on_as_text(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"png")
    settlement, claims = await desk.carry_on(message(kind=Kind.PHOTO, file="1.png", text=LONG, buttons=ROWS))
    assert [call.method for call in desk.telegram.calls] == ["sendPhoto"] + ["sendMessage"] * (claims - 1)
    assert units(plain(desk.texts[0])) <= 1024
    assert "".join(plain(text) for text in desk.texts) == plain(LONG)
    assert "reply_markup" in desk.telegram.calls[-1].params
    assert len(settlement.message_ids) == claims


@pytest.mark.parametrize("name", ["gone.png", "../secret.env", "/etc/hostname"])
async def test_when_the_file_cannot_be_read_the_words_still_go_out(desk: Desk, name: str) -> None:
    settlement, _ = await desk.carry_on(message(kind=Kind.PHOTO, file=name, text="请转移"))
    assert settlement.outcome is Outcome.SENT
    assert [call.method for call in desk.telegram.calls] == ["sendMessage"]
    alone = await desk.carry(message(kind=Kind.DOCUMENT, file=name, text=""))
    assert (alone.outcome, alone.reason) == (Outcome.DEAD, "file_missing")


async def test_a_refused_picture_leaves_the_words(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"png")
    desk = Desk(tmp_path, refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    settlement, _ = await desk.carry_on(message(kind=Kind.PHOTO, file="1.png", text="请转移", buttons=ROWS))
    assert settlement.outcome is Outcome.SENT
    assert desk.telegram.calls[1].method == "sendMessage"
    assert "reply_markup" in desk.telegram.calls[1].params


def test_a_queued_message_starts_without_progress() -> None:
    row = QueuedMessage(id=1, out=message(), attempts=0, may_have_arrived=False, message_id=None)
    assert row.progress == {}
