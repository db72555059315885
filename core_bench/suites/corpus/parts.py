"""Expressions and statements of other programs, cut out together with the kinds of their variables.

What kind a variable is of is not inferred: the program is run, and its traces say it. A part can then stand
in any program that has variables of these kinds, under other names.
"""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from core_bench.suites.corpus.kinds import kind_of
from tracer import Frame, LiteralError, Trace, analyse, is_marker, parse_literal

_MOST_STEPS = 150
_MOST_OCCURRENCES = 2
_LONGEST = 80
_FORBIDDEN = {"print", "input", "open", "eval", "exec", "iter", "next", "id", "hash", "globals", "locals"}
_BUILTINS = frozenset(vars(builtins)) - _FORBIDDEN
_FREE = (ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.IfExp, ast.Subscript, ast.ListComp, ast.UnaryOp)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a program.

    Attributes:
        code: Its text.
        names: Each variable that it reads or changes, with its kind.
        bound: Names that only it binds, in comprehensions.
        result: The kind of its value; None for a statement.
    """

    code: str
    names: tuple[tuple[str, str], ...]
    bound: tuple[str, ...]
    result: str | None


class Parts:
    """Parts by what they give, in an order that depends on the programs alone."""

    def __init__(self, parts: Iterable[Part]) -> None:
        found: defaultdict[str | None, dict[Part, None]] = defaultdict(dict)
        for part in parts:
            found[part.result][part] = None
        self._by_result = {result: tuple(members) for result, members in found.items()}

    def __len__(self) -> int:
        return sum(map(len, self._by_result.values()))

    def draw(
        self, result: str | None, scope: Mapping[str, str], fresh: Sequence[str], rng: Random
    ) -> str | None:
        """Return a part that gives `result`, on variables of `scope`; None where a few tries find none."""
        candidates = self._by_result.get(result, ())
        for _ in range(6 if candidates else 0):
            fitted = fit(rng.choice(candidates), scope, fresh, rng)
            if fitted is not None:
                return fitted
        return None


def fit(part: Part, scope: Mapping[str, str], fresh: Sequence[str], rng: Random) -> str | None:
    """Return a part's text with other names: variables of `scope`, and `fresh` ones for what it binds itself.

    None where the scope lacks a variable of a kind, or there are too few fresh names.
    """
    renamed: dict[str, str] = {}
    for name, kind in part.names:
        able = [other for other, has in scope.items() if has == kind and other not in renamed.values()]
        if not able:
            return None
        renamed[name] = rng.choice(able)
    free = [name for name in fresh if name not in scope]
    if len(free) < len(part.bound):
        return None
    renamed.update(zip(part.bound, free, strict=False))
    tree = ast.parse(part.code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = renamed.get(node.id, node.id)
    return ast.unparse(tree)


def parts_of(traces: Iterable[Trace]) -> Iterator[Part]:
    """Yield the parts of the programs that were traced, each as often as it is met."""
    for trace in traces:
        for frame in trace.frames:
            if not frame.unclear and len(frame.steps) <= _MOST_STEPS:
                yield from _parts_in(frame, trace.code)


def _parts_in(frame: Frame, code: str) -> Iterator[Part]:
    program = analyse(code)
    for index, step in enumerate(frame.steps):
        node = program.nodes.get(step.line)
        if step.occurrence > _MOST_OCCURRENCES or step.raised is not None or node is None:
            continue
        before = _kinds(frame.before(index))
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                yield from _part(value, before, _kinds(frame.after(index)).get(target))
            case ast.If(test=test) | ast.While(test=test):
                yield from _part(test, before, "bool")
            case ast.Return(value=ast.expr() as value) if frame.returned is not None:
                yield from _part(value, before, _kinds({"value": frame.returned}).get("value"))
            case ast.AugAssign() | ast.Expr(value=ast.Call()) | ast.Assign(targets=[ast.Subscript()]):
                yield from _part(node, before, None)


def kinds_at(traces: Iterable[Trace]) -> tuple[dict[int, dict[str, str]], dict[int, str]]:
    """Return line -> kinds of the variables before it, and line -> kind of what it assigns or returns.

    Where executions of a line differ, a variable counts only with the one kind that it always has.
    """
    scopes: dict[int, dict[str, str]] = {}
    results: dict[int, set[str | None]] = defaultdict(set)
    for trace in traces:
        program = analyse(trace.code)
        for frame in trace.frames:
            if frame.unclear or len(frame.steps) > _MOST_STEPS:
                continue
            for index, step in enumerate(frame.steps):
                if step.occurrence > _MOST_OCCURRENCES:
                    continue
                before = _kinds(frame.before(index))
                known = scopes.setdefault(step.line, before)
                scopes[step.line] = {name: kind for name, kind in known.items() if before.get(name) == kind}
                match program.nodes.get(step.line):
                    case ast.Assign(targets=[ast.Name(id=target)]):
                        results[step.line].add(_kinds(frame.after(index)).get(target))
                    case ast.Return() if frame.returned is not None:
                        results[step.line].add(_kinds({"value": frame.returned}).get("value"))
    single = {line: kinds.pop() for line, kinds in results.items() if len(kinds) == 1}
    return scopes, {line: kind for line, kind in single.items() if kind is not None}


def _part(node: ast.AST, before: Mapping[str, str], result: str | None) -> Iterator[Part]:
    if (result is None and isinstance(node, ast.expr)) or not isinstance(node, (ast.stmt, *_FREE)):
        return
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    inner = {part.id for comp in ast.walk(node) for part in _targets(comp)}
    free = list(dict.fromkeys(part.id for part in names if part.id not in inner))
    variables = [name for name in free if name in before]
    text = ast.unparse(node)
    strange = [name for name in free if name not in before and name not in _BUILTINS]
    if strange or not variables or len(text) > _LONGEST or any(map(_reaches_out, ast.walk(node))):
        return
    kinds = tuple((name, before[name]) for name in sorted(variables))
    yield Part(text, kinds, tuple(sorted(inner)), result)


def _targets(node: ast.AST) -> Iterator[ast.Name]:
    if isinstance(node, ast.comprehension):
        yield from (part for part in ast.walk(node.target) if isinstance(part, ast.Name))


def _reaches_out(node: ast.AST) -> bool:
    """Tell whether a node is more than a value of variables: a class's attribute, a lambda, a walrus, ..."""
    return isinstance(node, ast.Lambda | ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await)


def _kinds(state: Mapping[str, str]) -> dict[str, str]:
    kinds = {}
    for name, text in state.items():
        if is_marker(text) or len(text) > 2_000:
            continue
        try:
            kind = kind_of(parse_literal(text))
        except LiteralError:
            continue
        if kind is not None:
            kinds[name] = kind
    return kinds
