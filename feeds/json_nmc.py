"""The reader of NMC (www.nmc.cn): the list `rest/findAlarm`, and the single warning inside `rest/weather`.

The list has titles only: no text, no end, no codes. A warning that is lifted disappears from it. "None" is a count of
0 beside an empty list, and nothing else; a list that is shorter than its count says nothing about what is missing.
"""

from typing import Any

from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_notice import Entry, Gathered, check_count, pictured_colour
from feeds.json_safety import Fields, parse_json
from feeds.reading import Asked, Reading

_NONE = "9999"


def read_nmc(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of NMC."""
    answer = Fields.of(parse_json(body))
    if answer.count("code") != 0:
        raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"code {answer.code('code')} {answer.text('msg')}"[:100])
    data, gathered = answer.inner("data"), Gathered.begun(body, asked)
    if "page" in data:
        return _list(data, gathered)
    if "real" in data:
        return _single(data.inner("real"), gathered)
    raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, "neither data.page nor data.real")


def _list(data: Fields, gathered: Gathered) -> Reading:
    page = data.inner("page")
    if "list" not in page:
        raise UnreadableNotice(Unreadable.MISSING_FIELD, "data.page.list")
    rows = page.items("list")
    complete = check_count(page.count("count"), len(rows))
    gathered.take(rows, "list", _entry)
    gathered.take(data.items("provinceAlarms"), "provinceAlarms", _entry)
    first = page.count("pageNo") in {None, 1} and page.count("totalPage") in {None, 0, 1}
    return gathered.reading(whole=complete and first)


def _entry(row: Fields) -> Entry:
    return Entry(
        name=row.text("alertid"),
        headline=row.text("title"),
        stated=row.text("issuetime"),
        colours=(pictured_colour(row.text("pic")),),
    )


def _single(real: Fields, gathered: Gathered) -> Reading:
    """A station's weather with at most one warning; its number is in the address of its page."""
    if "warn" not in real:
        raise UnreadableNotice(Unreadable.MISSING_FIELD, "data.real.warn")
    warn = real.inner("warn")
    if not _said(warn, "alert"):
        return Reading(listed=frozenset())
    rows: list[Any] = [warn.values]
    gathered.take(rows, "warn", _warning)
    return gathered.reading(whole=False)


def _warning(warn: Fields) -> Entry:
    return Entry(
        name=_said(warn, "url"),
        headline=_said(warn, "alert"),
        text=_said(warn, "issuecontent"),
        instruction=_said(warn, "fmeans"),
        stated=_said(warn, "issuetime"),
        colours=(_said(warn, "signallevel"), pictured_colour(_said(warn, "pic"))),
        kind=_said(warn, "signaltype"),
    )


def _said(fields: Fields, name: str) -> str:
    value = fields.text(name)
    return "" if value == _NONE else value
