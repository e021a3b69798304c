"""Which facts a template asks for, read from its syntax tree: names, their parts, what is looped over, what
is only asked whether it is there. Used to compare languages, to judge a county's wording and to make
specimens.

The tree is read, never run.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from jinja2 import Environment, nodes


class Sort(StrEnum):
    """What the use of a fact says about it."""

    TEXT = "text"
    TIME = "time"
    NUMBER = "number"
    ITEMS = "items"
    PHONE = "phone"
    COLOUR = "colour"
    ADDRESS = "address"
    OFFICIAL = "official"
    """printed whole; delivery splits what gets longer than a message"""


_BY_FILTER = {
    "hhmm": Sort.TIME,
    "day": Sort.TIME,
    "day_hhmm": Sort.TIME,
    "aloud": Sort.TIME,
    "minutes": Sort.NUMBER,
    "n": Sort.NUMBER,
    "plural": Sort.NUMBER,
    "big": Sort.NUMBER,
    "joined": Sort.ITEMS,
    "length": Sort.ITEMS,
    "first": Sort.ITEMS,
    "last": Sort.ITEMS,
    "mask_phone": Sort.PHONE,
    "colour_mark": Sort.COLOUR,
    "colour_word": Sort.COLOUR,
    "url": Sort.ADDRESS,
    "whole": Sort.OFFICIAL,
}
_TO_ITEM = {"first", "last"}
_UNSUPPORTED = (nodes.Macro, nodes.CallBlock, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block)


class UnreadableError(ValueError):
    """The template uses something that texts may not use; the message names it."""


@dataclass(slots=True)
class Shape:
    """One fact, or the whole set of facts at the root."""

    fields: dict[str, "Shape"] = field(default_factory=dict)
    item: "Shape | None" = None
    """what one element looks like, when it is looped over or indexed"""
    pairs: bool = False
    """looped over with .items(): a mapping to `item`"""
    sorts: set[Sort] = field(default_factory=set)
    constants: list[object] = field(default_factory=list)
    """values it is compared with"""
    closed: bool = False
    """looked up in a literal mapping: nothing but the constants is possible"""
    optional: bool = False
    """tested for being anything: may be None, empty or zero"""
    may_be_missing: bool = False
    """`is defined` or |default: the caller need not give it at all"""

    def part(self, name: str) -> "Shape":
        return self.fields.setdefault(name, Shape())

    def element(self) -> "Shape":
        self.sorts.add(Sort.ITEMS)
        if self.item is None:
            self.item = Shape()
        return self.item

    def needed(self) -> set[str]:
        """The names a caller has to give; without one of them rendering fails."""
        return {name for name, shape in self.fields.items() if not shape.may_be_missing}

    def paths(self, prefix: str = "") -> Iterator[str]:
        """Every fact by its full name: `point.name`, `missing[]`, `missing[].village`."""
        for name, shape in self.fields.items():
            path = f"{prefix}.{name}" if prefix else name
            yield path
            yield from shape.paths(path)
        if self.item is not None:
            yield f"{prefix}[]"
            yield from self.item.paths(f"{prefix}[]")


def shape_of(environment: Environment, source: str, partial: Callable[[str], str | None]) -> Shape:
    """The facts a template needs. `partial` gives the source of an included file. Raises UnreadableError for
    what texts may not use and jinja2.TemplateSyntaxError for what cannot be parsed."""
    reader = _Reader(environment, partial)
    reader.read(source)
    return reader.root


class _Reader:
    def __init__(self, environment: Environment, partial: Callable[[str], str | None]) -> None:
        self.root = Shape()
        self._environment = environment
        self._partial = partial
        self._scopes: list[dict[str, Shape]] = [{"loop": Shape()}]
        self._including: list[str] = []

    def read(self, source: str) -> None:
        tree = self._environment.parse(source)
        for node in tree.find_all(_UNSUPPORTED):
            raise UnreadableError(f"line {node.lineno}: {type(node).__name__.lower()}")
        self._walk(tree.body)

    # -- statements --------------------------------------------------------------------------------

    def _walk(self, body: Iterable[nodes.Node]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: nodes.Node) -> None:
        match node:
            case nodes.Output():
                self._walk_expressions(node.nodes)
            case nodes.If():
                self._condition(node.test)
                for branch in (node.body, node.elif_, node.else_):
                    self._walk(branch)
            case nodes.For():
                self._loop(node)
            case nodes.Assign():
                self._bind(node.target, self._fact(node.node))
            case nodes.AssignBlock():
                self._walk(node.body)
                self._bind(node.target, Shape())
            case nodes.Include():
                self._include(node)
            case nodes.With():
                values = [self._fact(value) for value in node.values]
                self._scopes.append({})
                for target, value in zip(node.targets, values, strict=True):
                    self._bind(target, value)
                self._walk(node.body)
                self._scopes.pop()
            case _:
                for child in node.iter_child_nodes():
                    self._any(child)

    def _loop(self, node: nodes.For) -> None:
        source, scope = self._iterated(node.iter), dict[str, Shape]()
        self._scopes.append(scope)
        if isinstance(node.target, nodes.Tuple) and source.pairs:
            self._bind(node.target.items[0], Shape())
            self._bind(node.target.items[1], source.element())
        else:
            self._bind(node.target, source.element())
        if node.test is not None:
            self._condition(node.test)
        self._walk(node.body)
        self._scopes.pop()
        self._walk(node.else_)

    def _iterated(self, expression: nodes.Node) -> Shape:
        match expression:
            case nodes.Call(node=nodes.Getattr(attr="items", node=mapping)):
                shape = self._fact(mapping) or Shape()
                shape.pairs = True
                return shape
            case _:
                return self._fact(expression) or Shape()

    def _bind(self, target: nodes.Node, shape: Shape | None) -> None:
        if isinstance(target, nodes.Name):
            self._scopes[-1][target.name] = shape or Shape()
        elif isinstance(target, nodes.Tuple):
            for index, part in enumerate(target.items):
                self._bind(part, (shape or Shape()).part(str(index)))

    def _include(self, node: nodes.Include) -> None:
        if not isinstance(node.template, nodes.Const):
            raise UnreadableError(f"line {node.lineno}: include")
        name = str(node.template.value)
        source = self._partial(name)
        if source is None or name in self._including:
            raise UnreadableError(f"line {node.lineno}: include {name}")
        self._including.append(name)
        self.read(source)
        self._including.pop()

    # -- expressions -------------------------------------------------------------------------------

    def _walk_expressions(self, expressions: Iterable[nodes.Expr]) -> None:
        for expression in expressions:
            self._fact(expression)

    def _any(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Expr):
            self._fact(node)
        else:
            self._statement(node)

    def _fact(self, node: nodes.Node) -> Shape | None:
        """The fact an expression stands for, None where it stands for something computed."""
        match node:
            case nodes.Name():
                return self._named(node.name)
            case nodes.Getattr():
                base = self._fact(node.node)
                return None if base is None else base.part(node.attr)
            case nodes.Getitem():
                return self._indexed(node)
            case nodes.Filter():
                return self._filtered(node)
            case nodes.CondExpr():
                self._condition(node.test)
                first = self._fact(node.expr1)
                second = None if node.expr2 is None else self._fact(node.expr2)
                return first or second
            case _:
                self._computed(node)
                return None

    def _computed(self, node: nodes.Node) -> None:
        match node:
            case nodes.Compare():
                self._compared(node)
            case nodes.Test():
                self._tested(node)
            case nodes.Not() | nodes.And() | nodes.Or():
                self._condition(node)
            case nodes.Call():
                self._called(node)
            case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div() | nodes.FloorDiv() | nodes.Mod():
                for side in (node.left, node.right):
                    self._mark(self._fact(side), Sort.NUMBER)
            case _:
                for child in node.iter_child_nodes():
                    self._any(child)

    def _named(self, name: str) -> Shape | None:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return None if name in self._environment.globals else self.root.part(name)

    def _indexed(self, node: nodes.Getitem) -> Shape | None:
        base = self._fact(node.node)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return None if base is None else base.part(node.arg.value)
        key = self._fact(node.arg)
        if key is not None and isinstance(node.node, nodes.Dict):
            key.constants.extend(pair.key.value for pair in node.node.items if isinstance(pair.key, nodes.Const))
            key.closed = True
        if base is None:
            return None
        element = base.element()
        return base if isinstance(node.arg, nodes.Slice) else element

    def _filtered(self, node: nodes.Filter) -> Shape | None:
        if node.name not in self._environment.filters:
            raise UnreadableError(f"line {node.lineno}: |{node.name}")
        if node.node is None:
            return None
        base = self._fact(node.node)
        self._walk_expressions(node.args)
        if node.name == "aloud" and node.args:
            self._mark(self._fact(node.args[0]), Sort.TIME)  # it is told what day it is
        if base is None:
            return None
        sort = _BY_FILTER.get(node.name)
        self._mark(base, sort)
        if node.name == "default":
            base.optional = base.may_be_missing = True
            return base
        if sort is Sort.ITEMS:
            element = base.element()
            return element if node.name in _TO_ITEM else None
        return None

    def _called(self, node: nodes.Call) -> None:
        """Only range(…) is called in texts; methods are Python and belong into the service."""
        if not (isinstance(node.node, nodes.Name) and node.node.name in self._environment.globals):
            raise UnreadableError(f"line {node.lineno}: call")
        for argument in node.args:
            self._mark(self._fact(argument), Sort.NUMBER)

    def _mark(self, shape: Shape | None, sort: Sort | None) -> None:
        if shape is not None and sort is not None:
            shape.sorts.add(sort)

    def _compared(self, node: nodes.Compare) -> None:
        subject = self._fact(node.expr)
        for operand in node.ops:
            other = self._fact(operand.expr)
            constants = _constants(operand.expr)
            if subject is not None:
                subject.constants.extend(constants)
                if operand.op in {"lt", "lteq", "gt", "gteq"}:
                    subject.sorts.add(Sort.NUMBER)
            if other is None:
                continue
            if operand.op in {"in", "notin"}:
                other.element().constants.extend(_constants(node.expr))
                continue
            other.constants.extend(_constants(node.expr))
            if operand.op not in {"eq", "ne"}:
                other.sorts.add(Sort.NUMBER)

    def _tested(self, node: nodes.Test) -> None:
        shape = self._fact(node.node)
        if shape is not None and node.name in {"none", "defined", "undefined"}:
            shape.optional = True
            shape.may_be_missing |= node.name != "none"
        self._walk_expressions(node.args)

    def _condition(self, node: nodes.Node) -> None:
        match node:
            case nodes.Not():
                self._condition(node.node)
            case nodes.And() | nodes.Or():
                self._condition(node.left)
                self._condition(node.right)
            case nodes.Filter(name="url") if node.node is not None:
                # {% if web|url %}: whether it is an address at all
                self._mark(self._fact(node), None)
                self._condition(node.node)
            case _:
                shape = self._fact(node)
                if shape is not None and not isinstance(node, nodes.Filter):
                    shape.optional = True


def _constants(node: nodes.Node) -> list[object]:
    if isinstance(node, nodes.Const):
        return [node.value]
    if isinstance(node, nodes.Tuple | nodes.List):
        return [item.value for item in node.items if isinstance(item, nodes.Const)]
    return []
