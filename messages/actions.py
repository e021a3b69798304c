"""Action cards from files: `<lang>/actions/<kind>.toml` of ours, and of the county's folder in the same form.

A county's file that is unfit is left out and named; ours stands, as with every other wording.
"""

import tomllib
from pathlib import Path

from domain.action_cards import ActionBook, BadCard, Family, read_cards
from domain.colours import Colour
from messages.sources import Problem

FOLDER = "actions"


def read_actions(folder: Path, lang: str) -> tuple[ActionBook, list[Problem]]:
    """All cards below `<folder>/<lang>/actions`, and what is wrong with some of its files."""
    found: dict[tuple[Family, Colour, str], tuple[str, ...]] = {}
    problems: list[Problem] = []
    for path in sorted((folder / lang / FOLDER).glob("*")):
        shown = f"{lang}/{FOLDER}/{path.name}"
        if path.suffix != ".toml":
            problems.append(Problem("overlay.strange_file", {"file": shown}))
            continue
        try:
            found.update(read_cards(path.stem, tomllib.loads(path.read_text("utf-8"))))
        except UnicodeDecodeError:
            problems.append(Problem("overlay.not_utf8", {"file": shown}))
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem("overlay.card_toml", {"file": shown, "detail": str(error)}))
        except BadCard as error:
            problems.append(Problem(error.key, {"file": shown, "name": error.name}))

    return ActionBook(found), problems
