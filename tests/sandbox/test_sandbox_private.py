"""Private chats: who may write to whom, deep links, blocking, accounts that are gone."""

import pytest

from sandbox import WorldError
from tests.sandbox.scene import Scene, kinds


async def test_a_bot_cannot_begin_a_conversation(county: Scene) -> None:
    assert (
        await county.refused("sendMessage", chat_id=county.ana.id, text="x")
        == "Forbidden: bot can't initiate conversation with a user"
    )
    assert (
        await county.refused("sendChatAction", chat_id=county.ana.id, action="typing")
        == "Forbidden: bot can't initiate conversation with a user"
    )


async def test_a_person_the_bot_has_never_met_is_not_found(county: Scene) -> None:
    stranger = county.world.add_user("Stranger")
    assert await county.refused("sendMessage", chat_id=stranger.id, text="x") == "Bad Request: chat not found"


async def test_a_deep_link_opens_the_chat_and_brings_its_payload(county: Scene) -> None:
    chat = await county.world.open_link(county.ana.id, "https://t.me/county_bot?start=ack_17-B")
    (update,) = await county.updates()
    assert update["message"]["text"] == "/start ack_17-B"
    assert update["message"]["chat"] == {"id": county.ana.id, "type": "private", "first_name": "Ana"}
    assert chat.id == county.ana.id
    assert await county.say_as_bot(county.ana.id)


async def test_a_link_without_payload_starts_a_chat_once(county: Scene) -> None:
    for _ in range(2):
        await county.world.open_link(county.ana.id, "https://t.me/county_bot")
    assert [update["message"]["text"] for update in await county.updates()] == ["/start"]


async def test_a_group_link_adds_the_bot(county: Scene) -> None:
    other = county.world.add_group("别处", members=[county.ana.id])
    await county.world.open_link(county.ana.id, "https://t.me/county_bot?startgroup=v1", group_id=other.id)
    added, joined, started = await county.updates()
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert joined["message"]["new_chat_members"][0]["id"] == county.bot.id
    assert started["message"]["text"] == "/start@county_bot v1"


async def test_links_to_elsewhere_are_refused(county: Scene) -> None:
    for url in ("https://example.org", "https://t.me/unknown_bot?start=1", "https://t.me/county_bot?startgroup=1"):
        with pytest.raises(WorldError):
            await county.world.open_link(county.ana.id, url)


async def test_a_blocked_bot_is_told_and_refused_until_restarted(county: Scene) -> None:
    await county.world.say(county.ana.id, county.ana.id, "/start")
    await county.updates()
    county.world.block_bot(county.ana.id)
    assert (
        await county.refused("sendMessage", chat_id=county.ana.id, text="x") == "Forbidden: bot was blocked by the user"
    )
    with pytest.raises(WorldError):
        await county.world.say(county.ana.id, county.ana.id, "喂")
    await county.world.say(county.ana.id, county.ana.id, "/start")
    blocked, unblocked, started = await county.updates()
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert started["message"]["text"] == "/start"
    assert await county.say_as_bot(county.ana.id)


async def test_a_deleted_account_is_deactivated(county: Scene) -> None:
    await county.world.say(county.bo.id, county.bo.id, "/start")
    county.world.delete_account(county.bo.id)
    assert await county.refused("sendMessage", chat_id=county.bo.id, text="x") == "Forbidden: user is deactivated"
    assert not county.world.member_of(county.group, county.bo.id).inside


async def test_bots_do_not_write_to_bots(county: Scene) -> None:
    assert (
        await county.refused("sendMessage", chat_id=county.bot.id, text="x")
        == "Forbidden: bot can't send messages to bots"
    )


async def test_people_share_what_they_can(county: Scene) -> None:
    ana = county.ana.id
    world = county.world
    await world.send_contact(ana, ana)
    await world.send_location(ana, ana, 30.25, 110.5, accuracy=12)
    await world.send_voice(ana, ana, b"ogg", duration=4)
    await world.send_document(ana, ana, b"pdf", name="灾情.pdf", mime="application/pdf", caption="表")
    await world.send_photos(ana, ana, [b"1", b"2"], caption="水位")
    contact, place, voice, paper, first, second = [update["message"] for update in await county.updates()]
    assert contact["contact"]["user_id"] == ana
    assert place["location"] == {"latitude": 30.25, "longitude": 110.5, "horizontal_accuracy": 12}
    assert voice["voice"]["duration"] == 4
    assert (paper["document"]["file_name"], paper["caption"]) == ("灾情.pdf", "表")
    assert first["media_group_id"] == second["media_group_id"]
    assert (first.get("caption"), second.get("caption")) == ("水位", None)


async def test_a_live_location_moves_by_edits_until_it_ends(county: Scene) -> None:
    sent = await county.world.send_location(county.ana.id, county.ana.id, 30.0, 110.0, live_period=900)
    await county.world.move_location(county.ana.id, county.ana.id, sent.id, 30.1, 110.1)
    first, second = await county.updates()
    assert first["message"]["location"]["live_period"] == 900
    assert second["edited_message"]["location"]["latitude"] == 30.1
    county.after(seconds=901)
    with pytest.raises(WorldError):
        await county.world.move_location(county.ana.id, county.ana.id, sent.id, 30.2, 110.2)


async def test_forwarded_words_and_places_carry_their_origin(county: Scene) -> None:
    ana = county.ana.id
    original = await county.world.say(county.bo.id, county.group.id, "水涨了")
    await county.world.say(ana, ana, "水涨了", forward_from=original)
    await county.world.say(ana, ana, "听说", forward_from="某某")
    await county.world.send_location(ana, ana, 30.0, 110.0, forward_from=county.bo.id)
    origins = [update["message"]["forward_origin"] for update in await county.updates()]
    assert [origin["type"] for origin in origins] == ["user", "hidden_user", "user"]
    assert origins[0]["sender_user"]["id"] == county.bo.id


async def test_each_of_two_bots_has_its_own_chat_with_a_person(county: Scene) -> None:
    other = county.world.add_bot("7000000200:token-of-the-other-bot", "other_bot", "Other")
    await county.world.say(county.ana.id, county.ana.id, "给第一个")
    await county.world.say(county.ana.id, other.id, "给第二个")
    reply = await county.world.call("7000000200:token-of-the-other-bot", "getUpdates")
    assert kinds(await county.updates()) == ["message"]
    assert reply.result[0]["message"]["chat"]["id"] == county.ana.id
    assert reply.result[0]["message"]["text"] == "给第二个"
