"""The instants of notices, as sources write them."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_WRITTEN = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T\s]+"
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r"\s*(Z|z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def parse_instant(written: str, zone: tzinfo | None) -> datetime | None:
    """The instant in UTC, or None for what is no instant of this age.

    Taken: CAP's own form, also with Z, fractions of a second, an offset without colon, a blank for the T,
    slashes, no seconds. Without an offset the source's `zone` counts; when that is not known, there is no
    instant.
    """
    parts = _WRITTEN.fullmatch(written.strip())
    if parts is None or not 1990 <= int(parts[1]) <= 2100:
        return None
    where = _offset(parts[7]) if parts[7] else zone
    if where is None:
        return None
    year, month, day, hour, minute, second = (int(number or 0) for number in parts.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=where).astimezone(UTC)
    except ValueError:
        return None


def _offset(written: str) -> tzinfo | None:
    if written in {"Z", "z"}:
        return UTC
    away = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    if away > timedelta(hours=14):
        return None
    return timezone(-away if written[0] == "-" else away)
