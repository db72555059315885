"""Leaves out of a program what an entry point does not need."""

import ast
from functools import lru_cache

Statement = tuple[str, frozenset[str], frozenset[str]]
"""The text of a statement of a module, the names that it binds, and those that it uses."""


@lru_cache(maxsize=64)
def statements_of(source: str) -> tuple[Statement, ...]:
    """Take a module apart into its statements."""
    lines = source.split("\n")
    found = []
    for node in ast.parse(source).body:
        first = min([node.lineno, *[one.lineno for one in getattr(node, "decorator_list", [])]])
        found.append(("\n".join(lines[first - 1 : node.end_lineno]), _bound(node), used_names(node)))
    return tuple(found)


def _bound(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return frozenset({node.name})
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            names.add(part.name)
        elif isinstance(part, ast.alias):
            names.add((part.asname or part.name).split(".")[0])
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            names.add(part.id)
        elif isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load):
            names.update(one.id for one in ast.walk(part.value) if isinstance(one, ast.Name))
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        names.add("__future__")
    return frozenset(names)


def used_names(node: ast.AST) -> frozenset[str]:
    """Return all names that stand in a piece of a program."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    for part in ast.walk(node):
        if isinstance(part, ast.Global):
            names.update(part.names)
    return frozenset(names)


def shaken(source: str, call: str) -> str:
    """Return `call`, a piece of a program, after all the statements of a module that it needs."""
    statements = statements_of(source)
    wanted = {"__future__", *used_names(ast.parse(call))}
    taken: set[int] = set()
    while True:
        more = {
            place
            for place, (_, bound, _) in enumerate(statements)
            if place not in taken and not bound.isdisjoint(wanted)
        }
        if not more:
            break
        taken |= more
        wanted = wanted.union(*[statements[place][2] for place in more])
    return "\n".join([*[statements[place][0] for place in sorted(taken)], "", call])
