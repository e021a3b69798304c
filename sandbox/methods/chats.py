"""Looking at chats and their members, and the little a bot may change about a group itself."""

from sandbox.access import read_chat, write_chat
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.groups import Groups
from sandbox.model import PERMISSIONS, Chat, Json
from sandbox.params import Params, flag_field

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(world: WorldCore, bot: Bot, params: Params) -> Json:
    """The ChatFullInfo object."""
    chat = read_chat(world, bot, params)
    info: Json = {
        **chat.api,
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if not chat.private:
        info["permissions"] = dict(chat.permissions)
        if chat.description:
            info["description"] = chat.description
        if chat.invite_link and chat.members[bot.id].may("can_invite_users"):
            info["invite_link"] = chat.invite_link
    if chat.pinned and chat.pinned[-1] in chat.messages:
        info["pinned_message"] = chat.messages[chat.pinned[-1]].payload
    return info


def user_id(world: WorldCore, params: Params) -> int:
    """The user_id parameter. Telegram does not know everybody."""
    number = params.integer("user_id")
    if number <= 0:
        raise bad("invalid user_id specified")
    if number not in world.users:
        raise bad("PARTICIPANT_ID_INVALID")
    return number


def get_chat_member(world: WorldCore, bot: Bot, params: Params) -> Json:
    chat = _with_members(world, bot, params)
    number = user_id(world, params)
    if chat.private:
        if number not in (chat.user_id, bot.id):
            raise bad("PARTICIPANT_ID_INVALID")
        return {"status": "member", "user": world.users[number].api}
    return world.member_of(chat, number).api(world.users[number])


def get_chat_administrators(world: WorldCore, bot: Bot, params: Params) -> list[Json]:
    """Administrators but for other bots; the asking bot is listed if it is one."""
    chat = _with_members(world, bot, params)
    if chat.private:
        raise bad("there are no administrators in the private chat")
    return [
        member.api(world.users[member.user_id])
        for member in chat.inside()
        if member.admin and (not world.users[member.user_id].is_bot or member.user_id == bot.id)
    ]


def get_chat_member_count(world: WorldCore, bot: Bot, params: Params) -> int:
    chat = _with_members(world, bot, params)
    return 2 if chat.private else sum(1 for _ in chat.inside())


def _with_members(world: WorldCore, bot: Bot, params: Params) -> Chat:
    """Members of an upgraded group cannot be read any more; of every other readable chat they can."""
    chat = read_chat(world, bot, params)
    return write_chat(world, bot, params) if chat.migrated_to is not None else chat


def leave_chat(world: Groups, bot: Bot, params: Params) -> bool:
    chat = write_chat(world, bot, params)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    world.leave(chat.id, bot.id)
    return True


def _changeable(world: WorldCore, bot: Bot, params: Params, right: str) -> Chat:
    chat = write_chat(world, bot, params)
    if chat.private:
        raise bad("can't change info in private chats")
    if not chat.members[bot.id].may(right):
        raise bad("not enough rights to change chat title" if right == "can_change_info" else "not enough rights")
    return chat


def set_chat_title(world: Groups, bot: Bot, params: Params) -> bool:
    chat = _changeable(world, bot, params, "can_change_info")
    title = params.text("title").strip()
    if not 1 <= len(title) <= 128:
        raise bad("title must be non-empty" if not title else "CHAT_TITLE_INVALID")
    if title != chat.title:
        world.set_title(chat.id, title, by=bot.id)
    return True


def set_chat_description(world: WorldCore, bot: Bot, params: Params) -> bool:
    chat = _changeable(world, bot, params, "can_change_info")
    text = params.text("description")
    if len(text) > 255:
        raise bad("CHAT_ABOUT_TOO_LONG")
    if text == chat.description:
        raise bad("chat description is not modified")
    chat.description = text
    return True


def read_permissions(params: Params) -> dict[str, bool]:
    """The permissions parameter; what it does not name is forbidden."""
    value = params.structure("permissions", "Can't parse permissions JSON object")
    if not isinstance(value, dict):
        raise bad("Object expected as permissions")
    return {name: flag_field(value, name) for name in PERMISSIONS}


def set_chat_permissions(world: WorldCore, bot: Bot, params: Params) -> bool:
    permissions = read_permissions(params)
    chat = _changeable(world, bot, params, "can_restrict_members")
    chat.permissions = permissions
    return True
