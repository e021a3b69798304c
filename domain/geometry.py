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
    for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True):
        if _on_edge(point, a, b):
            return True
        if (a.lat > point.lat) != (b.lat > point.lat):
            crossing = a.lon + (point.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)
            if point.lon < crossing:
                inside = not inside
    return inside


def _on_edge(point: Point, a: Point, b: Point) -> bool:
    cross = (b.lon - a.lon) * (point.lat - a.lat) - (b.lat - a.lat) * (point.lon - a.lon)
    if abs(cross) > 1e-12:
        return False
    if not min(a.lat, b.lat) <= point.lat <= max(a.lat, b.lat):
        return False
    return min(a.lon, b.lon) <= point.lon <= max(a.lon, b.lon)


def area_km2(ring: Sequence[Point]) -> float:
    """Area of a simple ring, good to a few per cent at the size of a province."""
    middle = sum(p.lat for p in ring) / len(ring)
    scale = cos(radians(middle)) * KM_PER_DEGREE**2
    twice = sum(a.lon * b.lat - b.lon * a.lat for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True))
    return abs(twice) / 2 * scale
