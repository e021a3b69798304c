"""The sample county's risk points: enough for a map, all invented, the same every time, with somebody in charge."""

from collections import Counter

from demo.county import build
from demo.points import placed, sample_points
from domain.geometry import Point, distance_km
from domain.places import Level


def test_the_county_has_points_everywhere_and_each_has_somebody_who_walks_there() -> None:
    county = build()
    points = sample_points(county)
    accounts = {one.user_id for one in county.residents}
    assert 150 <= len(points) <= 350
    assert len({one.number for one in points}) == len(points)
    assert {who for one in points for who in (one.patroller, one.warner, one.evacuator)} <= accounts
    assert min(Counter(one.place[:9] for one in points).values()) >= 3
    assert sample_points(county) == points


def test_villages_lie_in_the_county_and_their_points_near_them() -> None:
    county = build()
    spots = {one.code: one.position for one in placed(county.places) if one.level is not Level.GRID}
    centre = spots[county.places[0].code]
    assert centre is not None
    assert all(one is not None and distance_km(centre, one) < 40 for one in spots.values())
    for one in sample_points(county):
        village = spots[one.place]
        assert village is not None
        assert distance_km(village, Point(one.lat, one.lon)) < 3
