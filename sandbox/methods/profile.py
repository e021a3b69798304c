"""The bot's own settings: commands by scope and language, name and descriptions, menu button, default rights."""

import re
from typing import Any

from sandbox.access import read_chat, write_chat
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.model import ADMIN_RIGHTS, Json
from sandbox.params import Params, flag_field, string_field

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def get_me(_world: WorldCore, bot: Bot, _params: Params) -> Json:
    return bot.me()


def log_out(_world: WorldCore, bot: Bot, _params: Params) -> bool:
    bot.logged_out = True
    return True


def close(_world: WorldCore, _bot: Bot, _params: Params) -> bool:
    return True


def _scope(world: WorldCore, bot: Bot, params: Params) -> tuple[str, str]:
    """Scope and language as one key; scopes of chats are checked against the chat."""
    language = params.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad("Invalid language code specified")
    value = params.structure("scope", "Can't parse BotCommandScope JSON object")
    if value is None:
        return "default", language
    if not isinstance(value, dict):
        raise bad("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = string_field(value, "type", required=True)
    if kind in _PLAIN_SCOPES:
        return kind, language
    if kind not in _CHAT_SCOPES:
        raise bad("Can't parse BotCommandScope: Unsupported type specified")
    if "chat_id" not in value:
        raise bad("Can't parse BotCommandScope: Can't find field \"chat_id\"")
    chat = read_chat(world, bot, Params({"chat_id": value["chat_id"]}, {}))
    if kind == "chat_member":
        who = value.get("user_id")
        if not isinstance(who, int) or who <= 0:
            raise bad("Can't parse BotCommandScope: Invalid user_id specified")
        return f"{kind}:{chat.id}:{who}", language
    return f"{kind}:{chat.id}", language


def set_my_commands(world: WorldCore, bot: Bot, params: Params) -> bool:
    raw = params.array("commands", "Can't parse commands JSON object", "Expected an Array of BotCommand")
    commands = [_command(item) for item in raw]
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    bot.commands[_scope(world, bot, params)] = commands
    return True


def _command(item: Any) -> Json:
    if not isinstance(item, dict):
        raise bad("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in item:
            raise bad(f"Can't parse BotCommand: Can't find field \"{name}\"")
    command = string_field(item, "command").removeprefix("/")
    description = string_field(item, "description").strip()
    if not _COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def get_my_commands(world: WorldCore, bot: Bot, params: Params) -> list[Json]:
    return bot.commands.get(_scope(world, bot, params), [])


def delete_my_commands(world: WorldCore, bot: Bot, params: Params) -> bool:
    bot.commands.pop(_scope(world, bot, params), None)
    return True


def set_my_name(_world: WorldCore, bot: Bot, params: Params) -> bool:
    return _set_text(bot, params, "name")


def set_my_description(_world: WorldCore, bot: Bot, params: Params) -> bool:
    return _set_text(bot, params, "description")


def set_my_short_description(_world: WorldCore, bot: Bot, params: Params) -> bool:
    return _set_text(bot, params, "short_description")


def get_my_name(_world: WorldCore, bot: Bot, params: Params) -> Json:
    return {"name": bot.texts.get(("name", params.text("language_code")), bot.user.first_name)}


def get_my_description(_world: WorldCore, bot: Bot, params: Params) -> Json:
    return {"description": bot.texts.get(("description", params.text("language_code")), "")}


def get_my_short_description(_world: WorldCore, bot: Bot, params: Params) -> Json:
    return {"short_description": bot.texts.get(("short_description", params.text("language_code")), "")}


def _set_text(bot: Bot, params: Params, what: str) -> bool:
    language, text = params.text("language_code"), params.text(what)
    if not _LANGUAGE.fullmatch(language):
        raise bad("Invalid language code specified")
    if len(text) > _LENGTHS[what]:
        raise bad({"name": "BOT_TITLE_INVALID"}.get(what, "BOT_INFO_INVALID"))
    bot.texts[what, language] = text
    return True


def set_chat_menu_button(world: WorldCore, bot: Bot, params: Params) -> bool:
    value = params.structure("menu_button", "Can't parse menu button JSON object")
    if value is not None and (
        not isinstance(value, dict) or value.get("type") not in ("default", "commands", "web_app")
    ):
        raise bad("Can't parse menu button: MenuButton must be an Object")
    key = write_chat(world, bot, params).id if params.has("chat_id") else 0
    bot.menu_buttons[key] = value or {"type": "default"}
    return True


def get_chat_menu_button(world: WorldCore, bot: Bot, params: Params) -> Json:
    key = read_chat(world, bot, params).id if params.has("chat_id") else 0
    return bot.menu_buttons.get(key, bot.menu_buttons.get(0, {"type": "commands"}))


def set_default_rights(_world: WorldCore, bot: Bot, params: Params) -> bool:
    value = params.structure("rights", "Can't parse administrator rights JSON object")
    if value is not None and not isinstance(value, dict):
        raise bad("Object expected as administrator rights")
    rights = {name: flag_field(value or {}, name) for name in ("is_anonymous", *ADMIN_RIGHTS)}
    bot.default_rights["channels" if params.flag("for_channels") else "groups"] = rights
    return True


def get_default_rights(_world: WorldCore, bot: Bot, params: Params) -> Json:
    none = dict.fromkeys(("is_anonymous", *ADMIN_RIGHTS), False)
    return bot.default_rights.get("channels" if params.flag("for_channels") else "groups", none)


def get_user_profile_photos(_world: WorldCore, _bot: Bot, _params: Params) -> Json:
    return {"total_count": 0, "photos": []}
