"""Telegram's HTML, judged."""

import pytest

from messages import markup


@pytest.mark.parametrize(
    "html",
    [
        "平安",
        "<b>红色</b>，请 <i>立即</i> 应答",
        '<a href="https://example.org/?a=1&amp;b=2">看详情</a>',
        '<a href="tg://user?id=7">张三</a>',
        "<blockquote expandable>原文</blockquote>",
        "<tg-spoiler>电话</tg-spoiler> &lt;b&gt; &#39;",
        "<pre><code>a</code></pre>",
    ],
)
def test_what_telegram_takes_has_no_faults(html):
    assert markup.faults(html) == []


@pytest.mark.parametrize(
    ("html", "keys"),
    [
        ("<script>x</script>", ["overlay.forbidden_tag", "overlay.forbidden_tag"]),
        ("<br/>", ["overlay.loose_character"]),
        ("<b>甲<i>乙</b></i>", ["overlay.unbalanced_tag"]),
        ("<b>甲", ["overlay.unbalanced_tag"]),
        ("甲</b>", ["overlay.unbalanced_tag"]),
        ('<b class="x">甲</b>', ["overlay.forbidden_attribute"]),
        ('<a href="javascript:1">甲</a>', ["overlay.forbidden_attribute"]),
        ('<a href="">甲</a>', ["overlay.forbidden_attribute"]),
        ("<a>甲</a>", ["overlay.forbidden_attribute"]),
        ("甲&nbsp;乙", ["overlay.unknown_entity"]),
        ("甲 & 乙", ["overlay.loose_character"]),
        ("3 < 5", ["overlay.loose_character"]),
        ("汛" * 4097, ["overlay.too_long"]),
        ("🌊" * 2049, ["overlay.too_long"]),
        ("<b>a</b>" * 101, ["overlay.too_many_tags"]),
    ],
)
def test_every_fault_is_named(html, keys):
    assert [fault.key for fault in markup.faults(html)] == keys


def test_length_counts_what_is_read_and_not_the_tags():
    assert markup.faults("<b>&lt;</b>" + "汛" * 4095) == []


def test_plain_is_what_a_person_sees():
    html = '<b>红色</b> &lt;b&gt; &amp;amp; <a href="https://example.org">这里</a>'
    assert markup.plain(html) == "红色 <b> &amp; 这里"
