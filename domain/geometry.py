"""A little geometry on the globe: distances, circles and polygons in degrees. No projections and no map.

Every position is (latitude, longitude) in decimal degrees, latitude first, as CAP writes it. Chinese map
services give GCJ-02 positions, some 500 m away from WGS-84: whoever brings positions in converts them first.
"""

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = 111.195


class Point(NamedTuple):
    lat: float
    lon: float


class Circle(NamedTuple):
    """A radius of 0 is a point."""

    centre: Point
    radius_km: float


Polygon = tuple[Point, ...]
"""A ring; whether the last point repeats the first does not matter."""


class Box(NamedTuple):
    south: float
    west: float
    north: float
    east: float

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        """`margin` in degrees widens the box on every side."""
        return (
            self.south - margin <= point.lat <= self.north + margin
            and self.west - margin <= point.lon <= self.east + margin
        )


def on_globe(point: Point) -> bool:
    """False for what cannot be a position: out of range, infinite or not a number."""
    return -90.0 <= point.lat <= 90.0 and -180.0 <= point.lon <= 180.0


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def in_circle(point: Point, circle: Circle) -> bool:
    return distance_km(point, circle.centre) <= circle.radius_km


def box_of(ring: Sequence[Point]) -> Box:
    """The box around a ring of at least one point."""
    lats, lons = [p.lat for p in ring], [p.lon for p in ring]
    return Box(min(lats), min(lons), max(lats), max(lons))


def in_polygon(point: Point, ring: Sequence[Point]) -> bool:
    """Even-odd rule. A point on the edge is inside: better a village too many is warned than one too few.

    Not for rings across the 180th meridian.
    """
    inside = False
    before = ring[-1]
    for corner in ring:
        if (corner[0] > point[0]) != (before[0] > point[0]):
            slope = (point[0] - before[0]) / (corner[0] - before[0])
            to_the_east = before[1] + slope * (corner[1] - before[1]) - point[1]
            if abs(to_the_east) < _ON_EDGE:
                return True
            inside ^= to_the_east > 0
        elif corner[0] == point[0] and _touches(point, before, corner):
            return True
        before = corner
    return inside


_ON_EDGE = 1e-9
"""degrees: a tenth of a millimetre"""


def _touches(point: Point, before: Point, corner: Point) -> bool:
    """A corner on the point's own latitude that the crossing rule passes over: the corner itself, or a level
    edge."""
    level = before.lat == point.lat
    return corner == point or (level and min(before.lon, corner.lon) <= point.lon <= max(before.lon, corner.lon))


def area_km2(ring: Sequence[Point]) -> float:
    """Area of a simple ring, good to a few per cent at the size of a province."""
    middle = sum(p.lat for p in ring) / len(ring)
    scale = cos(radians(middle)) * KM_PER_DEGREE**2
    twice = sum(a.lon * b.lat - b.lon * a.lat for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True))
    return abs(twice) / 2 * scale
