"""Finds in the code which texts it asks for, by reading the syntax trees. For the catalogue tests.

Seen: words.text("…"), words.label("…"), words.card("…") with the address written out, as "a" if x else "b", or as an
f-string (which gives a pattern with *); the first argument of every error derived from DomainError; and every other
string that happens to be an address, which counts as a use but is not checked.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    *("bot.py", "settings.py", "starting.py", "assembly.py", "console"),
    *("domain", "services", "messages", "handlers", "feeds", "scheduler", "delivery", "demo"),
)
"""storage/ and sandbox/ say nothing to people; SQLAlchemy's own text() and label() would only confuse"""
METHODS = {"text": "text", "label": "text", "card": "card"}
BUTTON_MAKERS = {"Button", "button", "link"}


@dataclass(frozen=True)
class Use:
    """One place in the code that asks for a text. `facts` is None where not all facts are written out."""

    kind: str
    """text or card"""
    address: str
    where: str
    facts: frozenset[str] | None
    shown_as: str
    """text, label, button, error"""


def python_files(rooms: tuple[str, ...] = ROOMS) -> list[Path]:
    found: list[Path] = []
    for room in rooms:
        path = ROOT / room
        found += [path] if path.suffix == ".py" and path.exists() else sorted(path.rglob("*.py"))
    return found


def parsed(files: list[Path]) -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in files]


def uses(trees: list[tuple[Path, ast.Module]]) -> list[Use]:
    errors = error_classes(trees)
    return [use for path, tree in trees for use in _uses_in(path, tree, errors)]


def strings(trees: list[tuple[Path, ast.Module]]) -> set[str]:
    """Every string constant of the code."""
    return {
        node.value
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def error_classes(trees: list[tuple[Path, ast.Module]]) -> set[str]:
    """The names of DomainError and all that is derived from it."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"DomainError"}
    while more := {name for name, its in bases.items() if its & known} - known:
        known |= more
    return known


def _uses_in(path: Path, tree: ast.Module, errors: set[str]) -> Iterator[Use]:
    in_buttons = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in BUTTON_MAKERS
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        for inner in ast.walk(argument)
    }
    in_domain = path.is_relative_to(ROOT / "domain")  # has errors, but never speaks
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = _name(node.func)
        if name in METHODS and not in_domain:
            shown_as = "button" if name == "label" and id(node) in in_buttons else name
            kind = METHODS[name]
        elif name in errors:
            kind, shown_as = "text", "error"
        else:
            continue
        for address in _addresses(node.args[0]):
            if kind == "card" or "." in address:
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield Use(kind, address, where, _facts(node), shown_as)


def _addresses(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as value):
            yield value
        case ast.IfExp():
            yield from _addresses(node.body)
            yield from _addresses(node.orelse)
        case ast.JoinedStr():
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)


def _facts(call: ast.Call) -> frozenset[str] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(str(keyword.arg) for keyword in call.keywords)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case _:
            return ""


def commands(trees: list[tuple[Path, ast.Module]]) -> set[str]:
    """Every command that a feature listens to: the keys of the mapping given as commands={…}."""
    return {
        key.value
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "commands" and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def hand_made_html(trees: list[tuple[Path, ast.Module]]) -> list[str]:
    """Places that turn a string with something put into it (f-string, +, %, format, replace) into Html."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) == "Html" and node.args and _is_composed(node.args[0])
    ]


def _is_composed(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Call(func=ast.Attribute(attr="format" | "replace")):
            return True
        case _:
            return False
