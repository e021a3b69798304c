"""Moments as they are written; what leaves the day or the hour open is asked again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.spoken_times import read_time

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2024, 6, 24, 14, 0, tzinfo=CHINA)  # a Monday


def cut(line: str) -> list[str]:
    return line.split("|")


SURE = {
    "24 18:00": (
        "18点|今天18:00|下午6点|１８：００|6-24 18:00|6/24 18:00|2024-06-24T18:00|2024年6月24日18时|24日18时"
        "|18点前|大概18点左右"
        "|今天下午六点|傍晚6点|18:00:00"
    ),
    "24 18:30": "6月24日18时30分|下午6点半|18点30|十八点三十分",
    "24 15:00": "六月二十四日下午三点|下午3:00",
    "25 08:30": "明天早上8点半|明早八点半",
    "25 08:00": "明天8点|明天上午8点|6月25日8时",
    "24 22:00": "晚上十点|今晚10点|22:00",
    "23 23:30": "昨晚11点半|昨天23:30",
    "24 08:00": "今早8点|08点|08:00|早上8点",
    "25 00:00": "今晚12点|24:00|24点",
    "24 12:00": "中午12点|中午十二点",
    "24 13:00": "中午1点|13时",
    "24 14:00": "现在",
    "28 18:00": "这周五18点|本周五下午6点",
    "05 18:00": "下周五18点",
}


@pytest.mark.parametrize(("typed", "expected"), [(text, at) for at, line in SURE.items() for text in cut(line)])
def test_a_moment_in_every_way_of_writing_it(typed, expected):
    for lean in (None, "future", "past"):
        moment = read_time(typed, NOW, CHINA, lean)
        assert moment is not None
        assert moment.tzinfo is UTC
        assert f"{moment.astimezone(CHINA):%d %H:%M}" == expected


LEANING = {
    # typed: (nothing asked for, a deadline, something that has happened)
    "刚才": ("24 14:00", None, "24 14:00"),
    "半小时后": ("24 14:30", "24 14:30", None),
    "两小时后": ("24 16:00", "24 16:00", None),
    "一个半小时后": ("24 15:30", "24 15:30", None),
    "1小时30分钟后": ("24 15:30", "24 15:30", None),
    "20分钟": ("24 14:20", "24 14:20", None),
    "3天": ("27 14:00", "27 14:00", None),
    "三天内": ("27 14:00", "27 14:00", None),
    "一周": ("01 14:00", "01 14:00", None),
    "半个月": ("09 14:00", "09 14:00", None),
    "3天前": ("21 14:00", None, "21 14:00"),
    "10分钟前": ("24 13:50", None, "24 13:50"),
    "6点": (None, "24 18:00", "24 06:00"),
    "8点半": (None, "24 20:30", "24 08:30"),
    "8点一刻": (None, "24 20:15", "24 08:15"),
    "今天8点": (None, "24 20:00", "24 08:00"),
    "12点": (None, "25 00:00", "24 12:00"),
    "凌晨2点": ("24 02:00", "25 02:00", "24 02:00"),
    "周五18点": (None, "28 18:00", "21 18:00"),
    "6月30日前": (None, "30 23:59", None),
    "明天": (None, "25 23:59", None),
    "明天前": (None, None, None),
}


@pytest.mark.parametrize(("typed", "expected"), LEANING.items())
def test_what_was_asked_for_decides_where_the_words_leave_two_readings(typed, expected):
    read = [read_time(typed, NOW, CHINA, lean) for lean in (None, "future", "past")]
    assert tuple(moment and f"{moment.astimezone(CHINA):%d %H:%M}" for moment in read) == expected


OPEN = cut(
    "晚上2点|8-10点|18点5|马上|尽快|一个月|半天|25:00|18:61|24:30|6-31 8:00|上午15点|99999天|水位31.2|1|30分"
    "|周八 8点|18点完成"
    "|8点到10点||。|今天|下午|收到|2024-13-01 8:00"
)


@pytest.mark.parametrize("typed", OPEN)
def test_a_moment_left_open_is_not_guessed(typed):
    assert [read_time(typed, NOW, CHINA, lean) for lean in (None, "past")] == [None] * 2


def test_a_day_alone_is_a_deadline_only():
    assert read_time("今天", NOW, CHINA, "future") == datetime(2024, 6, 24, 23, 59, tzinfo=CHINA)
    assert read_time("今天", NOW, CHINA) is None


def test_a_bare_time_of_day_reaches_over_midnight_only_when_that_is_near():
    late, early = datetime(2024, 6, 24, 22, 30, tzinfo=CHINA), datetime(2024, 6, 25, 0, 10, tzinfo=CHINA)
    assert read_time("2:00", late, CHINA, "future") == datetime(2024, 6, 25, 2, 0, tzinfo=CHINA)
    assert read_time("23:50", early, CHINA, "past") == datetime(2024, 6, 24, 23, 50, tzinfo=CHINA)
    assert read_time("23:50", early, CHINA) == datetime(2024, 6, 25, 23, 50, tzinfo=CHINA)
    assert read_time("今天23:50", early, CHINA, "past") == datetime(2024, 6, 25, 23, 50, tzinfo=CHINA)
    assert read_time("18:00", late, CHINA, "future") == datetime(2024, 6, 24, 18, 0, tzinfo=CHINA)


def test_a_date_without_a_year_is_the_near_one():
    new_year = datetime(2024, 12, 30, 9, 0, tzinfo=CHINA)
    assert read_time("1-2 8:00", new_year, CHINA) == datetime(2025, 1, 2, 8, 0, tzinfo=CHINA)
    assert read_time("12-28 8:00", new_year, CHINA) == datetime(2024, 12, 28, 8, 0, tzinfo=CHINA)
    assert read_time("12-28 8:00", new_year, CHINA, "future") == datetime(2024, 12, 28, 8, 0, tzinfo=CHINA)
    assert read_time("12月30日8点", NOW, CHINA, "future") == datetime(2024, 12, 30, 8, 0, tzinfo=CHINA)
    assert read_time("3日9点", new_year, CHINA, "future") == datetime(2025, 1, 3, 9, 0, tzinfo=CHINA)


def test_a_naive_now_is_a_fault():
    with pytest.raises(ValueError, match="aware"):
        read_time("18点", datetime(2024, 6, 24), CHINA)


def test_a_span_beyond_the_calendar_is_no_moment():
    assert read_time("9999周", datetime(9990, 1, 1, tzinfo=UTC), CHINA) is None


PIECES = st.lists(
    st.sampled_from(cut("1|8|18|点|半|:|30|三|十|天|后|前|小时|明天|周|日|月|晚上|-| |2024|内|年|刻")), max_size=8
)


@settings(deadline=None)
@given(st.text(max_size=30) | PIECES.map("".join), st.datetimes(timezones=st.just(UTC)))
def test_no_text_breaks_the_reader_at_any_moment(text, now):
    for lean in (None, "past", "future"):
        moment = read_time(text, now, CHINA, lean)
        assert moment is None or moment.tzinfo is UTC


@settings(deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_a_full_date_is_read_back_whenever_it_is_said(moment):
    local = moment.replace(second=0, microsecond=0, tzinfo=CHINA)
    assert read_time(f"{local:%Y-%m-%d %H:%M}", NOW, CHINA) == local
