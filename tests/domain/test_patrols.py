"""The patrol's rules: what a typed answer means, what repeats an earlier one, when silence is due to somebody else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.geometry import Point
from domain.obligations import due_at
from domain.patrol_policy import PatrolPolicy
from domain.patrols import (
    Finding,
    Hindrance,
    Said,
    can_wait_till_morning,
    distance_m,
    is_own,
    is_same,
    lapses_at,
    opened_at,
    own_places,
    read_check_in,
    read_hindrance,
)
from domain.people import Person, PersonId, Post, Role
from domain.places import PlaceCode

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 6, 20, 4, 41, tzinfo=CHINA)
VILLAGE, OTHER = PlaceCode("331124001001"), PlaceCode("331124001002")
PLACES = {VILLAGE: "上坞村", OTHER: "岭下村"}
LADDER = PatrolPolicy().ladder


def read(text: str) -> Said | None:
    return read_check_in(text, PLACES, NOW, CHINA)


@pytest.mark.parametrize(
    "text",
    ["1", "1。", "１", "①", "一", "正常", "1 正常", "✅ 正常", "都正常", "无异常", "没问题", "没啥问题", "没有问题"],
)
def test_one_digit_or_word_is_a_whole_normal_check_in(text):
    assert read(text) == Said(Finding.NORMAL)


@pytest.mark.parametrize("text", ["2", "二", "有异常", "异常", "不正常", "2 有异常", "看不准", "说不准", "不好说"])
def test_what_cannot_be_judged_counts_as_abnormal(text):
    assert read(text) == Said(Finding.ABNORMAL)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3", None),
        ("去不了", None),
        ("3 路断", Hindrance.ROAD),
        ("3路断了", Hindrance.ROAD),
        ("去不了，太危险", Hindrance.DANGER),
        ("去不了 家里老人住院", None),
    ],
)
def test_not_being_able_to_go_needs_no_reason(text, why):
    said = read(text)
    assert said is not None
    assert (said.finding, said.hindrance) == (Finding.UNABLE, why)


@pytest.mark.parametrize("text", ["上坞村正常", "上坞 正常", "上坞村 1", "上坞村：正常"])
def test_a_place_may_be_named(text):
    assert read(text) == Said(Finding.NORMAL, VILLAGE)


def test_what_is_abnormal_may_be_said_in_the_same_line():
    assert read("2 坝脚渗水") == Said(Finding.ABNORMAL, words="坝脚渗水")


def test_a_water_level_may_stand_beside_normal():
    assert read("正常，水位31.2米") == Said(Finding.NORMAL, words="水位31.2米")
    assert read("没啥问题 水位30米5") == Said(Finding.NORMAL, words="水位30米5")


@pytest.mark.parametrize("text", ["补04:00 正常", "补04:00正常", "补报 今天4点 正常", "补 正常", "补明天8点 正常"])
def test_what_is_filled_in_later_keeps_its_own_time(text):
    said = read(text)
    if "明天" in text or text == "补 正常":
        assert said is None
    else:
        assert said == Said(Finding.NORMAL, seen_at=datetime(2026, 6, 20, 4, 0, tzinfo=CHINA))


def test_the_reason_of_a_late_entry_is_kept():
    said = read("去抢险了，补04:00 正常")
    assert said is not None
    assert said.words == "去抢险了"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "收到",
        "好的",
        "1号桥有裂缝",
        "1 桥塌了",
        "3户进水",
        "3 户进水",
        "2户",
        "12",
        "1 2",
        "正常吗",
        "在哪里",
        "正常" * 40,
    ],
)
def test_nothing_else_is_taken_for_a_check_in(text):
    assert read(text) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader_and_none_is_seen_in_the_future(text):
    said = read(text)
    assert said is None or said.seen_at is None or said.seen_at <= NOW


@pytest.mark.parametrize(
    ("text", "why"), [("1", Hindrance.ROAD), ("已撤离", Hindrance.EVACUATED), ("5", Hindrance.OTHER)]
)
def test_the_reason_is_read_by_number_or_word(text, why):
    assert read_hindrance(text) is why


TEN = timedelta(minutes=10)


@given(st.sampled_from(Finding), st.sampled_from(Finding), st.integers(0, 3600))
def test_only_the_same_finding_within_the_time_is_the_same(before, now, seconds):
    passed = timedelta(seconds=seconds)
    assert is_same(before, NOW - passed, now, NOW, TEN) == (before is now and passed <= TEN)


def test_the_answer_is_due_exactly_when_the_planner_said():
    assert due_at(LADDER, opened_at(NOW, LADDER)) == NOW


def test_nobody_is_reminded_before_the_time_is_over():
    opened = opened_at(NOW, LADDER)
    assert all(opened + timedelta(seconds=step.after) >= NOW for step in LADDER.steps)
    assert lapses_at(NOW, LADDER) > NOW


def _person(*posts: Post) -> Person:
    return Person(PersonId(1), "王大爷", "13800000000", posts=posts)


def test_a_check_in_without_a_task_is_for_places_of_ones_own():
    person = _person(Post(Role.GRID_MEMBER, VILLAGE), Post(Role.REPORTER, OTHER))
    assert own_places(person) == [VILLAGE]
    assert is_own(person, VILLAGE)
    assert not is_own(person, PlaceCode("331124002001"))


def test_a_distance_is_measured_where_the_place_is_marked_and_unknown_elsewhere():
    there = Point(28.45, 119.48)
    assert distance_m(there, there) == 0
    assert distance_m(there, None) is None
    assert 1000 < (distance_m(Point(28.46, 119.48), there) or 0) < 1200


@pytest.mark.parametrize(
    ("now", "due", "waits"),
    [
        ("2026-06-20T21:00", "2026-06-21T08:00", False),
        ("2026-06-20T22:30", "2026-06-21T08:00", True),
        ("2026-06-20T22:30", "2026-06-20T23:59", False),
        ("2026-06-21T03:00", "2026-06-21T08:00", True),
        ("2026-06-21T03:00", "2026-06-21T05:00", False),
        ("2026-06-21T07:00", "2026-06-21T08:00", False),
    ],
)
def test_at_night_only_what_is_due_in_the_night_makes_a_sound(now, due, waits):
    at, until = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, due))
    assert can_wait_till_morning(at, until) is waits
