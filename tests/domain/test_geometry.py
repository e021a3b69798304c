"""Distances, circles and polygons."""

from math import cos, hypot, inf, nan, pi, radians, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.geometry import (
    KM_PER_DEGREE,
    Circle,
    Point,
    area_km2,
    box_of,
    distance_km,
    in_circle,
    in_polygon,
    on_globe,
)

SQUARE = (Point(28.0, 119.0), Point(28.0, 120.0), Point(29.0, 120.0), Point(29.0, 119.0))
HORSESHOE = tuple(Point(*p) for p in [(0, 0), (0, 3), (3, 3), (3, 2), (1, 2), (1, 1), (3, 1), (3, 0)])

lats, lons = st.floats(-60, 60), st.floats(-170, 170)
points = st.builds(Point, lats, lons)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance_km(Point(28, 119), Point(29, 119)) == pytest.approx(KM_PER_DEGREE, rel=1e-3)


def test_hangzhou_to_lishui() -> None:
    assert distance_km(Point(30.2741, 120.1551), Point(28.4517, 119.9219)) == pytest.approx(204, abs=2)


@settings(deadline=None)
@given(points, points)
def test_distance_is_the_same_both_ways_and_at_most_half_round_the_globe(a: Point, b: Point) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a))
    assert 0 <= distance_km(a, b) <= 20_016


def test_a_circle_holds_its_rim() -> None:
    centre = Point(28.4, 119.3)
    away = distance_km(centre, Point(28.5, 119.3))
    assert in_circle(Point(28.5, 119.3), Circle(centre, away))
    assert not in_circle(Point(28.5, 119.3), Circle(centre, away - 0.01))


@pytest.mark.parametrize("ring", [SQUARE, (*SQUARE, SQUARE[0]), SQUARE[::-1]])
def test_closed_open_and_reversed_rings_are_the_same_polygon(ring: tuple[Point, ...]) -> None:
    assert in_polygon(Point(28.5, 119.5), ring)
    assert not in_polygon(Point(27.5, 119.5), ring)
    assert not in_polygon(Point(28.5, 120.5), ring)


@pytest.mark.parametrize("point", [SQUARE[0], Point(28.5, 119.0), Point(29.0, 119.5), Point(28.0, 119.999)])
def test_corners_and_edges_are_inside(point: Point) -> None:
    assert in_polygon(point, SQUARE)


def test_the_hollow_of_a_horseshoe_is_outside() -> None:
    assert not in_polygon(Point(2, 1.5), HORSESHOE)
    assert in_polygon(Point(2, 0.5), HORSESHOE)
    assert in_polygon(Point(0.5, 1.5), HORSESHOE)


@settings(deadline=None)
@given(points, st.integers(3, 40), st.floats(0.01, 2), st.floats(0, 2 * pi), st.floats(0.0, 3.0))
def test_a_regular_polygon_agrees_with_its_circles(
    centre: Point, corners: int, radius: float, angle: float, far: float
) -> None:
    ring = [
        Point(centre.lat + radius * sin(2 * pi * i / corners), centre.lon + radius * cos(2 * pi * i / corners))
        for i in range(corners)
    ]
    point = Point(centre.lat + far * sin(angle), centre.lon + far * cos(angle))
    away = hypot(point.lat - centre.lat, point.lon - centre.lon)
    if away < radius * cos(pi / corners) - 1e-6:
        assert in_polygon(point, ring)
    if away > radius + 1e-6:
        assert not in_polygon(point, ring)


@settings(deadline=None)
@given(st.lists(points, min_size=3, max_size=12), points)
def test_what_is_inside_is_inside_the_box(ring: list[Point], point: Point) -> None:
    if in_polygon(point, ring):
        assert box_of(ring).holds(point, 1e-9)


@settings(deadline=None)
@given(st.lists(points, min_size=3, max_size=12), points, st.integers(0, 11))
def test_it_does_not_matter_where_a_ring_begins(ring: list[Point], point: Point, turn: int) -> None:
    turn %= len(ring)
    assert in_polygon(point, ring) == in_polygon(point, ring[turn:] + ring[:turn])


def test_area_of_a_square_degree_at_28_north() -> None:
    assert area_km2(SQUARE) == pytest.approx(KM_PER_DEGREE**2 * cos(radians(28.5)), rel=0.01)
    assert area_km2((*SQUARE, SQUARE[0])) == pytest.approx(area_km2(SQUARE), rel=0.01)


@pytest.mark.parametrize("point", [Point(91, 0), Point(0, 181), Point(nan, 0), Point(0, inf), Point(119.4, 28.4)])
def test_what_is_no_position(point: Point) -> None:
    assert not on_globe(point)
