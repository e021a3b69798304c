"""Numbers as they are typed, and what must not be taken for one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.numerals import (
    Headcount,
    chinese_number,
    is_nothing,
    plain,
    read_count_people,
    read_level,
    read_number,
    read_numbers_list,
)


def cut(line: str) -> list[str]:
    return line.split("|")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("１。", "1"),
        ("①正常！", "1 正常"),
        ("1️⃣", "1"),
        ("（三）", "三"),
        ("  收到 \n", "收到"),
        ("ＯＫ", "ok"),
        ("31.2。", "31.2"),
        ("收到吗？", "收到吗?"),
        ("Ⅲ级", "iii级"),
        ("\u200b1\ufeff", "1"),
        ("", ""),
    ],
)
def test_plain_text_is_half_width_and_bare(typed, expected):
    assert plain(typed) == expected


def test_nothing_is_said_and_not_assumed():
    assert [text for text in cut("无|没有|没有的|都没有。|0|〇|没啥|没有了") if not is_nothing(text)] == []
    assert [text for text in cut("|不清楚|不知道|没有异常|10|正常|没收到") if is_nothing(text)] == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("31.2", 31.2),
        ("水位 31.2米", 31.2),
        ("水位31.2", 31.2),
        ("水位：31.2m", 31.2),
        ("三十一点二", 31.2),
        ("三十一米二", 31.2),
        ("31米2", 31.2),
        ("1米8。", 1.8),
        ("31。2", 31.2),
        ("１２．５", 12.5),
        ("03.62m", 3.62),
        ("零点五米", 0.5),
        ("63户", 63),
        ("两户", 2),
        ("五", 5),
        ("二十五", 25),
        ("一百二", 120),
        ("约400", 400),
        ("20户左右", 20),
        ("1,200", 1200),
        ("1.2万", 12000),
        ("-3", -3),
        ("+3", 3),
        ("十分钟", 10),
        ("一定3户", 3),
        ("3号桥水位31.2", 31.2),
        ("0", 0),
    ],
)
def test_one_number_is_read_with_words_and_units_around_it(typed, expected):
    assert read_number(typed) == expected


UNCLEAR = cut(
    "20多户|十几户|几户|3-5户|3到5户|不到3米|超过31|第3组|3号|6/24|18:00|SL-0912|3g|水位-31.2|1万2|13812345678|31.2.5"
    "|1.1234567|十分危险|已统一|张三家|12户41人|比昨天高0.3米|一三五|百|没有|不清楚|.5|1e5||。"
)


@pytest.mark.parametrize("typed", UNCLEAR)
def test_what_is_no_single_number_is_not_guessed(typed):
    assert read_number(typed) is None


def test_the_unit_asked_for_picks_among_several_numbers():
    said = [read_number("12户41人", ("户",)), read_number("12户41人", ("人",)), read_number("3家", ("户",))]
    assert said == [12, 41, 3]
    assert read_number("3户", ("米",)) is None
    assert read_number("31.2", ("米",)) == 31.2
    assert read_number("上次31.0米，现在31.2米", ("米",)) is None


CHINESE_NUMBERS = {
    "十": 10, "十二": 12, "二十": 20, "二十三": 23, "一百": 100, "一百二": 120, "一百零二": 102, "一百十二": 112,
    "一百一十": 110, "两千": 2000, "两千三": 2300, "两千零三": 2003, "一万": 10000, "一万二": 12000, "一万零二": 10002,
    "三万五千": 35000, "二〇二四": 2024, "零": 0,
    "一三五": None, "百": None, "万": None, "十十": None, "一二": None, "": None, "二十三四": None, "百万": None,
}  # fmt: skip


@pytest.mark.parametrize(("run", "expected"), CHINESE_NUMBERS.items())
def test_chinese_numerals(run, expected):
    assert chinese_number(run) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("下面3户", Headcount(3, None)),
        ("12户41人", Headcount(12, 41)),
        ("41人，12户", Headcount(12, 41)),
        ("上坞后山1处,12户41人,转村礼堂", Headcount(12, 41)),
        ("两户7口人", Headcount(2, 7)),
        ("一家四口", Headcount(1, 4)),
        ("3户2个老人", Headcount(3, None)),
        ("41人", Headcount(None, 41)),
        ("第9户 2人", Headcount(None, 2)),
        *[(text, Headcount(0, 0)) for text in cut("0户|没有|没人|无")],
        *[(text, Headcount(None, None)) for text in cut("有|有人")],
        *[(text, None) for text in cut("3|十几户|张三家|不清楚|东边3户西边2户|3.5户|3户 8||好")],
    ],
)
def test_households_and_people_are_kept_apart_and_unknown_is_not_zero(typed, expected):
    assert read_count_people(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(text, (1, 3, 5)) for text in cut("1 3 5|1,3、5|１，３，５|一三五|①③⑤|1.3.5|1和3和5|第1、3、5项")],
        *[(text, ()) for text in cut("无|0|没有|都好|都正常。")],
        ("1到3", (1, 2, 3)),
        ("1 1 3", (1, 3)),
        ("十二", (12,)),
        ("12", (12,)),
        ("3", (3,)),
        *[(text, None) for text in cut("1-3|1.3|3到1|6,水位31.2|1 三五户|100||0 3|好")],
    ],
)
def test_a_list_of_numbers(typed, expected):
    assert read_numbers_list(typed) == expected


def test_digits_in_a_row_are_a_list_only_where_no_other_reading_is_left():
    assert read_numbers_list("135", highest=7) == (1, 3, 5)
    assert read_numbers_list("12", highest=7) == (1, 2)
    assert read_numbers_list("12", highest=12) == (12,)
    assert read_numbers_list("135", highest=12) is None
    assert read_numbers_list("178", highest=7) is None
    assert read_numbers_list("1 31", highest=4) is None
    assert read_numbers_list("1", highest=0) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(text, 3) for text in cut("Ⅲ|III|iii|ⅲ|3级|三级|Ⅲ级响应|三级响应|3|调整为Ⅲ级|３级。")],
        ("Ⅰ", 1),
        ("一级", 1),
        ("Ⅱ", 2),
        ("启动防台风Ⅳ级应急响应", 4),
        ("启动 Ⅳ", 4),
        ("iv", 4),
        *[(text, None) for text in cut("Ⅲ升Ⅱ|Ⅱ升Ⅰ|结束Ⅲ级|5级|Ⅴ|不启动|iiii|11||3户")],
    ],
)
def test_a_level_in_all_its_spellings(typed, expected):
    assert read_level(typed) == expected


PIECES = st.lists(st.sampled_from(cut("1|3|31.2|户|人|没有|，|。| |点|三|十|万|-|?|①|到|第|米|几")), max_size=8)
TEXTS = st.text(max_size=40) | PIECES.map("".join)


@settings(deadline=None)
@given(TEXTS)
def test_no_text_breaks_a_reader_of_numbers(text):
    number, level, listed, count = (
        read_number(text),
        read_level(text),
        read_numbers_list(text),
        read_count_people(text),
    )
    assert number is None or abs(number) < 10**14
    assert level in (None, 1, 2, 3, 4)
    assert listed is None or all(1 <= n <= 99 for n in listed)
    assert count is None or min(count.households or 0, count.people or 0) >= 0
    assert isinstance(is_nothing(text), bool)


@settings(deadline=None)
@given(TEXTS)
def test_plain_text_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


@settings(deadline=None)
@given(st.integers(0, 99_999_999))
def test_every_number_survives_being_written(number):
    assert read_number(f"水位 {number}米") == number
    assert read_number(f"{number / 100:.2f}") == number / 100
