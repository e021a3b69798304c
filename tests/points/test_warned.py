"""A warning drawn as a shape finds the risk points in it: their village comes in, and who is in charge is asked."""

from domain.geometry import Circle, Point
from domain.notices import Area
from domain.places import Level, Place, PlaceCode, PlaceTree
from domain.warning_areas import How, resolve_places
from domain.warning_sites import box_of_shapes
from tests.domain.test_warnings_areas import notice, square
from tests.points.register import pond
from tests.support.county import (
    FAR_HEAD,
    FAR_VILLAGE,
    GRID,
    NEIGHBOUR,
    PATROLLER,
    TOWNSHIP,
    VILLAGE,
    County,
)

AT = Point(28.60, 119.20)
TREE = PlaceTree(
    [
        Place(PlaceCode("331124"), "松阳县", Level.COUNTY),
        Place(TOWNSHIP, "石梁镇", Level.TOWNSHIP, PlaceCode("331124")),
        Place(VILLAGE, "上坞村", Level.VILLAGE, TOWNSHIP, 28.45, 119.48),
        Place(NEIGHBOUR, "岭下村", Level.VILLAGE, TOWNSHIP, 28.46, 119.50),
    ]
)
SITES = [(VILLAGE, AT), (TOWNSHIP, Point(28.80, 119.00))]


def test_a_point_inside_a_polygon_brings_its_village_in() -> None:
    told = notice(Area("一片", polygons=(square(28.60, 119.20, 0.005),)))
    match = resolve_places(told, TREE, sites=SITES)
    assert (match.codes, match.how) == ({VILLAGE}, How.POLYGON)
    assert resolve_places(told, TREE).codes == frozenset()


def test_a_point_that_belongs_to_a_whole_township_brings_the_township() -> None:
    told = notice(Area("", circles=(Circle(Point(28.81, 119.00), 2),)))
    match = resolve_places(told, TREE, sites=SITES)
    assert (match.codes, match.villages) == ({TOWNSHIP}, {VILLAGE, NEIGHBOUR})


def test_only_points_near_the_shapes_are_looked_at() -> None:
    box = box_of_shapes(notice(Area("", polygons=(square(28.60, 119.20, 0.01),), circles=(Circle(AT, 0),))))
    assert box is not None
    assert (box.holds(AT), box.holds(Point(28.62, 119.20)), box.holds(Point(28.66, 119.20))) == (True, True, False)
    assert box_of_shapes(notice(Area("石梁镇"))) is None


async def test_who_is_in_charge_of_a_point_is_asked_wherever_his_post_is(county: County) -> None:
    await pond(county, patrollers=(county.ids[GRID.user_id],), evacuators=(county.ids[FAR_HEAD.user_id],))
    await pond(county, number="2", place=FAR_VILLAGE, patrollers=(county.ids[PATROLLER.user_id],))
    await county.warn(colour="红色", places=[VILLAGE])
    asked = await county.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    at = {one.person_id: one.place for one in asked if one.what == "acknowledge"}
    assert at[county.ids[FAR_HEAD.user_id]] == VILLAGE
    assert at[county.ids[GRID.user_id]] == VILLAGE
    county.seen_all()


async def test_blue_asks_nobody_for_his_points(county: County) -> None:
    await pond(county, evacuators=(county.ids[FAR_HEAD.user_id],))
    await county.warn(colour="蓝色", places=[VILLAGE])
    asked = await county.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    assert county.ids[FAR_HEAD.user_id] not in {one.person_id for one in asked}
    county.seen_all()
