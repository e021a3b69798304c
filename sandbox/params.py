"""A request's parameters: they come as JSON values, or as strings from forms and query strings; both read the same.

Types are checked strictly. The wording is that of the Bot API server's own JSON reader.
"""

import json
import re
from typing import Any

from sandbox.errors import bad

Upload = tuple[str, bytes, str]  # file name, content, MIME type

_INTEGER = re.compile(r"[+-]?\d{1,19}")
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0", ""})


class Params:
    __slots__ = ("files", "raw")

    def __init__(self, raw: dict[str, Any], files: dict[str, Upload]) -> None:
        self.raw = raw
        self.files = files

    def has(self, name: str) -> bool:
        value = self.raw.get(name)
        return value is not None and value != ""

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers pass as texts."""
        value = self.raw.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        raise bad(f'Field "{name}" must be of type String')

    def integer(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """A whole number, clamped to the given bounds, as the Bot API clamps its own."""
        value = self.raw.get(name)
        if value is None or value == "":
            number = default
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif (isinstance(value, float) and value.is_integer()) or (
            isinstance(value, str) and _INTEGER.fullmatch(value.strip())
        ):
            number = int(value)
        else:
            raise bad(f'Field "{name}" must be of type Number')
        if low is not None:
            number = max(low, number)
        return number if high is None else min(high, number)

    def number(self, name: str) -> float | None:
        """A number with a fraction, or None when absent."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise bad(f'Field "{name}" must be of type Number')
        try:
            return float(value)
        except ValueError:
            raise bad(f'Field "{name}" must be of type Number') from None

    def flag(self, name: str) -> bool:
        """A yes or no: a JSON boolean, or one of the words Telegram takes for it. Absent is no."""
        value = self.raw.get(name)
        if isinstance(value, bool):
            return value
        if value is None or (isinstance(value, int) and value == 0):
            return False
        word = str(value).strip().lower()
        if isinstance(value, (str, int)) and word in _TRUE:
            return True
        if isinstance(value, str) and word in _FALSE:
            return False
        raise bad(f'Field "{name}" must be of type Boolean')

    def structure(self, name: str, unreadable: str) -> Any:
        """A JSON value, parsed if it came as a string; None when absent. `unreadable` words the parse error."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(unreadable) from None

    def array(self, name: str, unreadable: str, expected: str) -> list[Any]:
        """A JSON array, [] when absent; `expected` words what is wrong with anything else."""
        value = self.structure(name, unreadable)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad(expected)
        return value

    def upload(self, name: str) -> Upload | None:
        """The file a parameter brings: under its own name, or under the one it points at with attach://."""
        value = self.raw.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name)


def field(source: dict[str, Any], name: str, kinds: type | tuple[type, ...], word: str, default: Any = None) -> Any:
    """A field of a JSON object, with its type checked in Telegram's words. Booleans are no numbers."""
    value = source.get(name)
    if value is None:
        return default
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in _as_tuple(kinds)):
        raise bad(f'Field "{name}" must be of type {word}')
    return value


def _as_tuple(kinds: type | tuple[type, ...]) -> tuple[type, ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)


def string_field(source: dict[str, Any], name: str, *, required: bool = False) -> str:
    """Numbers pass as strings, as in the Bot API server."""
    if required and name not in source:
        raise bad(f'Can\'t find field "{name}"')
    return str(field(source, name, (str, int, float), "String", ""))


def flag_field(source: dict[str, Any], name: str) -> bool:
    return bool(field(source, name, bool, "Boolean", False))
