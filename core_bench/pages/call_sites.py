"""Which calls a statement can make, told from its source text alone.

A trace says which frame called which, not at which of its steps. `placing` works that out from the sites
that this module finds.
"""

import ast
import builtins
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

ANY = "<any>"
"""Key of a site that calls something whose definition its text does not name: a parameter, a callback."""

OPERATOR = "<operator>"
"""Key of a site at which an operator, a loop or a `with` may call a special method."""

_BUILTIN = frozenset(dir(builtins)).union(
    *(dir(kind) for kind in (list, dict, set, frozenset, str, bytes, tuple, int, float, range))
)
_COMPREHENSIONS = {
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
    ast.GeneratorExp: "<genexpr>",
}
_OPERATIONS = (
    ast.BinOp | ast.UnaryOp | ast.Compare | ast.Subscript | ast.AugAssign | ast.For | ast.With | ast.Call
    | ast.JoinedStr | ast.comprehension | ast.If | ast.While
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Demand:
    """How many calls of one key a single execution of a statement makes, at least and at most."""

    low: int
    high: float


@dataclass(slots=True)
class Statement:
    """What one statement, known by its first line, can do.

    Attributes:
        demands: key of a callee -> how often it is called.
        loops: header lines of the loops around it in its function, outermost first.
        body: of the header of a `for`, the first and last line of the body: what the loop runs over is
            evaluated only when control does not come from there.
    """

    demands: dict[str, Demand] = field(default_factory=dict)
    loops: tuple[int, ...] = ()
    body: tuple[int, int] | None = None

    def demands_after(self, previous: int | None) -> dict[str, Demand]:
        """Return what an execution calls, given the line that the frame executed before it."""
        if self.body is None or previous is None or not self.body[0] <= previous <= self.body[1]:
            return self.demands
        return {OPERATOR: Demand(0, inf)}  # only the iterator is asked for its next element


def statements(source: str) -> dict[int, Statement]:
    """Return every statement of a program that parses, by its first line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    return _Reader(tree).found


def callee_keys(function: str) -> tuple[str, ...]:
    """Return the keys under which a site may call `function`, a qualified name, the surest first."""
    name = function.rpartition(".")[2]
    if name.startswith("__") and name.endswith("__"):
        return (name, OPERATOR, ANY)
    return (name, ANY)


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self.found: dict[int, Statement] = {}
        nodes = list(ast.walk(tree))
        self._classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
        self._functions = {
            node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        self._block(tree.body, ())

    def _block(self, body: list[ast.stmt], loops: tuple[int, ...]) -> None:
        for node in body:
            self._statement(node, loops)

    def _statement(self, node: ast.stmt, loops: tuple[int, ...]) -> None:
        self._add(_first_line(node), _evaluated(node), loops)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._block(node.body, ())
            case ast.For() | ast.AsyncFor() | ast.While():
                if not isinstance(node, ast.While):
                    last = max(inner.end_lineno or inner.lineno for inner in node.body)
                    self.found[node.lineno].body = (node.body[0].lineno, last)
                self._block(node.body, (*loops, node.lineno))
                self._block(node.orelse, loops)
            case ast.If():
                self._block(node.body, loops)
                self._block(node.orelse, loops)
            case ast.With() | ast.AsyncWith():
                self._block(node.body, loops)
            case ast.Try() | ast.TryStar():
                self._block(node.body, loops)
                for handler in node.handlers:
                    self._add(handler.lineno, [handler.type] if handler.type else [], loops)
                    self._block(handler.body, loops)
                self._block(node.orelse, loops)
                self._block(node.finalbody, loops)
            case ast.Match():
                for case in node.cases:
                    self._add(case.pattern.lineno, [case.guard] if case.guard else [], loops)
                    self._block(case.body, loops)

    def _add(self, line: int, evaluated: list[ast.AST], loops: tuple[int, ...]) -> None:
        low: Counter[str] = Counter()
        high: dict[str, float] = {}
        for node in evaluated:
            for key, most in self._sites(node, 1):
                low[key] += 1 if most == 1 and key not in (ANY, OPERATOR) else 0
                high[key] = high.get(key, 0) + (1 if most < 1 else most)
        if line in self.found:  # two statements on a line: which of them runs is not known
            known = self.found[line].demands
            for key in {*known, *high}:
                most = known.get(key, Demand(0, 0)).high + high.get(key, 0)
                known[key] = Demand(0, most)
            return
        self.found[line] = Statement({key: Demand(low[key], high[key]) for key in high}, loops)

    def _sites(self, node: ast.AST, times: float) -> Iterator[tuple[str, float]]:
        """Yield (key, how often): 1 is always once, 0.5 once at most, infinity any number of times."""
        if isinstance(node, _OPERATIONS):
            yield OPERATOR, inf
        match node:
            case ast.Call():
                yield from self._call(node, times)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in self._functions:
                yield name, inf  # a property, or handed on: `map(f, xs)`
                yield from self._inside(node, times)
            case ast.BoolOp(values=[first, *rest]):
                yield from self._sites(first, times)
                yield from self._each(rest, _perhaps(times))
            case ast.IfExp():
                yield from self._sites(node.test, times)
                yield from self._each([node.body, node.orelse], _perhaps(times))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield from self._comprehension(node, times)
            case ast.Lambda():
                yield "<lambda>", inf
                yield from self._sites(node.body, inf)
            case _:
                yield from self._inside(node, times)

    def _call(self, node: ast.Call, times: float) -> Iterator[tuple[str, float]]:
        match node.func:
            case ast.Name(id=name):
                yield from self._called(name, times)
            case ast.Attribute(attr=name, value=value):
                yield from self._sites(value, times)
                yield from self._called(name, times)
            case other:
                yield ANY, times
                yield from self._sites(other, times)
        yield from self._each([*node.args, *node.keywords], times)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, times: float
    ) -> Iterator[tuple[str, float]]:
        first = node.generators[0].iter  # the one part that is evaluated once, whatever it holds
        yield _COMPREHENSIONS[type(node)], times
        yield from self._sites(first, times)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                yield from self._each(
                    [part for part in ast.iter_child_nodes(child) if part is not first], inf
                )
            else:
                yield from self._sites(child, inf)

    def _each(self, nodes: Sequence[ast.AST], times: float) -> Iterator[tuple[str, float]]:
        for node in nodes:
            yield from self._sites(node, times)

    def _inside(self, node: ast.AST, times: float) -> Iterator[tuple[str, float]]:
        yield from self._each(list(ast.iter_child_nodes(node)), times)

    def _called(self, name: str, times: float) -> Iterator[tuple[str, float]]:
        if name in self._functions:
            yield name, times
        if name in self._classes:
            yield "__init__", times
            yield OPERATOR, inf  # __new__, __post_init__
        elif name not in self._functions and name not in _BUILTIN:
            yield ANY, times


def _perhaps(times: float) -> float:
    return 0.5 if times <= 1 else times


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _evaluated(node: ast.stmt) -> list[ast.AST]:
    """Return what is evaluated at the statement itself, before any block of it."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [*node.decorator_list, node.args]
        case ast.For() | ast.AsyncFor():
            return [node.iter, node.target]
        case ast.While() | ast.If():
            return [node.test]
        case ast.With() | ast.AsyncWith():
            return list(node.items)
        case ast.Match():
            return [node.subject]
        case ast.Try() | ast.TryStar():
            return []
    return [node]
