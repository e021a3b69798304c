"""Where a warning applies: from the codes, shapes and names of a notice to places of the county's tree.

Codes are trusted first, then polygons and circles against the villages' positions, names last and only
inside a county that is already certain: 31 % of township names and half of the village names exist more
than once in China.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from domain.geometry import Circle, Point, Polygon, area_km2, box_of, distance_km, in_polygon, on_globe
from domain.notices import Area, Notice, issuer_county
from domain.places import (
    Level,
    Place,
    PlaceCode,
    PlaceCodeError,
    PlaceTree,
    is_within,
    normalise_code,
)


class How(StrEnum):
    """What placed the notice, the most certain first."""

    CODE = "code"
    POLYGON = "polygon"
    CIRCLE = "circle"
    NAME = "name"


class PlaceProblem(StrEnum):
    NO_AREA = "no_area"
    BAD_CODE = "bad_code"
    UNKNOWN_CODE = "unknown_code"
    """inside the county, but not in the tree"""
    WIDER_CODE = "wider_code"
    """a city or a province: the whole county is taken"""
    NARROWER_TEXT = "narrower_text"
    """the whole county by code, while the text names some of its townships"""
    SHAPE_NOT_SENSIBLE = "shape_not_sensible"
    SHAPE_TOO_LARGE = "shape_too_large"
    TOO_DETAILED = "too_detailed"
    """more areas, codes or corners than a warning for people can have"""
    NO_VILLAGE_INSIDE = "no_village_inside"
    """the shape touches the county between the villages' positions"""
    POSITIONS_MISSING = "positions_missing"
    """villages without a position cannot be found by a shape"""
    NAME_UNKNOWN = "name_unknown"
    NAME_AMBIGUOUS = "name_ambiguous"
    COUNTY_NOT_CERTAIN = "county_not_certain"
    """names only, and nothing says which county they are in"""


@dataclass(frozen=True, slots=True)
class Problem:
    key: PlaceProblem
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AreaLimits:
    """Beyond them a shape is a mistake or not meant for one county. Defaults of ours."""

    polygon_km2: float = 10_000
    circle_km: float = 60
    point_km: float = 3
    """a circle smaller than this reaches so far: a village's position is one point of its land"""
    areas: int = 500
    codes: int = 5_000
    corners: int = 5_000
    """of all polygons together"""
    circles: int = 500
    names: int = 200
    """in one description"""
    letters: int = 20_000
    """of all descriptions together"""
    near_degrees: float = 0.05


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """Where a notice applies.

    `codes`: the places as stated, neither widened nor taken apart, none inside another. `villages`:
    everything they cover. `outside`: the notice says clearly that it is about somewhere else. Problems
    beside codes are for a person to look at; problems without codes mean that a person has to place it.
    """

    codes: frozenset[PlaceCode] = frozenset()
    villages: frozenset[PlaceCode] = frozenset()
    how: How | None = None
    problems: tuple[Problem, ...] = ()
    outside: bool = False


@dataclass(slots=True)
class _Found:
    """What one area led to."""

    codes: set[PlaceCode] = field(default_factory=set)
    how: How | None = None
    problems: list[Problem] = field(default_factory=list)
    elsewhere: bool = False

    def problem(self, key: PlaceProblem, detail: str = "") -> None:
        self.problems.append(Problem(key, detail[:100]))

    @property
    def settled(self) -> bool:
        return bool(self.codes) or self.elsewhere


def resolve_places(
    notice: Notice,
    tree: PlaceTree,
    *,
    fixed_county: PlaceCode | None = None,
    limits: AreaLimits | None = None,
    sites: Sequence[tuple[PlaceCode, Point]] = (),
) -> PlaceMatch:
    """Place a notice on the tree. `fixed_county`: the county this source speaks of, when that is configured. `sites`:
    risk points with the place they lie in; one inside a shape brings its village in.

    Area by area: 1. codes; 2. if none of them says anything, polygons and circles; 3. if there are no
    usable shapes either, the names of the description. Areas add up.
    """
    bounds = limits or AreaLimits()
    if not notice.areas:
        elsewhere = _issued_elsewhere(notice, tree)
        return PlaceMatch(problems=() if elsewhere else (Problem(PlaceProblem.NO_AREA),), outside=elsewhere)
    if _too_detailed(notice.areas, bounds):
        return PlaceMatch(problems=(Problem(PlaceProblem.TOO_DETAILED),))
    found = [_place(area, notice, tree, fixed_county, bounds, sites) for area in notice.areas]
    codes = _outermost(chain.from_iterable(f.codes for f in found))
    problems = list(chain.from_iterable(f.problems for f in found))
    if narrower := _townships_named(notice, tree, codes):
        problems.append(Problem(PlaceProblem.NARROWER_TEXT, narrower))
    hows = [f.how for f in found if f.how is not None]
    return PlaceMatch(
        codes=codes,
        villages=affected_villages(codes, tree),
        how=max(hows, key=list(How).index, default=None),
        problems=tuple(dict.fromkeys(problems)),
        outside=not codes and all(f.elsewhere for f in found),
    )


def _too_detailed(areas: tuple[Area, ...], limits: AreaLimits) -> bool:
    return (
        len(areas) > limits.areas
        or sum(len(area.codes) for area in areas) > limits.codes
        or sum(len(ring) for area in areas for ring in area.polygons) > limits.corners
        or sum(len(area.circles) for area in areas) > limits.circles
        or sum(len(area.desc) for area in areas) > limits.letters
    )


def affected_villages(codes: Iterable[PlaceCode], tree: PlaceTree) -> frozenset[PlaceCode]:
    """Every village that is, lies in or holds one of the places."""
    return frozenset(chain.from_iterable(_at_level(code, tree, Level.VILLAGE) for code in codes))


def affected_townships(codes: Iterable[PlaceCode], tree: PlaceTree) -> frozenset[PlaceCode]:
    return frozenset(chain.from_iterable(_at_level(code, tree, Level.TOWNSHIP) for code in codes))


def _at_level(code: PlaceCode, tree: PlaceTree, level: Level) -> list[PlaceCode]:
    village = level is Level.VILLAGE
    below = tree.villages_within(code) if village else tree.townships_within(code)
    above = tree.village_of(code) if village else tree.township_of(code)
    return [place.code for place in (*below, *((above,) if above else ()))]


def _outermost(codes: Iterable[PlaceCode]) -> frozenset[PlaceCode]:
    every = frozenset(codes)
    return frozenset(c for c in every if not any(c != other and is_within(c, other) for other in every))


def _place(
    area: Area,
    notice: Notice,
    tree: PlaceTree,
    fixed_county: PlaceCode | None,
    limits: AreaLimits,
    sites: Sequence[tuple[PlaceCode, Point]],
) -> _Found:
    found = _Found()
    _by_code(area, tree, found)
    if not found.settled:
        _by_shape(area, tree, limits, sites, found)
    if found.settled or _shape_said_something(found):
        return found
    county = _certain_county(area, notice, tree, fixed_county)
    if _issued_elsewhere(notice, tree) and not found.problems:
        found.elsewhere = True
    elif not area.desc.strip():
        found.problem(PlaceProblem.NO_AREA)
    elif county is not None:
        _by_name(area, county, tree, limits, found)
    else:
        found.problem(PlaceProblem.COUNTY_NOT_CERTAIN, area.desc)
    return found


def _by_code(area: Area, tree: PlaceTree, found: _Found) -> None:
    elsewhere = False
    for written in area.codes:
        try:
            code = normalise_code(written)
        except PlaceCodeError:
            found.problem(PlaceProblem.BAD_CODE, written)
            continue
        covering = [root.code for root in tree.roots if is_within(root.code, code)]
        if code in tree:
            found.codes.add(code)
        elif covering:
            found.codes.update(covering)
            found.problem(PlaceProblem.WIDER_CODE, code)
        elif any(is_within(code, root.code) for root in tree.roots):
            found.problem(PlaceProblem.UNKNOWN_CODE, code)
        else:
            elsewhere = True
    found.how = How.CODE if found.codes else None
    found.elsewhere = elsewhere and not found.codes and not found.problems


def _by_shape(
    area: Area, tree: PlaceTree, limits: AreaLimits, sites: Sequence[tuple[PlaceCode, Point]], found: _Found
) -> None:
    rings = [ring for ring in area.polygons if _sensible_ring(ring, limits, found)]
    circles = [circle for circle in area.circles if _sensible_circle(circle, limits, found)]
    if not rings and not circles:
        return
    positions = _positions(tree, sites)
    in_rings = {code for ring in rings for code in _inside_ring(ring, positions)}
    in_circles = {code for circle in circles for code in _inside_circle(circle, positions, limits)}
    found.codes = in_rings | in_circles
    if found.codes:
        found.how = How.CIRCLE if in_circles - in_rings else How.POLYGON
    elif _near(rings, circles, [point for _, point in positions], limits):
        found.problem(PlaceProblem.NO_VILLAGE_INSIDE)
    elif positions:
        found.elsewhere = all(problem.key is PlaceProblem.BAD_CODE for problem in found.problems)
    placed = {code for code, _ in positions}
    missing = sum(place.level is Level.VILLAGE and place.code not in placed for place in tree)
    if missing and not found.elsewhere:
        found.problem(PlaceProblem.POSITIONS_MISSING, str(missing))


def _positions(tree: PlaceTree, sites: Sequence[tuple[PlaceCode, Point]]) -> list[tuple[PlaceCode, Point]]:
    """Where the villages are: their own point, the points of their grids, and the risk points. A pond at the edge of
    its village brings the village; one that belongs to a whole township brings the township."""
    points = []
    for place in tree:
        village = tree.village_of(place.code)
        if place.position is not None and village is not None:
            points.append((village.code, place.position))
    for code, position in sites:
        village = tree.village_of(code) or tree.get(code)
        if village is not None:
            points.append((village.code, position))
    return points


def _shape_said_something(found: _Found) -> bool:
    """Names do not overrule a shape that could be read, even where it places nothing."""
    said = {PlaceProblem.NO_VILLAGE_INSIDE, PlaceProblem.SHAPE_TOO_LARGE}
    return any(problem.key in said for problem in found.problems)


def _sensible_ring(ring: Polygon, limits: AreaLimits, found: _Found) -> bool:
    if len(set(ring)) < 3 or not all(on_globe(point) for point in ring):
        found.problem(PlaceProblem.SHAPE_NOT_SENSIBLE)
        return False
    if area_km2(ring) > limits.polygon_km2:
        found.problem(PlaceProblem.SHAPE_TOO_LARGE, f"{area_km2(ring):.0f} km²")
        return False
    return True


def _sensible_circle(circle: Circle, limits: AreaLimits, found: _Found) -> bool:
    if not on_globe(circle.centre) or not circle.radius_km >= 0:
        found.problem(PlaceProblem.SHAPE_NOT_SENSIBLE)
        return False
    if circle.radius_km > limits.circle_km:
        found.problem(PlaceProblem.SHAPE_TOO_LARGE, f"{circle.radius_km:.0f} km")
        return False
    return True


def _inside_ring(ring: Polygon, positions: Iterable[tuple[PlaceCode, Point]]) -> list[PlaceCode]:
    box = box_of(ring)
    return [code for code, point in positions if box.holds(point) and in_polygon(point, ring)]


def _inside_circle(circle: Circle, positions: Iterable[tuple[PlaceCode, Point]], limits: AreaLimits) -> list[PlaceCode]:
    reach = max(circle.radius_km, limits.point_km)
    return [code for code, point in positions if distance_km(point, circle.centre) <= reach]


def _near(rings: list[Polygon], circles: list[Circle], positions: list[Point], limits: AreaLimits) -> bool:
    """Whether a shape that holds no village lies beside one, so that it may well be meant for us."""
    boxes = [box_of(ring) for ring in rings]
    by_ring = any(box.holds(point, limits.near_degrees) for box in boxes for point in positions)
    margin_km = limits.near_degrees * 111
    by_circle = any(
        distance_km(point, circle.centre) <= circle.radius_km + margin_km for circle in circles for point in positions
    )
    return by_ring or by_circle


_SEPARATORS = re.compile(r"[，,;；、/\s]+")
_JOINS = re.compile(r"以及|[和及与]")
_EVERYWHERE = frozenset({"", "全县", "全区", "全市", "全域", "全境"})


def _by_name(area: Area, county: Place, tree: PlaceTree, limits: AreaLimits, found: _Found) -> None:
    pieces = [piece for piece in _SEPARATORS.split(area.desc) if piece]
    if len(pieces) > limits.names:
        found.problem(PlaceProblem.TOO_DETAILED)
    for piece in pieces[: limits.names]:
        named = _named(piece.rpartition(county.name)[2], county, tree)
        if not named:
            found.problem(PlaceProblem.NAME_UNKNOWN, piece)
        if any(len(hits) > 1 for hits in named):
            found.problem(PlaceProblem.NAME_AMBIGUOUS, piece)
        found.codes.update(place.code for hits in named for place in hits)
    found.how = How.NAME if found.codes else None


def _certain_county(area: Area, notice: Notice, tree: PlaceTree, fixed_county: PlaceCode | None) -> Place | None:
    """The source's county, else the one that the description names, else the issuer's own."""
    if fixed_county is not None:
        return tree.get(fixed_county)
    issuer = issuer_county(notice.identifier)
    named = (root for root in tree.roots if root.name in area.desc)
    issuing = (root for root in tree.roots if root.code == issuer)
    return next(chain(named, issuing), None)


def _issued_elsewhere(notice: Notice, tree: PlaceTree) -> bool:
    """Whether the number says that the issuer is an office of another county, city or province. Our own city and
    province may well speak of us."""
    issuer = issuer_county(notice.identifier)
    if issuer is None or not tree.roots:
        return False
    try:
        place = normalise_code(issuer)
    except PlaceCodeError:
        return False
    return not any(is_within(root.code, place) or is_within(place, root.code) for root in tree.roots)


def _named(piece: str, county: Place, tree: PlaceTree) -> list[tuple[Place, ...]]:
    """The hits for each name in one piece of a description: a name, a township and a village in one word, or
    names joined. 和 is looked for last: it is a part of many names."""
    if piece in _EVERYWHERE:
        return [(county,)]
    if hits := tree.find_by_name(piece, county.code):
        return [hits]
    for township in tree.townships_within(county.code):
        rest = piece.removeprefix(township.name)
        if rest != piece and (hits := tree.find_by_name(rest, township.code)):
            return [hits]
    joined = [tree.find_by_name(part, county.code) for part in _JOINS.split(piece)]
    return joined if len(joined) > 1 and all(joined) else []


def _townships_named(notice: Notice, tree: PlaceTree, codes: frozenset[PlaceCode]) -> str:
    """Townships that the words of a county-wide notice name, where they are not all of them."""
    if not any(root.code in codes for root in tree.roots):
        return ""
    words = "\n".join((notice.headline, notice.text, *(area.desc for area in notice.areas)))
    townships = [place for place in tree if place.level is Level.TOWNSHIP]
    named = [place.name for place in townships if len(place.name) > 2 and place.name in words]
    return "、".join(named) if 0 < len(named) < len(townships) else ""
