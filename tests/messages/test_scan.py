"""The search for texts in code finds what it says it finds: otherwise the contract tests could not fail."""

import ast

from tests.messages import scan
from tests.messages.trial import covered, own_words

CODE = """
class Held(NotAllowed): ...
class NotAllowed(DomainError): ...

def f(words, label, row, again, key, facts, kind):
    words.text("a.plain", lang, number=1, name=row.name)
    words.card("warning_post", **facts)
    Button(label("a.button"), f"w:{row.id}")
    Button(data="x", label=words.label("a.other_button"))
    words.label("a.toast")
    words.text("a.once" if again else "a.twice")
    words.text(f"a.{kind}.title")
    words.text(key)
    raise Held("refused.held", minutes=3)
    raise ValueError("not.an.address")
    column.label("total")
TABLE = {1: "a.from_table"}
"""


def found(code=CODE):
    trees = [(scan.ROOT / "services" / "made_up.py", ast.parse(code))]
    return trees, {use.address: use for use in scan.uses(trees)}


def test_every_way_of_asking_is_seen():
    _, uses = found()
    assert {address: (use.kind, use.shown_as) for address, use in uses.items()} == {
        "a.plain": ("text", "text"),
        "warning_post": ("card", "card"),
        "a.button": ("text", "button"),
        "a.other_button": ("text", "button"),
        "a.toast": ("text", "label"),
        "a.once": ("text", "text"),
        "a.twice": ("text", "text"),
        "a.*.title": ("text", "text"),
        "refused.held": ("text", "error"),
    }
    assert uses["a.plain"].where == "services/made_up.py:6"


def test_facts_are_known_where_they_are_written_out():
    _, uses = found()
    assert uses["a.plain"].facts == {"number", "name"}
    assert uses["warning_post"].facts is None
    assert uses["refused.held"].facts == {"minutes"}


def test_addresses_in_tables_count_as_used():
    trees, _ = found()
    assert "a.from_table" in scan.strings(trees)


def test_html_put_together_by_hand_is_seen():
    code = 'Html("<b>x</b>")\nHtml(row.text)\nHtml(f"<b>{name}</b>")\nHtml("a" + name)\nHtml("{}".format(name))'
    trees, _ = found(code)
    assert scan.hand_made_html(trees) == [f"services/made_up.py:{line}" for line in (3, 4, 5)]


def test_commands_are_seen_where_a_feature_lists_them():
    trees, _ = found('FEATURE = Feature("a", commands={"help": f, "report": g}, presses={"w": h})')
    assert scan.commands(trees) == {"help", "report"}


def test_the_code_that_is_searched_is_there():
    assert {path.relative_to(scan.ROOT).parts[0] for path in scan.python_files()} >= {"services", "messages", "domain"}


def test_declarations_cover_what_is_below_them():
    assert covered("help.village", frozenset({"help"}))
    assert covered("role.name.V2", frozenset({"role.name.*"}))
    assert not covered("helper.village", frozenset({"help"}))


def test_what_a_template_says_itself_is_told_from_its_facts():
    assert own_words("{{ name }}请{# 注 #}应答{% if late %}，已超时{% endif %}。", "某") == "某请应答，已超时。"
