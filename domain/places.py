"""The division tree: county → township → village → grid, and the codes that name its places. Pure and frozen.

Codes follow the national statistical division codes, cut 2-2-2-3-3: province, city, county, township,
village.
Canonical forms of `PlaceCode`
    33 · 3311 · 331124                 province, city, county
    331124101 · 331124101201           township, village
    33112410120107 · 331124101201112   grid: the village's code and a number, two digits, three from 100 on
A grid may be a site (a pond, a works, a shelter), not only an area. Only canonical codes are compared.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NewType

from domain.errors import DomainError
from domain.geometry import Point

PlaceCode = NewType("PlaceCode", str)
"""A code in canonical form. Made by `normalise_code`, or by `PlaceCode(...)` on a canonical literal."""

_CUTS = (2, 4, 6, 9, 12)
_DIGITS = re.compile(r"(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14}|[0-9]{15})")
_HYPHENED = re.compile(r"([0-9]{12})-([0-9]{1,3})")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_SEPARATORS = re.compile(r"[\s,，;；、]+")


class PlaceCodeError(DomainError, ValueError):
    """What was written is no division code. Fact: `written`."""

    def __init__(self, written: str) -> None:
        super().__init__("places.bad_code", written=written[:40])


class PlaceTreeError(DomainError, ValueError):
    """The places make no tree. Facts: `code`, `problem` (twice, no_parent, wrong_parent, wrong_level)."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__("places.bad_tree", code=code, problem=problem)


class Level(StrEnum):
    """From the widest to the smallest. Provinces and cities occur in notices only, never in the tree."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"


_LEVELS = {
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.COUNTY,
    9: Level.TOWNSHIP,
    12: Level.VILLAGE,
    14: Level.GRID,
    15: Level.GRID,
}

_COMMITTEES = {"村民委员会": "村", "村委会": "村", "居民委员会": "社区", "居委会": "社区", "办事处": "街道"}
_KINDS = {
    Level.COUNTY: ("县", "区", "市"),
    Level.TOWNSHIP: ("街道", "镇", "乡"),
    Level.VILLAGE: ("社区", "村"),
}


def normalise_code(text: str) -> PlaceCode:
    """The canonical code of what people, files and feeds write; PlaceCodeError otherwise.

    1. Full-width digits, blanks and invisible characters inside are taken away.
    2. 6, 9, 12, 14 or 15 digits, or a village's 12 with a hyphen and the grid's number ("331124101201-7").
    3. Trailing zeros fall off level by level and never otherwise: 331124210000 is the township 331124210.
    4. 14 digits are a village and a grid's number. Where the number is 00 they are the padded code of a level
       above: 33112400000000 is the county, 33112410000000 the township. A number needs a village before it.
    """
    bare = _bare(text)
    if parts := _HYPHENED.fullmatch(bare):
        head, grid = parts.group(1), int(parts.group(2))
        if not grid:
            raise PlaceCodeError(text)
    elif _DIGITS.fullmatch(bare):
        head, grid = bare[:12], int(bare[12:] or 0)
    else:
        raise PlaceCodeError(text)
    if not 11 <= int(head[:2]) <= 82 or (grid and head.endswith("000")):
        raise PlaceCodeError(text)
    return PlaceCode(f"{head}{grid:02d}") if grid else _without_padding(head)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


def _without_padding(digits: str) -> PlaceCode:
    for shorter, longer in reversed(list(pairwise(_CUTS))):
        if len(digits) == longer and not int(digits[shorter:]):
            digits = digits[:shorter]
    return PlaceCode(digits)


def split_codes(text: str) -> tuple[str, ...]:
    """The single codes of a list written with ，,;；、 or blanks between them, not yet normalised."""
    return tuple(piece for piece in _SEPARATORS.split(text) if piece)


def level_of(code: PlaceCode) -> Level:
    """The level a canonical code stands for; PlaceCodeError for anything else."""
    level = _LEVELS.get(len(code))
    if level is None:
        raise PlaceCodeError(code)
    return level


def ancestors(code: PlaceCode) -> tuple[PlaceCode, ...]:
    """The codes above this one, the nearest first."""
    above = (_without_padding(code[:cut]) for cut in reversed(_CUTS) if cut < len(code))
    return tuple(dict.fromkeys(above))


def is_within(code: PlaceCode, ancestor: PlaceCode) -> bool:
    """Whether the place is the other one or lies in it. A grid lies in no other grid."""
    inside = len(ancestor) in _CUTS and code.startswith(ancestor)
    return inside or code == ancestor


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the tree. `parent` is None only at the top. Position in decimal degrees, both or none."""

    code: PlaceCode
    name: str
    level: Level
    parent: PlaceCode | None = None
    lat: float | None = None
    lon: float | None = None

    @property
    def position(self) -> Point | None:
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)


class PlaceTree:
    """All places of a county, never changed after it is built.

    PlaceTreeError when a code comes twice, a parent is missing, or code, level and parent contradict each
    other: codes alone must say what lies in what, because permissions are decided by `is_within`.
    """

    __slots__ = ("_by_name", "_by_short_name", "_children", "_places", "_whole")

    def __init__(self, places: Iterable[Place]) -> None:
        self._places: dict[PlaceCode, Place] = {}
        for place in sorted(places, key=lambda p: (len(p.code), p.code)):
            if place.code in self._places:
                raise PlaceTreeError(place.code, "twice")
            self._places[place.code] = place
        self._whole = sum(place.parent is None for place in self._places.values()) == 1
        """everything hangs below one place: what lies in what can be read from the branches"""
        self._children: dict[PlaceCode, list[Place]] = {}
        self._by_name: dict[str, list[Place]] = {}
        self._by_short_name: dict[tuple[Level, str], list[Place]] = {}
        for place in self:
            self._check(place)
            if place.parent is not None:
                self._children.setdefault(place.parent, []).append(place)
            self._by_name.setdefault(_formal(place.name), []).append(place)
            self._by_short_name.setdefault((place.level, short_name(place.name, place.level)), []).append(place)

    def _check(self, place: Place) -> None:
        if level_of(place.code) is not place.level:
            raise PlaceTreeError(place.code, "wrong_level")
        if place.parent is None:
            return
        if place.parent not in self._places:
            raise PlaceTreeError(place.code, "no_parent")
        if place.parent not in ancestors(place.code):
            raise PlaceTreeError(place.code, "wrong_parent")

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        """From the top down, in the order of the codes."""
        return iter(self._places.values())

    def __contains__(self, code: object) -> bool:
        return code in self._places

    def get(self, code: PlaceCode) -> Place | None:
        return self._places.get(code)

    @property
    def roots(self) -> tuple[Place, ...]:
        return tuple(place for place in self if place.parent is None)

    def children(self, code: PlaceCode) -> tuple[Place, ...]:
        return tuple(self._children.get(code, ()))

    def descendants(self, code: PlaceCode) -> tuple[Place, ...]:
        """Everything below the place, without the place itself; parents before their children."""
        found = list(self.children(code))
        for place in found:
            found.extend(self.children(place.code))
        return tuple(found)

    def villages_within(self, code: PlaceCode) -> tuple[Place, ...]:
        """The villages of the place, itself included. Of a grid: none; see `village_of`."""
        return self._within(code, Level.VILLAGE)

    def townships_within(self, code: PlaceCode) -> tuple[Place, ...]:
        return self._within(code, Level.TOWNSHIP)

    def _within(self, code: PlaceCode, level: Level) -> tuple[Place, ...]:
        here = self._places.get(code)
        if here is None or not self._whole:
            return tuple(place for place in self if place.level is level and is_within(place.code, code))
        found = (place for place in (here, *self.descendants(code)) if place.level is level)
        return tuple(sorted(found, key=lambda place: (len(place.code), place.code)))

    def village_of(self, code: PlaceCode) -> Place | None:
        """The village that the place is or lies in."""
        return self._upward(code, Level.VILLAGE)

    def township_of(self, code: PlaceCode) -> Place | None:
        return self._upward(code, Level.TOWNSHIP)

    def _upward(self, code: PlaceCode, level: Level) -> Place | None:
        found = (self._places.get(c) for c in (code, *ancestors(code)))
        return next((place for place in found if place is not None and place.level is level), None)

    def find_by_name(self, name: str, within: PlaceCode) -> tuple[Place, ...]:
        """The places of that name inside a place that is already certain, in the order of the codes.

        Names are shared by thousands of places, hence `within`. The whole name first, its committee left aside
        ("上坞村" finds 上坞村村民委员会); else the name without its kind ("古市" finds 古市镇). Several hits are all
        returned.
        """
        wanted = unicodedata.normalize("NFKC", name).strip()
        exact = self._by_name.get(_formal(wanted), [])
        short = [p for level in Level for p in self._by_short_name.get((level, short_name(wanted, level)), [])]
        inside = ([place for place in hits if is_within(place.code, within)] for hits in (exact, short))
        return tuple(next(filter(None, inside), []))

    def path(self, code: PlaceCode) -> str:
        """For people: 西屏街道·城东社区·第3网格. The county is left out, unless it is meant itself."""
        chain = (self._places.get(c) for c in reversed((code, *ancestors(code))))
        shown = [p.name for p in chain if p is not None and (p.level is not Level.COUNTY or p.code == code)]
        return "·".join(shown) or code


def short_name(name: str, level: Level) -> str:
    """The name without the word for its kind, where two characters or more remain: 古市镇 → 古市, 新村 stays."""
    formal = _formal(name)
    fitting = (kind for kind in _KINDS.get(level, ()) if formal.endswith(kind) and len(formal) - len(kind) >= 2)
    return formal.removesuffix(next(fitting, ""))


def _formal(name: str) -> str:
    """The place and not its committee: 上坞村村民委员会 and 上坞村委会 → 上坞村."""
    for committee, kind in _COMMITTEES.items():
        if name.endswith(committee) and name != committee:
            return name.removesuffix(committee).removesuffix(kind) + kind
    return name
