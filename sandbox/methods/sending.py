"""sendMessage and everything the other sending methods share: where to, in reply to what, with which buttons."""

from dataclasses import dataclass

from sandbox.access import may_send, spend, write_chat
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.keyboards import Markup, read_markup
from sandbox.methods.texts import message_text
from sandbox.model import Chat, Json, Message, StoredFile
from sandbox.params import Params, field, flag_field


@dataclass(frozen=True, slots=True)
class Target:
    """A destination that has passed every check and paid its budget."""

    chat: Chat
    reply_to: Message | None
    markup: Markup
    silent: bool
    protected: bool


def target(world: WorldCore, bot: Bot, params: Params, permission: str, *, count: int = 1) -> Target:
    """Check everything a sending method has to check about its destination, then pay for `count` messages."""
    wanted, lenient = _reply_wanted(params)
    chat = write_chat(world, bot, params)
    markup = read_markup(params, private=chat.private)
    if params.integer("message_thread_id") and not chat.private:
        raise bad("message thread not found")  # no group here has topics
    reply_to = chat.messages.get(wanted) if wanted else None
    if wanted and reply_to is None and not lenient:
        raise bad("message to be replied not found")
    may_send(chat, bot, permission)
    spend(world, bot, chat, count)
    return Target(chat, reply_to, markup, params.flag("disable_notification"), params.flag("protect_content"))


def _reply_wanted(params: Params) -> tuple[int, bool]:
    """The id of the message to reply to (0: none), and whether to send without it when it is gone."""
    value = params.structure("reply_parameters", "Can't parse reply parameters JSON object")
    if value is None:
        return params.integer("reply_to_message_id"), params.flag("allow_sending_without_reply")
    if not isinstance(value, dict):
        raise bad("Object expected as reply parameters")
    if not value:
        return 0, False
    if "message_id" not in value:
        raise bad('Can\'t find field "message_id"')
    message_id = int(field(value, "message_id", int, "Number"))
    elsewhere = value.get("chat_id")
    lenient = flag_field(value, "allow_sending_without_reply")
    if elsewhere is not None and str(elsewhere) != str(params.raw.get("chat_id")):
        return (0, True) if lenient else (-1, False)  # replies across chats are not modelled
    return message_id, lenient


def deliver(world: WorldCore, bot: Bot, where: Target, content: Json, file: StoredFile | None = None) -> Message:
    """Post the message. Its payload is the method's result."""
    if where.markup.inline is not None:
        content["reply_markup"] = where.markup.inline
    if where.protected:
        content["has_protected_content"] = True
    return world.post(
        where.chat,
        content,
        sender=bot.user,
        bot=bot,
        reply_to=where.reply_to,
        file=file,
        markup=where.markup.other,
        silent=where.silent,
    )


def send_message(world: WorldCore, bot: Bot, params: Params) -> Json:
    content = message_text(world, bot, params)
    where = target(world, bot, params, "can_send_messages")
    return deliver(world, bot, where, content).payload
