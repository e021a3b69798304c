"""Edits: only of the bot's own messages, only when something changes, never with a push."""

import pytest

from tests.sandbox.scene import BUTTON, Scene, png

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


async def test_an_edit_changes_the_text_and_marks_the_date(county: Scene) -> None:
    await county.say_as_bot(text="一")
    county.after(minutes=5)
    edited = await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text="二")
    assert (edited["text"], edited["edit_date"] - edited["date"]) == ("二", 300)
    assert county.group.messages[1].text == "二"


async def test_an_edit_without_buttons_takes_them_away(county: Scene) -> None:
    await county.with_button()
    edited = await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text="已收到")
    assert "reply_markup" not in edited
    assert county.group.messages[1].buttons == []


async def test_an_edit_that_changes_nothing_is_refused(county: Scene) -> None:
    await county.say_as_bot(text="<b>一</b>", parse_mode="HTML", reply_markup=BUTTON)
    same = {
        "chat_id": county.group.id,
        "message_id": 1,
        "text": "<b>一</b>",
        "parse_mode": "HTML",
        "reply_markup": BUTTON,
    }
    assert await county.refused("editMessageText", **same) == NOT_MODIFIED
    assert await county.ok("editMessageText", **{**same, "text": "一"})  # other formatting is another content
    assert await county.ok("editMessageReplyMarkup", chat_id=county.group.id, message_id=1)
    assert await county.refused("editMessageReplyMarkup", chat_id=county.group.id, message_id=1) == NOT_MODIFIED


async def test_a_message_that_is_gone_or_not_the_bots_cannot_be_edited(county: Scene) -> None:
    assert (
        await county.refused("editMessageText", chat_id=county.group.id, message_id=77, text="x")
        == "Bad Request: message to edit not found"
    )
    theirs = await county.world.say(county.ana.id, county.group.id, "早")
    assert (
        await county.refused("editMessageText", chat_id=county.group.id, message_id=theirs.id, text="x")
        == "Bad Request: message can't be edited"
    )
    assert await county.refused("editMessageText", text="x") == "Bad Request: message identifier is not specified"


async def test_an_edit_reaches_nobody_as_an_update(county: Scene) -> None:
    await county.say_as_bot(text="一")
    await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text="二")
    assert await county.updates() == []


async def test_only_inline_buttons_can_be_put_on_by_an_edit(county: Scene) -> None:
    await county.say_as_bot(text="一")
    assert (
        await county.refused(
            "editMessageText", chat_id=county.group.id, message_id=1, text="二", reply_markup={"keyboard": [["好"]]}
        )
        == "Bad Request: inline keyboard expected"
    )


async def test_captions_are_edited_on_media_and_texts_on_texts(county: Scene) -> None:
    await county.ok("sendPhoto", {"photo": ("a.png", png(), "image/png")}, chat_id=county.group.id, caption="旧")
    edited = await county.ok("editMessageCaption", chat_id=county.group.id, message_id=1, caption="新")
    assert edited["caption"] == "新"
    assert (
        await county.refused("editMessageText", chat_id=county.group.id, message_id=1, text="x")
        == "Bad Request: there is no text in the message to edit"
    )
    await county.say_as_bot()
    assert (
        await county.refused("editMessageCaption", chat_id=county.group.id, message_id=2, caption="x")
        == "Bad Request: there is no caption in the message to edit"
    )
    assert (
        await county.refused("editMessageCaption", chat_id=county.group.id, message_id=1, caption="x" * 1025)
        == "Bad Request: message caption is too long"
    )


async def test_a_bots_own_message_can_be_edited_after_any_time(county: Scene) -> None:
    await county.say_as_bot(text="一")
    county.after(days=30)
    assert await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text="二")


async def test_what_waits_in_a_queue_keeps_what_it_said(county: Scene) -> None:
    message = await county.world.say(county.ana.id, county.group.id, "/report@county_bot 一")
    await county.world.edit_message(county.ana.id, county.group.id, message.id, "/report@county_bot 二")
    first, second = await county.updates()
    assert first["message"]["text"] == "/report@county_bot 一"
    assert second["edited_message"]["text"] == "/report@county_bot 二"


@pytest.mark.parametrize("own", [True, False])
async def test_forty_eight_hours_decide_what_may_be_deleted(county: Scene, own: bool) -> None:
    if own:
        await county.say_as_bot()
    else:
        await county.world.say(county.ana.id, county.group.id, "早")
        assert (
            await county.refused("deleteMessage", chat_id=county.group.id, message_id=1)
            == "Bad Request: message can't be deleted"
        )
        county.world.promote(county.group.id, county.bot.id)
    county.after(hours=49)
    if own:
        assert (
            await county.refused("deleteMessage", chat_id=county.group.id, message_id=1)
            == "Bad Request: message can't be deleted for everyone"
        )
        county.world.promote(county.group.id, county.bot.id)
    assert await county.ok("deleteMessage", chat_id=county.group.id, message_id=1) is True
    assert (
        await county.refused("deleteMessage", chat_id=county.group.id, message_id=1)
        == "Bad Request: message to delete not found"
    )


async def test_deleting_several_skips_those_that_are_gone(county: Scene) -> None:
    for _ in range(3):
        await county.say_as_bot()
    assert await county.ok("deleteMessages", chat_id=county.group.id, message_ids=[1, 3, 9])
    assert list(county.group.messages) == [2]
    assert (
        await county.refused("deleteMessages", chat_id=county.group.id, message_ids=[])
        == "Bad Request: message identifiers are not specified"
    )
