"""Finds the `yield`, `yield from` and `await` of one statement."""

import ast
from collections.abc import Callable

from tracer.witness.nodes import COMPREHENSIONS, SCOPES


class _Suspensions(ast.NodeTransformer):
    """Rewrites the suspensions of one statement, and none of what is inside it."""

    def __init__(self, rewrite: Callable[[ast.expr], ast.expr]) -> None:
        self._rewrite = rewrite

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (*SCOPES, *COMPREHENSIONS)):
            return node
        node = self.generic_visit(node)
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await):
            return self._rewrite(node)
        return node


def rewrite_suspensions(node: ast.stmt, rewrite: Callable[[ast.expr], ast.expr]) -> None:
    """Rewrite the suspensions in the expressions of a statement itself, not in its blocks."""
    visitor = _Suspensions(rewrite)
    if isinstance(node, SCOPES):
        return
    for name, value in ast.iter_fields(node):
        if name in ("body", "orelse", "finalbody", "handlers", "cases"):
            continue
        if isinstance(value, ast.AST):
            setattr(node, name, visitor.visit(value))
        elif isinstance(value, list):
            setattr(node, name, [visitor.visit(one) if isinstance(one, ast.AST) else one for one in value])
