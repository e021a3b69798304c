"""`python -m messages.press WRITER FILE`: makes one file of the lines on its standard input, and ends.

Started by services/press.py. A writer is a function below messages.papers: (lines, out) → None. Its libraries are
loaded here and nowhere else.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

_ROOM = "messages.papers."
_MEMORY = 1 << 30
"""bytes: what needs more was made to blow up"""

Writer = Callable[[Iterator[Any], Path], None]


class BrokenOffError(Exception):
    """Whoever sent the lines went away in the middle."""


def main(arguments: list[str]) -> int:
    name, out = arguments
    _be_modest()
    write = _writer(name)
    unfinished = Path(out + ".part")
    try:
        write(_lines(), unfinished)
    except BrokenOffError:
        unfinished.unlink(missing_ok=True)
        return 3
    unfinished.replace(out)
    return 0


def _writer(name: str) -> Writer:
    module, _, function = name.partition(":")
    found: Writer = getattr(import_module(_ROOM + module), function)
    return found


def _lines() -> Iterator[Any]:
    for line in sys.stdin.buffer:
        if line == b"\n":
            return
        yield json.loads(line)
    raise BrokenOffError


def _be_modest() -> None:
    """A warning's way goes first; and there is an end to what may be asked for."""
    with suppress(OSError, AttributeError):
        os.nice(10)
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
