"""Crosses programs: the structure of one, with expressions and statements of others in its places.

The host is one of our problems' programs with inputs of its own generator. Which kinds its variables have at
a place is known from its traces, so what is put there mostly runs.
"""

import ast
import builtins
import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from core_bench.suites.corpus.expressions import ELEMENTS, Expressions
from core_bench.suites.corpus.kinds import KINDS
from core_bench.suites.corpus.parts import Parts, kinds_at
from core_bench.suites.corpus.programs import FUNCTIONS, INPUTS, NAMES, Draft
from tracer import Trace
from variants.mutation import OPERATORS
from variants.mutation.places import places

_EXCHANGED = 0.55
"""Share of the places where something else is put."""

_MUTATED = 0.3
"""Share of the programs that are mutated, too."""


@dataclass(frozen=True, slots=True)
class Host:
    """A program with the kinds of its variables, line by line, and inputs of its problem's generator."""

    code: str
    entry_point: str
    inputs: tuple[str, ...]
    kinds: Mapping[int, Mapping[str, str]]
    results: Mapping[int, str]


def host_of(code: str, entry_point: str, inputs: Sequence[str], traces: Sequence[Trace]) -> Host:
    """Return a program as a host; `traces` are of it."""
    kinds, results = kinds_at(traces)
    return Host(code, entry_point, tuple(inputs), kinds, results)


def cross(host: Host, rng: Random, parts: Parts) -> Draft:
    """Return the host with other expressions in many places and all names changed.

    Some are mutated besides: one operator, bound or statement is another one.
    """
    tree = ast.parse(host.code)
    expressions = Expressions(rng, parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno in host.kinds and rng.random() < _EXCHANGED:
            _exchange(node, host, expressions)
    renamed = _names(tree, rng)
    _Renaming(renamed).visit(tree)
    if rng.random() < _MUTATED:
        _mutate(ast.fix_missing_locations(tree), rng)
    code = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    inputs = rng.sample(host.inputs, min(INPUTS, len(host.inputs)))
    return Draft(code, renamed.get(host.entry_point, host.entry_point), tuple(inputs))


def _exchange(node: ast.stmt, host: Host, expressions: Expressions) -> None:
    scope = host.kinds[node.lineno]
    result = host.results.get(node.lineno)

    def written(kind: str, instead: ast.expr) -> ast.expr:
        text = expressions.of(kind, scope) if kind in KINDS else None
        return instead if text is None else ast.parse(text, mode="eval").body

    match node:
        case ast.If():
            node.test = written("bool", node.test)
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Return(value=ast.expr() as value):
            if result is not None:
                node.value = written(result, value)
        case ast.AugAssign(target=ast.Name(id=name)) if scope.get(name) in ("int", "str", "list[int]"):
            node.value = written(scope[name], node.value)


def _mutate(tree: ast.Module, rng: Random) -> None:
    """Change one place by an operator of mutation analysis."""
    found = [place for statement in tree.body for place in places(statement, line=statement.lineno)]
    rng.shuffle(found)
    for place in found:
        nodes = [node for operator in OPERATORS.values() for node in operator(place)]
        if nodes:
            place.put(rng.choice(nodes))
            return


def _names(tree: ast.AST, rng: Random) -> dict[str, str]:
    """Return old -> new name for everything that the program binds."""
    pool = [name for names in NAMES.values() for name in names] + list(FUNCTIONS)
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | set(ELEMENTS)
    taken |= set(dir(builtins)) | set(keyword.kwlist)
    free = [name for name in pool if name not in taken]
    rng.shuffle(free)
    functions = [name for name in free if name in FUNCTIONS]
    others = [name for name in free if name not in FUNCTIONS]
    renamed: dict[str, str] = {}
    for name, is_function in _bound(tree):
        if name not in renamed:
            source = functions if is_function else others
            renamed[name] = source.pop() if source else f"v{len(renamed)}"
    return renamed


def _bound(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name):
                yield name, True
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                if name not in ELEMENTS and name != "_":
                    yield name, False


class _Renaming(ast.NodeTransformer):
    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._renamed.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._renamed.get(node.arg, node.arg)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.generic_visit(node)
        if node.arg is not None:
            node.arg = self._renamed.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._renamed.get(node.name, node.name)
        node.body = node.body[1:] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body
        self.generic_visit(node)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._renamed.get(name, name) for name in node.names]
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._renamed.get(name, name) for name in node.names]
        return node
