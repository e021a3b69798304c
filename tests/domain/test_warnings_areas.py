"""Where a notice applies: codes first, then shapes, then names inside a certain county."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.geometry import Circle, Point
from domain.places import Place, PlaceCode, PlaceTree, level_of
from domain.warnings import (
    Area,
    AreaLimits,
    How,
    MsgType,
    Notice,
    PlaceMatch,
    PlaceProblem,
    Scope,
    Status,
    affected_townships,
    affected_villages,
    resolve_places,
)

COUNTY = PlaceCode("339921")
ROWS = [
    ("339921", "青岚县", None, None),
    ("339921001", "溪口街道", "339921", None),
    ("339921100", "石梁镇", "339921", None),
    ("339921101", "和平镇", "339921", None),
    ("339921210", "云坑乡", "339921", None),
    ("339921001001", "城东社区", "339921001", (28.40, 119.40)),
    ("339921100200", "石梁村", "339921100", (28.50, 119.30)),
    ("339921100201", "上坞村", "339921100", (28.52, 119.32)),
    ("339921101200", "和平村", "339921101", (28.45, 119.35)),
    ("339921210201", "上坞村", "339921210", (28.60, 119.20)),
    ("33992110020101", "上坞山塘", "339921100201", None),
]


def tree_of(rows: list[tuple[str, str, str | None, tuple[float, float] | None]]) -> PlaceTree:
    return PlaceTree(
        Place(
            PlaceCode(code),
            name,
            level_of(PlaceCode(code)),
            PlaceCode(parent) if parent else None,
            *(position or (None, None)),
        )
        for code, name, parent, position in rows
    )


TREE = tree_of(ROWS)
UNPLACED = tree_of([(code, name, parent, None) for code, name, parent, _ in ROWS])


def notice(*areas: Area, identifier: str = "id", headline: str = "", text: str = "") -> Notice:
    return Notice(
        source="met",
        sender="s",
        identifier=identifier,
        sent=datetime(2026, 6, 20, 10, 2, tzinfo=UTC),
        status=Status.ACTUAL,
        msg_type=MsgType.ALERT,
        scope=Scope.PUBLIC,
        headline=headline,
        text=text,
        areas=areas,
        raw_hash="00",
    )


def square(lat: float, lon: float, half: float) -> tuple[Point, ...]:
    return tuple(Point(lat + a * half, lon + b * half) for a, b in [(-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1)])


def keys(match: PlaceMatch) -> list[PlaceProblem]:
    return [problem.key for problem in match.problems]


@pytest.mark.parametrize(
    ("written", "codes", "villages"),
    [
        (("339921000000",), {"339921"}, 5),
        (("33992100000000",), {"339921"}, 5),
        (("339921100",), {"339921100"}, 2),
        (("339921100201",), {"339921100201"}, 1),
        (("33992110020101",), {"33992110020101"}, 1),
        (("339921100201-1", "339921001"), {"33992110020101", "339921001"}, 2),
        (("339921100", "339921100201"), {"339921100"}, 2),
        (("330102", "339921210"), {"339921210"}, 1),
    ],
)
def test_codes_are_taken_as_stated(written: tuple[str, ...], codes: set[str], villages: int) -> None:
    match = resolve_places(notice(Area("", written)), TREE)
    assert (match.codes, len(match.villages), match.how, match.problems) == (codes, villages, How.CODE, ())


def test_a_code_of_the_city_or_the_province_means_the_whole_county() -> None:
    for written in ("339900", "330000000000"):
        match = resolve_places(notice(Area("", (written,))), TREE)
        assert (match.codes, keys(match)) == ({COUNTY}, [PlaceProblem.WIDER_CODE])


def test_codes_of_other_counties_only_mean_somewhere_else() -> None:
    match = resolve_places(notice(Area("遂昌县", ("331123",)), Area("", ("330102000000",))), TREE)
    assert match == PlaceMatch(outside=True)


def test_an_unknown_code_inside_the_county_is_a_problem_and_not_somewhere_else() -> None:
    match = resolve_places(notice(Area("", ("339921999",))), TREE)
    assert (match.codes, match.outside) == (frozenset(), False)
    assert PlaceProblem.UNKNOWN_CODE in keys(match)


def test_an_unknown_code_beside_a_known_one_is_reported_and_the_known_one_counts() -> None:
    match = resolve_places(notice(Area("", ("339921999", "339921100"))), TREE)
    assert (match.codes, keys(match)) == ({"339921100"}, [PlaceProblem.UNKNOWN_CODE])


def test_a_notice_without_an_area_has_that_problem() -> None:
    assert resolve_places(notice(), TREE).problems[0].key is PlaceProblem.NO_AREA
    assert keys(resolve_places(notice(Area()), TREE)) == [PlaceProblem.NO_AREA]


def test_a_polygon_finds_the_villages_inside() -> None:
    match = resolve_places(notice(Area("一片", polygons=(square(28.51, 119.31, 0.03),))), TREE)
    assert (match.codes, match.how, match.problems) == ({"339921100200", "339921100201"}, How.POLYGON, ())


def test_a_circle_finds_the_villages_inside() -> None:
    match = resolve_places(notice(Area("周边", circles=(Circle(Point(28.60, 119.20), 5),))), TREE)
    assert (match.codes, match.how) == ({"339921210201"}, How.CIRCLE)


def test_a_point_means_the_villages_close_by() -> None:
    match = resolve_places(notice(Area("", circles=(Circle(Point(28.615, 119.20), 0),))), TREE)
    assert match.codes == {"339921210201"}


def test_codes_overrule_shapes_and_names() -> None:
    area = Area("云坑乡", ("339921001",), polygons=(square(28.51, 119.31, 0.03),))
    assert resolve_places(notice(area), TREE).codes == {"339921001"}


def test_codes_that_are_none_leave_it_to_the_shape() -> None:
    area = Area("", ("CAZ073", "006109"), polygons=(square(28.60, 119.20, 0.02),))
    match = resolve_places(notice(area), TREE)
    assert (match.codes, keys(match)) == ({"339921210201"}, [PlaceProblem.BAD_CODE] * 2)


def test_a_shape_far_away_is_somewhere_else() -> None:
    for area in (
        Area("", polygons=(square(31.0, 121.0, 0.1),)),
        Area("", ("CAZ073",), polygons=(square(31.0, 121.0, 0.1),)),
        Area("", circles=(Circle(Point(31.0, 121.0), 20),)),
    ):
        assert resolve_places(notice(area), TREE).outside


def test_a_shape_between_the_villages_is_for_a_person() -> None:
    match = resolve_places(notice(Area("石梁镇", polygons=(square(28.55, 119.28, 0.005),))), TREE)
    assert (match.codes, match.outside, keys(match)) == (frozenset(), False, [PlaceProblem.NO_VILLAGE_INSIDE])


@pytest.mark.parametrize(
    ("area", "problem"),
    [
        (Area("", polygons=(square(28.5, 119.3, 3),)), PlaceProblem.SHAPE_TOO_LARGE),
        (Area("", circles=(Circle(Point(28.5, 119.3), 300),)), PlaceProblem.SHAPE_TOO_LARGE),
        (Area("", circles=(Circle(Point(28.5, 119.3), -5),)), PlaceProblem.SHAPE_NOT_SENSIBLE),
        (Area("", circles=(Circle(Point(28.5, 119.3), float("nan")),)), PlaceProblem.SHAPE_NOT_SENSIBLE),
        (
            Area("", polygons=((Point(119.3, 28.5), Point(119.4, 28.5), Point(119.4, 28.6)),)),
            PlaceProblem.SHAPE_NOT_SENSIBLE,
        ),
        (Area("", polygons=((Point(28.5, 119.3),) * 5,)), PlaceProblem.SHAPE_NOT_SENSIBLE),
    ],
)
def test_a_shape_that_makes_no_sense_places_nothing(area: Area, problem: PlaceProblem) -> None:
    match = resolve_places(notice(area), TREE)
    assert (match.codes, match.outside) == (frozenset(), False)
    assert problem in keys(match)


def test_villages_without_a_position_are_no_proof_of_somewhere_else() -> None:
    far = notice(Area("", polygons=(square(31.0, 121.0, 0.1),)))
    assert not resolve_places(far, UNPLACED).outside
    assert PlaceProblem.POSITIONS_MISSING in keys(resolve_places(far, UNPLACED))


def test_names_help_where_no_village_has_a_position() -> None:
    area = Area("青岚县石梁镇", polygons=(square(28.51, 119.31, 0.03),))
    match = resolve_places(notice(area), UNPLACED)
    assert (match.codes, match.how, keys(match)) == ({"339921100"}, How.NAME, [PlaceProblem.POSITIONS_MISSING])


@pytest.mark.parametrize(
    ("desc", "codes"),
    [
        ("青岚县", {"339921"}),
        ("浙江省某市青岚县", {"339921"}),
        ("全县", {"339921"}),
        ("石梁镇", {"339921100"}),
        ("青岚县石梁镇", {"339921100"}),
        ("石梁镇、云坑乡", {"339921100", "339921210"}),
        ("青岚县石梁镇，云坑乡；溪口街道", {"339921100", "339921210", "339921001"}),
        ("石梁镇和云坑乡", {"339921100", "339921210"}),
        ("和平镇", {"339921101"}),
        ("石梁镇以及溪口街道", {"339921100", "339921001"}),
        ("石梁镇上坞村", {"339921100201"}),
        ("云坑乡上坞", {"339921210201"}),
    ],
)
def test_names_inside_the_county_of_the_source(desc: str, codes: set[str]) -> None:
    match = resolve_places(notice(Area(desc)), TREE, fixed_county=COUNTY)
    assert (match.codes, match.how, match.problems) == (codes, How.NAME, ())


def test_an_ambiguous_name_means_all_of_them_and_says_so() -> None:
    match = resolve_places(notice(Area("上坞村")), TREE, fixed_county=COUNTY)
    assert (match.codes, keys(match)) == ({"339921100201", "339921210201"}, [PlaceProblem.NAME_AMBIGUOUS])


def test_an_unknown_name_is_a_problem_beside_the_known_ones() -> None:
    match = resolve_places(notice(Area("石梁镇、部分山区")), TREE, fixed_county=COUNTY)
    assert (match.codes, keys(match)) == ({"339921100"}, [PlaceProblem.NAME_UNKNOWN])


def test_names_say_nothing_while_the_county_is_not_certain() -> None:
    match = resolve_places(notice(Area("石梁镇")), TREE)
    assert (match.codes, keys(match)) == (frozenset(), [PlaceProblem.COUNTY_NOT_CERTAIN])


def test_the_issuers_own_county_is_a_hint_for_names() -> None:
    ours = notice(Area("石梁镇"), identifier="33992141600000_20260620180200")
    theirs = replace(ours, identifier="33112341600000_20260620180200")
    city = replace(ours, identifier="33990041600000_20260620180200")
    assert resolve_places(ours, TREE).codes == {"339921100"}
    assert resolve_places(theirs, TREE).outside
    assert keys(resolve_places(city, TREE)) == [PlaceProblem.COUNTY_NOT_CERTAIN]


@pytest.mark.parametrize("issuer", ["331123", "330100", "340000", "110000"])
@pytest.mark.parametrize("areas", [(), (Area("湖南省保靖县"),), (Area("石梁镇"),), (Area(""),)])
def test_an_office_of_another_county_city_or_province_speaks_of_somewhere_else(
    issuer: str, areas: tuple[Area, ...]
) -> None:
    theirs = notice(*areas, identifier=f"{issuer}41600000_20260620180200")
    assert resolve_places(theirs, TREE, fixed_county=COUNTY) == PlaceMatch(outside=True)


@pytest.mark.parametrize("issuer", ["339921", "339900", "330000"])
def test_our_own_city_and_province_may_speak_of_us(issuer: str) -> None:
    ours = notice(Area("浙江省"), identifier=f"{issuer}41600000_20260620180200")
    assert not resolve_places(ours, TREE, fixed_county=COUNTY).outside


def test_a_number_from_elsewhere_does_not_overrule_a_code_of_ours() -> None:
    theirs = notice(Area("", ("339921100",)), identifier="33112341600000_20260620180200")
    assert resolve_places(theirs, TREE, fixed_county=COUNTY).codes == {"339921100"}


def test_a_county_code_whose_text_names_townships_is_marked() -> None:
    text = "预计未来3小时石梁镇、云坑乡降水量将达100毫米以上。"
    match = resolve_places(notice(Area("青岚县", ("339921",)), text=text), TREE)
    assert match.codes == {COUNTY}
    assert [(p.key, p.detail) for p in match.problems] == [(PlaceProblem.NARROWER_TEXT, "石梁镇、云坑乡")]


def test_several_areas_add_up_and_the_least_certain_way_is_told() -> None:
    match = resolve_places(notice(Area("", ("339921001",)), Area("云坑乡")), TREE, fixed_county=COUNTY)
    assert (match.codes, match.how) == ({"339921001", "339921210"}, How.NAME)


def test_an_area_elsewhere_beside_one_of_ours_is_no_problem() -> None:
    match = resolve_places(notice(Area("", ("331123",)), Area("", ("339921001",))), TREE)
    assert (match.codes, match.problems, match.outside) == ({"339921001"}, (), False)


@pytest.mark.parametrize(
    "areas",
    [
        (Area("", ("339921",)),) * 3,
        (Area("", ("339921",) * 5),),
        (Area("", polygons=(square(28.5, 119.3, 0.1),) * 3),),
    ],
)
def test_a_notice_with_more_detail_than_people_can_use_is_left_to_them(areas: tuple[Area, ...]) -> None:
    match = resolve_places(notice(*areas), TREE, limits=AreaLimits(areas=2, codes=4, corners=14))
    assert (match.codes, keys(match)) == (frozenset(), [PlaceProblem.TOO_DETAILED])


def test_a_description_with_very_many_names_is_cut_and_says_so() -> None:
    area = Area("石梁镇、" * 300)
    match = resolve_places(notice(area), TREE, fixed_county=COUNTY)
    assert (match.codes, keys(match)) == ({"339921100"}, [PlaceProblem.TOO_DETAILED])


def test_villages_and_townships_that_are_affected() -> None:
    codes = [PlaceCode("33992110020101"), PlaceCode("339921001")]
    assert affected_villages(codes, TREE) == {"339921100201", "339921001001"}
    assert affected_townships(codes, TREE) == {"339921100", "339921001"}
    assert len(affected_townships([COUNTY], TREE)) == 4
