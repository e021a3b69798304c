"""What a post does now: which card fits, the files it comes from, and the same through the bot."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.action_cards import LONGEST, MOST, ActionBook, BadCard, Family, family_of, read_cards
from domain.colours import Colour
from domain.people import Role
from messages.catalogue import Catalogue
from messages.sources import LANGUAGES
from tests.support.county import GRID, HEAD, OFFICER, STRANGER, VILLAGE, County, small_county


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("暴雨", Family.RAIN),
        ("短时强降水", Family.RAIN),
        ("雷雨大风", Family.WIND),
        ("强对流", Family.WIND),
        ("山洪灾害", Family.FLASH),
        ("地质灾害气象风险", Family.GEO),
        ("江河洪水", Family.FLOOD),
        ("森林火险", Family.FIRE),
        ("道路结冰", Family.COLD),
        ("台风暴雨", Family.TYPHOON),
        ("冻雨", Family.COLD),
        ("冰雹", Family.WIND),
        ("雨雪冰冻", Family.COLD),
        ("降雪", Family.COLD),
        ("山火", Family.FIRE),
        ("暴雨诱发山洪", Family.FLASH),
        ("Freezing rain", Family.COLD),
        ("Police notice", Family.GENERAL),
        ("Train service", Family.GENERAL),
        ("沙尘暴", Family.GENERAL),
        ("", Family.GENERAL),
    ],
)
def test_any_kind_of_warning_finds_its_cards(kind: str, family: Family) -> None:
    assert family_of(kind) is family


def test_a_lower_colour_of_the_same_kind_comes_before_the_general_card() -> None:
    book = ActionBook(
        {
            (Family.RAIN, Colour.YELLOW, "V3"): ("看低洼处",),
            (Family.GENERAL, Colour.RED, "V3"): ("敲门",),
            (Family.GENERAL, Colour.BLUE, "V4"): ("看天",),
        }
    )
    assert book.of(Family.RAIN, Colour.RED, "V3") == ("看低洼处",)
    assert book.of(Family.GEO, Colour.RED, "V3") == ("敲门",)
    assert book.of(Family.RAIN, Colour.RED, "V4") == ("看天",)
    assert book.of(Family.RAIN, Colour.BLUE, "V3") == ()


def test_several_posts_make_one_list_without_repeats_and_the_weightiest_first() -> None:
    book = ActionBook(
        {
            (Family.GENERAL, Colour.RED, "V1"): ("转移", "清点"),
            (Family.GENERAL, Colour.RED, "V3"): ("敲门", "清点", "撤", "报"),
        }
    )
    assert book.for_roles(Family.RAIN, Colour.RED, [Role.GRID_MEMBER, Role.VILLAGE_HEAD]) == (
        "转移",
        "清点",
        "敲门",
        "撤",
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_post_has_something_to_do_at_orange_and_red(lang: str) -> None:
    book = Catalogue().actions(lang)
    bare = [
        (family, colour, role)
        for family in Family
        for colour in (Colour.ORANGE, Colour.RED)
        for role in Role
        if role not in {Role.PUBLIC, Role.DEPARTMENT, Role.COUNTY_LEADER} and not book.for_roles(family, colour, [role])
    ]
    assert bare == []


def test_what_village_posts_do_fits_a_small_screen() -> None:
    book = Catalogue().actions("zh")
    long = {
        (key, sum(map(len, actions)))
        for key, actions in book.cards.items()
        if len(actions) > MOST or sum(map(len, actions)) > 90 or any(len(one) > LONGEST for one in actions)
    }
    assert long == set()


def test_both_languages_have_the_same_cards() -> None:
    words = Catalogue()
    zh, en = words.actions("zh").cards, words.actions("en").cards
    assert zh.keys() == en.keys()
    assert [key for key in zh if len(zh[key]) != len(en[key])] == []


@pytest.mark.parametrize(
    ("family", "table", "key"),
    [
        ("rainy", {"red": {"V1": ["走"]}}, "overlay.card_kind"),
        ("rain", {"purple": {"V1": ["走"]}}, "overlay.card_colour"),
        ("rain", {"red": "走"}, "overlay.card_colour"),
        ("rain", {"red": {"V77": ["走"]}}, "overlay.card_role"),
        ("rain", {"red": {"V1+P9": ["走"]}}, "overlay.card_role"),
        ("rain", {"red": {"V1": "走"}}, "overlay.card_actions"),
        ("rain", {"red": {"V1": ["走", 3]}}, "overlay.card_actions"),
        ("rain", {"red": {"V1": ["走"] * 5}}, "overlay.card_long"),
        ("rain", {"red": {"V1": ["走" * 31]}}, "overlay.card_long"),
    ],
)
def test_a_countys_card_that_is_unfit_is_named(family: str, table: dict[str, object], key: str) -> None:
    with pytest.raises(BadCard) as refused:
        read_cards(family, table)
    assert refused.value.key == key


def test_a_countys_cards_replace_ours_and_an_unfit_file_leaves_ours(tmp_path: Path) -> None:
    folder = tmp_path / "zh" / "actions"
    folder.mkdir(parents=True)
    (folder / "rain.toml").write_text('[red]\nV3 = ["先叫老街三户"]\n', "utf-8")
    (folder / "geo.toml").write_text('[red]\nV99 = ["走"]\n', "utf-8")
    words = Catalogue(overlay=tmp_path)
    assert words.actions().of(Family.RAIN, Colour.RED, "V3") == ("先叫老街三户",)
    assert words.actions().of(Family.GEO, Colour.RED, "all") == Catalogue().actions().of(Family.GEO, Colour.RED, "all")
    assert words.problems == words.check(tmp_path)
    assert "zh/actions/geo.toml" in words.problems[0]


# -- through the bot ------------------------------------------------------------------------------------------------


async def test_the_question_says_what_this_post_does_now(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    (asked,) = county.new(GRID)
    assert "您现在要做" in asked
    assert "1. 马上叫低洼处、山边溪边的人走" in asked
    (asked,) = county.new(HEAD)
    assert "1. 马上转移危险区所有人" in asked
    county.seen_all()


async def test_a_reminder_is_short(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    county.seen_all()
    await county.pass_time(minutes=4)
    reminder = county.new(GRID)[0]
    assert "还没有收到您的应答" in reminder
    assert "您现在要做" not in reminder
    county.seen_all()


async def test_a_notice_without_measures_is_given_ours_and_says_that_they_are_ours(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE], instruction="")
    post = county.last(county.village_group)
    assert "该做什么（来文未写，按默认处置卡提示）" in post
    assert "1. 马上离开低洼处、山边、溪边" in post
    await county.warn(colour="橙色", kind="大风", places=[VILLAGE], instruction="停工。")
    assert "该做什么" not in county.last(county.village_group)
    county.seen_all()


async def test_the_card_on_request_is_that_of_the_warning_in_force(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    county.seen_all()
    await county.say(OFFICER, "/card")
    now, choice = county.new(OFFICER)
    assert "🟠 暴雨橙色预警" in now
    assert "我的处置卡：暴雨" in now
    assert choice == "看哪一种灾害的处置卡？"
    await county.press(OFFICER, "地质灾害")
    (geo,) = county.new(OFFICER)
    assert "🔴 红色" in geo
    assert "🟡 黄色" in geo
    county.seen_all()


async def test_the_card_is_for_people_on_the_roster(county: County) -> None:
    await county.say(STRANGER, "/start")
    county.seen_all()
    await county.say(STRANGER, "/card")
    assert "处置卡" not in county.last(STRANGER)
    county.seen_all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_in_the_field_is_told_at_red_what_was_meant_for_yellow(lang: str) -> None:
    """Whoever patrols at yellow would else be sent to the stream when everybody is called away from it."""
    book = Catalogue().actions(lang)
    village = [role.value for role in Role if role.value.startswith("V")]
    stale = [
        (family.value, who, graver.value)
        for family in Family
        for who in village
        if (family, Colour.YELLOW, who) in book.cards or (family, Colour.BLUE, who) in book.cards
        for graver in (Colour.ORANGE, Colour.RED)
        if not {(family, Colour.ORANGE, who), (family, graver, who)} & book.cards.keys()
    ]
    unsafe = [
        (family.value, who)
        for family in (Family.FLASH, Family.FIRE)
        for who in village
        if (family, Colour.YELLOW, who) in book.cards and (family, Colour.RED, who) not in book.cards
    ]
    assert (stale, unsafe) == ([], [])


async def test_a_post_that_is_over_no_longer_says_what_to_do(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE], instruction="")
    assert "按默认处置卡提示" in county.last(county.village_group)
    await county.pass_time(hours=13, step=timedelta(minutes=20))
    post = next(text for text in county.texts(county.village_group) if "编号：2026-001" in text)
    assert ("本预警已到期" in post, "按默认处置卡提示" in post) == (True, False)
    county.seen_all()
