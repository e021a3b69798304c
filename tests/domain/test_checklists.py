"""The lists of what is looked at, and answers as people type them with wet hands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checklists import (
    CHECKLISTS,
    Alarm,
    Measure,
    PointKind,
    Seen,
    alarms,
    kind_of,
    measure_of,
    read_reading,
    read_seen,
)
from domain.hazards import Category

POND, DIKE, SLOPE, LOW = PointKind.POND, PointKind.DIKE, PointKind.GEOHAZARD, PointKind.LOW_GROUND


@pytest.mark.parametrize("text", ["无", "没有", "都没有", "0", "无。", "没有的"])
def test_nothing_is_said_in_one_word(text):
    assert read_seen(text, POND) == Seen(nothing=True)


@pytest.mark.parametrize(
    "text",
    [
        "6,水位31.2",
        "6，水位 31.2",
        "6 水位31.2米",
        "6、31.2",
        "6。水位31。2",
        "水位31.2，6",
        "⑥ 31米2",
        "6 31.20m",
        "6, level 31.2",
    ],
)
def test_a_number_and_a_water_level_in_any_spelling(text):
    seen = read_seen(text, POND)
    assert seen is not None
    assert (seen.items, seen.reading) == (("spillway",), Decimal("31.2"))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("溢洪道堵了", ("spillway",)),
        ("3 6", ("seepage", "spillway")),
        ("36", ("seepage", "spillway")),
        ("10", ("bank",)),
        ("三、六", ("seepage", "spillway")),
        ("坝脚渗水", ("seepage",)),
        ("6溢洪道堵", ("spillway",)),
    ],
)
def test_things_are_named_by_number_or_by_word(text, items):
    seen = read_seen(text, POND)
    assert seen is not None
    assert set(items) <= set(seen.items)


def test_words_beside_a_number_are_kept():
    assert read_seen("3 渗水(清水)", DIKE) == Seen(("seepage",), words="渗水(清水)")


@pytest.mark.parametrize("text", ["桩号K2+300 管涌", "k2+300 4", "4 桩号 K2+300", "4，k2+300"])
def test_a_dike_is_told_with_its_stake(text):
    seen = read_seen(text, DIKE)
    assert seen is not None
    assert (seen.items, seen.stake, seen.reading) == (("piping",), "K2+300", None)


def test_a_stake_and_a_level_are_not_mixed_up():
    seen = read_seen("3 桩号K1+50 水位03.62", DIKE)
    assert seen == Seen(("seepage",), Decimal("3.62"), "K1+50")


def test_a_level_alone_says_that_all_is_well():
    assert read_seen("水位31.2", POND) == Seen(reading=Decimal("31.2"), nothing=True)
    assert read_seen("无 31.2", POND) == Seen(reading=Decimal("31.2"), nothing=True)


@pytest.mark.parametrize("text", ["哈哈", "不知道", "水位5000", "水位-3", "11", "", "领导好"])
def test_what_is_no_answer_is_asked_again(text):
    assert read_seen(text, POND) is None


def test_units_are_turned_into_the_points_own():
    assert read_seen("积水30厘米", LOW) == Seen(reading=Decimal(30), nothing=True)
    assert read_seen("积水0.3米 1", LOW) == Seen(("pump",), Decimal(30))
    assert read_seen("1 宽2厘米", SLOPE) == Seen(("crack",), Decimal(20))


def test_where_nothing_is_measured_a_figure_is_no_reading():
    seen = read_seen("1 3", PointKind.SITE)
    assert seen == Seen(("working", "crane"))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("31.2", "31.2"),
        ("31", "31"),
        ("31米2", "31.2"),
        ("水位 31.2米", "31.2"),
        ("三十一点二", "31.2"),
        ("03.62m", "3.62"),
    ],
)
def test_the_figure_alone(text, level):
    assert read_reading(text, POND) == Decimal(level)


@pytest.mark.parametrize("text", ["不清楚", "5000", "-1", "30到31", "", "31.2 和 32.4"])
def test_no_figure_is_guessed(text):
    assert read_reading(text, POND) is None


def test_a_level_over_the_threshold_or_risen_sharply_is_told():
    half = Decimal("0.5")
    assert alarms(Decimal("31.2"), Decimal("31.2"), None, half) == (Alarm.OVER,)
    assert alarms(Decimal("31.1"), Decimal("31.2"), Decimal("30.6"), half) == (Alarm.SHARP,)
    assert alarms(Decimal("31.2"), Decimal(31), Decimal(30), half) == (Alarm.OVER, Alarm.SHARP)
    assert alarms(Decimal(29), Decimal(31), Decimal(31), half) == ()
    assert alarms(Decimal(29), None, None, half) == ()


def test_every_category_has_a_kind_and_every_kind_a_list():
    assert {kind_of(one) for one in Category} == set(PointKind)
    assert set(CHECKLISTS) == set(PointKind)
    assert measure_of(PointKind.FOREST) is None
    assert measure_of(kind_of(Category.DIKE)) is Measure.WATER_LEVEL


@given(st.text(max_size=150), st.sampled_from(list(PointKind)))
def test_nothing_anybody_types_breaks_the_reader(text, kind):
    seen = read_seen(text, kind)
    if seen is not None and seen.reading is not None:
        assert 0 <= seen.reading <= 999
    read_reading(text, kind)


@given(st.sampled_from([k for k in PointKind if CHECKLISTS[k]]), st.data())
def test_every_thing_of_a_list_is_understood_by_its_number(kind, data):
    at = data.draw(st.integers(1, len(CHECKLISTS[kind])))
    assert read_seen(str(at), kind) == Seen((CHECKLISTS[kind][at - 1].code,))
