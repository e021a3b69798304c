"""Groups: privacy mode, administrators, members, upgrades, pins."""

import pytest

from sandbox import WorldError
from sandbox.model import ANONYMOUS_ADMIN_ID
from tests.sandbox.scene import EVERY_KIND, Scene, kinds, scene


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("水涨了", False),
        ("@county_bot 在吗", False),
        ("/help@county_bot", True),
        ("/help@other_bot", False),
        ("请看 /help@county_bot", False),
    ],
)
async def test_privacy_mode_lets_only_the_bots_own_commands_through(county: Scene, text: str, seen: bool) -> None:
    await county.world.say(county.ana.id, county.group.id, text)
    assert bool(await county.updates()) is seen


async def test_a_plain_command_goes_to_the_bot_that_wrote_last(county: Scene) -> None:
    other = county.world.add_bot("7000000200:token-of-the-other-bot", "other_bot", "Other")
    county.world.add_member(county.group.id, other.id, by=county.ana.id)
    await county.updates()
    await county.say_as_bot()
    await county.world.say(county.bo.id, county.group.id, "/help")
    assert kinds(await county.updates()) == ["message"]
    await county.world.call(
        "7000000200:token-of-the-other-bot", "sendMessage", {"chat_id": county.group.id, "text": "hi"}
    )
    await county.world.say(county.bo.id, county.group.id, "/help")
    assert await county.updates() == []
    reply = await county.world.call("7000000200:token-of-the-other-bot", "getUpdates")
    assert kinds(reply.result)[-1] == "message"


async def test_replies_to_the_bot_and_messages_via_it_are_seen(county: Scene) -> None:
    await county.say_as_bot()
    await county.world.say(county.bo.id, county.group.id, "收到", reply_to=1)
    await county.world.say(county.bo.id, county.group.id, "inline", via_bot=county.bot.id)
    theirs = await county.world.say(county.ana.id, county.group.id, "早")
    await county.world.say(county.bo.id, county.group.id, "早", reply_to=theirs.id)
    first, second = await county.updates()
    assert first["message"]["reply_to_message"]["from"]["id"] == county.bot.id
    assert second["message"]["via_bot"]["id"] == county.bot.id


async def test_an_administrator_sees_everything_but_other_bots(county: Scene) -> None:
    county.world.promote(county.group.id, county.bot.id)
    other = county.world.add_bot("7000000200:token-of-the-other-bot", "other_bot", "Other")
    county.world.add_member(county.group.id, other.id, by=county.ana.id)
    await county.updates()
    await county.world.say(county.ana.id, county.group.id, "水涨了")
    await county.world.call(
        "7000000200:token-of-the-other-bot", "sendMessage", {"chat_id": county.group.id, "text": "hi"}
    )
    assert [update["message"]["text"] for update in await county.updates()] == ["水涨了"]


async def test_without_privacy_mode_everything_is_seen() -> None:
    county = scene()
    nosy = county.world.add_bot("7000000300:token-of-a-nosy-bot", "nosy_bot", "Nosy", can_read_all_group_messages=True)
    county.world.add_member(county.group.id, nosy.id)
    await county.world.say(county.ana.id, county.group.id, "水涨了")
    reply = await county.world.call("7000000300:token-of-a-nosy-bot", "getUpdates")
    assert kinds(reply.result)[-1] == "message"


async def test_service_messages_are_seen_by_every_bot(county: Scene) -> None:
    newcomer = county.world.add_user("Chu")
    county.world.add_member(county.group.id, newcomer.id, by=county.ana.id)
    county.world.set_title(county.group.id, "青石镇应急群", by=county.ana.id)
    county.world.leave(county.group.id, newcomer.id)
    joined, titled, left = await county.updates()
    assert joined["message"]["new_chat_members"][0]["id"] == newcomer.id
    assert titled["message"]["new_chat_title"] == "青石镇应急群"
    assert titled["message"]["chat"]["title"] == "青石镇应急群"
    assert left["message"]["left_chat_member"]["id"] == newcomer.id


async def test_the_bots_own_standing_is_told_by_my_chat_member(county: Scene) -> None:
    county.world.promote(county.group.id, county.bot.id, can_pin_messages=False)
    county.world.demote(county.group.id, county.bot.id)
    county.world.kick(county.group.id, county.bot.id)
    changes = [update["my_chat_member"] for update in await county.updates()]
    assert [change["new_chat_member"]["status"] for change in changes] == ["administrator", "member", "kicked"]
    assert changes[0]["new_chat_member"]["can_pin_messages"] is False
    assert changes[0]["from"]["id"] == county.ana.id


async def test_other_members_standing_is_told_only_to_administrators_that_asked(county: Scene) -> None:
    await county.ok("getUpdates", allowed_updates=EVERY_KIND)
    county.world.promote(county.group.id, county.bo.id)
    assert await county.updates() == []
    county.world.promote(county.group.id, county.bot.id)
    await county.updates()
    county.world.demote(county.group.id, county.bo.id)
    (update,) = await county.updates()
    assert update["chat_member"]["new_chat_member"]["user"]["id"] == county.bo.id


async def test_an_anonymous_administrator_writes_as_the_group_and_presses_as_himself(county: Scene) -> None:
    await county.say_as_bot(reply_markup={"inline_keyboard": [[{"text": "是我", "callback_data": "me"}]]})
    await county.world.say(county.ana.id, county.group.id, "/brief@county_bot", as_anonymous_admin=True)
    await county.world.press(county.ana.id, county.group.id, 1, "me", wait=False)
    written, pressed = await county.updates()
    assert written["message"]["from"]["id"] == ANONYMOUS_ADMIN_ID
    assert written["message"]["sender_chat"]["id"] == county.group.id
    assert pressed["callback_query"]["from"]["id"] == county.ana.id
    with pytest.raises(WorldError):
        await county.world.say(county.bo.id, county.group.id, "x", as_anonymous_admin=True)


async def test_an_upgraded_group_gets_a_new_id_and_the_old_one_points_to_it(county: Scene) -> None:
    old = county.world.add_group("老群", members=[county.ana.id, county.bot.id], kind="group")
    await county.say_as_bot(old.id, "旧消息")
    await county.updates()
    new_id = county.world.migrate(old.id)
    joined, before, after = await county.updates()
    assert (joined["my_chat_member"]["chat"]["id"], joined["my_chat_member"]["new_chat_member"]["status"]) == (
        new_id, "member",
    )  # fmt: skip
    assert (before["message"]["chat"]["id"], before["message"]["migrate_to_chat_id"]) == (old.id, new_id)
    assert (after["message"]["chat"]["id"], after["message"]["migrate_from_chat_id"]) == (new_id, old.id)
    reply = await county.call("sendMessage", chat_id=old.id, text="x")
    assert (reply.status, reply.description) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert reply.body["parameters"] == {"migrate_to_chat_id": new_id}
    assert (
        await county.refused("editMessageText", chat_id=new_id, message_id=2, text="x")
        == "Bad Request: message to edit not found"
    )
    assert (await county.say_as_bot(new_id))["message_id"] == 2
    with pytest.raises(WorldError):
        await county.world.say(county.ana.id, old.id, "x")


async def test_pinning_needs_the_right_and_leaves_a_service_message(county: Scene) -> None:
    await county.say_as_bot()
    assert (
        await county.refused("pinChatMessage", chat_id=county.group.id, message_id=1)
        == "Bad Request: not enough rights to manage pinned messages in the chat"
    )
    county.world.promote(county.group.id, county.bot.id)
    await county.updates()
    assert await county.ok("pinChatMessage", chat_id=county.group.id, message_id=1)
    assert county.group.messages[2].payload["pinned_message"]["message_id"] == 1
    assert await county.updates() == []
    assert (await county.ok("getChat", chat_id=county.group.id))["pinned_message"]["message_id"] == 1
    assert await county.ok("unpinChatMessage", chat_id=county.group.id)
    assert "pinned_message" not in await county.ok("getChat", chat_id=county.group.id)
    assert (
        await county.refused("pinChatMessage", chat_id=county.group.id, message_id=9)
        == "Bad Request: message to pin not found"
    )
    assert (
        await county.refused("unpinChatMessage", chat_id=county.group.id) == "Bad Request: message to unpin not found"
    )


async def test_a_muted_person_cannot_write_and_a_banned_one_cannot_come_back(county: Scene) -> None:
    county.world.restrict(county.group.id, county.bo.id)
    with pytest.raises(WorldError):
        await county.world.say(county.bo.id, county.group.id, "x")
    county.world.kick(county.group.id, county.bo.id)
    with pytest.raises(WorldError):
        county.world.add_member(county.group.id, county.bo.id)
    county.world.unban(county.group.id, county.bo.id)
    county.world.add_member(county.group.id, county.bo.id)
    assert county.world.member_of(county.group, county.bo.id).status == "member"


async def test_reactions_are_told_to_administrators_that_asked(county: Scene) -> None:
    await county.ok("getUpdates", allowed_updates=EVERY_KIND)
    await county.say_as_bot()
    await county.world.react(county.bo.id, county.group.id, 1, "👍")
    assert await county.updates() == []
    county.world.promote(county.group.id, county.bot.id)
    await county.updates()
    await county.world.react(county.bo.id, county.group.id, 1, None)
    (update,) = await county.updates()
    assert (update["message_reaction"]["old_reaction"], update["message_reaction"]["new_reaction"]) == (
        [{"type": "emoji", "emoji": "👍"}],
        [],
    )


async def test_a_join_request_lets_the_bot_write_for_five_minutes(county: Scene) -> None:
    await county.ok("getUpdates", allowed_updates=EVERY_KIND)
    county.world.promote(county.group.id, county.bot.id)
    await county.updates()
    link = await county.ok("createChatInviteLink", chat_id=county.group.id, name="青石村", creates_join_request=True)
    chu = county.world.add_user("Chu")
    county.world.request_to_join(county.group.id, chu.id, link["invite_link"])
    (update,) = await county.updates()
    request = update["chat_join_request"]
    assert (request["user_chat_id"], request["invite_link"]["name"]) == (chu.id, "青石村")
    assert await county.say_as_bot(chu.id)
    county.after(seconds=300)
    assert (
        await county.refused("sendMessage", chat_id=chu.id, text="x")
        == "Forbidden: bot can't initiate conversation with a user"
    )
    assert await county.ok("approveChatJoinRequest", chat_id=county.group.id, user_id=chu.id)
    assert county.world.member_of(county.group, chu.id).inside
    assert (
        await county.refused("approveChatJoinRequest", chat_id=county.group.id, user_id=chu.id)
        == "Bad Request: USER_ALREADY_PARTICIPANT"
    )


async def test_a_subscriber_hears_what_happens_and_stops_hearing_when_he_leaves(county: Scene) -> None:
    with county.world.subscribe() as events:
        await county.say_as_bot()
        await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text="改")
        county.world.set_title(county.group.id, "新名")
        heard = events.drain()
    await county.say_as_bot()
    assert [event["type"] for event in heard] == ["message", "edit", "message", "chat"]
    assert (heard[0]["chat_id"], heard[0]["message_id"], heard[0]["message"]["text"]) == (county.group.id, 1, "点名")
    assert events.drain() == []
