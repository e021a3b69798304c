"""Helpers of the catalogue tests: which texts there are, and each of them tried with made-up facts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pytest
from jinja2 import TemplateSyntaxError

from domain.form_contract import text_keys
from messages import markup
from messages.overlay import FAILURES
from messages.placeholders import Shape, UnreadableError
from messages.sources import LANGUAGES, read
from messages.specimens import Flavour, specimens
from messages.voices import Kind, Voice
from tests.messages import samples, scan
from tests.messages.forms import forms

FOLDER = scan.ROOT / "messages"
FILES = (*sorted({path.stem for lang in LANGUAGES for path in (FOLDER / lang).glob("*.toml")}), "cards")
FORM_PATTERNS = {f"*.{rest}" for rest in ("title", "error.*", "*.ask", "*.label", "*.help", "*.choice.*", "*.error.*")}
"""how the dialogue engine's screens name the texts of a form (domain.form_contract.text_keys)"""
_WILD = {Flavour.HOSTILE, Flavour.LONG, Flavour.EMOJI}
_TEMPLATE_PART = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


class Trial:
    """One language's wording and what became of it: every text is parsed and tried once, the tests look at it.

    Reads as much of the wording as can be read: one broken file must not hide what is wrong with the others.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.voice = Voice(lang, read(FOLDER)[lang])
        self._shapes: dict[tuple[Kind, str], Shape | str] = {}
        self._outcomes: dict[tuple[Kind, str], Outcome] = {}

    def all_entries(self, file: str) -> list[tuple[Kind, str]]:
        """The texts of one file; all cards for "cards"."""
        if file == "cards":
            return [("card", name) for name in self.voice.names("card")]
        return [("text", name) for name in self.voice.names("text") if name.startswith(file + ".")]

    def entries(self, file: str) -> list[tuple[Kind, str]]:
        """Those whose templates can be parsed; the others are reported by the test of just that."""
        return [entry for entry in self.all_entries(file) if self.unreadable(*entry) is None]

    def unreadable(self, kind: Kind, name: str) -> str | None:
        """Why the template cannot be used; None when it can."""
        shape = self._shape_or_reason(kind, name)
        return shape if isinstance(shape, str) else None

    def shape(self, kind: Kind, name: str) -> Shape:
        shape = self._shape_or_reason(kind, name)
        assert isinstance(shape, Shape)
        return shape

    def outcome(self, kind: Kind, name: str) -> "Outcome":
        if (kind, name) not in self._outcomes:
            self._outcomes[kind, name] = self._try(kind, name)
        return self._outcomes[kind, name]

    def ordinary(self, kind: Kind, name: str) -> list[str]:
        """As it comes out with facts of ordinary length, through every branch."""
        return [html for specimen, html in self.outcome(kind, name).shown.items() if specimen not in _WILD]

    def place(self, kind: Kind, name: str) -> str:
        return place(self.lang, kind, name)

    def _shape_or_reason(self, kind: Kind, name: str) -> Shape | str:
        if (kind, name) not in self._shapes:
            try:
                self._shapes[kind, name] = self.voice.shape(kind, name)
            except UnreadableError as error:
                self._shapes[kind, name] = f"{error} cannot be used in texts; decide it in the service, give a fact"
            except TemplateSyntaxError as error:
                self._shapes[kind, name] = f"line {error.lineno}: {error.message}"
        return self._shapes[kind, name]

    def _try(self, kind: Kind, name: str) -> "Outcome":
        override = dict(samples.SAMPLES.get(name, {}))
        shown = {}
        for specimen, facts in specimens(self.shape(kind, name)):
            try:
                shown[specimen] = str(self.voice.render(kind, name, facts | override))
            except FAILURES as error:
                return Outcome(shown, f"{type(error).__name__}: {error}")
        return Outcome(shown, None)


@dataclass(frozen=True)
class Outcome:
    """HTML for each kind of made-up facts, and why the next one failed, if one did."""

    shown: dict[str, str]
    failure: str | None


def own_words(source: str, fact: str) -> str:
    """What a template says by itself, `fact` where facts will stand."""
    return _TEMPLATE_PART.sub(lambda part: fact if part[0].startswith("{{") else "", source)


def place(lang: str, kind: Kind, name: str) -> str:
    """Where it is written, for the reader of a failure."""
    if kind == "card":
        return f"messages/{lang}/cards/{name}.html.j2"
    file, _, rest = name.partition(".")
    return f"messages/{lang}/{file}.toml as {rest}"


def in_every_language(kind: Kind, name: str) -> str:
    return " and ".join(place(lang, kind, name) for lang in LANGUAGES)


def covered(address: str, declared: frozenset[str]) -> bool:
    """Whether the address or a beginning of it is declared ("help", "role.name", "role.name.*")."""
    parts = address.split(".")
    beginnings = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return bool(beginnings & {one.removesuffix(".*") for one in declared})


def composed_addresses() -> dict[str, str]:
    """address → what asks for it: a pattern of samples.DYNAMIC, or a dialogue."""
    found = {address: f"the dialogue in {module}" for module, form in forms() for address in text_keys(form)}
    for pattern, values in samples.DYNAMIC.items():
        for value in values():
            address = pattern
            for part in (value,) if isinstance(value, str) else value:
                address = address.replace("*", str(part), 1)
            found[address] = f"DYNAMIC[{pattern!r}] in tests/messages/samples.py"
    return found


@cache
def _words() -> Trial:
    return Trial("en")


def in_words(fault: markup.Fault) -> str:
    """A fault as `check-texts` words it for a county."""
    described = str(_words().voice.render("text", fault.key, {"address": "", "detail": fault.detail}))
    return markup.plain(described).removeprefix(": ").replace(" It is not used.", "")


def expect_none(problems: Iterable[str]) -> None:
    """Fails with the whole list, one line each: every line says what to write where."""
    if listed := sorted(set(problems)):
        pytest.fail("\n".join(("", *listed)), pytrace=False)
