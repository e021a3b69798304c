"""What a line of the register means, and what is said when it means nothing."""

from decimal import Decimal

import pytest

from domain.geometry import Point, distance_km
from domain.hazards import Category
from domain.places import PlaceCode
from domain.point_positions import read_degrees, read_position, to_wgs84
from domain.point_rows import Reading, Wanted, read_points
from domain.point_words import CATEGORY_WORDS, category_named, level_named
from domain.points import PointDuty, RiskLevel
from messages import markup
from messages.catalogue import Catalogue
from tests.points.files import lines, row
from tests.roster.files import COUNTY, TREE


def reading(*rows: tuple[str, ...]) -> Reading:
    return read_points(lines(*rows), TREE, COUNTY)


def said(*rows: tuple[str, ...]) -> list[str]:
    """The problems as the one who filled in the file reads them."""
    words = Catalogue()
    return [f"第 {p.line} 行：{markup.plain(words.text(p.key, **p.facts))}" for p in reading(*rows).problems]


def test_a_line_is_a_point_with_all_that_it_says():
    found = reading(
        row(阈值="警戒水位32.5米", 主管部门="青岚县水利局", 转移路线="沿机耕路", 避灾场所="村礼堂", 巡查责任人="王巡")
    )
    (one,) = found.entries
    assert found.problems == ()
    assert (one.number, one.name, one.place) == ("SL-001", "岭头山塘", PlaceCode("331124001001"))
    assert one.fields == {
        "category": Category.POND,
        "level": RiskLevel.LARGER,
        "households": 3,
        "people": 11,
        "department": "水利",
        "threshold": "警戒水位32.5米",
        "warning_level": Decimal("32.5"),
        "route": "沿机耕路",
        "shelter": "村礼堂",
        "lat": 28.4512,
        "lon": 119.4821,
    }
    assert one.persons == {PointDuty.PATROL: (Wanted("王巡"),)}


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("H09", Category.POND),
        ("h9", Category.POND),
        ("H09 山塘水库", Category.POND),
        ("屋顶山塘", Category.POND),
        ("地质灾害点(滑坡)", Category.GEOHAZARD),
        ("地质灾害隐患点", Category.GEOHAZARD),
        ("低洼易涝区", Category.LOW_SPOT),
        ("海塘险段", Category.DIKE),
        ("工棚", Category.CONSTRUCTION),
        ("危房", Category.OLD_HOUSE),
        ("其它", Category.OTHER),
        ("H24", None),
        ("H00", None),
        ("山塘和滑坡", None),
        ("东西", None),
    ],
)
def test_categories_are_taken_by_code_and_by_the_names_of_registers(written: str, category: Category | None):
    assert category_named(written) is category


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("红", "major"),
        ("红色", "major"),
        ("重大风险（红）", "major"),
        ("较大", "larger"),
        ("橙色", "larger"),
        ("一般", "general"),
        ("低风险", "low"),
        ("蓝", "low"),
        ("重大（黄）", None),
        ("1", None),
    ],
)
def test_levels_are_taken_by_colour_and_by_name(written: str, level: str | None):
    assert level_named(written) == level


def test_every_category_has_a_name_for_the_template_that_is_read_back():
    assert [category_named(CATEGORY_WORDS[one][0]) for one in Category] == list(Category)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("28.4512", "119.4821"),
        ("28.4512°N", "119.4821°E"),
        ("北纬28.4512", "东经119.4821"),
        ("28°27′4.32″", "119°28′55.56″"),
        ("28度27分4.32秒", "119度28分55.56秒"),
        ("28°27.072'", "119°28.926'"),
        ("２８．４５１２", "119.4821"),
        ("28:27:4.32", "119:28:55.56"),
    ],
)
def test_positions_are_read_as_registers_write_them(lat: str, lon: str):
    found = read_position(lat, lon)
    assert found is not None
    assert (round(found.point.lat, 6), round(found.point.lon, 6), found.swapped) == (28.4512, 119.4821, False)


def test_exchanged_columns_are_put_right_and_told():
    found = reading(row(纬度="119.4821", 经度="28.4512"))
    assert (found.entries[0].fields["lat"], found.entries[0].fields["lon"]) == (28.4512, 119.4821)
    assert found.swapped == (2,)


def test_a_position_of_a_map_service_is_moved_by_some_hundred_metres():
    gps = Point(39.90750, 116.39123)
    shifted = Point(39.908900, 116.397470)
    assert distance_km(to_wgs84(shifted), gps) < 0.02
    found = reading(row(坐标系="高德地图"), row(编号="SL-002", 坐标系=""))
    assert (found.converted, found.no_datum) == (1, 1)
    first, second = (Point(one.fields["lat"], one.fields["lon"]) for one in found.entries)
    assert 0.3 < distance_km(first, second) < 0.7


def test_metres_of_a_grid_are_no_degrees():
    assert said(row(纬度="3149123.5", 经度="547216.2")) == ["第 2 行：“3149123.5”是公里网坐标，请换成经纬度。"]


def test_unknown_is_not_nil():
    (unknown, nobody, blank) = reading(row(人数="不详"), row(编号="2", 人数="0"), row(编号="3", 人数="")).entries
    assert (unknown.fields["people"], nobody.fields["people"], "people" in blank.fields) == (None, 0, False)


@pytest.mark.parametrize(
    ("names", "phones", "wanted"),
    [
        ("王巡", "13900000001", [("王巡", "13900000001")]),
        ("王巡、李查", "13900000001、139 0000 0002", [("王巡", "13900000001"), ("李查", "13900000002")]),
        ("王巡13900000001，李查(13900000002)", "", [("王巡", "13900000001"), ("李查", "13900000002")]),
        ("王巡", "", [("王巡", "")]),
        ("无", "", []),
    ],
    ids=["one", "two", "together", "name", "nobody"],
)
def test_who_is_in_charge_is_read(names: str, phones: str, wanted: list[tuple[str, str]]):
    (one,) = reading(row(巡查责任人=names, 巡查责任人手机=phones)).entries
    assert [(w.name, w.phone) for w in one.persons[PointDuty.PATROL]] == wanted


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"风险点名称": ""}, "没有写名称。"),
        ({"类别": "东西"}, "不认识类别“东西”。请写代码（如 H09）或名称（如 山塘水库），一处只写一类。"),
        ({"类别": ""}, "没有写类别。"),
        ({"风险等级": "3"}, "风险等级“3”不对，请写 红、橙、黄、蓝，或 重大、较大、一般、低。"),
        ({"村": "无此村"}, "石梁镇没有“无此村”，请核对名称。"),
        ({"乡镇": "", "村": ""}, "没有写是哪个乡镇、哪个村。"),
        ({"经度": ""}, "纬度和经度要么都写，要么都不写。"),
        ({"纬度": "60.5"}, "纬度 60.5、经度 119.4821 不在国内，请核对。"),
        ({"纬度": "说不清"}, "经纬度“说不清”看不懂，请写成 28.4512 或 28°27′4″。"),
        ({"户数": "三四户"}, "“三四户”不是户数、人数。不清楚的写“不详”，没有的写 0。"),
        ({"坐标系": "北京54"}, "坐标系“北京54”换算不了。请用 GPS（WGS84）、国家2000，或高德、腾讯地图的坐标。"),
        (
            {"巡查责任人": "王巡、李查", "巡查责任人手机": "13900000001"},
            "责任人写了 2 个，手机号写了 1 个，对不上。",
        ),
        ({"巡查责任人": "王巡", "巡查责任人手机": "1.39E+10"}, "责任人手机“1.39E+10”不对，应为 1 开头的 11 位数字。"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_what_is_wrong_is_said_with_its_line(cells: dict[str, str], problem: str):
    assert said(row(**cells)) == [f"第 2 行：{problem}"]


def test_everything_wrong_is_told_at_once():
    assert [one[:7] for one in said(row(类别="东西", 风险等级="五"), row(村="无此村"), row())] == [
        "第 2 行：不",
        "第 2 行：风",
        "第 3 行：石",
    ]


def test_the_same_point_twice_in_a_file_is_told():
    assert said(row(), row()) == ["第 3 行：编号 SL-001 在第 2 行已经有了。"]
    twice = said(row(编号=""), row(编号=""))
    assert twice == ["第 3 行：同一个村里“岭头山塘”在第 2 行已经有了。不是同一处的，请写上编号。"]


@pytest.mark.parametrize("written", ["28°61′", "28°27′60″", "北", "28,4512"])
def test_what_is_no_position_is_refused(written: str):
    with pytest.raises(Exception, match=r"points\.problem\.degrees"):
        read_degrees(written)
