"""The expressions of a program that a rewritten run reports, and how its conditions are built, as tables."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

Order = tuple[int, int, int]
"""Line and column of where something is written, then its place in reading order."""


_EVALUATED = (
    *(ast.Attribute, ast.Await, ast.BinOp, ast.Call, ast.Compare, ast.Dict, ast.DictComp, ast.IfExp),
    *(ast.JoinedStr, ast.ListComp, ast.Name, ast.NamedExpr, ast.SetComp, ast.Subscript, ast.Yield),
    ast.YieldFrom,
)


@dataclass(frozen=True, slots=True)
class ExpressionSite:
    """A statement, the guard of a `case`, or a lambda: what is executed as a whole.

    Attributes:
        line: its first line, decorators included; of a lambda, that of the statement it is written in.
        function: number of its function.
    """

    line: int
    function: int


@dataclass(frozen=True, slots=True)
class ObservedFunction:
    """A function or lambda.

    Attributes:
        name: qualified name.
        vague: why what happens in it cannot be told, None if it can.
    """

    name: str
    vague: str | None


@dataclass(slots=True)
class Written:
    """An expression.

    Attributes:
        node: the syntax, from which `text` is made on demand; it must be of a tree that nobody rewrites.
        site: number of what it belongs to.
        order: where it is written.
        operands: how many parts decide it: of an `and` or `or`, of a chained comparison; 0 for any other
            condition, None for what is none.
        listed: whether questions may be asked about it; of others it is only seen that they are evaluated.
    """

    node: ast.expr
    site: int
    order: Order
    operands: int | None
    listed: bool
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition, as Python's jumps know it.

    Attributes:
        kind: "leaf" (it is evaluated, then asked for its truth), "and", "or", "not", or "if": test, value
            if true, value if false.
        number: of the expression.
    """

    kind: str
    number: int
    parts: tuple["Part", ...] = ()

    @property
    def head(self) -> int:
        """Number of the leaf that is evaluated first, whenever the part is."""
        return self.number if self.kind == "leaf" else self.parts[0].head

    def leaves(self) -> Iterator[int]:
        """Yield the numbers of the leaves."""
        if self.kind == "leaf":
            yield self.number
        for part in self.parts:
            yield from part.leaves()

    def all(self) -> Iterator["Part"]:
        """Yield it and what is inside."""
        yield self
        for part in self.parts:
            yield from part.all()


@dataclass(slots=True)
class Table:
    """All that the numbers in a report mean.

    Attributes:
        sites, functions, expressions: by number.
        roots: number of an outermost condition, junction or chain -> its parts.
        valued: those of them whose value goes on, and is reported by itself.
        chains: number of a chained comparison -> its operands from the third on.
        filters: comprehension -> conditions in it that are followed by nothing but the next item where they
            are false; of generator expressions, whose ends are not seen, the numbers are negative.
        arms: expression that is evaluated only where a condition had an outcome -> condition, outcome.
    """

    sites: list[ExpressionSite] = field(default_factory=list)
    functions: list[ObservedFunction] = field(default_factory=list)
    expressions: list[Written] = field(default_factory=list)
    roots: dict[int, Part] = field(default_factory=dict)
    valued: set[int] = field(default_factory=set)
    chains: dict[int, tuple[int, ...]] = field(default_factory=dict)
    filters: dict[int, tuple[int, ...]] = field(default_factory=dict)
    arms: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def places(self, text: str, site: int) -> list[int]:
        """Return the expressions of a site that are written so, in reading order."""
        wanted = plain_text(text)
        found = [
            (one.order, number)
            for number, one in enumerate(self.expressions)
            if one.site == site and one.listed and self.text(number) == wanted
        ]
        return [number for _, number in sorted(found)]

    def text(self, number: int) -> str:
        """Return the text of an expression as Python itself writes it."""
        one = self.expressions[number]
        if one.text is None:
            one.text = ast.unparse(one.node)
        return one.text


@lru_cache(maxsize=4096)
def plain_text(text: str) -> str | None:
    """Return the text of an expression as Python itself writes it, None for what is none."""
    try:
        return ast.unparse(ast.parse("(" + text.strip() + "\n)", mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def reading_order(tree: ast.AST) -> dict[int, Order]:
    """Return where each expression is written, by its `id`.

    What is inside an f-string has the place of the f-string: older minors give no better one.
    """
    found: dict[int, Order] = {}
    waiting: list[tuple[ast.AST, tuple[int, int] | None]] = [(tree, None)]
    while waiting:
        node, fixed = waiting.pop()
        if isinstance(node, ast.expr):
            line, column = fixed or (node.lineno, node.col_offset)
            found[id(node)] = line, column, len(found)
            if isinstance(node, ast.JoinedStr):
                fixed = line, column
        waiting += [(child, fixed) for child in reversed(_as_read(node))]
    return found


def _as_read(node: ast.AST) -> list[ast.AST]:
    """Return what is inside a node, from left to right."""
    match node:
        case ast.IfExp():
            return [node.body, node.test, node.orelse]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return [node.elt, *node.generators]
        case ast.DictComp():
            return [node.key, node.value, *node.generators]
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            return [part for pair in pairs for part in pair if part is not None]
    return list(ast.iter_child_nodes(node))


def is_told(node: ast.expr) -> bool:
    """Tell whether the value of an expression is more than what its text shows."""
    if isinstance(node, ast.UnaryOp):
        is_sign = isinstance(node.op, ast.USub | ast.UAdd)
        return not (is_sign and isinstance(node.operand, ast.Constant))
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(isinstance(one, ast.Starred) or is_told(one) for one in node.elts)
    return isinstance(node, (*_EVALUATED, ast.BoolOp))
