"""What a line of a duty roster means: days, hours, people, several lines of one shift."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from domain.duty_rows import Reading, read_day, read_hours, read_shifts
from domain.places import PlaceTree
from domain.table_persons import Wanted
from domain.tables import CellError, Line
from tests.support.county import COUNTY, PLACES, TOWNSHIP

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 28, 22, 0, tzinfo=ZONE)
HEADER = ("日期", "开始", "结束", "单位", "带班领导", "值班员", "值班员手机")


def read(*rows: tuple[str, ...]) -> Reading:
    lines = [Line(number, cells) for number, cells in enumerate((HEADER, *rows), 1)]
    return read_shifts(lines, PlaceTree(PLACES), COUNTY, TOWNSHIP, NOW, time(8))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026-11-30T00:00:00", date(2026, 11, 30)),
        ("2026年11月30日", date(2026, 11, 30)),
        ("11月30日（星期一）", date(2026, 11, 30)),
        ("11.30 周一", date(2026, 11, 30)),
        ("1月2日", date(2027, 1, 2)),
        ("2月29日", date(2028, 2, 29)),
    ],
)
def test_days_are_read_as_people_write_them(written: str, day: date) -> None:
    today = date(2027, 9, 1) if "29" in written else NOW.date()
    assert read_day(written, today) == day


@pytest.mark.parametrize("written", ["明天", "13月1日", "2026-02-30", "30"])
def test_a_day_that_is_none_is_told(written: str) -> None:
    with pytest.raises(CellError) as wrong:
        read_day(written, NOW.date())
    assert wrong.value.key == "duty.table.day"


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("", "", (time(8), time(8))),
        ("20:00", "8:00", (time(20), time(8))),
        ("08:00:00", "20:00:00", (time(8), time(20))),
        ("20：30", "次日8点", (time(20, 30), time(8))),
        ("8时—20时", "", (time(8), time(20))),
        ("夜班", "", (time(20), time(8))),
        ("全天", "", (time(8), time(8))),
        ("8", "24:00", (time(8), time(0))),
    ],
)
def test_hours_are_read_as_people_write_them(begins: str, ends: str, hours: tuple[time, time]) -> None:
    assert read_hours(begins, ends, time(8)) == hours


@pytest.mark.parametrize(
    ("begins", "ends", "key"), [("8", "", "half"), ("25:00", "8", "hour"), ("早上", "晚上", "hour")]
)
def test_hours_that_are_none_are_told(begins: str, ends: str, key: str) -> None:
    with pytest.raises(CellError) as wrong:
        read_hours(begins, ends, time(8))
    assert wrong.value.key == f"duty.table.{key}"


def test_an_end_before_the_beginning_is_on_the_next_day_and_a_line_without_a_unit_is_about_ones_own() -> None:
    (shift,) = read(("11月28日", "20:00", "8:00", "", "郑分管", "小张、老王", "13900000001、13900000002")).entries
    assert (shift.place, shift.starts, shift.ends) == (
        TOWNSHIP,
        datetime(2026, 11, 28, 20, tzinfo=ZONE),
        datetime(2026, 11, 29, 8, tzinfo=ZONE),
    )
    assert shift.leader == (Wanted("郑分管"),)
    assert shift.officers == (Wanted("小张", "13900000001"), Wanted("老王", "13900000002"))


def test_a_line_for_each_officer_is_one_shift() -> None:
    (shift,) = read(("11-28", "", "", "", "郑分管", "小张", ""), ("11-28", "", "", "", "", "老王", "")).entries
    assert [one.name for one in (*shift.leader, *shift.officers)] == ["郑分管", "小张", "老王"]


def test_every_mistake_is_told_with_its_line() -> None:
    reading = read(
        ("11-28", "8", "20", "", "郑分管", "小张", ""),
        ("11-28", "8", "20", "", "李书记", "老王", ""),
        ("11-28", "12", "21", "", "郑分管", "老王", ""),
        ("11-29", "", "", "", "甲乙、丙丁", "老王", ""),
        ("11-29", "", "", "石梁镇没有", "郑分管", "老王", ""),
        ("11-29", "", "", "", "无", "无", ""),
        ("昨天", "26", "8", "", "郑分管", "老王", "123"),
    )
    assert [(one.line, one.key.rsplit(".", 1)[1]) for one in reading.problems] == [
        (3, "two_leaders"),
        (4, "clash"),
        (5, "leaders"),
        (6, "place_unknown"),
        (7, "nobody"),
        (8, "day"),
        (8, "hour"),
        (8, "phone"),
    ]
