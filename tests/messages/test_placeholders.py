"""Which facts a template asks for, and the made-up ones it is tried with."""

import pytest

from messages.placeholders import Sort, UnreadableError, shape_of
from messages.specimens import Flavour, specimens
from messages.voices import WordingEnvironment

PARTS = {"_head.html.j2": "{{ title }} {{ warning.number|n }}"}


@pytest.fixture
def environment():
    return WordingEnvironment("zh", PARTS)


@pytest.fixture
def shape(environment):
    return lambda source: shape_of(environment, source, PARTS.get)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("{{ name }} {{ name|clip(20) }}", {"name"}),
        ("{{ point.name }} {{ point['place'] }}", {"point", "point.name", "point.place"}),
        ("{% for one in missing %}{{ one.name }}{% endfor %}", {"missing", "missing[]", "missing[].name"}),
        ("{% for one in a.b if one.x %}{{ one }}{% endfor %}", {"a", "a.b", "a.b[]", "a.b[].x"}),
        ("{% for place, n in tally.items() %}{{ n.owed }}{% endfor %}", {"tally", "tally[]", "tally[].owed"}),
        (
            "{% for a, b in rows %}{{ a.x }}{{ b }}{% endfor %}",
            {"rows", "rows[]", "rows[].0", "rows[].0.x", "rows[].1"},
        ),
        ("{% set who = person.name %}{{ who }}", {"person", "person.name"}),
        ("{% set who %}{{ name }}{% endset %}{{ who }}", {"name"}),
        ("{% with p = person %}{{ p.name }}{% endwith %}", {"person", "person.name"}),
        ("{% if a and not b %}{{ c if d else e }}{% elif f %}x{% endif %}", set("abcdef")),
        ("{{ villages|joined(5) }} {{ villages|length }}", {"villages", "villages[]"}),
        ("{{ (owed - answered)|n }}", {"owed", "answered"}),
        ("{% for i in range(count) %}{{ i }}{% endfor %}", {"count"}),
        ("{{ rows[0].name }} {{ (rows|first).name }}", {"rows", "rows[]", "rows[].name"}),
        ("{{ {'a': 'x', 'b': 'y'}[state] }}", {"state"}),
        ("{% for one in rows %}{{ loop.index }}{% else %}{{ none_left }}{% endfor %}", {"rows", "rows[]", "none_left"}),
        ("{% include '_head.html.j2' %}", {"title", "warning", "warning.number"}),
    ],
)
def test_every_fact_is_found_wherever_it_stands(shape, source, paths):
    assert set(shape(source).paths()) == paths


@pytest.mark.parametrize(
    "source",
    [
        "{{ name.upper() }}",
        "{% macro a() %}{% endmacro %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% include name %}",
        "{% include 'nowhere' %}",
    ],
)
def test_what_belongs_into_a_service_is_refused(shape, source):
    with pytest.raises(UnreadableError):
        shape(source)


def test_filters_say_what_sort_a_fact_is(shape):
    facts = shape("{{ a|hhmm }}{{ b|n }}{{ c|joined }}{{ d|mask_phone }}{{ e|colour_mark }}{{ f|url }}{{ g }}").fields
    assert [facts[name].sorts for name in "abcdefg"] == [
        {Sort.TIME},
        {Sort.NUMBER},
        {Sort.ITEMS},
        {Sort.PHONE},
        {Sort.COLOUR},
        {Sort.ADDRESS},
        set(),
    ]


def test_a_caller_may_leave_out_only_what_has_a_default(shape):
    source = "{{ a }}{% if b %}{% endif %}{{ c|default('') }}{{ d if d is defined }}{% if e is none %}{% endif %}"
    assert shape(source).needed() == {"a", "b", "e"}


SHAPES = [
    "{{ a|hhmm }} {{ b|minutes }} {{ c|colour_word }} {{ d|mask_phone }} {{ e|joined(2) }} {{ f }}",
    "{% for one in rows %}{{ one.name }} {% if one.due %}{{ one.due|day_hhmm }}{% endif %}{% endfor %}",
    "{% for place, n in tally.items() %}{{ place }} {{ n.answered|n }}{% endfor %}",
    "{% for a, b in rows %}{{ a }}{{ b|n }}{% endfor %}",
    "{{ {'open': '开', 'done': '完'}[state] }}",
    "{% if person %}{{ person.name }} {{ person.phone|mask_phone }}{% endif %}{{ x|default('y') }}",
    "{% if state == 'red' %}{{ state|colour_mark }}{% elif state in ('blue', 'yellow') %}b{% endif %}",
    "{% if count > 3 %}{{ count - 3 }}{% endif %}{% for i in range(count) %}{{ i|big }}{% endfor %}",
    '{% if web|url %}<a href="{{ web|url }}">x</a>{% endif %}',
    "{% if 'V2' in roles %}x{% endif %}{% for role in roles %}{{ role }}{% endfor %}",
]


@pytest.mark.parametrize("source", SHAPES)
def test_made_up_facts_fit_every_template(environment, shape, source):
    tried = [environment.from_string(source).render(facts) for _, facts in specimens(shape(source))]
    assert len(tried) >= len(Flavour)


def test_every_branch_on_a_value_is_entered(environment, shape):
    source = "{% if state == 'a' %}A{% elif state in ('b', 'c') %}B{% elif 3 < n %}N{% else %}E{% endif %}"
    tried = {environment.from_string(source).render(facts) for _, facts in specimens(shape(source))}
    assert tried == {"A", "B", "N", "E"}
