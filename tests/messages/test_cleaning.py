"""What people wrote, made fit to stand in a message."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import cleaning


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("上坞\u202e村\u202c", "上坞村"),
        ("\u200b\u2060溪下\ufeff", "溪下"),
        ("a\x00b\x1bc", "abc"),
        ("坏\ud800字", "坏字"),
        ("一\t二", "一 二"),
        ("一\r\n二\u2028三", "一\n二\n三"),
        ("👨\u200d👩\u200d👧 平安", "👨\u200d👩\u200d👧 平安"),
        ("甲\u200d乙", "甲乙"),
        ("\u3164\u2800", ""),
        ("a" + "\u0301" * 40, "a" + "\u0301" * 2),
        ("水位31.2米 ☔️", "水位31.2米 ☔️"),
        ("𠮷村", "𠮷村"),
    ],
)
def test_what_hides_or_reorders_is_taken_out_and_what_can_be_read_stays(written, kept):
    assert cleaning.printable(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("请找 @zhang_san", "请找 ＠zhang_san"),
        ("联系@zhang", "联系＠zhang"),
        ("发 /start 试试", "发 ／start 试试"),
        ("请/cancel", "请／cancel"),
        ("写信到 a.b@example.org", "写信到 a.b@example.org"),
        ("https://example.org/maps/@29.1,119.3", "https://example.org/maps/@29.1,119.3"),
        ("完成 118/124 点，6/20 报", "完成 118/124 点，6/20 报"),
        ("山塘/水库", "山塘/水库"),
    ],
)
def test_mentions_and_commands_lose_their_power_and_nothing_else_changes(written, kept):
    assert cleaning.safe(written) == kept


def test_a_name_cannot_pose_as_a_line_of_its_own():
    assert cleaning.one_line("张三\n【县气象局】 暴雨红色") == "张三 【县气象局】 暴雨红色"


def test_paragraphs_stay_and_empty_space_does_not_grow():
    assert cleaning.paragraphs("\n\n一\n\n\n \n\n二\n三\n") == "一\n\n二\n三"


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("一二三四", 4, "一二三四"),
        ("一二三四五", 4, "一二三…"),
        ("🌊🌊🌊", 6, "🌊🌊🌊"),
        ("🌊🌊🌊🌊", 6, "🌊🌊…"),
        ("一👨\u200d👩\u200d👧二三四", 6, "一…"),
        ("好👍🏽好好好", 5, "好…"),
        ("", 3, ""),
    ],
)
def test_clipping_counts_as_telegram_does_and_never_halves_a_character(text, limit, clipped):
    assert cleaning.clip(text, limit) == clipped


@given(st.text(max_size=200), st.integers(min_value=1, max_value=60))
def test_whatever_is_written_the_line_fits_and_hides_nothing(written, limit):
    line = cleaning.one_line(written, limit)
    assert cleaning.utf16_length(line) <= limit
    assert "\n" not in line
    assert {unicodedata.category(char) for char in line if char != "\u200d"} & {"Cc", "Cf", "Cs"} == set()
    assert len(line.encode("utf-16-le")) // 2 == cleaning.utf16_length(line)


@given(st.text(max_size=200))
def test_making_safe_twice_changes_nothing_more(written):
    assert cleaning.safe(cleaning.safe(written)) == cleaning.safe(written)
