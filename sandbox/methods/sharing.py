"""Places, contacts and "typing…"."""

from sandbox.access import edit_chat, read_message, spend, write_chat
from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.keyboards import read_markup
from sandbox.methods.sending import deliver, target
from sandbox.model import Json
from sandbox.params import Params

_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
_FOREVER = 0x7FFFFFFF


def _location(params: Params) -> Json:
    body: Json = {}
    for name, bound in (("latitude", 90), ("longitude", 180)):
        if not params.has(name):
            raise bad(f"{name} is empty")
        value = params.number(name)
        if value is None or not -bound <= value <= bound:
            raise bad("wrong location specified")
        body[name] = value
    accuracy = params.number("horizontal_accuracy")
    if accuracy:
        body["horizontal_accuracy"] = min(max(accuracy, 0.0), 1500.0)
    return body


def send_location(world: WorldCore, bot: Bot, params: Params) -> Json:
    location = _location(params)
    period = params.integer("live_period")
    if period:
        if not (60 <= period <= 86_400 or period == _FOREVER):
            raise bad("wrong live location period specified")
        location["live_period"] = period
        for name in ("heading", "proximity_alert_radius"):
            if params.integer(name):
                location[name] = params.integer(name)
    where = target(world, bot, params, "can_send_messages")
    return deliver(world, bot, where, {"location": location}).payload


def edit_live_location(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _move(world, bot, params, _location(params))


def stop_live_location(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _move(world, bot, params, None)


def _move(world: WorldCore, bot: Bot, params: Params, location: Json | None) -> Json:
    chat = edit_chat(world, bot, params)
    markup = read_markup(params, private=chat.private, inline_only=True)
    message = read_message(chat, params, "message to edit")
    old = message.payload.get("location", {})
    period = old.get("live_period")
    if message.bot_id != bot.id or period is None or message.date + period < world.clock.seconds():
        raise bad("message can't be edited")
    spend(world, bot, chat)
    if location is None:
        location = {key: value for key, value in old.items() if key != "live_period"}
    else:
        location["live_period"] = period
    content: Json = {"location": location, "edit_date": int(world.clock.seconds())}
    if markup.inline is not None:
        content["reply_markup"] = markup.inline
    world.revise(message, content, remove=("reply_markup",), by_bot=True)
    return message.payload


def send_venue(world: WorldCore, bot: Bot, params: Params) -> Json:
    location = _location(params)
    venue = {"location": location, "title": params.text("title"), "address": params.text("address")}
    if not venue["title"]:
        raise bad("title is empty")
    where = target(world, bot, params, "can_send_messages")
    return deliver(world, bot, where, {"location": location, "venue": venue}).payload


def send_contact(world: WorldCore, bot: Bot, params: Params) -> Json:
    contact = {"phone_number": params.text("phone_number"), "first_name": params.text("first_name")}
    if not contact["phone_number"]:
        raise bad("phone number must be non-empty")
    if not contact["first_name"]:
        raise bad("first name must be non-empty")
    contact.update({name: params.text(name) for name in ("last_name", "vcard") if params.has(name)})
    where = target(world, bot, params, "can_send_messages")
    return deliver(world, bot, where, {"contact": contact}).payload


def send_chat_action(world: WorldCore, bot: Bot, params: Params) -> bool:
    action = params.text("action").lower()
    if action not in _ACTIONS:
        raise bad("Wrong parameter action in request")
    chat = write_chat(world, bot, params)
    world.publish("action", chat, action=action)
    return True
