"""The dialogues of handlers/dialogues, found without their list: for the catalogue tests.

Imported when asked for, so that a dialogue that cannot be imported does not stop the tests of the texts.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from domain.form_parts import Form


def forms() -> Iterator[tuple[str, Form]]:
    """(module, form) for every dialogue in handlers/dialogues."""
    package = importlib.import_module("handlers.dialogues")
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Form):
                yield module.name, value


def choices_of(form_name: str, question: str) -> list[str]:
    """The codes of a question's fixed choices."""
    return [choice.code for _, form in forms() if form.name == form_name for choice in form.asks[question].choices]
