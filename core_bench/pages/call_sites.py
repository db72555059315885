"""Which calls a statement can make, told from its source text alone.

A trace says which frame called which, not at which of its steps. `placing` works that out from the sites
that this module finds.
"""

import ast
import builtins
import warnings
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
_EAGER = frozenset(
    {"all", "any", "dict", "frozenset", "join", "list", "max", "min", "set", "sort", "sorted", "sum", "tuple"}
)
"""What is known to be done with its arguments when it returns."""

_OPERATIONS = (
    ast.BinOp | ast.UnaryOp | ast.Compare | ast.Subscript | ast.AugAssign | ast.For | ast.With | ast.Call
    | ast.JoinedStr | ast.comprehension | ast.If | ast.While
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Demand:
    """How many calls of one key a single execution of a statement makes, at least and at most.

    Where it is not `certain`, the call may as well happen at a later statement: a function that is handed
    on, a generator that is read later.
    """

    low: int
    high: float
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _How:
    """How often something is evaluated (1 always once, 0.5 once at most), and whether surely here."""

    times: float = 1
    certain: bool = True

    def perhaps(self) -> "_How":
        return _How(0.5 if self.times <= 1 else self.times, self.certain)

    def often(self, *, certain: bool) -> "_How":
        return _How(inf, self.certain and certain)


_Sites = Iterator[tuple[str, _How]]


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
        return {OPERATOR: Demand(0, inf, certain=False)}  # only the iterator is asked for its next element


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
        shared = line in self.found  # two statements on a line: which of them runs is not known
        demands = self.found[line].demands if shared else {}
        for node in evaluated:
            for key, how in self._sites(node, _How()):
                known = demands.get(key, Demand(0, 0))
                low = known.low + (how.times == 1 and how.certain)
                demands[key] = Demand(low, known.high + max(1, how.times), known.certain and how.certain)
        if shared:
            self.found[line].demands = {key: Demand(0, inf, certain=False) for key in demands}
        else:
            self.found[line] = Statement(demands, loops)

    def _sites(self, node: ast.AST, how: _How) -> _Sites:
        """Yield the key of each call that the evaluation of `node` may make."""
        if isinstance(node, _OPERATIONS):
            yield OPERATOR, how.often(certain=False)
        match node:
            case ast.Call():
                yield from self._call(node, how)
            case ast.Attribute(attr=name, value=value):
                yield from self._sites(value, how)
                if name in self._functions:
                    yield name, how.often(certain=False)  # a property, or a method that is called later
            case ast.BoolOp(values=[first, *rest]):
                yield from self._sites(first, how)
                yield from self._each(rest, how.perhaps())
            case ast.IfExp():
                yield from self._sites(node.test, how)
                yield from self._each([node.body, node.orelse], how.perhaps())
            case ast.ListComp() | ast.SetComp() | ast.DictComp():
                yield from self._comprehension(node, how, certain=True)
            case ast.GeneratorExp():
                yield from self._comprehension(node, how, certain=False)
            case ast.Lambda():
                yield from self._sites(node.body, how.often(certain=False))
            case _:
                yield from self._each(list(ast.iter_child_nodes(node)), how)

    def _call(self, node: ast.Call, how: _How) -> _Sites:
        eager = False
        match node.func:
            case ast.Name(id=name):
                yield from self._called(name, how)
                eager = name in _EAGER and name not in self._functions
            case ast.Attribute(attr=name, value=value):
                yield from self._sites(value, how)
                yield from self._called(name, how)
                eager = name in _EAGER and name not in self._functions
            case other:
                yield ANY, _How(how.times, certain=False)
                yield from self._sites(other, how)
        for argument in (*node.args, *(word.value for word in node.keywords)):
            match argument:
                case ast.Name(id=name) if name in self._functions:
                    yield name, how.often(certain=eager)
                case ast.Lambda():
                    yield "<lambda>", how.often(certain=eager)
                    yield from self._sites(argument.body, how.often(certain=eager))
                case ast.GeneratorExp():
                    yield from self._comprehension(argument, how, certain=eager)
                case _:
                    yield from self._sites(argument, how)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, how: _How, *, certain: bool
    ) -> _Sites:
        first = node.generators[0].iter  # the one part that is evaluated once, whatever it holds
        yield _COMPREHENSIONS[type(node)], how
        yield from self._sites(first, how)
        often = how.often(certain=certain)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                yield from self._each(
                    [part for part in ast.iter_child_nodes(child) if part is not first], often
                )
            else:
                yield from self._sites(child, often)

    def _each(self, nodes: Sequence[ast.AST], how: _How) -> _Sites:
        for node in nodes:
            yield from self._sites(node, how)

    def _called(self, name: str, how: _How) -> _Sites:
        if name in self._functions:
            yield name, how
        if name in self._classes:
            yield "__init__", how.perhaps()  # which class has one is not looked into
            yield OPERATOR, how.often(certain=False)  # __new__, __post_init__
        elif name not in self._functions and name not in _BUILTIN:
            yield ANY, _How(how.times, certain=False)


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
