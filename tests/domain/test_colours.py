"""The four colours: their order, and how they are read from fields, headlines and severities."""

import pytest

from domain.colours import Colour, ColourEvidence, ColourReading, colour_of, headline_colours, parse_colour

BLUE, YELLOW, ORANGE, RED = Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED


def test_colours_are_ordered_by_gravity_and_not_by_spelling() -> None:
    assert sorted([RED, BLUE, ORANGE, YELLOW]) == [BLUE, YELLOW, ORANGE, RED]
    assert max(BLUE, RED, YELLOW) is RED
    assert [c.rank for c in Colour] == [1, 2, 3, 4]
    assert BLUE < RED
    assert BLUE <= BLUE
    assert RED > ORANGE
    assert RED >= RED


@pytest.mark.parametrize("other", ["red", "orange", 3, None])
def test_a_colour_is_not_compared_with_anything_else(other: object) -> None:
    with pytest.raises(TypeError):
        assert other < RED  # type: ignore[operator]


def test_a_colour_is_still_its_word() -> None:
    assert RED == "red"
    assert {RED: 1}["red"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("field", "colour"),
    [
        ("Red", RED),
        ("ORANGE", ORANGE),
        (" 橙色 ", ORANGE),
        ("橙", ORANGE),
        ("紅色", RED),
        ("3; orange; Severe", ORANGE),
        ("Ⅱ级", ORANGE),
        ("IV级/一般", BLUE),
        ("III/较重", YELLOW),
        ("黄色转橙色", ORANGE),
        ("3", None),
        ("", None),
        ("白色", None),
        ("255 235 59", None),
        ("Unknown", None),
        ("MIII", None),
    ],
)
def test_a_field_made_for_the_colour(field: str, colour: Colour | None) -> None:
    assert parse_colour(field) is colour


@pytest.mark.parametrize(
    ("headline", "colours"),
    [
        ("青岚县气象台发布暴雨橙色预警信号", (ORANGE,)),
        ("青岚县气象台将雷电黄色预警升级为雷电橙色预警", (ORANGE,)),
        ("青岚县气象台将暴雨红色预警变更为暴雨黄色预警", (YELLOW,)),
        ("青岚县气象台更新雷电黄色预警信号[III级/较重]", (YELLOW,)),
        ("青岚县气象台继续发布高温橙色预警", (ORANGE,)),
        ("甲乡发布橙色预警，乙乡发布黄色预警", (ORANGE, YELLOW)),
        ("黄岩区、红河州、蓝田县发布大雾预警", ()),
        ("発布暴雨紅色預警", (RED,)),
        ("County updates blue warning for flash flood", (BLUE,)),
        ("Red Flag Warning for Orange County", ()),
        ("Yellow alert", (YELLOW,)),
        ("发布白色台风预警", ()),
        ("", ()),
    ],
)
def test_a_headline(headline: str, colours: tuple[Colour, ...]) -> None:
    assert headline_colours(headline) == colours


@pytest.mark.parametrize(
    ("explicit", "headline", "severity", "reading"),
    [
        (["orange"], "发布暴雨橙色预警", "Severe", ColourReading(ORANGE, ColourEvidence.EXPLICIT)),
        ([], "发布暴雨橙色预警", "Severe", ColourReading(ORANGE, ColourEvidence.HEADLINE)),
        ([], "发布暴雨预警", "Severe", ColourReading(ORANGE, ColourEvidence.SEVERITY)),
        ([], "发布暴雨红色预警", "Unknown", ColourReading(RED, ColourEvidence.HEADLINE)),
        ([], "发布暴雨红色预警", None, ColourReading(RED, ColourEvidence.HEADLINE)),
        (["紅色"], "", "Moderate", ColourReading(RED, ColourEvidence.EXPLICIT, conflict=True)),
        (["yellow"], "发布黄色预警", "Extreme", ColourReading(RED, ColourEvidence.SEVERITY, conflict=True)),
        (["orange"], "发布红色预警", "Severe", ColourReading(RED, ColourEvidence.HEADLINE, conflict=True)),
        ([], "甲乡橙色预警、乙乡黄色预警", None, ColourReading(ORANGE, ColourEvidence.HEADLINE, conflict=True)),
        (["255 0 0"], "发布暴雨预警", "Unknown", ColourReading(None)),
        ([], "", "", ColourReading(None)),
    ],
)
def test_the_first_source_counts_and_a_contradiction_takes_the_gravest(
    explicit: list[str], headline: str, severity: str | None, reading: ColourReading
) -> None:
    assert colour_of(explicit, headline, severity) == reading
