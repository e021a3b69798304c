"""A folder of wording, read: `<lang>/<feature>.toml` and `<lang>/cards/<name>.html.j2`. The project's own and
a county's have the same layout.

Only reads and names what is wrong; what to do about it is the caller's affair.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LANGUAGES = ("zh", "en")
"""The first one is complete and stands in for what another lacks."""
CARD_SUFFIX = ".html.j2"
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_KEY = re.compile(r"[A-Za-z0-9_]+\Z")
_PLACE_IN_FILE = re.compile(r"at line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """`key` addresses the description in messages/<lang>/overlay.toml, `facts` are its variables."""

    key: str
    facts: Mapping[str, object]


@dataclass(slots=True)
class Wording:
    """What one folder says in one language. Values are template sources, not yet parsed."""

    texts: dict[str, str] = field(default_factory=dict)
    """address → source"""
    cards: dict[str, str] = field(default_factory=dict)
    """name → source; a name that starts with _ is a part that cards include"""
    problems: list[Problem] = field(default_factory=list)


def language(wanted: str) -> str:
    """One of LANGUAGES for what a person's row or Telegram says: "en-GB" is "en", anything unknown
    Chinese."""
    first = wanted.replace("_", "-").split("-")[0].lower()
    return first if first in LANGUAGES else LANGUAGES[0]


def read(folder: Path) -> dict[str, Wording]:
    """The wording of each language; a language without a folder is empty."""
    return {lang: _read_language(folder / lang, lang) for lang in LANGUAGES}


def strange_entries(folder: Path) -> list[Problem]:
    """Files and folders in a county's folder that nothing will ever read."""
    expected = {*LANGUAGES}
    return [
        Problem("overlay.strange_file", {"file": entry.name})
        for entry in sorted(folder.iterdir())
        if entry.name not in expected and not entry.name.startswith(".") and not entry.name.lower().startswith("readme")
    ]


def _read_language(folder: Path, lang: str) -> Wording:
    wording = Wording()
    if not folder.is_dir():
        return wording
    for path in sorted(folder.iterdir()):
        if path.suffix == ".toml":
            _read_texts(path, f"{lang}/{path.name}", wording)
        elif path.name not in {"cards", "actions"} and not path.name.startswith("."):
            wording.problems.append(Problem("overlay.strange_file", {"file": f"{lang}/{path.name}"}))
    for path in sorted((folder / "cards").glob("*")):
        _read_card(path, f"{lang}/cards/{path.name}", wording)
    return wording


def _read_texts(path: Path, shown: str, wording: Wording) -> None:
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        wording.problems.append(Problem("overlay.not_utf8", {"file": shown}))
        return
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        wording.problems.append(Problem("overlay.bad_toml", {"file": shown, **_place_of(error, source)}))
        return
    if not _NAME.match(path.stem):
        wording.problems.append(Problem("overlay.strange_file", {"file": shown}))
        return
    for address, value in _leaves(path.stem, table):
        if isinstance(value, str) and all(_KEY.match(part) for part in address.split(".")):
            wording.texts[address] = value
        else:
            wording.problems.append(Problem("overlay.not_a_text", {"file": shown, "address": address}))


def _place_of(error: tomllib.TOMLDecodeError, source: str) -> dict[str, int]:
    """Line and column from the words of the error: Python 3.11 to 3.13 have them nowhere else."""
    if place := _PLACE_IN_FILE.search(str(error)):
        return {"line": int(place[1]), "column": int(place[2])}
    lines = source.splitlines() or [""]
    return {"line": len(lines), "column": len(lines[-1]) + 1}


def _leaves(address: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{address}.{key}", inner)
    else:
        yield address, value


def _read_card(path: Path, shown: str, wording: Wording) -> None:
    name = path.name.removesuffix(CARD_SUFFIX)
    if name == path.name or not _NAME.match(name.removeprefix("_")):
        wording.problems.append(Problem("overlay.strange_file", {"file": shown}))
        return
    try:
        wording.cards[name] = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        wording.problems.append(Problem("overlay.not_utf8", {"file": shown}))
