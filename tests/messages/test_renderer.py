"""The catalogue at work: languages, facts, falling back, a county's own wording."""

import logging
import shutil
from datetime import datetime

import pytest
from jinja2 import UndefinedError

from messages.catalogue import BrokenWordingError, Catalogue, UnknownAddressError, own_voices
from messages.overlay import fit_voices
from tests.messages.scan import ROOT

OURS = {
    "zh/hazard.toml": """
        short = "隐患{{ number }}"
        [what]
        ask = "<b>{{ name }}</b>，请说明 {{ place }} 的情况。"
        only_chinese = "只有中文 {{ count|n }}"
        [list]
        open = "{% for one in hazards %}{{ loop.index }}. {{ one.place }} {{ one.due|hhmm }}\\n{% endfor %}"
    """,
    "en/hazard.toml": """
        short = "Hazard {{ number }}"
        [what]
        ask = "<b>{{ name }}</b>, please describe {{ place }}."
        [list]
        open = "{% for one in hazards %}{{ one.place }} {{ one.due|hhmm }}\\n{% endfor %}"
    """,
    "zh/cards/hazard.html.j2": """
        {% include "_head.html.j2" %}
        {% if body %}
        {{ body|clip(20) }}
        {% endif %}
        完
    """,
    "zh/cards/_head.html.j2": "<b>{{ title }}</b>",
    "en/cards/hazard.html.j2": "<b>{{ title }}</b>{% if body %} {{ body|clip }}{% endif %}",
}


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = content.strip("\n").split("\n")
        path.write_text("\n".join(line.removeprefix("        ") for line in lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def own(tmp_path):
    folder = write(tmp_path / "own", OURS)
    shutil.copy(ROOT / "messages/zh/overlay.toml", folder / "zh")
    return folder


@pytest.fixture
def words(own):
    return Catalogue(own=own)


def test_a_text_is_found_by_its_file_and_its_place_in_it(words):
    assert words.text("hazard.what.ask", name="甲", place="乙") == "<b>甲</b>，请说明 乙 的情况。"
    assert words.text("hazard.what.ask", "en", name="甲", place="乙") == "<b>甲</b>, please describe 乙."


def test_facts_are_escaped_and_a_rendered_text_is_a_fact_like_any_other(words):
    inner = words.text("hazard.what.ask", name="</b>&", place="a\nb")
    assert inner == "<b>&lt;/b&gt;&amp;</b>，请说明 a b 的情况。"
    assert words.text("hazard.short", number=inner) == f"隐患{inner}"


def test_a_label_is_plain_text_of_at_most_200_characters(words):
    assert words.label("hazard.what.ask", name="</b>&", place="乙") == "</b>&，请说明 乙 的情况。"
    long = words.label("hazard.what.ask", name="汛" * 300, place="期" * 300)
    assert (len(long), long[-1]) == (200, "…")


def test_a_card_keeps_its_lines_and_leaves_none_where_a_branch_was(words):
    assert words.card("hazard", title="甲", body="一\n二") == "<b>甲</b>\n一\n二\n完"
    assert words.card("hazard", title="甲", body="") == "<b>甲</b>\n完"


@pytest.mark.parametrize("lang", ["en", "en-GB", "en_US", "EN"])
def test_what_english_lacks_is_said_in_chinese(words, lang):
    assert words.text("hazard.what.only_chinese", lang, count=3) == "只有中文 3"
    assert (words.has("hazard.what.only_chinese", lang), words.has("hazard.what.only_chinese")) == (False, True)


def test_any_other_language_is_answered_in_chinese(words):
    assert words.text("hazard.short", "zh-hans", number=1) == words.text("hazard.short", "fr", number=1) == "隐患1"


def test_an_address_that_no_language_has_is_a_fault(words):
    with pytest.raises(UnknownAddressError, match=r"hazard\.what\.nothing"):
        words.text("hazard.what.nothing")
    with pytest.raises(UnknownAddressError, match="nothing"):
        words.card("nothing")


def test_a_missing_fact_is_a_fault_and_not_a_hole_in_a_sentence(words):
    with pytest.raises(UndefinedError, match="place"):
        words.text("hazard.what.ask", name="甲")


def test_a_bare_time_is_a_fault(words):
    with pytest.raises(TypeError, match="filter"):
        words.text("hazard.short", number=datetime(2024, 6, 20, 18, 2))


def test_templates_reach_neither_files_nor_python(tmp_path):
    escape = write(
        tmp_path, {"zh/a.toml": "b = \"{{ ''.__class__.__mro__ }}\"", "zh/cards/c.html.j2": "{% include '../a.toml' %}"}
    )
    words = Catalogue(own=escape)
    for attempt in (lambda: words.text("a.b"), lambda: words.card("c")):
        with pytest.raises(Exception, match=r"unsafe|\.\./a\.toml"):
            attempt()


def test_a_broken_file_of_ours_is_refused_at_the_start(tmp_path):
    with pytest.raises(BrokenWordingError, match=r"zh/a\.toml.*'line': 2"):
        Catalogue(own=write(tmp_path, {"zh/a.toml": 'b = "一"\nc = "二'}))


# -- a county's own wording ----------------------------------------------------------------------------------------


def test_a_county_says_it_in_its_own_words(own, tmp_path):
    county = write(
        tmp_path / "county",
        {
            "zh/hazard.toml": '[what]\nask = "{{ name }}同志，{{ place }}怎么样？"',
            "zh/cards/hazard.html.j2": '{% include "_head.html.j2" %}\n本县',
        },
    )
    words = Catalogue(own=own, overlay=county)
    assert words.problems == []
    assert words.text("hazard.what.ask", name="甲", place="乙") == "甲同志，乙怎么样？"
    assert words.card("hazard", title="甲", body="乙") == "<b>甲</b>\n本县"
    assert words.text("hazard.what.ask", "en", name="甲", place="乙") == "<b>甲</b>, please describe 乙."
    assert words.text("hazard.short", number=1) == "隐患1"


def test_a_countys_chinese_stands_in_for_english_before_ours_does(own, tmp_path):
    county = write(tmp_path / "county", {"zh/hazard.toml": '[what]\nonly_chinese = "本县 {{ count|n }}"'})
    assert Catalogue(own=own, overlay=county).text("hazard.what.only_chinese", "en", count=3) == "本县 3"


UNFIT = {
    "an unknown address": ('[what]\naks = "{{ name }}{{ place }}"', "overlay.unknown"),
    "another fact": ('[what]\nask = "{{ name }}{{ place }}{{ phone }}"', "overlay.other_facts"),
    "a part that ours does not show": ('[what]\nask = "{{ name.phone }}{{ place }}"', "overlay.other_facts"),
    "a fact left out": ('[what]\nask = "{{ name }}"', "overlay.missing_facts"),
    "braces": ('[what]\nask = "{{ name }{{ place }}"', "overlay.bad_template"),
    "a call": ('[what]\nask = "{{ name.upper() }}{{ place }}"', "overlay.not_for_texts"),
    "a filter": ('[what]\nask = "{{ name|shout }}{{ place }}"', "overlay.not_for_texts"),
    "a branch": (
        "[what]\nask = \"{{ name }}{{ place }}{% if name == '甲' %}{{ 1 // 0 }}{% endif %}\"",
        "overlay.cannot_be_shown",
    ),
    "a wrong filter": ('[what]\nask = "{{ name|hhmm }}{{ place }}"', "overlay.cannot_be_shown"),
    "a tag": ('[what]\nask = "<h1>{{ name }}</h1>{{ place }}"', "overlay.forbidden_tag"),
    "half a tag": ('[what]\nask = "<b>{{ name }}{{ place }}"', "overlay.unbalanced_tag"),
    "a link to a fact": ("[what]\nask = '<a href=\"{{ name }}\">{{ place }}</a>'", "overlay.forbidden_attribute"),
    "a sign": ('[what]\nask = "{{ name }} & {{ place }}"', "overlay.loose_character"),
    "a number": ("[what]\nask = 3", "overlay.not_a_text"),
    "a quote": ('[what]\nask = "{{ name }}', "overlay.bad_toml"),
    "too long": (f'[what]\nask = "{{{{ name }}}}{{{{ place }}}}{"汛" * 4096}"', "overlay.too_long"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_is_unfit_in_a_countys_file_is_told_and_ours_is_said(own, tmp_path, case):
    content, key = UNFIT[case]
    county = write(tmp_path / "county", {"zh/hazard.toml": content})
    words = Catalogue(own=own, overlay=county)
    _, problems = fit_voices(county, own_voices(own))
    assert key in {problem.key for problem in problems}
    assert len(words.problems) == len(problems)
    assert words.text("hazard.what.ask", name="甲", place="乙") == "<b>甲</b>，请说明 乙 的情况。"


def test_one_unfit_text_does_not_take_the_others_with_it(own, tmp_path):
    content = 'short = "编号{{ number }}"\n[what]\nask = "{{ name }}"'
    words = Catalogue(own=own, overlay=write(tmp_path / "county", {"zh/hazard.toml": content}))
    assert words.text("hazard.short", number=7) == "编号7"
    assert words.text("hazard.what.ask", name="甲", place="乙") == "<b>甲</b>，请说明 乙 的情况。"


def test_a_county_text_that_fails_at_last_is_replaced_by_ours(own, tmp_path, caplog):
    content = """short = "编号{{ number }}{% if number == 'SL-' ~ '0912' %}{{ 1 // 0 }}{% endif %}" """
    words = Catalogue(own=own, overlay=write(tmp_path / "county", {"zh/hazard.toml": content}))
    with caplog.at_level(logging.WARNING):
        assert words.text("hazard.short", number="SL-0912") == "隐患SL-0912"
    assert ("hazard.short" in caplog.text, "SL-0912" in caplog.text) == (True, False)


def test_files_nobody_reads_are_named(tmp_path):
    county = write(
        tmp_path / "county",
        {
            "说明.doc": "x",
            "README.md": "x",
            "zh/start.txt": "x",
            "zh/cards/start.html": "x",
            "zh/cards/_head.html.j2": "x",
            "zh/Start.toml": "x = '1'",
        },
    )
    told = Catalogue().check(county)
    assert len(told) == 5
    assert told[0].startswith("说明.doc：不认识这个文件")
    assert any("_head" in line and "共用" in line for line in told)


def test_a_missing_folder_is_told(tmp_path):
    assert Catalogue().check(tmp_path / "none") == [f"找不到文件夹 {tmp_path / 'none'}。"]


def test_problems_are_told_in_plain_words_of_either_language(tmp_path):
    content = 'stale = "这个<h1>按钮</h1>过期了"\nstael = "过期"\nunknown_error = "出错 {{ kode }}"'
    county = write(tmp_path / "county", {"zh/refused.toml": content})
    words = Catalogue()
    assert words.check(county)[0] == "zh/refused.stael：系统里没有这一条，没有使用。是不是想写 refused.stale？"
    assert "<h1> 这个标签不能用" in words.check(county)[1]
    assert words.check(county)[-2:] == [
        "zh/refused.unknown_error：用了这条文字不提供的内容：kode。没有使用。",
        "zh/refused.unknown_error：少了这些内容：code。没有使用。",
    ]
    assert words.check(county, "en")[0].endswith("Did you mean refused.stale?")


def test_our_own_wording_is_fit_as_a_countys(tmp_path):
    source = Catalogue()
    county = write(tmp_path / "county", {"zh/refused.toml": 'stale = "已过期。"'})
    assert source.check(county) == []
