"""Titles as offices really write them: who, what he does, what is warned of, and how gravely."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.colours import Colour, ColourEvidence
from domain.notices import MsgType
from feeds.titles import Deed, Title, read_title, title_colour
from tests.feeds.reading_support import CHINA

B, Y, O, R = Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED  # noqa: E741


def facts(title: Title) -> tuple[str, str, Colour | None, str]:
    return title.deed.value, title.kind, title.colour, title.issuer


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("青岚县气象台发布暴雨橙色预警信号", ("issue", "暴雨", O, "青岚县气象台")),
        ("青岚县气象台2026年7月13日6时5分发布暴雨橙色预警信号：预计未来3小时…", ("issue", "暴雨", O, "青岚县气象台")),
        ("青岚县气象台13日06时05分发布大风蓝色预警,预计，当前至29日16时…", ("issue", "大风", B, "青岚县气象台")),
        ("浙江省云江市青岚县气象台发布暴雨蓝色预警信号", ("issue", "暴雨", B, "青岚县气象台")),
        ("内蒙古自治区呼伦贝尔市鄂伦春自治旗气象台发布寒潮蓝色预警", ("issue", "寒潮", B, "鄂伦春自治旗气象台")),
        ("新疆维吾尔自治区和田地区民丰县气象台发布沙尘暴黄色预警", ("issue", "沙尘暴", Y, "民丰县气象台")),
        ("湖北省荆州市沙市区气象台发布大雾黄色预警", ("issue", "大雾", Y, "沙市区气象台")),
        ("云江市气象局发布山洪灾害气象风险蓝色预警[Ⅳ级/一般]", ("issue", "山洪灾害气象风险", B, "云江市气象局")),
        ("云江市气象局发布道路结冰黄色预警/III/较重", ("issue", "道路结冰", Y, "云江市气象局")),
        ("青岚县气象台继续发布高温橙色预警信号", ("continue", "高温", O, "青岚县气象台")),
        ("青岚县气象台更新雷电黄色预警信号[III级/较重]", ("update", "雷电", Y, "青岚县气象台")),
        ("青岚县气象台升级发布暴雨红色预警信号", ("raise", "暴雨", R, "青岚县气象台")),
        ("青岚县气象台变更发布暴雨黄色预警信号", ("change", "暴雨", Y, "青岚县气象台")),
        ("青岚县气象台将暴雨蓝色预警升级为暴雨黄色预警", ("raise", "暴雨", Y, "青岚县气象台")),
        ("青岚县气象台将暴雨红色预警信号降级为暴雨黄色预警信号", ("lower", "暴雨", Y, "青岚县气象台")),
        ("青岚县气象台将大雾黄色预警信号变更为大雾橙色预警信号", ("change", "大雾", O, "青岚县气象台")),
        ("青岚县气象台解除霜冻蓝色预警[IV级/一般]", ("lift", "霜冻", B, "青岚县气象台")),
        ("青岚县气象台解除暴雨橙色预警，发布暴雨黄色预警", ("change", "暴雨", Y, "青岚县气象台")),
        ("雷电黄色预警解除", ("lift", "雷电", Y, "")),
        ("大雾橙色预警（已解除）", ("lift", "大雾", O, "")),
        ("大风蓝色预警（已发布）", ("issue", "大风", B, "")),
        ("暴雨红色预警【I级/特别严重】", ("issue", "暴雨", R, "")),
        ("青岚县气象台雷电黄色预警信号", ("issue", "雷电", Y, "青岚县气象台")),
        ("青岚县人民政府防汛抗旱指挥部暴雨红色预警", ("issue", "暴雨", R, "青岚县人民政府防汛抗旱指挥部")),
        ("青岚县发布雷电黄色预警信号", ("issue", "雷电", Y, "青岚县")),
        ("青岚县预警发布中心发布森林火险橙色预警", ("issue", "森林火险", O, "青岚县预警发布中心")),
        ("青岚县气象台发布：暴雨红色预警信号", ("issue", "暴雨", R, "青岚县气象台")),
        ("浙江省水利厅、浙江省气象台发布山洪灾害蓝色预警", ("issue", "山洪灾害", B, "浙江省水利厅、浙江省气象台")),
        ("某省自然资源厅和某省气象台联合发布地质灾害黄色预警", ("issue", "地质灾害", Y, "某省自然资源厅、某省气象台")),
        (
            "大风蓝色预警信号：预计今天白天有大风。青岚县气象台2026年7月13日5时0分发布",
            ("issue", "大风", B, "青岚县气象台"),
        ),
        ("春季沙尘天气趋势预警", ("issue", "春季沙尘天气趋势", None, "")),
        ("广东省气象台发布台风白色预警信号", ("issue", "台风", None, "广东省气象台")),
        ("云江市气象台发布低空风切变黄色预警", ("issue", "低空风切变", Y, "云江市气象台")),
        ("青岚县局地暴雨黄色预警", ("issue", "青岚县局地暴雨", Y, "")),
        ("Songyang issues ORANGE warning for rain", ("issue", "", O, "")),
        ("", ("issue", "", None, "")),
    ],
)
def test_every_form_of_a_title_gives_its_facts(written: str, found: tuple[str, str, Colour | None, str]) -> None:
    assert facts(read_title(written, CHINA)) == found


def test_a_title_of_two_kinds_names_both_and_the_gravest_colour_counts() -> None:
    title = read_title("青岚县气象台发布暴雨红色、雷电黄色预警信号", CHINA)
    assert (title.kind, title.colours, title.colour) == ("暴雨、雷电", (R, Y), R)
    assert title_colour([], title).conflict


def test_colours_told_place_by_place_are_found_in_the_text() -> None:
    written = (
        "某省自然资源厅、某省气象局于2026年7月13日01时00分联合发布地质灾害气象风险预警：甲县、乙县风险高，发布橙色预警；"
        "丙县风险较高，发布黄色预警。"
    )
    title = read_title(written, CHINA)
    assert (title.kind, title.colours) == ("地质灾害气象风险", (O, Y))
    assert title_colour([], title).conflict


def test_the_history_in_a_text_is_no_colour_of_its_title() -> None:
    title = read_title("某中心气象台发布高温橙色预警：高温黄色预警信号更新为高温橙色预警信号", CHINA)
    assert title.colours == (O,)


@pytest.mark.parametrize(
    ("written", "near", "issued"),
    [
        ("甲县气象台2026年7月13日6时5分发布大风蓝色预警", None, datetime(2026, 7, 12, 22, 5, tzinfo=UTC)),
        ("甲县气象台2026年07月13日06时发布大风蓝色预警", None, datetime(2026, 7, 12, 22, 0, tzinfo=UTC)),
        ("甲县气象台于7月13日6时5分发布大风蓝色预警", None, None),
        ("甲县气象台于7月13日6时5分发布大风蓝色预警", (2026, 7, 13), datetime(2026, 7, 12, 22, 5, tzinfo=UTC)),
        ("甲县气象台31日23时50分发布大风蓝色预警", (2026, 8, 1), datetime(2026, 7, 31, 15, 50, tzinfo=UTC)),
        ("甲县气象台12月31日23时50分发布大风蓝色预警", (2027, 1, 1), datetime(2026, 12, 31, 15, 50, tzinfo=UTC)),
        ("甲县气象台2026年2月30日6时发布大风蓝色预警", None, None),
        ("甲县气象台13日发布大风蓝色预警", (2026, 7, 13), None),
    ],
)
def test_the_time_of_a_title_is_taken_only_where_it_is_complete(
    written: str, near: tuple[int, int, int] | None, issued: datetime | None
) -> None:
    instant = datetime(*near, 12, tzinfo=CHINA) if near else None
    assert read_title(written, CHINA, instant).issued == issued


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("浙江省云江市青岚县气象台发布大雾黄色预警", "浙江省云江市青岚县"),
        ("青岚县气象台发布大雾黄色预警", "青岚县"),
        ("某中心气象台发布大雾黄色预警", ""),
        ("湖南省湘西土家族苗族自治州保靖县气象台发布大雾黄色预警", "湖南省湘西土家族苗族自治州保靖县"),
    ],
)
def test_the_region_is_what_the_title_names_and_nothing_more(written: str, region: str) -> None:
    assert read_title(written, CHINA).region == region


@pytest.mark.parametrize(
    ("deed", "kind"), [(Deed.ISSUE, MsgType.ALERT), (Deed.LIFT, MsgType.CANCEL), (Deed.CONTINUE, MsgType.UPDATE)]
)
def test_what_is_done_to_a_warning_is_a_type_of_message(deed: Deed, kind: MsgType) -> None:
    assert deed.msg_type is kind


@pytest.mark.parametrize(
    ("explicit", "written", "severity", "found"),
    [
        (["橙色"], "甲县气象台发布暴雨橙色预警", "", (O, ColourEvidence.EXPLICIT, False)),
        ([], "甲县气象台发布暴雨橙色预警[Ⅰ级/特别严重]", "", (R, ColourEvidence.HEADLINE, True)),
        (["blue"], "甲县气象台发布暴雨红色预警", "", (R, ColourEvidence.HEADLINE, True)),
        (["red"], "甲县气象台发布暴雨蓝色预警", "", (R, ColourEvidence.EXPLICIT, True)),
        ([], "甲县气象台发布暴雨预警", "Severe", (O, ColourEvidence.SEVERITY, False)),
        ([], "甲县气象台发布暴雨黄色预警", "Severe", (O, ColourEvidence.SEVERITY, True)),
        (["white"], "甲县气象台发布台风白色预警", "Unknown", (None, None, False)),
    ],
)
def test_where_the_evidence_differs_the_gravest_colour_is_taken_and_marked(
    explicit: list[str], written: str, severity: str, found: tuple[Colour | None, ColourEvidence | None, bool]
) -> None:
    reading = title_colour(explicit, read_title(written, CHINA), severity)
    assert (reading.colour, reading.evidence, reading.conflict) == found


WORDS = [
    "青岚县",
    "气象台",
    "发布",
    "继续",
    "解除",
    "将",
    "升级为",
    "暴雨",
    "橙色",
    "预警",
    "信号",
    "，",
    "：",
    "[",
    "]",
    "I级",
    "13日",
]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=40).map("".join))
def test_any_words_are_read_without_an_exception(written: str) -> None:
    title = read_title(written, CHINA, datetime(2026, 7, 13, tzinfo=UTC))
    assert len(title.kind) <= 30


@pytest.mark.parametrize(
    "letters", ["将", "解除", "发布", "预警", "、厅", "[", "9日", "色", "县", "，发布", "将升级", "厅和", "红色、"]
)
def test_no_words_take_long_however_often_they_are_said(letters: str) -> None:
    before = time.process_time()
    for _ in range(20):
        read_title(letters * 2_000, CHINA)
    assert time.process_time() - before < 1


def test_a_county_whose_name_holds_a_verb_is_an_office_all_the_same() -> None:
    title = read_title("将乐县气象台将暴雨蓝色预警升级为暴雨黄色预警", CHINA)
    assert facts(title) == ("raise", "暴雨", Y, "将乐县气象台")
