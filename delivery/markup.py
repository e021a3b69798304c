"""Our buttons as PTB's keyboards."""

from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from domain.text import Button, Rows


def keyboard(rows: Rows, *, private: bool) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """None when there is nothing to press. A key asking for contact or location makes it a reply keyboard, which
    Telegram allows in private chats only; elsewhere such keys are left out."""
    if private and any(_asks(button) for row in rows for button in row):
        keys = [[_key(button) for button in row] for row in rows]
        return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    lines = [[_inline(button) for button in row if not _asks(button)] for row in rows]
    lines = [line for line in lines if line]
    return InlineKeyboardMarkup(lines) if lines else None


def inline_keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """For edits, which cannot carry a reply keyboard."""
    made = keyboard(rows, private=False)
    return made if isinstance(made, InlineKeyboardMarkup) else None


def reply_markup(rows: Rows, *, private: bool) -> dict[str, Any] | None:
    """The same as it goes over the wire. Buttons under a message are written without PTB's objects, whose making and
    unmaking costs more than everything else about a message."""
    if private and any(_asks(button) for row in rows for button in row):
        made = keyboard(rows, private=True)
        return None if made is None else made.to_dict()
    lines = [[_written(button) for button in row if not _asks(button)] for row in rows]
    lines = [line for line in lines if line]
    return {"inline_keyboard": lines} if lines else None


def _written(button: Button) -> dict[str, str]:
    given = {
        "text": button.label,
        "url": button.url,
        "callback_data": button.data,
        "style": None if button.style is None else button.style.value,
    }
    return {name: value for name, value in given.items() if value is not None}


def _asks(button: Button) -> bool:
    return button.contact or button.location


def _inline(button: Button) -> InlineKeyboardButton:
    style = None if button.style is None else button.style.value
    return InlineKeyboardButton(button.label, url=button.url, callback_data=button.data, style=style)


def _key(button: Button) -> KeyboardButton:
    return KeyboardButton(
        button.label,
        request_contact=button.contact or None,
        request_location=button.location or None,
        style=None if button.style is None else button.style.value,
    )
