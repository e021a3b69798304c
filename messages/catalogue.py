"""Everything the bot says, by address: `Catalogue` makes the words that services leave in the outbox.

Addresses
  text   "hazard.what.ask" is `what.ask` in messages/<lang>/hazard.toml: the file is the first part.
  card   "hazard" is messages/<lang>/cards/hazard.html.j2.
  action cards (what a post does now) are messages/<lang>/actions/<kind>.toml.

Whose wording is taken, first found: the county's in the language asked for, ours in it, the county's Chinese,
our Chinese. A county's text that is unfit (messages/overlay.py) is left out here and ours stands: a typing
error in a county's file must not keep a red warning from going out.

Not here: buttons in rows (messages/keyboards.py), splitting of long messages (delivery/).
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from markupsafe import Markup, escape

from domain.action_cards import ActionBook
from domain.text import Html
from messages import cleaning, markup
from messages.actions import read_actions
from messages.overlay import FAILURES, fit_voices
from messages.sources import LANGUAGES, Problem, language, read
from messages.voices import Kind, Voice

TOAST_LIMIT = 200
"""characters of the answer to a press (Bot API 10.0); no label is longer"""

log = logging.getLogger(__name__)


class UnknownAddressError(LookupError):
    """No language has this text: an address in the code is misspelt."""


class BrokenWordingError(ValueError):
    """A file of the project's own wording cannot be read; the message lists what is wrong."""


class Catalogue:
    """The renderer. Reads its folders once, when it is made; `overlay` is a county's folder of the same
    layout, `own` replaces the project's own (for tests)."""

    def __init__(self, *, overlay: Path | None = None, own: Path | None = None) -> None:
        self._ours = own_voices(own)
        self._counties: dict[str, Voice] = {}
        self._labels: dict[tuple[str, str], str] = {}
        """those that ask for no facts are always the same: a menu has a dozen of them"""
        self.problems: list[str] = []
        """what is wrong with the overlay, in Chinese, for the log and for `check-texts`"""
        self._actions = _own_actions(own)
        if overlay is not None:
            self._counties, problems = fit_voices(overlay, self._ours)
            for lang in LANGUAGES:
                theirs, unfit = read_actions(overlay, lang)
                self._actions[lang] = self._actions[lang].overlaid(theirs.cards)
                problems += unfit
            self.problems = [self._describe(problem, LANGUAGES[0]) for problem in problems]

    def text(self, address: str, /, lang: str = "zh", **facts: object) -> Html:
        """The text at this address. Raises UnknownAddressError, and what Jinja raises for a missing fact."""
        return Html(self._said("text", address, lang, facts))

    def card(self, name: str, /, lang: str = "zh", **facts: object) -> Html:
        """The card of this name; raises like `text`."""
        return Html(self._said("card", name, lang, facts))

    def label(self, address: str, /, lang: str = "zh", **facts: object) -> str:
        """The text at this address without any markup, at most 200 characters: for buttons, toasts, file
        names."""
        if not facts and (made := self._labels.get((address, lang))) is not None:
            return made
        label = cleaning.clip(markup.plain(self._said("text", address, lang, facts)), TOAST_LIMIT)
        if not facts:
            self._labels[address, lang] = label
        return label

    def actions(self, lang: str = "zh") -> ActionBook:
        """What each post has to do, the county's own cards before ours."""
        return self._actions[language(lang)]

    def has(self, address: str, lang: str = "zh") -> bool:
        """Whether this very language has the text (no falling back)."""
        return self._ours[language(lang)].has("text", address)

    def addresses(self, lang: str = "zh") -> list[str]:
        return self._ours[language(lang)].names("text")

    def cards(self, lang: str = "zh") -> list[str]:
        return self._ours[language(lang)].names("card")

    def check(self, overlay: Path, lang: str = "zh") -> list[str]:
        """What is wrong with a county's folder, in plain words for whoever wrote it; empty when all is
        well."""
        _, problems = fit_voices(overlay, self._ours)
        problems += [problem for tongue in LANGUAGES for problem in read_actions(overlay, tongue)[1]]
        return [self._describe(problem, lang) for problem in problems]

    def _describe(self, problem: Problem, lang: str) -> str:
        # Paths and tags are shown as they are: the reader is to find them in a file.
        facts = {name: escape(fact) if isinstance(fact, str) else fact for name, fact in problem.facts.items()}
        return markup.plain(self.text(problem.key, lang, **facts))

    def _said(self, kind: Kind, name: str, lang: str, facts: Mapping[str, object]) -> Markup:
        for voice, is_ours in self._voices(language(lang)):
            if not voice.has(kind, name):
                continue
            try:
                return voice.render(kind, name, facts)
            except FAILURES:
                if is_ours:
                    raise
                log.warning("county wording failed, ours is used kind=%s name=%s lang=%s", kind, name, voice.lang)
        raise UnknownAddressError(f"no {kind} at {name!r}: add it to messages/zh and messages/en")

    def _voices(self, lang: str) -> Iterator[tuple[Voice, bool]]:
        """Whose wording is asked, in this order; True for the project's own."""
        for tongue in dict.fromkeys((lang, LANGUAGES[0])):
            if tongue in self._counties:
                yield self._counties[tongue], False
            yield self._ours[tongue], True


def _own_actions(folder: Path | None) -> dict[str, ActionBook]:
    """The project's cards of every language. Raises BrokenWordingError."""
    read_in = {lang: read_actions(folder or Path(__file__).parent, lang) for lang in LANGUAGES}
    problems = [problem for _, some in read_in.values() for problem in some]
    if problems:
        raise BrokenWordingError("; ".join(f"{problem.key} {dict(problem.facts)}" for problem in problems))
    return {lang: book for lang, (book, _) in read_in.items()}


def own_voices(folder: Path | None = None) -> dict[str, Voice]:
    """The project's wording of every language. Raises BrokenWordingError."""
    wordings = read(folder or Path(__file__).parent)
    problems = [problem for wording in wordings.values() for problem in wording.problems]
    if problems:
        raise BrokenWordingError("; ".join(f"{problem.key} {dict(problem.facts)}" for problem in problems))
    return {lang: Voice(lang, wording) for lang, wording in wordings.items()}
