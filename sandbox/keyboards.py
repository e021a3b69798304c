"""Reply markup: read strictly, kept as Telegram would keep it, refused in its words.

Facts: Bot API server Client.cpp (get_reply_markup, get_inline_keyboard_button), tdlib ReplyMarkup.cpp, and the Bot
API documentation for lengths. A button without text is dropped silently, as Telegram drops it.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.errors import ApiError, bad
from sandbox.model import Json
from sandbox.params import Params, field, flag_field, string_field
from sandbox.urls import checked_link, mentioned_user

MAX_INLINE_BUTTONS = 100
MAX_BUTTONS = 300
_STYLES = frozenset({"danger", "success", "primary"})
_PRIVATE_ONLY = (
    ("request_contact", "Phone number can be requested in private chats only"),
    ("request_location", "Location can be requested in private chats only"),
    ("request_poll", "Poll can be requested in private chats only"),
    ("request_users", "Users can be requested in private chats only"),
    ("request_chat", "Chats can be requested in private chats only"),
    ("web_app", "Web App buttons can be used in private chats only"),
)


@dataclass(frozen=True, slots=True)
class Markup:
    """At most one of the two: inline buttons travel with the message, the rest is for the person's client."""

    inline: Json | None = None
    other: Json | None = None


NO_MARKUP = Markup()


def read_markup(params: Params, *, private: bool, inline_only: bool = False) -> Markup:
    """The reply_markup parameter of a message to a private chat or to a group."""
    raw = params.raw.get("reply_markup")
    if raw is None or raw == "":
        return NO_MARKUP
    value = params.structure("reply_markup", "Can't parse reply keyboard markup JSON object")
    if not isinstance(value, dict):
        raise bad("Object expected as reply markup")
    keyboard = _rows(value, "keyboard", "keyboard button", lambda button: _button(button, private=private))
    inline = _rows(
        value,
        "inline_keyboard",
        "inline keyboard button",
        lambda button: _inline_button(button, private=private),
    )
    if keyboard:
        markup = Markup(other=_reply_keyboard(value, keyboard))
    elif inline:
        if sum(len(row) for row in inline) > MAX_INLINE_BUTTONS:
            raise bad("reply markup is too long")
        return Markup(inline={"inline_keyboard": inline})
    elif flag_field(value, "remove_keyboard"):
        markup = Markup(other={"remove_keyboard": True, "selective": flag_field(value, "selective")})
    elif flag_field(value, "force_reply"):
        markup = Markup(other={"force_reply": True, "selective": flag_field(value, "selective"),
                               "input_field_placeholder": _placeholder(value)})  # fmt: skip
    else:
        return NO_MARKUP
    if inline_only:
        raise bad("Inline keyboard expected")
    return markup


def _rows(value: Json, name: str, what: str, read: Any) -> list[list[Json]]:
    raw = field(value, name, list, "Array", [])
    rows = []
    for row in raw:
        if not isinstance(row, list):
            of = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
            raise bad(f'Field "{name}"{of} must be an Array of Arrays')
        buttons = []
        for button in row:
            try:
                kept = read(button)
            except ButtonError as error:
                raise bad(f"Can't parse {what}: {error}") from None
            if kept is not None:
                buttons.append(kept)
        if buttons:
            rows.append(buttons)
    return rows


class ButtonError(ValueError):
    """A button that the Bot API server itself cannot read."""


def _text_of(button: Any, name: str) -> str:
    if not isinstance(button, dict):
        raise ButtonError(f"{name} must be an Object")
    if "text" not in button:
        raise ButtonError('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise ButtonError('Field "text" must be of type String')
    return button["text"].strip()


def _optional(button: Json, name: str) -> str:
    value = button.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ButtonError(f'Field "{name}" must be of type String')
    return str(value)


def _styled(button: Json, text: str) -> Json:
    kept: Json = {"text": text}
    style = _optional(button, "style")
    if style:
        if style not in _STYLES:
            raise ButtonError("Unsupported button style specified")
        kept["style"] = style
    return kept


def _inline_button(button: Any, *, private: bool) -> Json | None:
    text = _text_of(button, "InlineKeyboardButton")
    kept = _styled(button, text)
    url, data = _optional(button, "url"), _optional(button, "callback_data")
    if url:
        kept["url"] = url if mentioned_user(url) is not None else _link(url, "Inline keyboard button")
    elif data:
        if len(data.encode()) > 64:
            raise bad("BUTTON_DATA_INVALID")
        kept["callback_data"] = data
    elif "copy_text" in button:
        copied = _object(button, "copy_text").get("text", "")
        if not isinstance(copied, str) or not 1 <= len(copied) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        kept["copy_text"] = {"text": copied}
    elif "web_app" in button:
        if not private:
            raise bad("BUTTON_TYPE_INVALID")
        kept["web_app"] = {"url": _https(_object(button, "web_app"), "Inline keyboard button Web App")}
    elif "login_url" in button:
        kept["login_url"] = {"url": _https(_object(button, "login_url"), "Inline keyboard button login")}
    else:
        for name in ("switch_inline_query", "switch_inline_query_current_chat"):
            if name in button:
                kept[name] = _optional(button, name)
                break
        else:
            raise ButtonError("Text buttons are unallowed in the inline keyboard")
    return kept if text else None


def _button(button: Any, *, private: bool) -> Json | None:
    if isinstance(button, str):
        return {"text": button} if button.strip() else None
    if not isinstance(button, dict):
        raise ButtonError("KeyboardButton must be a String or an Object")
    text = _text_of(button, "KeyboardButton")
    kept = _styled(button, text)
    for name, refusal in _PRIVATE_ONLY:
        value = button.get(name)
        if value is None or value is False:
            continue
        if name in ("request_contact", "request_location") and value is not True:
            raise ButtonError(f'Field "{name}" must be of type Boolean')
        if not private:
            raise bad(refusal)
        kept[name] = value
    return kept if text else None


def _reply_keyboard(value: Json, keyboard: list[list[Json]]) -> Json:
    if sum(len(row) for row in keyboard) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    kept: Json = {"keyboard": keyboard}
    for name in ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective"):
        kept[name] = flag_field(value, name)
    kept["input_field_placeholder"] = _placeholder(value)
    return kept


def _placeholder(value: Json) -> str:
    text = string_field(value, "input_field_placeholder")
    if len(text) > 64:
        raise bad("input field placeholder is too long")
    return text


def _object(button: Json, name: str) -> Json:
    value = button[name]
    if not isinstance(value, dict):
        raise ButtonError(f'Field "{name}" must be of type Object')
    return value


def _link(url: str, what: str) -> str:
    try:
        return checked_link(url)
    except ValueError as error:
        raise _at(what, error) from None


def _https(holder: Json, what: str) -> str:
    url = str(holder.get("url", ""))
    if not url.lower().startswith("https://"):
        raise bad(f"{what} URL '{url}' is invalid: Only HTTPS links are allowed")
    return _link(url, what)


def _at(what: str, error: ValueError) -> ApiError:
    return bad(f"{what} {error}")
