"""Sending: what goes through, what is refused and how Telegram says so."""

import json

import pytest

from sandbox import Limits
from tests.sandbox.scene import BUTTON, START, Scene, kinds, scene


async def test_a_text_comes_back_as_the_message_telegram_would_show(county: Scene) -> None:
    message = await county.say_as_bot(text=" <b>红色</b>预警 /help ", parse_mode="HTML")
    assert message == {
        "message_id": 1,
        "from": {"id": county.bot.id, "is_bot": True, "first_name": "守望", "username": "county_bot"},
        "chat": {"id": county.group.id, "type": "supergroup", "title": "青石镇"},
        "date": int(START.timestamp()),
        "text": "红色预警 /help",
        "entities": [
            {"type": "bold", "offset": 0, "length": 2},
            {"type": "bot_command", "offset": 5, "length": 5},
        ],
    }


async def test_message_ids_grow_by_one_in_each_chat(county: Scene) -> None:
    other = county.world.add_group("别处", members=[county.ana.id, county.bot.id])
    ids = [(await county.say_as_bot(chat))["message_id"] for chat in (county.group.id, other.id, county.group.id)]
    assert ids == [1, 1, 2]


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "🌊" * 2049}, "Bad Request: message is too long"),
        ({"text": "x", "parse_mode": "HTLM"}, "Bad Request: unsupported parse_mode"),
        ({"text": ["x"]}, 'Bad Request: field "text" must be of type String'),
        ({"text": "x", "message_thread_id": 7}, "Bad Request: message thread not found"),
        (
            {"text": "x", "disable_notification": "perhaps"},
            'Bad Request: field "disable_notification" must be of type Boolean',
        ),
    ],
)
async def test_a_text_that_telegram_refuses_is_refused(county: Scene, params: dict[str, object], refusal: str) -> None:
    assert await county.refused("sendMessage", chat_id=county.group.id, **params) == refusal


async def test_length_counts_after_parsing(county: Scene) -> None:
    text = "<b>" + "🌊" * 2048 + "</b>"
    assert len((await county.say_as_bot(text=text, parse_mode="HTML"))["text"]) == 2048


async def test_only_the_first_hundred_entities_are_kept(county: Scene) -> None:
    message = await county.say_as_bot(text="<b>a</b> " * 120, parse_mode="HTML")
    assert len(message["entities"]) == 100


@pytest.mark.parametrize(
    ("chat_id", "refusal"),
    [
        (None, "Bad Request: chat_id is empty"),
        ("", "Bad Request: chat_id is empty"),
        (-100123, "Bad Request: chat not found"),
        (999_999, "Bad Request: chat not found"),
        ("@nobody", "Bad Request: chat not found"),
        ("青石镇", "Bad Request: chat not found"),
    ],
)
async def test_a_chat_that_is_not_there_is_not_found(county: Scene, chat_id: object, refusal: str) -> None:
    assert await county.refused("sendMessage", chat_id=chat_id, text="x") == refusal


async def test_unknown_parameters_are_ignored_and_form_strings_read_like_json(county: Scene) -> None:
    message = await county.ok(
        "sendMessage",
        chat_id=str(county.group.id),
        text="x",
        reply_markup=json.dumps(BUTTON),
        disable_notification="true",
        colour="red",
    )
    assert message["reply_markup"] == BUTTON
    assert county.group.messages[1].silent


async def test_a_reply_shows_what_it_answers_one_level_deep(county: Scene) -> None:
    await county.say_as_bot(text="一")
    await county.say_as_bot(text="二", reply_parameters={"message_id": 1})
    third = await county.say_as_bot(text="三", reply_parameters={"message_id": 2})
    assert third["reply_to_message"]["text"] == "二"
    assert "reply_to_message" not in third["reply_to_message"]


async def test_a_reply_to_nothing_is_refused_unless_allowed(county: Scene) -> None:
    gone = {"message_id": 99}
    assert (
        await county.refused("sendMessage", chat_id=county.group.id, text="x", reply_parameters=gone)
        == "Bad Request: message to be replied not found"
    )
    message = await county.say_as_bot(reply_parameters={**gone, "allow_sending_without_reply": True})
    assert "reply_to_message" not in message


async def test_a_mention_by_id_works_for_people_the_bot_knows(county: Scene) -> None:
    stranger = county.world.add_user("Stranger")
    text = f'<a href="tg://user?id={county.ana.id}">Ana</a> <a href="tg://user?id={stranger.id}">X</a>'
    message = await county.say_as_bot(text=text, parse_mode="HTML")
    assert [(entity["type"], entity["user"]["id"]) for entity in message["entities"]] == [
        ("text_mention", county.ana.id)
    ]


async def test_a_muted_bot_cannot_send_and_an_administrator_always_can(county: Scene) -> None:
    county.world.restrict(county.group.id, county.bot.id)
    assert (
        await county.refused("sendMessage", chat_id=county.group.id, text="x")
        == "Bad Request: not enough rights to send text messages to the chat"
    )
    county.world.promote(county.group.id, county.bot.id)
    assert await county.say_as_bot()


async def test_a_group_closed_for_photos_refuses_photos_only(county: Scene) -> None:
    county.world.set_permissions(county.group.id, can_send_photos=False)
    await county.say_as_bot()
    photo = {"photo": ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10", "image/png")}
    assert (
        await county.refused("sendPhoto", photo, chat_id=county.group.id)
        == "Bad Request: not enough rights to send photos to the chat"
    )


async def test_a_kicked_bot_is_told_so(county: Scene) -> None:
    county.world.kick(county.group.id, county.bot.id)
    assert kinds(await county.updates()) == ["my_chat_member"]
    assert (
        await county.refused("sendMessage", chat_id=county.group.id, text="x")
        == "Forbidden: bot was kicked from the supergroup chat"
    )
    assert (
        await county.refused("getChat", chat_id=county.group.id) == "Forbidden: bot was kicked from the supergroup chat"
    )


async def test_a_bot_that_left_is_no_member(county: Scene) -> None:
    await county.ok("leaveChat", chat_id=county.group.id)
    assert (
        await county.refused("sendMessage", chat_id=county.group.id, text="x")
        == "Forbidden: bot is not a member of the supergroup chat"
    )


async def test_a_group_the_bot_never_was_in_does_not_exist_for_it(county: Scene) -> None:
    other = county.world.add_group("别处", members=[county.ana.id])
    assert await county.refused("sendMessage", chat_id=other.id, text="x") == "Bad Request: chat not found"


async def test_old_messages_are_forgotten_beyond_the_cap_and_memory_stays_bounded() -> None:
    county = scene(Limits(enforced=False, messages_kept=10, ledger_kept=5))
    for number in range(50):
        await county.say_as_bot(text=str(number))
    assert list(county.group.messages) == list(range(41, 51))
    assert len(county.world.ledger) == 5
    assert (
        await county.refused("editMessageText", chat_id=county.group.id, message_id=1, text="x")
        == "Bad Request: message to edit not found"
    )
