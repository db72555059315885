"""Mutation operators on statements: each gives the statements that may stand in the place of one."""

import ast
from collections.abc import Iterator

from variants.mutation.places import Place

_KEPT = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global),
    *(ast.Nonlocal, ast.Pass),
)


def statement_dropped(place: Place) -> Iterator[ast.AST]:
    """A statement that does nothing instead; a compound one goes with all that is in it."""
    if isinstance(place.node, ast.stmt) and not isinstance(place.node, _KEPT):
        yield ast.Pass()


def jump_swapped(place: Place) -> Iterator[ast.AST]:
    """`break` for `continue`, and for a `return` in a loop; and the other ways."""
    node = place.node
    if isinstance(node, ast.Break):
        yield from (ast.Continue(), ast.Return(None))
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Return) and place.in_loop:
        yield from (ast.Break(), ast.Continue())


def value_dropped(place: Place) -> Iterator[ast.AST]:
    """A bare `return` for one with a value."""
    if isinstance(place.node, ast.Return) and place.node.value is not None:
        yield ast.Return(None)


def augmented_to_assignment(place: Place) -> Iterator[ast.AST]:
    """`x = y` for `x += y`."""
    node = place.node
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)


def else_dropped(place: Place) -> Iterator[ast.AST]:
    """An `if` or a loop without its `else`."""
    node = place.node
    if isinstance(node, ast.If) and node.orelse:
        yield ast.If(node.test, node.body, [])
    elif isinstance(node, ast.For) and node.orelse:
        yield ast.For(node.target, node.iter, node.body, [])
    elif isinstance(node, ast.While) and node.orelse:
        yield ast.While(node.test, node.body, [])


def loop_once(place: Place) -> Iterator[ast.AST]:
    """A loop that ends after its first round."""
    node = place.node
    if isinstance(node, ast.For):
        yield ast.For(node.target, node.iter, [*node.body, ast.Break()], node.orelse)
    elif isinstance(node, ast.While):
        yield ast.While(node.test, [*node.body, ast.Break()], node.orelse)
