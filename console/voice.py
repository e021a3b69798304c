"""How a command speaks on the terminal: results to stdout, everything about the way there to stderr."""

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO
from unicodedata import category

from markupsafe import escape

from domain.errors import DomainError
from domain.text import Html
from messages import markup
from messages.catalogue import Catalogue

DONE, FAILED, WRONG = 0, 1, 2
"""exit codes: as asked · it could not be done, or errors were found · a setting or the command itself is wrong"""
_JOINERS = "\u200d"
"""hold emoji together"""


@dataclass(slots=True)
class Voice:
    """`words` are the project's own: a county's wording is for people, not for the terminal."""

    lang: str
    words: Catalogue = field(default_factory=Catalogue)

    def line(self, address: str, **facts: object) -> str:
        """The text without its markup. Facts are shown as they are: paths are to be found and copied."""
        shown = {name: escape(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        return plain(self.words.text(address, self.lang, **shown))

    def say(self, address: str, **facts: object) -> None:
        show(self.line(address, **facts))

    def note(self, address: str, **facts: object) -> None:
        """Said beside the result."""
        show(self.line(address, **facts), sys.stderr)

    def refuse(self, error: DomainError) -> None:
        """One line for whatever went wrong in a way that people can mend."""
        self.note(error.key, **error.facts)

    def size(self, count: int) -> str:
        """Bytes as people read them."""
        for unit in ("kB", "MB", "GB"):
            count, rest = count // 1000, count
            if count < 1000:
                return f"{rest / 1000:.1f} {unit}"
        return f"{count / 1000:.1f} TB"


def plain(text: Html) -> str:
    return markup.plain(text).strip()


def show(text: str, where: TextIO | None = None) -> None:
    """One piece of text, at once: what is watched must not wait in a buffer. A terminal that cannot show a character
    shows a question mark; titles of groups and other things people wrote cannot steer the terminal."""
    stream = where or sys.stdout
    encoding = stream.encoding or "utf-8"
    safe = "".join(one for one in text if one == "\n" or category(one) not in {"Cc", "Cf"} or one in _JOINERS)
    stream.write(safe.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


class Bar:
    """storage's Progress on stderr: a line for each stage, and on a terminal a running figure."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._stage = ""
        self._shown_at = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        named = self._voice.words.label(f"backup.stage.{stage}", self._voice.lang)
        if stage != self._stage:
            self._stage = stage
            show(f"{named} …", sys.stderr)
        now = time.monotonic()
        if total and sys.stderr.isatty() and (now - self._shown_at > 0.2 or done == total):
            self._shown_at = now
            text = self._voice.line("backup.progress", stage=named, done=done, total=total)
            sys.stderr.write(f"\r{text}\033[K" + ("\n" if done == total else ""))
            sys.stderr.flush()
