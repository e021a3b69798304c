"""Long texts are cut into messages that say the same."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from delivery.splitting import plain, split, units
from domain.text import Html

TAGS = ("b", "i", "u", "code", "blockquote", "a")
ENTITIES = ("&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#34;", "&#x1F30A;", "&#128721;")


class Balanced(HTMLParser):
    """Fails on what Telegram would refuse: a tag closed out of order or left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in TAGS
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> str:
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.text


words = st.text(st.sampled_from("雨水大坝转移ab 。，\n\n🌊é"), min_size=0, max_size=60)
leaves = st.one_of(words, st.sampled_from(ENTITIES))


def nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def wrap(tag: str, content: str) -> str:
        attrs = ' href="https://t.me/x?a=1&amp;b=&gt;"' if tag == "a" else ""
        return f"<{tag}{attrs}>{content}</{tag}>"

    return st.one_of(st.builds(wrap, st.sampled_from(TAGS), inner), st.lists(inner, max_size=6).map("".join))


texts = st.recursive(leaves, nest, max_leaves=40)


@settings(max_examples=400, deadline=None)
@given(texts, st.integers(2, 120), st.none() | st.integers(2, 60))
@example("<b>" + "&amp;" * 300 + "</b>", 7, 3)
@example("<blockquote><b>一</b>\n\n<i>二</i></blockquote>\n\n" * 20, 40, None)
def test_parts_parse_fit_and_say_the_same(html: str, limit: int, first: int | None) -> None:
    parts = split(Html(html), limit, first)
    shown = [read(part) for part in parts]
    for number, text in enumerate(shown):
        assert units(text) <= (first if first is not None and number == 0 else limit)
    assert "".join("".join(shown).split()) == "".join(read(html).split())
    if len(parts) > 1:
        assert all(text.strip() for text in shown)
    assert [plain(part) for part in parts] == shown


@settings(max_examples=200, deadline=None)
@given(texts, st.integers(20, 200))
def test_white_space_between_words_is_not_lost(html: str, limit: int) -> None:
    parts = [plain(part) for part in split(Html(html), limit)]
    whole = plain(html)
    at = 0
    for part in parts:
        assert whole[at:].lstrip("\n 　").startswith(part.lstrip("\n 　"))
        at = whole.index(part, at) + len(part)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_anything_at_all_is_kept(text: str) -> None:
    parts = split(Html(text), 20)
    assert "".join("".join(plain(p) for p in parts).split()) == "".join(plain(text).split())


def test_a_short_text_is_left_as_it_is() -> None:
    html = Html("<b>红色预警</b>\n请立即转移 &amp; 回复收到")
    assert split(html) == (html,)


def test_a_text_is_cut_between_paragraphs() -> None:
    first, second = "甲" * 3000, "乙" * 3000
    assert split(Html(f"{first}\n\n{second}")) == (f"{first}\n\n", second)


def test_a_text_without_paragraphs_is_cut_between_lines_then_sentences() -> None:
    assert split(Html("甲" * 70 + "\n" + "乙" * 70), 100) == ("甲" * 70 + "\n", "乙" * 70)
    assert split(Html("甲" * 70 + "。" + "乙" * 70), 100) == ("甲" * 70 + "。", "乙" * 70)


def test_open_tags_are_closed_and_opened_again() -> None:
    html = Html('<a href="tg://user?id=7"><b>' + "甲" * 30 + "\n" + "乙" * 30 + "</b></a>丙")
    assert split(html, 40) == (
        '<a href="tg://user?id=7"><b>' + "甲" * 30 + "\n</b></a>",
        '<a href="tg://user?id=7"><b>' + "乙" * 30 + "</b></a>丙",
    )


def test_a_tag_that_ends_at_the_cut_is_not_opened_again() -> None:
    html = Html("<b>" + "甲" * 30 + "\n</b><i>" + "乙" * 30 + "</i>")
    assert split(html, 40) == ("<b>" + "甲" * 30 + "\n</b>", "<i>" + "乙" * 30 + "</i>")


def test_an_entity_counts_as_one_and_is_never_cut() -> None:
    assert split(Html("&amp;" * 10), 10) == ("&amp;" * 10,)
    assert split(Html("&amp;" * 11), 10) == ("&amp;" * 10, "&amp;")


def test_emoji_count_as_two_units_and_joined_ones_stay_together() -> None:
    assert units("🌊a") == 3
    family = "👨\u200d👩\u200d👧"
    assert split(Html("甲" * 18 + family), 20) == ("甲" * 18, family)


def test_a_caption_takes_the_first_part() -> None:
    parts = split(Html("甲" * 900 + "\n\n" + "乙" * 3000), 4096, 1024)
    assert [len(plain(part)) for part in parts] == [902, 3000]


@pytest.mark.parametrize("odd", ["a < b", "&nbsp;", "&#0;", "&#xD800;", "</b>x", "<b>x", "<3 & <", "&amp"])
def test_what_is_not_html_is_shown_as_it_stands(odd: str) -> None:
    assert split(Html(odd)) == (odd,)
    assert "".join(split(Html(odd + "甲" * 30), 16)).replace("</b><b>", "").startswith(odd)


def test_plain_text_is_what_a_reader_sees() -> None:
    assert plain("<b>大坝</b> &lt;1号&gt; &amp; &#39;2号&#39;&#x4e00;") == "大坝 <1号> & '2号'一"
