"""Answers as people type them, beside the bot's own records."""

import pytest

from domain.check_compare import Match, agrees, compare, water_level
from domain.checks import Topic

POINTS = {
    "key": "points",
    "count": 1,
    "households": 12,
    "people": 41,
    "shelters": ["上坞村文化礼堂"],
    "evacuators": ["李书记"],
}
WARNING = {"key": "last_warning", "colour": "orange"}
HOUSEHOLDS = {"key": "households", "reached": 10, "total": 12}
PATROL = {"key": "patrol", "names": ["岭头山塘"], "level": 31.2}


def matches(topic: Topic, text: str, *facts: dict[str, object], codes: tuple[str, ...] = ()) -> dict[str, str]:
    return {one.item: one.match.value for one in compare(topic, text, codes, facts)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上坞后山1处，12户41人，转村礼堂，李书记负责", ["agrees"] * 5),
        ("1处12户42人转到礼堂", ["agrees", "agrees", "differs", "agrees", "unsaid"]),
        ("一处，十二户四十一人", ["agrees", "agrees", "agrees", "unsaid", "unsaid"]),
        ("好像有几处吧", ["unsaid"] * 5),
    ],
)
def test_danger_areas_are_compared_item_by_item(text: str, expected: list[str]) -> None:
    assert list(matches(Topic.RISKS, text, POINTS).values()) == expected


def test_where_the_register_has_none_a_nil_answer_agrees() -> None:
    assert matches(Topic.RISKS, "没有", {"key": "no_points"}) == {"points": "agrees"}
    assert matches(Topic.HAZARDS, "没有", {"key": "no_hazards"}) == {"hazards": "agrees"}
    assert matches(Topic.HAZARDS, "2处，最急的是后山", {"key": "hazards", "count": 2}) == {"hazards": "agrees"}
    assert matches(Topic.HAZARDS, "3处", {"key": "hazards", "count": 2}) == {"hazards": "differs"}


def test_a_warning_is_compared_by_colour_and_by_the_households_that_are_left() -> None:
    assert matches(Topic.WARNINGS, "橙色，15:30传到户，还差2户", WARNING, HOUSEHOLDS) == {
        "colour": "agrees",
        "left": "agrees",
    }
    assert matches(Topic.WARNINGS, "黄的，9点，都通知了", WARNING) == {"colour": "differs"}
    assert matches(Topic.WARNINGS, "早上通知了", WARNING) == {"colour": "unsaid"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("岭头山塘，水位31.2", {"point": "agrees", "level": "agrees"}),
        ("山塘 31.0米", {"point": "agrees", "level": "differs"}),
        ("去看过了", {"point": "unsaid", "level": "unsaid"}),
    ],
)
def test_a_patrol_is_compared_by_point_and_level(text: str, expected: dict[str, str]) -> None:
    assert matches(Topic.PATROL, text, PATROL) == expected


def test_being_on_post_is_compared_with_the_roster() -> None:
    nothing, leave = {"key": "no_activity"}, {"key": "on_leave"}
    assert matches(Topic.PRESENCE, "", nothing, codes=("here",)) == {"presence": "agrees"}
    assert matches(Topic.PRESENCE, "", nothing, codes=("way",)) == {"presence": "differs"}
    assert matches(Topic.PRESENCE, "", leave, codes=("leave",)) == {"presence": "agrees"}
    assert matches(Topic.PRESENCE, "在后山", nothing) == {}


def test_what_the_bot_has_no_list_of_is_not_compared() -> None:
    assert matches(Topic.EQUIPMENT, "发电机坏了", {"key": "no_list"}, codes=("power",)) == {}


def test_answers_agree_when_something_does_and_nothing_differs() -> None:
    assert agrees(compare(Topic.RISKS, "1处12户", (), [POINTS]))
    assert not agrees(compare(Topic.RISKS, "1处13户", (), [POINTS]))
    assert not agrees(compare(Topic.RISKS, "不清楚", (), [POINTS]))
    assert not agrees([])
    assert Match.UNSAID.value == "unsaid"


@pytest.mark.parametrize(("words", "level"), [("水位31.2", 31.2), ("水位：31", 31.0), ("正常", None)])
def test_a_water_level_is_found_in_the_words_of_a_check_in(words: str, level: float | None) -> None:
    assert water_level(words) == level
