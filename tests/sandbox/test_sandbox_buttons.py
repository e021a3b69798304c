"""Keyboards and presses: what may be on a button, who hears of it, how long an answer may take."""

import asyncio
from typing import Any

import pytest

from sandbox import Pressed, WorldError
from tests.sandbox.scene import Scene, kinds, scene, turns

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ({"inline_keyboard": "x"}, 'field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [1]}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        (inline({"callback_data": "a"}), "can't parse inline keyboard button: Can't find field \"text\""),
        (
            inline({"text": "a"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (inline({"text": "a", "callback_data": "x" * 65}), "BUTTON_DATA_INVALID"),
        (inline({"text": "a", "callback_data": "汉" * 22}), "BUTTON_DATA_INVALID"),
        (inline({"text": "a", "url": "http://"}), "inline keyboard button URL 'http://' is invalid: URL host is empty"),
        (
            inline({"text": "a", "url": "ftp://a.cn"}),
            "inline keyboard button URL 'ftp://a.cn' is invalid: Unsupported URL protocol",
        ),
        (inline({"text": "a", "web_app": {"url": "https://a.cn"}}), "BUTTON_TYPE_INVALID"),
        (
            inline({"text": "a", "callback_data": "x", "style": "loud"}),
            "can't parse inline keyboard button: Unsupported button style specified",
        ),
        (
            {"inline_keyboard": [[{"text": "a", "callback_data": str(n)}] for n in range(101)]},
            "reply markup is too long",
        ),
        (
            {"keyboard": [[{"text": "a", "request_contact": True}]]},
            "phone number can be requested in private chats only",
        ),
        ({"keyboard": [[{"text": "a", "request_location": True}]]}, "location can be requested in private chats only"),
        ({"keyboard": [[7]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
        ({"force_reply": "yes"}, 'field "force_reply" must be of type Boolean'),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "input field placeholder is too long"),
    ],
)
async def test_a_keyboard_that_telegram_refuses_is_refused(county: Scene, markup: object, refusal: str) -> None:
    assert (
        await county.refused("sendMessage", chat_id=county.group.id, text="x", reply_markup=markup)
        == f"Bad Request: {refusal}"
    )


async def test_sixty_four_bytes_and_a_hundred_buttons_just_fit(county: Scene) -> None:
    rows = [[{"text": "a", "callback_data": "汉" * 21 + "x"}] for _ in range(100)]
    assert (
        len((await county.say_as_bot(reply_markup={"inline_keyboard": rows}))["reply_markup"]["inline_keyboard"]) == 100
    )


async def test_a_button_without_text_is_dropped_silently(county: Scene) -> None:
    message = await county.say_as_bot(reply_markup=inline({"text": "", "callback_data": "a"}))
    assert "reply_markup" not in message


async def test_requests_for_contact_and_place_go_to_private_chats(county: Scene) -> None:
    await county.world.say(county.ana.id, county.ana.id, "/start")
    keyboard = {"keyboard": [[{"text": "号码", "request_contact": True}, {"text": "位置", "request_location": True}]]}
    message = await county.say_as_bot(county.ana.id, reply_markup=keyboard)
    assert "reply_markup" not in message  # reply keyboards are not part of the message
    chat = county.world.private_chat(county.ana.id, county.bot.id)
    assert chat.messages[message["message_id"]].markup is not None


async def test_a_press_reaches_the_bot_with_the_real_person_and_the_answer_reaches_him(county: Scene) -> None:
    message = await county.with_button()
    pressing = asyncio.create_task(county.world.press(county.bo.id, county.group.id, 1, "ack"))
    await turns()
    (update,) = await county.updates()
    query = update["callback_query"]
    assert (query["from"]["id"], query["data"], query["message"]) == (county.bo.id, "ack", message)
    assert await county.ok("answerCallbackQuery", callback_query_id=query["id"], text="已记录", show_alert=True)
    assert await pressing == Pressed(answered=True, text="已记录", alert=True)


async def test_an_unanswered_press_ends_after_fifteen_seconds_and_answering_it_later_is_refused(county: Scene) -> None:
    await county.with_button()
    pressing = asyncio.create_task(county.world.press(county.ana.id, county.group.id, 1, (0, 0)))
    await turns()
    (update,) = await county.updates()
    county.after(seconds=15)
    assert (await pressing).answered is False
    assert await county.refused("answerCallbackQuery", callback_query_id=update["callback_query"]["id"]) == TOO_OLD


async def test_a_press_is_answered_once(county: Scene) -> None:
    await county.with_button()
    await county.world.press(county.ana.id, county.group.id, 1, "ack", wait=False)
    (update,) = await county.updates()
    query_id = update["callback_query"]["id"]
    assert await county.ok("answerCallbackQuery", callback_query_id=query_id)
    assert await county.refused("answerCallbackQuery", callback_query_id=query_id) == TOO_OLD
    assert await county.refused("answerCallbackQuery", callback_query_id="1") == TOO_OLD
    assert await county.refused("answerCallbackQuery") == TOO_OLD


async def test_an_answer_has_two_hundred_characters_and_only_links_to_the_bot_itself(county: Scene) -> None:
    await county.with_button()
    await county.world.press(county.ana.id, county.group.id, 1, "ack", wait=False)
    (update,) = await county.updates()
    query_id = update["callback_query"]["id"]
    assert (
        await county.refused("answerCallbackQuery", callback_query_id=query_id, text="汉" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert (
        await county.refused("answerCallbackQuery", callback_query_id=query_id, url="https://example.org")
        == "Bad Request: URL_INVALID"
    )
    assert await county.ok(
        "answerCallbackQuery", callback_query_id=query_id, text="汉" * 200, url="t.me/county_bot?start=x"
    )


async def test_a_press_waits_a_hundred_and_fifty_seconds_in_the_queue_and_a_message_a_day(county: Scene) -> None:
    await county.with_button()
    await county.world.say(county.ana.id, county.group.id, "/help@county_bot")
    await county.world.press(county.ana.id, county.group.id, 1, "ack", wait=False)
    county.after(seconds=149)
    assert kinds(await county.ok("getUpdates")) == ["message", "callback_query"]
    county.after(seconds=1)
    assert kinds(await county.ok("getUpdates")) == ["message"]
    county.after(hours=24)
    assert await county.ok("getUpdates") == []


async def test_only_buttons_that_are_there_can_be_pressed_but_a_bad_client_presses_anything(county: Scene) -> None:
    await county.with_button()
    with pytest.raises(WorldError):
        await county.world.press(county.ana.id, county.group.id, 1, "other")
    with pytest.raises(WorldError):
        await county.world.press(county.ana.id, county.group.id, 1, (0, 1))
    await county.world.forge_press(county.ana.id, county.group.id, 1, "a:999:close", wait=False)
    (update,) = await county.updates()
    assert update["callback_query"]["data"] == "a:999:close"


async def test_a_press_on_a_deleted_message_shows_an_inaccessible_one(county: Scene) -> None:
    await county.with_button()
    await county.ok("deleteMessage", chat_id=county.group.id, message_id=1)
    await county.world.forge_press(county.ana.id, county.group.id, 1, "ack", wait=False)
    (update,) = await county.updates()
    assert update["callback_query"]["message"] == {"chat": county.group.api, "message_id": 1, "date": 0}


async def test_link_and_copy_buttons_stay_in_the_client(county: Scene) -> None:
    await county.say_as_bot(
        reply_markup=inline(
            {"text": "开", "url": "https://t.me/county_bot?start=1"}, {"text": "抄", "copy_text": {"text": "N-1"}}
        )
    )
    assert (
        await county.world.press(county.ana.id, county.group.id, 1, (0, 0))
    ).url == "https://t.me/county_bot?start=1"
    assert (await county.world.press(county.ana.id, county.group.id, 1, (0, 1))).text == "N-1"
    assert await county.updates() == []


async def test_outsiders_cannot_press(county: Scene) -> None:
    await county.with_button()
    stranger = county.world.add_user("Stranger")
    with pytest.raises(WorldError):
        await county.world.press(stranger.id, county.group.id, 1, "ack")


async def test_the_chat_instance_names_the_chat_and_nothing_else() -> None:
    county = scene()
    await county.with_button()
    for person in (county.ana, county.bo):
        await county.world.press(person.id, county.group.id, 1, "ack", wait=False)
    first, second = await county.updates()
    assert first["callback_query"]["chat_instance"] == second["callback_query"]["chat_instance"]
    assert first["callback_query"]["id"] != second["callback_query"]["id"]


async def test_on_a_fast_clock_a_press_still_leaves_a_real_moment_to_answer(county: Scene) -> None:
    await county.with_button()
    county.world.clock.set_speed(600)
    await county.world.press(county.ana.id, county.group.id, 1, "ack", wait=False)
    county.after(seconds=600)
    (update,) = await county.updates()
    assert await county.ok("answerCallbackQuery", callback_query_id=update["callback_query"]["id"])
