"""Ruling members: ban, restrict, promote, tags, invite links, join requests. Each needs its administrator right."""

from dataclasses import replace

from sandbox.access import write_chat
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.groups import Groups
from sandbox.methods.chats import read_permissions, user_id
from sandbox.model import ADMIN_RIGHTS, Chat, Json, Member
from sandbox.params import Params

_LINK_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def _ruled(world: WorldCore, bot: Bot, params: Params, right: str, refusal: str) -> Chat:
    chat = write_chat(world, bot, params)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    if not chat.members[bot.id].may(right):
        raise bad(refusal)
    return chat


_RESTRICT = "not enough rights to restrict/unrestrict chat member"


def _restrictable(world: WorldCore, bot: Bot, params: Params) -> tuple[Chat, int, Member]:
    number = user_id(world, params)
    chat = _ruled(world, bot, params, "can_restrict_members", _RESTRICT)
    member = world.member_of(chat, number)
    if member.status == "creator":
        raise bad("can't remove chat owner")
    if number == bot.id:
        raise bad("can't restrict self")
    if member.admin:
        raise bad("user is an administrator of the chat")
    return chat, number, member


def ban_chat_member(world: Groups, bot: Bot, params: Params) -> bool:
    chat, number, _ = _restrictable(world, bot, params)
    world.kick(chat.id, number, by=bot.id, until=params.integer("until_date"))
    return True


def unban_chat_member(world: Groups, bot: Bot, params: Params) -> bool:
    """Without only_if_banned a present member is removed, as Telegram does."""
    chat, number, member = _restrictable(world, bot, params)
    if member.inside and not params.flag("only_if_banned"):
        world.kick(chat.id, number, by=bot.id)
    world.unban(chat.id, number, by=bot.id)
    return True


def restrict_chat_member(world: Groups, bot: Bot, params: Params) -> bool:
    permissions = read_permissions(params)
    chat, number, member = _restrictable(world, bot, params)
    if chat.kind != "supergroup":
        raise bad("method is available only for supergroups")
    if not member.inside:
        raise bad("USER_NOT_PARTICIPANT")
    if all(permissions.values()):
        world.demote(chat.id, number, by=bot.id)
    else:
        world.restrict(chat.id, number, by=bot.id, until=params.integer("until_date"), **permissions)
    return True


def promote_chat_member(world: Groups, bot: Bot, params: Params) -> bool:
    number = user_id(world, params)
    chat = _ruled(world, bot, params, "can_promote_members", "not enough rights")
    member = world.member_of(chat, number)
    if not member.inside:
        raise bad("USER_NOT_PARTICIPANT")
    if member.status == "creator":
        raise bad("can't remove chat owner")
    rights = {name: params.flag(name) for name in ADMIN_RIGHTS}
    if any(wanted and not chat.members[bot.id].may(name) for name, wanted in rights.items()):
        raise bad("RIGHT_FORBIDDEN")
    anonymous = params.flag("is_anonymous")
    if any(rights.values()) or anonymous:
        world.set_rights(chat.id, number, {**rights, "can_manage_chat": True}, by=bot.id, anonymous=anonymous)
    else:
        world.demote(chat.id, number, by=bot.id)
    return True


def set_custom_title(world: WorldCore, bot: Bot, params: Params) -> bool:
    number = user_id(world, params)
    chat = _ruled(world, bot, params, "can_promote_members", "not enough rights to change custom title of the user")
    member = world.member_of(chat, number)
    if member.status == "creator":
        raise bad("only creator can edit their custom title")
    if not member.admin:
        raise bad("user is not an administrator")
    title = params.text("custom_title")
    if len(title) > 16:
        raise bad("ADMIN_RANK_INVALID")
    chat.members[number] = replace(member, title=title)
    return True


def set_member_tag(world: WorldCore, bot: Bot, params: Params) -> bool:
    """A word beside a member's name, up to 16 characters and no emoji; empty takes it away."""
    number = user_id(world, params)
    chat = _ruled(world, bot, params, "can_manage_tags", "not enough rights to change tag of the user")
    member = world.member_of(chat, number)
    if chat.kind != "supergroup":
        raise bad("method is available only for supergroups")
    if not member.inside or member.admin:
        raise bad("USER_NOT_PARTICIPANT" if not member.inside else "user is an administrator of the chat")
    tag = params.text("tag").strip()
    if len(tag) > 16 or any(ord(char) >= 0x1F000 or 0x2600 <= ord(char) <= 0x27BF for char in tag):
        raise bad("TAG_INVALID")
    chat.members[number] = replace(member, tag=tag)
    world.publish("chat", chat)
    return True


# --- invite links and join requests ---

_INVITE = "not enough rights to manage chat invite link"


def _new_link(world: WorldCore) -> str:
    return "https://t.me/+" + "".join(world.rng.choice(_LINK_ALPHABET) for _ in range(16))


def export_invite_link(world: WorldCore, bot: Bot, params: Params) -> str:
    chat = _ruled(world, bot, params, "can_invite_users", _INVITE)
    chat.invite_link = _new_link(world)
    return chat.invite_link


def create_invite_link(world: WorldCore, bot: Bot, params: Params) -> Json:
    """The ChatInviteLink object. People use it through `add_member(link=…)` or `request_to_join`."""
    chat = _ruled(world, bot, params, "can_invite_users", _INVITE)
    name = params.text("name")
    asks, limit = params.flag("creates_join_request"), params.integer("member_limit", 0, 0, 99_999)
    if len(name) > 32:
        raise bad("INVITE_LINK_NAME_TOO_LONG")
    if asks and limit:
        raise bad("Member limit can't be specified for links requiring administrator approval")
    link: Json = {
        "invite_link": _new_link(world), "creator": bot.user.api, "creates_join_request": asks,
        "is_primary": False, "is_revoked": False,
    }  # fmt: skip
    if name:
        link["name"] = name
    if limit:
        link["member_limit"] = limit
    if params.integer("expire_date"):
        link["expire_date"] = params.integer("expire_date")
    chat.invites[link["invite_link"]] = link
    return link


def revoke_invite_link(world: WorldCore, bot: Bot, params: Params) -> Json:
    chat = _ruled(world, bot, params, "can_invite_users", _INVITE)
    url = params.text("invite_link")
    if url not in chat.invites:
        raise bad("INVITE_HASH_EXPIRED")
    chat.invites[url] = {**chat.invites[url], "is_revoked": True}
    return chat.invites[url]


def approve_join_request(world: Groups, bot: Bot, params: Params) -> bool:
    chat, number = _requested(world, bot, params)
    world.add_member(chat.id, number, link=chat.requests.pop(number))
    return True


def decline_join_request(world: Groups, bot: Bot, params: Params) -> bool:
    chat, number = _requested(world, bot, params)
    del chat.requests[number]
    return True


def _requested(world: WorldCore, bot: Bot, params: Params) -> tuple[Chat, int]:
    number = user_id(world, params)
    chat = _ruled(world, bot, params, "can_invite_users", "not enough rights to manage chat join requests")
    if world.member_of(chat, number).inside:
        raise bad("USER_ALREADY_PARTICIPANT")
    if number not in chat.requests:
        raise bad("HIDE_REQUESTER_MISSING")
    return chat, number
