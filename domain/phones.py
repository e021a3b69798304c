"""Mobile numbers as people type them and as spreadsheets mangle them. Not here: who a number belongs to."""

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9]\d{9}")
"""a mobile number of mainland China, the form asked for by the roster (F1)"""
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1\d{10}$)")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−_.·()（）'\"‘’“”]+")
_POWER = re.compile(r"(\d)(?:\.(\d*))?[eE]\+?(\d{1,2})")
_WHOLE = re.compile(r"(\d+)\.0+")


def whole_number(text: str) -> str:
    """What a spreadsheet made of a long number, undone where no digit is lost: "13912345678.0" and
    "1.3912345678E+10" are 13912345678. Everything else, "1.39E+10" too, comes back as it is, half-width."""
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    if found := _WHOLE.fullmatch(text):
        return found.group(1)
    if found := _POWER.fullmatch(text):
        first, rest, power = found.group(1), found.group(2) or "", int(found.group(3))
        if len(rest) == power:
            return first + rest
    return text


def is_rounded(text: str) -> bool:
    """A spreadsheet kept only "1.39E+10" of a number: the missing digits must not become zeros."""
    found = _POWER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return found is not None and len(found.group(2) or "") < int(found.group(3))


def read_mobile(text: str) -> str | None:
    """The eleven digits of one mobile number: "+86 139-1234-5678", "0086139…", full-width, floating. None for
    anything else, two numbers in one text included."""
    digits = _BETWEEN.sub("", whole_number(text))
    digits = _COUNTRY.sub("", digits)
    return digits if _MOBILE.fullmatch(digits) else None


def last_four(phone: str) -> str:
    return phone[-4:]
