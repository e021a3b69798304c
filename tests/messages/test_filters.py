"""The filters of templates, in both languages."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from markupsafe import Markup

from domain.colours import Colour
from messages.filters import Filters, finisher, idiom

COUNTY = timezone(timedelta(hours=8))
EVENING = datetime(2024, 6, 20, 18, 2, tzinfo=COUNTY)


@pytest.fixture
def zh():
    return Filters(idiom("zh"))


@pytest.fixture
def en():
    return Filters(idiom("en"))


def test_times_are_read_off_the_clock_they_were_put_on(zh, en):
    assert zh.hhmm(EVENING) == "18:02"
    assert zh.day_hhmm(EVENING) == "6月20日 18:02"
    assert en.day_hhmm(EVENING) == "20 June 18:02"
    assert zh.day(date(2024, 12, 1)) == "12月1日"
    assert zh.hhmm(EVENING.astimezone(UTC)) == "10:02"


@pytest.mark.parametrize("wrong", [datetime(2024, 6, 20, 18, 2), "18:02", None, date(2024, 6, 20)])
def test_a_time_without_a_zone_is_refused(zh, wrong):
    with pytest.raises(TypeError, match=r"Work\.local"):
        zh.hhmm(wrong)


@pytest.mark.parametrize(
    ("span", "chinese", "english"),
    [
        (0, "不到1分钟", "less than a minute"),
        (1, "1分钟", "1 minute"),
        (90, "1小时30分钟", "1 hour 30 minutes"),
        (120, "2小时", "2 hours"),
        (timedelta(minutes=5), "5分钟", "5 minutes"),
        (timedelta(days=2, hours=1, minutes=10), "2天1小时", "2 days 1 hour"),
        (1440, "1天", "1 day"),
    ],
)
def test_lengths_of_time_are_said_in_words(zh, en, span, chinese, english):
    assert (zh.minutes(span), en.minutes(span)) == (chinese, english)


def test_unknown_is_never_zero(zh, en):
    assert (zh.n(None), zh.n(0), en.n(None)) == ("未知", "0", "unknown")


def test_figures_are_written_as_each_language_writes_them(zh, en):
    assert (zh.n(12034), en.n(12034), zh.n(3.50), zh.n(4.0)) == ("12034", "12,034", "3.5", "4")
    assert (en.plural(1, "village"), en.plural(3, "village")) == ("1 village", "3 villages")
    assert (en.plural(1, "person", "people"), en.plural(0, "person", "people")) == ("1 person", "0 people")
    assert zh.big(12) == "1️⃣2️⃣"


def test_enumerations_end_as_each_language_ends_them(zh, en):
    villages = ["上坞", "溪下", "岭头"]
    assert (zh.joined(villages), en.joined(villages)) == ("上坞、溪下、岭头", "上坞, 溪下 and 岭头")
    assert zh.joined(villages, 2, "个村") == "上坞、溪下等3个村"
    assert zh.joined(villages, 3) == "上坞、溪下、岭头"
    assert en.joined(villages, 1) == "上坞 and others, 3 in all"
    assert (zh.joined([]), en.joined(["上坞"])) == ("", "上坞")


def test_every_item_of_an_enumeration_is_escaped_and_kept_on_its_line(zh):
    assert zh.joined(["</b>\n【县】", Markup("<b>好</b>")]) == "&lt;/b&gt; 【县】、<b>好</b>"


def test_free_text_is_clipped_and_an_official_text_is_not(zh):
    assert zh.clip("汛" * 600) == "汛" * 499 + "…"
    assert zh.clip("一二三四", 3) == "一二…"
    assert zh.whole("汛" * 5000 + "\n\n\n完 &") == "汛" * 5000 + "\n\n\n完 &amp;"
    assert (zh.clip(None), zh.whole(None)) == ("", "")


def test_of_a_phone_number_only_the_last_four_digits_are_shown(zh, en):
    assert (zh.mask_phone("139 0000 5678"), en.mask_phone("13900005678")) == ("尾号5678", "ending in 5678")
    assert (zh.mask_phone(None), zh.mask_phone("119")) == ("未知", "未知")


def test_colours_have_a_mark_and_a_word(zh, en):
    assert [zh.colour_mark(colour) for colour in Colour] == ["🔵", "🟡", "🟠", "🔴"]
    assert [zh.colour_word(colour) for colour in ("blue", "red")] == ["蓝色", "红色"]
    assert (zh.colour_mark(None), zh.colour_word(None), en.colour_word(None)) == ("⚪", "颜色待定", "colour unknown")
    with pytest.raises(ValueError, match="green"):
        zh.colour_mark("green")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=2"),
        ('https://example.org/"><b>', "https://example.org/%22%3E%3Cb%3E"),
        ("javascript:alert(1)", ""),
        ("", ""),
        (None, ""),
        ("tg://user?id=7", "tg://user?id=7"),
    ],
)
def test_only_addresses_become_links(zh, address, shown):
    assert zh.url(address) == shown


def test_the_last_step_makes_every_printed_fact_one_clean_line():
    finished = finisher(idiom("zh"))
    assert finished("甲\u202e\n乙") == "甲 乙"
    assert len(str(finished("汛" * 500))) == 120
    assert [finished(fact) for fact in (None, True, False, 3, Colour.RED)] == ["未知", "是", "否", 3, "red"]
    assert finished(Markup("<b>\n</b>")) == "<b>\n</b>"


@pytest.mark.parametrize("bare", [EVENING, timedelta(minutes=5)])
def test_a_bare_time_is_refused(bare):
    with pytest.raises(TypeError, match="filter"):
        finisher(idiom("zh"))(bare)
