"""Which risk points a notice's shapes can touch at all: the box in which to look for them. Pure.

Whether one really lies inside, domain/warning_areas.py says; this only spares it five thousand points.
"""

from math import cos, radians

from domain.geometry import KM_PER_DEGREE, Box, Point, box_of, on_globe
from domain.notices import Notice
from domain.warning_areas import AreaLimits


def box_of_shapes(notice: Notice, limits: AreaLimits | None = None) -> Box | None:
    """What all polygons and circles lie in, small circles as far as they reach; None without a shape."""
    bounds = limits or AreaLimits()
    corners: list[Point] = []
    for area in notice.areas:
        corners += [one for ring in area.polygons for one in ring if on_globe(one)]
        for centre, radius in area.circles:
            if on_globe(centre) and 0 <= radius <= bounds.circle_km:
                high = max(radius, bounds.point_km) / KM_PER_DEGREE
                wide = high / max(0.01, cos(radians(centre.lat)))
                corners += [Point(centre.lat - high, centre.lon - wide), Point(centre.lat + high, centre.lon + wide)]
    return box_of(corners) if corners else None
