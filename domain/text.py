"""The types of what the bot says. `Html` comes only from the renderer in messages/: plain text is not accepted
where `Html` is asked for, so that nothing a person typed can reach Telegram unescaped."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

Html = NewType("Html", str)
"""Telegram HTML, every variable part escaped. Made by messages/, or by `Html(...)` on a literal without variables."""


NO_TEXT = Html("")


class ButtonStyle(StrEnum):
    """Bot API 9.4 button colours."""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """One button: exactly one of `data` (at most 64 bytes), `url`, `contact` or `location` is given.

    `contact` and `location` are keys of the reply keyboard, which Telegram allows in private chats only.
    """

    label: str
    data: str | None = None
    url: str | None = None
    style: ButtonStyle | None = None
    contact: bool = False
    location: bool = False

    def __post_init__(self) -> None:
        given = sum((self.data is not None, self.url is not None, self.contact, self.location))
        if given != 1:
            raise ValueError(f"button {self.label!r} needs exactly one purpose, has {given}")
        if self.data is not None and not 1 <= len(self.data.encode()) <= 64:
            raise ValueError(f"button data of {self.label!r} is not 1 to 64 bytes: {self.data!r}")


Rows = tuple[tuple[Button, ...], ...]
"""Buttons row by row, top to bottom."""
