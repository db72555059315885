"""The places of a syntax tree where another node can be put."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

#: What is no part of what a function computes.
_SKIPPED_FIELDS = frozenset(
    {"annotation", "returns", "decorator_list", "type_params", "format_spec", "names"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """One node, and where it hangs.

    Attributes:
        parent: The node that it is part of.
        field: The parent's field that holds it.
        index: Its place in that field, where the field is a list.
        node: The node itself.
        line: The line of the program on which it, or what it is part of, begins.
        in_loop: Whether a loop of the same function runs it.
    """

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    line: int
    in_loop: bool

    def put(self, node: ast.AST) -> None:
        """Hang a node here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def places(root: ast.AST, *, line: int = 1, in_loop: bool = False) -> Iterator[Place]:
    """Yield the places below a node in source order; docstrings and annotations are none."""
    for field, value in ast.iter_fields(root):
        if field in _SKIPPED_FIELDS:
            continue
        runs_again = _runs_again(root, field, in_loop)
        for index, node in _nodes(value):
            if _is_text(root, field, index, node):
                continue
            at = getattr(node, "lineno", line)
            yield Place(root, field, index, node, at, runs_again)
            yield from places(node, line=at, in_loop=runs_again)


def _nodes(value: object) -> Iterator[tuple[int | None, ast.AST]]:
    if isinstance(value, ast.AST):
        yield None, value
    elif isinstance(value, list):
        yield from ((index, node) for index, node in enumerate(value) if isinstance(node, ast.AST))


def _runs_again(root: ast.AST, field: str, in_loop: bool) -> bool:
    if isinstance(root, ast.For | ast.While):
        return in_loop or field == "body"
    return in_loop and not isinstance(root, ast.FunctionDef | ast.Lambda | ast.ClassDef)


def _is_text(root: ast.AST, field: str, index: int | None, node: ast.AST) -> bool:
    """Whether a node only describes: a docstring, or the fixed text of an f-string."""
    if isinstance(root, ast.JoinedStr):
        return isinstance(node, ast.Constant)
    holds = isinstance(root, ast.FunctionDef | ast.ClassDef | ast.Module) and field == "body" and index == 0
    return (
        holds
        and isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
