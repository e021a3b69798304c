"""HTML as Telegram reads it, its parse errors word for word, and what it finds by itself."""

from typing import Any

import pytest

from sandbox.detect import settled, tidy, with_detected
from sandbox.entities import parse_html, utf16_length
from sandbox.errors import ApiError
from sandbox.explicit import explicit_entities
from sandbox.render import to_html
from sandbox.urls import checked_link, deep_link


def spans(entities: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("险情<br>", 'Unsupported start tag "br" at byte offset 6'),
        ("水位 < 3 米", 'Unsupported start tag "" at byte offset 7'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x", "Can't find end tag corresponding to start tag b"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=a/b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_a_text_that_cannot_be_parsed_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(source)
    assert refusal.value.description == f"Bad Request: can't parse entities: {reason}"


def test_offsets_count_utf16_units_and_not_characters() -> None:
    text, entities = parse_html("🌊<b>洪水😀</b>")
    assert (text, spans(entities)) == ("🌊洪水😀", [("bold", 2, 4)])
    assert utf16_length(text) == 6


def test_tags_nest_and_have_their_synonyms() -> None:
    text, entities = parse_html("<strong>a<em>b</em></strong><u>c</u><del>d</del><tg-spoiler>e</tg-spoiler>")
    assert text == "abcde"
    assert spans(entities) == [
        ("bold", 0, 2), ("italic", 1, 1), ("underline", 2, 1), ("strikethrough", 3, 1), ("spoiler", 4, 1),
    ]  # fmt: skip


def test_code_in_a_language_is_one_block_and_a_long_quote_can_be_folded() -> None:
    _, entities = parse_html('<pre><code class="language-python">x</code></pre><blockquote expandable>q</blockquote>')
    assert entities == [
        {"type": "pre", "offset": 0, "length": 1, "language": "python"},
        {"type": "expandable_blockquote", "offset": 1, "length": 1},
    ]


def test_only_four_named_references_are_known_and_numeric_ones_all_work() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#39;&#x6C34;&nbsp;& x")[0] == "<>&\"'水&nbsp;& x"


def test_a_link_to_a_person_is_a_mention_and_a_bad_link_is_only_text() -> None:
    _, entities = parse_html(
        '<a href="tg://user?id=77">A</a><a href="javascript:x">B</a><a href="https://a.cn/?a=1&amp;b">C</a>'
    )
    assert entities == [
        {"type": "text_mention", "offset": 0, "length": 1, "user_id": 77},
        {"type": "text_link", "offset": 2, "length": 1, "url": "https://a.cn/?a=1&b"},
    ]


def test_an_empty_tag_leaves_no_entity() -> None:
    assert parse_html("<b></b>x") == ("x", [])


def test_telegram_finds_commands_mentions_links_tags_and_numbers() -> None:
    text = "/start@a_bot 见 https://a.cn/x。 @ana_li #险情 zhen@a.cn +8613800000000"
    assert [kind for kind, _, _ in spans(with_detected(text, []))] == [
        "bot_command", "url", "mention", "hashtag", "email", "phone_number",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1/2", "//x", "上报/打卡", "a@b", "/上报", "3.5级", "12.5"])
def test_what_only_looks_like_something_is_left_alone(text: str) -> None:
    assert with_detected(text, []) == []


def test_nothing_is_found_inside_code() -> None:
    text, entities = parse_html("<code>/start</code>")
    assert spans(with_detected(text, entities)) == [("code", 0, 6)]


def test_blank_ends_go_and_entities_move_with_the_text() -> None:
    assert tidy(" \n 水位  \n", []) == ("水位", [])
    assert tidy("\n a ", [{"type": "bold", "offset": 2, "length": 2}]) == (
        "a", [{"type": "bold", "offset": 0, "length": 1}],
    )  # fmt: skip


def test_explicit_entities_are_checked() -> None:
    good = [{"type": "bold", "offset": 0, "length": 1}, {"type": "url", "offset": 0, "length": 2}]
    assert spans(explicit_entities(good, "ab")) == [("bold", 0, 1)]
    with pytest.raises(ApiError, match="ends after the end of the text at UTF-16 offset 2"):
        explicit_entities([{"type": "bold", "offset": 1, "length": 5}], "ab")
    with pytest.raises(ApiError, match="can't parse MessageEntity: Unsupported type specified"):
        explicit_entities([{"type": "loud", "offset": 0, "length": 1}], "ab")
    with pytest.raises(ApiError, match="can't parse MessageEntity: Can't find field \"length\""):
        explicit_entities([{"type": "bold", "offset": 0}], "ab")


def test_what_the_page_shows_is_escaped_balanced_and_safe() -> None:
    text, entities = parse_html('<b>&lt;script&gt;<i>x</i></b><a href="https://a.cn/&quot;onclick">y</a>')
    assert to_html(text, entities) == (
        "<b>&lt;script&gt;<i>x</i></b>"
        '<a href="https://a.cn/&quot;onclick" rel="noopener noreferrer nofollow" target="_blank">y</a>'
    )
    evil = [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}]
    assert (
        to_html("x", evil)
        == '<a href="http://javascript:alert(1)" rel="noopener noreferrer nofollow" target="_blank">x</a>'
    )


def test_crossing_entities_still_make_balanced_html() -> None:
    crossing = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]
    assert to_html("abc", crossing) == "<b>a<i>b</i></b><i>c</i>"


@pytest.mark.parametrize(
    "url", ["https://a.cn", "t.me/county_bot?start=x", "http://1.2.3.4:8080/x", "tg://resolve?domain=x"]
)
def test_good_links_pass(url: str) -> None:
    assert checked_link(url)


@pytest.mark.parametrize(
    "url", ["", "http://", "ftp://a.cn", "https://a b.cn", "https://nodots", "javascript:x", "http://a.cn:0/"]
)
def test_bad_links_do_not(url: str) -> None:
    with pytest.raises(ValueError, match="is invalid"):
        checked_link(url)


def test_deep_links_are_understood_in_every_spelling() -> None:
    for url in (
        "https://t.me/county_bot?start=a_1-B",
        "t.me/county_bot?start=a_1-B",
        "tg://resolve?domain=county_bot&start=a_1-B",
    ):
        link = deep_link(url)
        assert link is not None
        assert (link.bot, link.kind, link.payload) == ("county_bot", "start", "a_1-B")
    assert deep_link("https://t.me/county_bot?start=中文") is None
    assert deep_link("https://t.me/county_bot?start=" + "a" * 65) is None
    assert deep_link("https://example.org/county_bot?start=a") is None


def test_touching_pieces_of_one_style_become_one() -> None:
    _, entities = parse_html("<b>红</b><b>色<b>预</b></b><i>警</i> <b>报</b>")
    assert spans(settled(entities, 100)) == [("bold", 0, 3), ("italic", 3, 1), ("bold", 5, 1)]


def test_of_too_many_entities_links_are_kept_before_styles() -> None:
    _, entities = parse_html("<b>a</b> " * 5 + '<a href="https://a.cn">x</a>')
    assert spans(settled(entities, 3)) == [("bold", 0, 1), ("bold", 2, 1), ("text_link", 10, 1)]
