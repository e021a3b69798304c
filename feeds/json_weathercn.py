"""The reader of weather.com.cn: its map of warnings, which leads to a page for each, and these pages, which are
JavaScript of one assignment: `var alarminfo={…};`.

The polygon in the map is the outline of the office's county and not the place of the warning; it is not used.
"""

import re
from typing import Any

from domain.notices import MsgType, cross_source_key
from feeds.cap import choice, line
from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_notice import Entry, Gathered, check_count, level_colour
from feeds.json_safety import Fields, decode, parse_json
from feeds.reading import Asked, Link, Reading

PAGES = "https://product.weather.com.cn/alarm/webdata/"
"""where the pages are; the host has to be among those that the source allows"""

_ASSIGNED = re.compile(r"^\s*(?:var\s+)?[A-Za-z_$][\w$.]{0,40}\s*=\s*(?=\{)", re.ASCII)
_CALLED = re.compile(r"^\s*[A-Za-z_$][\w$.]{0,40}\s*\(\s*(?=\{)", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9_-]{1,100}\.html", re.ASCII)


def read_weathercn(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of weather.com.cn: the map or one of its pages, as the body shows."""
    answer = Fields.of(parse_json(bare(body)))
    gathered = Gathered.begun(body, asked)
    if "ISSUECONTENT" in answer or "ALERTID" in answer or "head" in answer:
        gathered.take([answer.values], "page", lambda page: _entry(page, asked))
        if gathered.refused:
            raise UnreadableNotice(gathered.refused[0].reason, gathered.refused[0].detail)
        return gathered.reading(whole=False)
    if answer.text("status") not in {"", "success"}:
        raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"{answer.text('status')} {answer.text('errMsg')}"[:100])
    return _map(answer.inner("result") if "result" in answer else answer, gathered)


def bare(body: bytes) -> str:
    """The JSON inside an assignment or a call; anything else as it is."""
    text = decode(body)
    if called := _CALLED.match(text):
        return text[called.end() :].rstrip().removesuffix(";").rstrip().removesuffix(")")
    if assigned := _ASSIGNED.match(text):
        return text[assigned.end() :].rstrip().removesuffix(";")
    return text


def _map(result: Fields, gathered: Gathered) -> Reading:
    if "data" not in result:
        raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, "neither a map nor a page")
    rows = result.items("data")
    complete = check_count(result.count("count"), len(rows))
    for number, row in enumerate(rows):
        try:
            _lead(row, number, gathered)
        except UnreadableNotice as fault:
            gathered.refuse(fault)
    return gathered.reading(whole=complete)


def _lead(row: Any, number: int, gathered: Gathered) -> None:
    """A row has places instead of names: 0 the region, 1 the page, 4 the national number, 6 the title."""
    if not isinstance(row, list) or len(row) < 2:
        raise UnreadableNotice(Unreadable.WRONG_TYPE, f"data[{number}]")
    words = [line(value) if isinstance(value, str) else "" for value in row[:8]]
    if not _FILE.fullmatch(words[1]):
        raise UnreadableNotice(Unreadable.BAD_LINK, f"data[{number}]: {words[1][:60]}")
    name = next((key for word in words[4:] if (key := cross_source_key(word))), "")
    hints = {"id": name, "region": words[0][:100], "title": words[6][:200] if len(words) > 6 else ""}
    gathered.links.append(Link(PAGES + words[1], name, {key: value for key, value in hints.items() if value}))
    if not name:
        gathered.named = None
    elif gathered.named is not None:
        gathered.named.add(name)


def _entry(page: Fields, asked: Asked) -> Entry:
    places = (page.text("PROVINCE"), page.text("CITY"), page.text("STATIONNAME"))
    said = page.text("msgType")
    return Entry(
        name=page.text("identifier") or asked.hints.get("id", "") or page.text("ALERTID"),
        headline=page.text("head"),
        text=page.text("ISSUECONTENT"),
        stated=page.text("ISSUETIME"),
        expires=page.text("RELIEVETIME"),
        colours=(page.text("SIGNALLEVEL"), level_colour(page.code("LEVELCODE"))),
        kind=page.text("SIGNALTYPE"),
        region="".join(dict.fromkeys(place for place in places if place)),
        msg_type=choice(MsgType, said) if said else None,
        references=tuple(re.split(r"[\s,;，；]+", page.text("references"))),
    )
