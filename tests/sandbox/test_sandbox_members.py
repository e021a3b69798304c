"""Looking at chats and members, ruling them, and the bot's own settings."""

import pytest

from tests.sandbox.scene import Scene


@pytest.fixture
def ruled(county: Scene) -> Scene:
    """The same group with the bot as an administrator."""
    county.world.promote(county.group.id, county.bot.id)
    county.world.bots[county.bot.id].queue.clear()
    return county


async def test_a_chat_and_its_members_can_be_looked_at(county: Scene) -> None:
    group = county.group.id
    info = await county.ok("getChat", chat_id=group)
    assert (info["title"], info["type"], info["permissions"]["can_pin_messages"]) == ("青石镇", "supergroup", False)
    assert await county.ok("getChatMemberCount", chat_id=group) == 3
    admins = await county.ok("getChatAdministrators", chat_id=group)
    assert [(admin["status"], admin["user"]["id"]) for admin in admins] == [("creator", county.ana.id)]
    assert (await county.ok("getChatMember", chat_id=group, user_id=county.bo.id))["status"] == "member"
    outsider = county.world.add_user("Chu")
    assert (await county.ok("getChatMember", chat_id=group, user_id=outsider.id))["status"] == "left"


@pytest.mark.parametrize(
    ("method", "params", "refusal"),
    [
        ("getChatMember", {"user_id": 424242}, "PARTICIPANT_ID_INVALID"),
        ("getChatMember", {}, "invalid user_id specified"),
        ("setChatTitle", {"title": "新名"}, "not enough rights to change chat title"),
        ("banChatMember", {"user_id": 10002}, "not enough rights to restrict/unrestrict chat member"),
        ("promoteChatMember", {"user_id": 10002, "can_pin_messages": True}, "not enough rights"),
        ("createChatInviteLink", {}, "not enough rights to manage chat invite link"),
        ("setChatMemberTag", {"user_id": 10002, "tag": "网格员"}, "not enough rights to change tag of the user"),
        ("setMessageReaction", {"message_id": 5, "reaction": []}, "message to react not found"),
    ],
)
async def test_a_plain_member_may_rule_nobody(
    county: Scene, method: str, params: dict[str, object], refusal: str
) -> None:
    assert await county.refused(method, chat_id=county.group.id, **params) == f"Bad Request: {refusal}"


async def test_private_chats_have_no_administrators(county: Scene) -> None:
    await county.world.say(county.ana.id, county.ana.id, "/start")
    assert (
        await county.refused("getChatAdministrators", chat_id=county.ana.id)
        == "Bad Request: there are no administrators in the private chat"
    )
    assert await county.ok("getChatMemberCount", chat_id=county.ana.id) == 2


async def test_an_administrator_bans_restricts_and_promotes(ruled: Scene) -> None:
    who = {"chat_id": ruled.group.id, "user_id": ruled.bo.id}
    assert await ruled.ok("restrictChatMember", **who, permissions={"can_send_messages": False})
    assert (await ruled.ok("getChatMember", **who))["status"] == "restricted"
    assert await ruled.ok("banChatMember", **who)
    assert (await ruled.ok("getChatMember", **who))["status"] == "kicked"
    assert await ruled.ok("unbanChatMember", **who)
    ruled.world.add_member(ruled.group.id, ruled.bo.id)
    ruled.world.promote(ruled.group.id, ruled.bot.id, can_promote_members=True)
    assert await ruled.ok("promoteChatMember", **who, can_pin_messages=True)
    member = await ruled.ok("getChatMember", **who)
    assert (member["status"], member["can_pin_messages"], member["can_delete_messages"]) == (
        "administrator",
        True,
        False,
    )
    assert await ruled.refused("banChatMember", **who) == "Bad Request: user is an administrator of the chat"
    assert (
        await ruled.refused("banChatMember", chat_id=ruled.group.id, user_id=ruled.ana.id)
        == "Bad Request: can't remove chat owner"
    )


async def test_a_tag_shows_beside_the_name(ruled: Scene) -> None:
    who = {"chat_id": ruled.group.id, "user_id": ruled.bo.id}
    assert await ruled.ok("setChatMemberTag", **who, tag="网格员")
    assert (await ruled.ok("getChatMember", **who))["tag"] == "网格员"
    await ruled.world.say(ruled.bo.id, ruled.group.id, "水涨了")
    assert (await ruled.updates())[-1]["message"]["sender_tag"] == "网格员"
    for tag in ("十七个字的标签十七个字的标签多一个", "🌊"):
        assert await ruled.refused("setChatMemberTag", **who, tag=tag) == "Bad Request: TAG_INVALID"


async def test_an_invite_link_is_checked_and_can_be_revoked(ruled: Scene) -> None:
    link = await ruled.ok("createChatInviteLink", chat_id=ruled.group.id, name="青石村")
    chu = ruled.world.add_user("Chu")
    ruled.world.add_member(ruled.group.id, chu.id, link=link["invite_link"])
    revoked = await ruled.ok("revokeChatInviteLink", chat_id=ruled.group.id, invite_link=link["invite_link"])
    assert revoked["is_revoked"] is True
    assert (
        await ruled.refused("createChatInviteLink", chat_id=ruled.group.id, name="x" * 33)
        == "Bad Request: INVITE_LINK_NAME_TOO_LONG"
    )
    assert (
        await ruled.refused("createChatInviteLink", chat_id=ruled.group.id, creates_join_request=True, member_limit=3)
        == "Bad Request: member limit can't be specified for links requiring administrator approval"
    )


async def test_a_bot_may_react_with_one_known_emoji(county: Scene) -> None:
    await county.say_as_bot()
    where = {"chat_id": county.group.id, "message_id": 1}
    assert await county.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert (
        await county.refused("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "🌊"}])
        == "Bad Request: REACTION_INVALID"
    )
    two = [{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "👎"}]
    assert await county.refused("setMessageReaction", **where, reaction=two) == "Bad Request: REACTIONS_TOO_MANY"


async def test_commands_are_kept_by_scope_and_language(county: Scene) -> None:
    commands = [{"command": "report", "description": "上报险情"}]
    scope = {"type": "chat", "chat_id": county.group.id}
    assert await county.ok("setMyCommands", commands=commands, scope=scope, language_code="zh")
    assert await county.ok("getMyCommands", scope=scope, language_code="zh") == commands
    assert await county.ok("getMyCommands") == []
    assert await county.ok("deleteMyCommands", scope=scope, language_code="zh")
    assert await county.ok("getMyCommands", scope=scope, language_code="zh") == []


@pytest.mark.parametrize(
    ("commands", "more", "refusal"),
    [
        ([{"command": "上报", "description": "x"}], {}, "BOT_COMMAND_INVALID"),
        ([{"command": "Report", "description": "x"}], {}, "BOT_COMMAND_INVALID"),
        ([{"command": "x" * 33, "description": "x"}], {}, "BOT_COMMAND_INVALID"),
        ([{"command": "a", "description": ""}], {}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "a"}], {}, "can't parse BotCommand: Can't find field \"description\""),
        ([{"command": f"c{n}", "description": "x"} for n in range(101)], {}, "BOT_COMMANDS_TOO_MUCH"),
        ("[", {}, "can't parse commands JSON object"),
        ([], {"scope": {"type": "somewhere"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ([], {"scope": {"type": "chat", "chat_id": -5}}, "chat not found"),
        ([], {"language_code": "chinese"}, "invalid language code specified"),
    ],
)
async def test_bad_commands_are_refused(county: Scene, commands: object, more: dict[str, object], refusal: str) -> None:
    assert await county.refused("setMyCommands", commands=commands, **more) == f"Bad Request: {refusal}"


async def test_descriptions_and_menu_are_kept(county: Scene) -> None:
    assert await county.ok("setMyDescription", description="守望：县里的值班机器人")
    assert await county.ok("getMyDescription") == {"description": "守望：县里的值班机器人"}
    assert await county.ok("setMyShortDescription", short_description="值班")
    assert await county.ok("getMyShortDescription") == {"short_description": "值班"}
    assert await county.refused("setMyDescription", description="x" * 513) == "Bad Request: BOT_INFO_INVALID"
    assert await county.ok("setChatMenuButton", menu_button={"type": "commands"})
    assert await county.ok("getChatMenuButton") == {"type": "commands"}
    assert await county.ok("setMyDefaultAdministratorRights", rights={"can_pin_messages": True})
    assert (await county.ok("getMyDefaultAdministratorRights"))["can_pin_messages"] is True


async def test_an_administrator_changes_title_description_and_permissions(ruled: Scene) -> None:
    group = ruled.group.id
    assert await ruled.ok("setChatTitle", chat_id=group, title="青石镇应急")
    assert await ruled.ok("setChatDescription", chat_id=group, description="值班群")
    assert (
        await ruled.refused("setChatDescription", chat_id=group, description="值班群")
        == "Bad Request: chat description is not modified"
    )
    assert await ruled.ok("setChatPermissions", chat_id=group, permissions={"can_send_messages": True})
    info = await ruled.ok("getChat", chat_id=group)
    assert (info["title"], info["description"], info["permissions"]["can_send_photos"]) == (
        "青石镇应急",
        "值班群",
        False,
    )


async def test_titles_links_and_pins_of_an_administrator(ruled: Scene) -> None:
    group, ana = ruled.group.id, ruled.ana.id
    ruled.world.promote(group, ruled.bot.id, can_promote_members=True)
    ruled.world.promote(group, ruled.bo.id)
    assert await ruled.ok("setChatAdministratorCustomTitle", chat_id=group, user_id=ruled.bo.id, custom_title="组长")
    assert (await ruled.ok("getChatMember", chat_id=group, user_id=ruled.bo.id))["custom_title"] == "组长"
    assert (
        await ruled.refused("setChatAdministratorCustomTitle", chat_id=group, user_id=ana, custom_title="x")
        == "Bad Request: only creator can edit their custom title"
    )
    link = await ruled.ok("exportChatInviteLink", chat_id=group)
    assert (await ruled.ok("getChat", chat_id=group))["invite_link"] == link
    for number in (1, 2):
        await ruled.say_as_bot()
        await ruled.ok("pinChatMessage", chat_id=group, message_id=2 * number - 1)
    assert await ruled.ok("unpinAllChatMessages", chat_id=group)
    assert "pinned_message" not in await ruled.ok("getChat", chat_id=group)


async def test_a_declined_request_is_over(ruled: Scene) -> None:
    link = await ruled.ok("createChatInviteLink", chat_id=ruled.group.id, creates_join_request=True)
    chu = ruled.world.add_user("Chu")
    ruled.world.request_to_join(ruled.group.id, chu.id, link["invite_link"])
    who = {"chat_id": ruled.group.id, "user_id": chu.id}
    assert await ruled.ok("declineChatJoinRequest", **who)
    assert await ruled.refused("approveChatJoinRequest", **who) == "Bad Request: HIDE_REQUESTER_MISSING"
