"""An empty table to fill in. One line comes in: {"table": name, "lang": code}."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from messages.catalogue import Catalogue
from messages.duty_templates import TEMPLATES


def write(lines: Iterator[Any], out: Path) -> None:
    wanted = next(lines)
    for _ in lines:
        continue
    out.write_bytes(TEMPLATES[wanted["table"]](Catalogue(), wanted["lang"]))
