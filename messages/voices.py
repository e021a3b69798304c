"""One language's wording as Jinja templates: compiled on first use, kept, and rendered without any way to
files, Python or the clock. A county's wording is a voice of its own, laid over ours.
"""

from collections.abc import Mapping
from typing import Literal

from jinja2 import DictLoader, StrictUndefined, Template
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from messages import cleaning
from messages.filters import Filters, finisher, idiom
from messages.placeholders import Shape, shape_of
from messages.sources import CARD_SUFFIX, Wording

_OF_JINJA = ("default", "first", "last", "length")


class WordingEnvironment(ImmutableSandboxedEnvironment):
    """Jinja with our filters and nothing else to reach."""

    def __init__(self, lang: str, parts: Mapping[str, str]) -> None:
        words = idiom(lang)
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # of included parts; the end of the whole is stripped
            finalize=finisher(words),
            loader=DictLoader(parts),
        )
        self.filters = {name: FILTERS[name] for name in _OF_JINJA} | Filters(words, lang).table()
        self.globals = {"range": self.globals["range"]}


Kind = Literal["text", "card"]


class Voice:
    """The texts and cards of one folder in one language. `parts` are included files that it may use besides
    its own."""

    def __init__(self, lang: str, wording: Wording, parts: Mapping[str, str] | None = None) -> None:
        self.lang = lang
        own_parts = {name + CARD_SUFFIX: source for name, source in wording.cards.items() if name.startswith("_")}
        self.parts = own_parts | dict(parts or {})
        cards = {name: source for name, source in wording.cards.items() if not name.startswith("_")}
        self._sources: dict[Kind, Mapping[str, str]] = {"text": wording.texts, "card": cards}
        self._environment = WordingEnvironment(lang, self.parts)
        self._compiled: dict[tuple[Kind, str], Template] = {}

    def names(self, kind: Kind) -> list[str]:
        return sorted(self._sources[kind])

    def has(self, kind: Kind, name: str) -> bool:
        return name in self._sources[kind]

    def source(self, kind: Kind, name: str) -> str:
        return self._sources[kind][name]

    def shape(self, kind: Kind, name: str) -> Shape:
        """The facts it asks for. Raises UnreadableError and jinja2.TemplateSyntaxError."""
        return shape_of(self._environment, self._sources[kind][name], self.parts.get)

    def render(self, kind: Kind, name: str, facts: Mapping[str, object]) -> Markup:
        """KeyError when the name is not here; what Jinja and the filters raise when a fact is missing or
        unfit."""
        template = self._compiled.get((kind, name))
        if template is None:
            template = self._compiled[kind, name] = self._environment.from_string(self._sources[kind][name])
        made_safe = {key: _safe(value) for key, value in facts.items()}
        return Markup(template.render(made_safe).strip())  # noqa: S704  # autoescaped by the environment


def _safe(value: object) -> object:
    """Strings without hidden characters, also inside lists and mappings. Length and escaping come at the
    output."""
    if isinstance(value, Markup):
        return value
    if type(value) is str:
        return cleaning.safe(value)
    if type(value) in {list, tuple}:
        return type(value)(_safe(item) for item in value)  # type: ignore[attr-defined,call-arg]
    if type(value) is dict:
        return {key: _safe(item) for key, item in value.items()}
    return value
