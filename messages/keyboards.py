"""Buttons put into rows. Pure: labels and data come in, `Rows` go out; what a press means is the handlers'
affair.

Telegram takes 8 buttons a row and 100 in all (limits of python-telegram-bot's constants; the Bot API is
silent).
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from domain.text import Button, ButtonStyle, Rows
from messages import cleaning

ROW_LIMIT = 8
ALL_LIMIT = 100
LABEL_LIMIT = 64
"""longer labels are cut by every client; ours are cut with a …"""
_ROW_WIDTH = 26
"""how much fits beside each other on a small phone, a Chinese character counting 2"""


class Labels(Protocol):
    """The part of the catalogue that furniture needs."""

    def label(self, address: str, /, lang: str = "zh", **facts: object) -> str: ...


def button(label: str, data: str, *, style: ButtonStyle | None = None) -> Button:
    """A button that is pressed; the label is put on one line and cut to 64."""
    return Button(label=cleaning.one_line(label, LABEL_LIMIT), data=data, style=style)


def link(label: str, url: str, *, style: ButtonStyle | None = None) -> Button:
    """A button that opens an address, a deep link into the private chat for example."""
    return Button(label=cleaning.one_line(label, LABEL_LIMIT), url=url, style=style)


def in_rows(buttons: Iterable[Button], per_row: int = 2) -> Rows:
    """The buttons in their order, `per_row` beside each other."""
    if not 1 <= per_row <= ROW_LIMIT:
        raise ValueError(f"1 to {ROW_LIMIT} buttons fit in a row, not {per_row}")
    every = tuple(buttons)
    return checked(tuple(every[start : start + per_row] for start in range(0, len(every), per_row)))


def flowing(buttons: Iterable[Button]) -> Rows:
    """As many beside each other as a small phone shows uncut: 是 and 否 share a row, long choices have their
    own."""
    every = tuple(buttons)
    widest = max((_width(one.label) for one in every), default=1)
    return in_rows(every, max(1, min(ROW_LIMIT, _ROW_WIDTH // (widest + 2))))


def stacked(*blocks: Rows | Sequence[Button] | Button | None) -> Rows:
    """Blocks under each other; a single button or a sequence is one row, None and empty ones take no room."""
    rows: list[tuple[Button, ...]] = []
    for block in blocks:
        if isinstance(block, Button):
            rows.append((block,))
        elif block:
            rows.extend(_rows(block))
    return checked(tuple(rows))


def _rows(block: Rows | Sequence[Button]) -> Rows:
    buttons = tuple(entry for entry in block if isinstance(entry, Button))
    rows = tuple(tuple(entry) for entry in block if not isinstance(entry, Button) and entry)
    return (buttons, *rows) if buttons else rows


def furniture(
    words: Labels, lang: str, *, back: str | None = None, skip: str | None = None, cancel: str | None = None
) -> Rows:
    """The row under a question: 上一步 · 跳过 · 取消, each when its button data is given."""
    parts = (("dialogue.back", back), ("dialogue.skip", skip), ("dialogue.cancel", cancel))
    row = tuple(button(words.label(address, lang), data) for address, data in parts if data is not None)
    return (row,) if row else ()


def review(words: Labels, lang: str, *, confirm: str, edit: str | None = None, cancel: str | None = None) -> Rows:
    """Under the review of all answers: 确认提交 alone, then 修改 · 取消."""
    parts = (("dialogue.edit", edit), ("dialogue.cancel", cancel))
    second = tuple(button(words.label(address, lang), data) for address, data in parts if data is not None)
    return stacked(button(words.label("dialogue.confirm", lang), confirm, style=ButtonStyle.SUCCESS), second)


def page(
    words: Labels,
    lang: str,
    buttons: Sequence[Button],
    *,
    number: int,
    size: int,
    turn: str,
    per_row: int = 1,
) -> Rows:
    """One page of a long choice, `number` from 0, with 上一页 · 下一页 under it where there is one.

    `turn` is the data of the turning buttons with {} for the page number. A page number out of range is
    brought in.
    """
    last = max(0, (len(buttons) - 1) // size)
    number = min(max(0, number), last)
    turns = []
    if number > 0:
        turns.append(button(words.label("button.previous_page", lang), turn.format(number - 1)))
    if number < last:
        turns.append(button(words.label("button.next_page", lang), turn.format(number + 1)))
    return stacked(in_rows(buttons[number * size : (number + 1) * size], per_row), turns)


def checked(rows: Rows) -> Rows:
    """The rows, if Telegram takes them: ValueError for more than 8 in a row or 100 in all."""
    if any(len(row) > ROW_LIMIT for row in rows):
        raise ValueError(f"more than {ROW_LIMIT} buttons in a row")
    if sum(map(len, rows)) > ALL_LIMIT:
        raise ValueError(f"more than {ALL_LIMIT} buttons: use keyboards.page")
    return rows


def _width(label: str) -> int:
    return sum(1 if char.isascii() else 2 for char in label)
