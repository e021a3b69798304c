"""Cells of the files we write, made harmless: what a person typed must not become a formula in somebody's spreadsheet.

Source: OWASP ASVS 1.2.10 (= + - @ tab and NUL at the start of a cell), and their full-width forms, which spreadsheets
read as the same signs.
"""

from messages import cleaning

_LEADS = frozenset("=+-@\t\r\n\x00＝＋－＠﹦﹢﹣﹫")
_HARMLESS = "'"
"""shown by no spreadsheet in front of a text, and it keeps the text a text"""
_LONGEST = 32_000
"""Excel holds 32,767 characters in a cell"""


def safe_cell(value: object) -> str | int | float:
    """The value for a cell. Numbers stay numbers; a text that a spreadsheet might calculate gets an apostrophe."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raw = "" if value is None else str(value)
    text = cleaning.printable(raw)[:_LONGEST]
    return _HARMLESS + text if raw[:1] in _LEADS or text.lstrip()[:1] in _LEADS else text
