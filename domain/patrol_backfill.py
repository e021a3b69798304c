"""Several missed rounds filled in by one line: "补2,3 正常", "补 02:00,04:00 正常", "都补 正常". Pure.

Numbers are those of the list that 补 alone shows. Only what is the same for all of them can be said so: 正常 or 去不了.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from domain.numerals import plain, read_numbers_list
from domain.patrols import Finding, Said, read_check_in
from domain.spoken_times import read_time

ABOUT = timedelta(hours=6)
"""a time that is named belongs to the nearest round no farther than this"""
_MOST = 80
_FILL = re.compile(r"fill\b(?: in\b)?")
_SHOW = frozenset({"补", "补报", "补填", "补记", "补打卡"})
_LINE = re.compile(
    r"(?:(?P<why>.*?)[\s,;。、]+)?"
    r"(?:(?:都|全|全部|全都)补(?:报|填|记|打卡)?(?P<every>)|补(?:报|填|记|打卡)?\s*(?:(?:全部|所有|都|all)(?P<all>))?)"
    r"[\s:,]*(?P<rest>.+)"
)
_NUMBERS = re.compile(r"[\d\s,、和到至及与]+")


@dataclass(frozen=True, slots=True)
class Backfill:
    """`numbers` of the list (from 1) or `times`; neither: all of them."""

    said: Said
    numbers: tuple[int, ...] = ()
    times: tuple[datetime, ...] = ()


def wants_list(text: str) -> bool:
    """补 alone: which rounds may be filled in?"""
    return _FILL.sub("补", plain(text)) in _SHOW


def read_backfill(text: str, now: datetime, zone: tzinfo) -> Backfill | None:
    """None for anything else, and for one time alone ("补04:00 正常"), which domain.patrols reads."""
    body = _FILL.sub("补", plain(text))
    found = _LINE.fullmatch(body) if len(body) <= _MOST else None
    if found is None:
        return None
    rest, why = found["rest"], found["why"] or ""
    if found["every"] is not None or found["all"] is not None:
        said = _said(rest, why, now, zone)
        return None if said is None else Backfill(said)
    for cut in range(len(rest) - 1, 0, -1):
        which, said = rest[:cut].strip(" ,、。;:"), _said(rest[cut:], why, now, zone)
        if said is None or not which:
            continue
        if _NUMBERS.fullmatch(which):
            numbers = read_numbers_list(which)
            return Backfill(said, numbers=numbers) if numbers else None
        times = [read_time(one, now, zone, "past") for one in re.split(r"[\s,、;和及与]+", which)]
        known = [one for one in times if one is not None and one <= now]
        if len(known) == len(times) > 1:
            return Backfill(said, times=tuple(dict.fromkeys(known)))
    return None


def _said(rest: str, why: str, now: datetime, zone: tzinfo) -> Said | None:
    body = rest.strip(" ,、。;:")
    said = None if body[:1].isdigit() else read_check_in(body, {}, now, zone)  # "补2,3" says nothing about how it was
    if said is None or said.seen_at is not None or said.finding not in {Finding.NORMAL, Finding.UNABLE}:
        return None
    words = " ".join(filter(None, (why, said.words)))
    return Said(said.finding, hindrance=said.hindrance, words=words)


def chosen(fill: Backfill, dues: Sequence[datetime]) -> list[int] | None:
    """Which of the missed rounds (from 0, in the order of the list) are meant. None where one cannot be found: nothing
    is taken then. Rounds of several points that were due together are one time."""
    if fill.numbers:
        return [one - 1 for one in fill.numbers] if max(fill.numbers) <= len(dues) else None
    if not fill.times:
        return list(range(len(dues))) or None
    found: list[int] = []
    for moment in fill.times:
        nearest = min(dues, key=lambda due: abs(due - moment), default=None)
        if nearest is None or abs(nearest - moment) > ABOUT:
            return None
        these = [at for at, due in enumerate(dues) if due == nearest]
        if any(at in found for at in these):
            return None
        found += these
    return found
