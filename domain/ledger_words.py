"""What people type after 台账: a number, or places, departments, states and words in any order. Pure.

    2026-0012 · 12号 · 上坞村 逾期 · 水利 重大 · 6月 裂缝 · 今年 已销号
What names nothing of that is a word to look for in the lines themselves.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.hazards import ALIVE, Grade, HazardState
from domain.ledger import LedgerFilter
from domain.places import Level, PlaceCode, PlaceTree, short_name

_NUMBER = re.compile(r"(?:(20\d\d)\s*[-—－年]\s*)?0*(\d{1,7})\s*号?")
_MONTH = re.compile(r"(?:(20\d\d)\s*[-年./]\s*)?(\d{1,2})\s*月(?:份)?")
_YEARS_BACK = 8
"""a number without its year is looked for so far back"""
_MOST_WORDS = 5
_SPACES = re.compile(r"[\s,，;；、。]+")


@dataclass(frozen=True, slots=True)
class Known:
    """The words that mean something here, in the reader's language."""

    tree: PlaceTree
    county: PlaceCode
    states: Mapping[str, frozenset[HazardState]]
    grades: Mapping[str, Grade]
    departments: Collection[str]
    """their names; what each owns is filled in by whoever reads for somebody"""
    overdue: str
    this_year: str
    open: str


def pairs_of(text: str) -> frozenset[str]:
    """Every two characters that follow each other, and the last one alone: what an index of words is made of. So every
    part of the text, however short, is found by a pair or by what a pair begins with."""
    text = text.lower()
    return frozenset(text[at : at + 2] for at in range(len(text)))


def read_wish(text: str, known: Known, now: datetime) -> LedgerFilter:
    """`now` on the county's clock."""
    text = text.strip()
    if number := _NUMBER.fullmatch(text):
        return LedgerFilter(numbers=_numbers(number[1], int(number[2]), now.year))
    wish = LedgerFilter()
    for word in filter(None, _SPACES.split(text)):
        wish = _with(wish, word, known, now)
    return wish


def _numbers(year: str | None, number: int, this_year: int) -> tuple[str, ...]:
    years = [int(year)] if year else range(this_year, this_year - _YEARS_BACK, -1)
    return tuple(f"{one}-{number:04d}" for one in years)


def _with(wish: LedgerFilter, word: str, known: Known, now: datetime) -> LedgerFilter:
    if word in known.states:
        return replace(wish, states=(wish.states or frozenset()) | known.states[word])
    if word == known.open:
        return replace(wish, states=ALIVE)
    if word == known.overdue:
        return replace(wish, overdue_at=now)
    if word in known.grades:
        return replace(wish, grade=known.grades[word])
    if word == known.this_year:
        return replace(wish, since=_first(now, now.year, 1))
    if month := _MONTH.fullmatch(word):
        return _in_month(wish, word, month, now)
    if (department := word.removesuffix("部门").removesuffix("局")) in known.departments:
        return replace(wish, department=department)
    places = _places(word, known)
    if places:
        return replace(wish, places=wish.places + places)
    return wish if len(wish.words) >= _MOST_WORDS else replace(wish, words=(*wish.words, word))


def _in_month(wish: LedgerFilter, word: str, month: re.Match[str], now: datetime) -> LedgerFilter:
    number = int(month[2])
    if not 1 <= number <= 12:
        return replace(wish, words=(*wish.words, word))
    # A month without a year that has not come yet is last year's.
    year = int(month[1]) if month[1] else now.year - (number > now.month)
    first = _first(now, year, number)
    return replace(wish, since=first, until=_first(now, year + number // 12, number % 12 + 1))


def _first(now: datetime, year: int, month: int) -> datetime:
    return now.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)


def _places(word: str, known: Known) -> tuple[PlaceCode, ...]:
    """Every place of that name: two villages of one name are both meant."""
    return tuple(
        place.code
        for place in known.tree
        if place.level is not Level.COUNTY and word in {place.name, short_name(place.name, place.level)}
    )
