"""Made-up facts for a template, so that it can be tried without the bot: ordinary ones, hostile ones, far too
long ones, missing ones. For the catalogue tests and for judging a county's own wording. Never sent to
anybody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from messages.placeholders import Shape, Sort

_COUNTY_CLOCK = timezone(timedelta(hours=8))
_ITEMS = 3
"""elements of a made-up list: a first, a middle and a last"""
OFFICIAL_LENGTH = 800
"""characters of a made-up official text; a longer one is split by paragraph, which is delivery's affair"""


class Flavour(StrEnum):
    PLAIN = "plain"
    HOSTILE = "hostile"
    LONG = "long"
    EMOJI = "emoji"
    EMPTY = "empty"


TEXTS = {
    Flavour.PLAIN: "溪下村",
    Flavour.HOSTILE: (
        '</b>&<script>alert("1")</script>&lt; @everyone /start \u202e\u0627\u0644\u0645\u0627\u0621\u202c'
        "\u200b\u0000\ud800 '☔️' {{ 7*7 }} {% raw %}\n【县气象局】"
    ),
    Flavour.LONG: "汛期水位上涨。" * 290,
    Flavour.EMOJI: "👨\u200d👩\u200d👧🌊" * 400,
    Flavour.EMPTY: "",
}
_NUMBERS = {Flavour.PLAIN: 3, Flavour.HOSTILE: 1, Flavour.LONG: 120, Flavour.EMOJI: 2, Flavour.EMPTY: 0}
_PHONES: dict[Flavour, str | None] = {
    Flavour.HOSTILE: "<b>139",
    Flavour.LONG: "1" * 2000,
    Flavour.EMPTY: None,
}
_COLOURS: dict[Flavour, str | None] = {
    Flavour.PLAIN: "blue",
    Flavour.HOSTILE: "yellow",
    Flavour.LONG: "orange",
    Flavour.EMOJI: "red",
    Flavour.EMPTY: None,
}
_ADDRESSES = {Flavour.HOSTILE: "https://example.org/\"><b>&lt;'\n"}


class Thing(str):
    """A fact with parts: prints as text, and has its parts as attributes."""

    __slots__ = ("__dict__",)


def specimens(shape: Shape) -> Iterator[tuple[str, dict[str, object]]]:
    """(name, facts) for one template: every flavour, then every value it is compared with, one at a time."""
    for flavour in Flavour:
        yield flavour.value, _parts(shape, flavour, {})
    for path, part in _parts_compared(shape):
        for constant in part.constants:
            yield f"{path}={constant!r}", _parts(shape, Flavour.PLAIN, {id(part): constant})


def _parts_compared(shape: Shape, prefix: str = "") -> Iterator[tuple[str, Shape]]:
    for name, part in shape.fields.items():
        if part.constants:
            yield prefix + name, part
        yield from _parts_compared(part, f"{prefix}{name}.")
    if shape.item is not None:
        yield from _parts_compared(shape.item, f"{prefix}[].")


def _parts(shape: Shape, flavour: Flavour, chosen: dict[int, object]) -> dict[str, object]:
    return {
        name: _value(part, flavour, chosen)
        for name, part in shape.fields.items()
        if not (flavour is Flavour.EMPTY and part.may_be_missing)
    }


def _value(shape: Shape, flavour: Flavour, chosen: dict[int, object]) -> object:
    if id(shape) in chosen:
        return chosen[id(shape)]
    if shape.closed:
        return shape.constants[0]
    if Sort.ITEMS in shape.sorts:
        return _items(shape, flavour, chosen)
    if flavour is Flavour.EMPTY and shape.optional:
        return None
    return _thing(shape, flavour, chosen) if shape.fields else _scalar(shape.sorts, flavour)


def _thing(shape: Shape, flavour: Flavour, chosen: dict[int, object]) -> object:
    if all(name.isdigit() for name in shape.fields):
        parts = _parts(shape, flavour, chosen)
        return tuple(parts[name] for name in sorted(parts, key=int))
    thing = Thing(_text(flavour))
    thing.__dict__.update(_parts(shape, flavour, chosen))
    return thing


def _items(shape: Shape, flavour: Flavour, chosen: dict[int, object]) -> object:
    count = 0 if flavour is Flavour.EMPTY else _ITEMS
    element = shape.item or Shape()
    values = [_value(element, flavour, chosen) for _ in range(count)]
    if shape.pairs:
        return {f"{_text(flavour)}{index}": value for index, value in enumerate(values)}
    return values


def _scalar(sorts: set[Sort], flavour: Flavour) -> object:
    if Sort.TIME in sorts:
        return datetime(2024, 6, 20, 18, 2, tzinfo=_COUNTY_CLOCK)
    if Sort.NUMBER in sorts:
        return _NUMBERS[flavour]
    if Sort.PHONE in sorts:
        return _PHONES.get(flavour, "13900005678")
    if Sort.COLOUR in sorts:
        return _COLOURS[flavour]
    if Sort.ADDRESS in sorts:
        return _ADDRESSES.get(flavour, "https://example.org/?a=1&b=2")
    text = _text(flavour)
    return text[:OFFICIAL_LENGTH] if Sort.OFFICIAL in sorts else text


def _text(flavour: Flavour) -> str:
    return TEXTS[flavour]
