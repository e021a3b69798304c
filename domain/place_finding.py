"""Which place of the county a line of a file means: by its code, by names in columns, or by both when they agree.

Raises CellError with a reason for people. Not here: the files that make the tree (place_rows.py).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from domain.phones import is_rounded, whole_number
from domain.places import Level, Place, PlaceCode, PlaceCodeError, PlaceTree, is_within, normalise_code, short_name
from domain.tables import CellError

_OF_THE_COUNTY = frozenset({"县", "全县", "县级", "县本级", "本县"})
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Named:
    """What the columns of one line say about the place; "" where a column is absent or blank."""

    code: str = ""
    township: str = ""
    village: str = ""
    grid: str = ""

    @property
    def empty(self) -> bool:
        return not (self.code or self.township or self.village or self.grid)


def find_place(named: Named, tree: PlaceTree, county: PlaceCode) -> Place:
    """The one place of the county that is meant; CellError when there is none, or several."""
    by_name = _by_names(named, tree, county) if named.township or named.village or named.grid else None
    if not named.code:
        if by_name is None:
            raise CellError("roster.problem.place_missing")
        return by_name
    place = place_with_code(named.code, tree, county)
    if by_name is not None and not (is_within(place.code, by_name.code) or is_within(by_name.code, place.code)):
        raise CellError("roster.problem.place_disagrees", code=place.code, place=place.name, other=by_name.name)
    return max((place, by_name or place), key=lambda one: len(one.code))


def place_with_code(written: str, tree: PlaceTree, county: PlaceCode) -> Place:
    """The place with this division code, in whatever form it is written."""
    text = whole_number(written)
    if is_rounded(text):
        raise CellError("roster.problem.code_rounded", written=text)
    try:
        code = normalise_code(text)
    except PlaceCodeError:
        raise CellError("roster.problem.code_unreadable", written=text) from None
    place = tree.get(code)
    if place is None or not is_within(code, county):
        raise CellError("roster.problem.code_unknown", code=code)
    return place


def _by_names(named: Named, tree: PlaceTree, county: PlaceCode) -> Place:
    at = _county_or_township(named.township, tree, county)
    if named.village:
        at = _village(named.village, at, tree)
    if not named.grid or at.level is Level.GRID:
        return at
    if at.level is not Level.VILLAGE:
        raise CellError("roster.problem.grid_without_village", grid=named.grid)
    return _one(_grids_named(named.grid, at, tree), named.grid, at, tree)


def _county_or_township(written: str, tree: PlaceTree, county: PlaceCode) -> Place:
    top = tree.get(county)
    if top is None:
        raise CellError("roster.problem.no_places")
    name = _plain(written)
    if not name or name in _OF_THE_COUNTY or name in {top.name, short_name(top.name, top.level)}:
        return top
    inside = tree.find_by_name(name.removeprefix(top.name), county)
    return _one([place for place in inside if place.level is Level.TOWNSHIP], written, top, tree)


def _village(written: str, at: Place, tree: PlaceTree) -> Place:
    name = _plain(written)
    township = tree.township_of(at.code)
    if township is not None:
        name = _without_township(name, township)
        if name in {"", township.name, "本级", "镇本级", "乡本级", "机关"}:
            return township
    found = [place for place in tree.find_by_name(name, at.code) if place.level is Level.VILLAGE]
    return _one(found, written, at, tree)


def _without_township(name: str, township: Place) -> str:
    """石梁镇上坞村 in the village's column is 上坞村; a village that is itself named after the township stays."""
    rest = name.removeprefix(township.name)
    return rest if len(rest) >= 2 or not rest else name


def _grids_named(written: str, village: Place, tree: PlaceTree) -> list[Place]:
    """By its name, or by its number alone: 3, 第3网格, 03."""
    name = _plain(written)
    inside = [place for place in tree.find_by_name(name, village.code) if place.level is Level.GRID]
    if inside:
        return inside
    digits = whole_number("".join(char for char in name if char.isdigit() or char == "."))
    if not digits.isdigit() or not 0 < int(digits) < 1000:
        return []
    numbered = tree.get(PlaceCode(f"{village.code}{int(digits):02d}"))
    return [] if numbered is None else [numbered]


def _one(found: Sequence[Place], written: str, at: Place, tree: PlaceTree) -> Place:
    if len(found) == 1:
        return found[0]
    if found:
        paths = [tree.path(place.code) for place in found[:_SHOWN]]
        raise CellError("roster.problem.place_ambiguous", written=written, places=paths)
    raise CellError("roster.problem.place_unknown", written=written, within=at.name)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
