"""Who sends a warning and which one it is, for feeds of China: the same warning gets the same name in every one of
them.

The national number (14 digits of the office, 14 of the time) is what all of them pass on, with prefixes of their own.
Where there is one it is the identifier, its first half the sender and its second half the instant of sending: the
times beside it differ from feed to feed by minutes.
"""

import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from domain.notices import cross_source_key
from feeds.errors import Unreadable, UnreadableNotice

MAX_NAME = 250
_NEAR = timedelta(days=2)


class Identity(NamedTuple):
    sender: str
    identifier: str
    sent: datetime


def identity(written: str, office: str, stated: datetime | None, zone: tzinfo) -> Identity:
    """The name of a warning that a feed calls `written`. `office`: who issued it, as people say; `stated`: the time
    that the feed gives. UnreadableNotice where one of the three cannot be known."""
    identifier = checked_name(written, Unreadable.NO_IDENTIFIER)
    number = cross_source_key(identifier)
    sent = stated
    if number is not None:
        numbered = _instant(number[-14:], zone)
        if numbered is not None and (stated is None or abs(numbered - stated) <= _NEAR):
            sent = numbered
    if sent is None:
        raise UnreadableNotice(Unreadable.NO_SENT, identifier)
    sender = number[:14] if number else checked_name(office, Unreadable.NO_SENDER)
    return Identity(sender, number or identifier, sent)


def checked_name(written: str, missing: Unreadable) -> str:
    """An identifier or a sender as it may be kept: not empty, not endless, without control characters."""
    name = written.strip()
    if not name:
        raise UnreadableNotice(missing)
    if len(name) > MAX_NAME:
        raise UnreadableNotice(Unreadable.NAME_TOO_LONG, f"{len(name)} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise UnreadableNotice(Unreadable.BAD_NAME, repr(name)[:100])
    return name


def _instant(digits: str, zone: tzinfo) -> datetime | None:
    year, month, day, hour, minute, second = (int(digits[at : at + size]) for at, size in _PARTS)
    try:
        instant = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return instant.astimezone(UTC) if 1990 <= year <= 2100 else None


_PARTS = ((0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2))
