"""Reading JSON from strangers: one way in, with limits, and fields whose types are what the reader expects.

Not here: what the fields mean. Every reader of a JSON feed goes through `parse_json` and takes its facts out of
`Fields`, so that a wrong type anywhere is a reason and never an exception of another kind.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from feeds.errors import Unreadable, UnreadableNotice
from feeds.xml_safety import MAX_BYTES

MAX_DEPTH = 32
MAX_ITEMS = 100_000
MAX_DIGITS = 18


def parse_json(body: bytes | str, *, max_bytes: int = MAX_BYTES) -> Any:
    """The value of a document, or UnreadableNotice.

    1. A body that is too long is not looked at. 2. UTF-8 only, as the standard has it. 3. No key twice in one object:
    two readers would see two warnings. No NaN, no infinity, no number longer than any fact. 4. A limited depth and
    number of values.
    """
    if len(body) > max_bytes:
        raise UnreadableNotice(Unreadable.TOO_LARGE, f"{len(body)} bytes")
    text = decode(body) if isinstance(body, bytes) else body
    if not text.strip():
        raise UnreadableNotice(Unreadable.EMPTY)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_int=_integer,
            parse_float=_float,
        )
    except RecursionError as error:
        raise UnreadableNotice(Unreadable.TOO_DEEP, f"more than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise UnreadableNotice(Unreadable.NOT_JSON, str(error)[:200]) from error
    _measure(value)
    return value


def decode(body: bytes) -> str:
    """The text of a body in UTF-8, with or without a byte order mark."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableNotice(Unreadable.ENCODING, f"not utf-8: {error.reason}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnreadableNotice(Unreadable.DUPLICATE_KEY, f"among {', '.join(list(found)[:5])}"[:120])
    return found


def _no_number(written: str) -> Any:
    raise UnreadableNotice(Unreadable.BAD_NUMBER, written)


def _integer(written: str) -> int:
    if len(written) > MAX_DIGITS:
        raise UnreadableNotice(Unreadable.BAD_NUMBER, f"{len(written)} digits")
    return int(written)


def _float(written: str) -> float:
    value = float(written)
    if not math.isfinite(value) or len(written) > 40:
        raise UnreadableNotice(Unreadable.BAD_NUMBER, written[:40])
    return value


def _measure(value: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level, items = [value], 0
    for _ in range(MAX_DEPTH):
        items += len(level)
        if items > MAX_ITEMS:
            raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"more than {MAX_ITEMS}")
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise UnreadableNotice(Unreadable.TOO_DEEP, f"more than {MAX_DEPTH} levels")


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return tuple(value.values())
    return value if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object, asked field by field. A missing field and null are alike: nothing was said. A value of another
    type than the one asked for is UnreadableNotice."""

    values: dict[str, Any]
    name: str = ""
    """where it stands, for the technician"""

    @classmethod
    def of(cls, value: Any, name: str = "") -> "Fields":
        if not isinstance(value, dict):
            raise _wrong(name or "the whole", value)
        return cls(value, name)

    def __contains__(self, field: object) -> bool:
        return field in self.values

    def text(self, field: str) -> str:
        """A string without white space around it; "" where nothing was said."""
        value = self.values.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise _wrong(self._at(field), value)
        return value.strip()

    def code(self, field: str) -> str:
        """A string, or an integer that stands for one ("331124" and 331124)."""
        value = self.values.get(field)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(field)

    def number(self, field: str) -> float | None:
        value = self.values.get(field)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise _wrong(self._at(field), value)
        return value

    def count(self, field: str) -> int | None:
        """A whole number, also written as a string ("161")."""
        written = self.code(field)
        if not written:
            return None
        if not (written.isascii() and written.isdigit() and len(written) <= MAX_DIGITS):
            raise _wrong(self._at(field), written)
        return int(written)

    def items(self, field: str) -> list[Any]:
        """A list; empty where nothing was said."""
        value = self.values.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            raise _wrong(self._at(field), value)
        return value

    def inner(self, field: str) -> "Fields":
        """An object; without fields where nothing was said."""
        value = self.values.get(field)
        return Fields({} if value is None else self.of(value, self._at(field)).values, self._at(field))

    def texts(self, field: str) -> Iterator[str]:
        """The strings (or integers) of a list."""
        for number, value in enumerate(self.items(field)):
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise _wrong(f"{self._at(field)}[{number}]", value)
            yield str(value).strip()

    def _at(self, field: str) -> str:
        return f"{self.name}.{field}" if self.name else field


def _wrong(where: str, value: Any) -> UnreadableNotice:
    return UnreadableNotice(Unreadable.WRONG_TYPE, f"{where}: {type(value).__name__}"[:120])
