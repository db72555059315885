"""What the oracle can say to a query."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """The one right answer."""

    text: str


@dataclass(frozen=True)
class NoAnswer:
    """There is no right answer, for this reason."""

    reason: str


@dataclass(frozen=True)
class CannotTell:
    """The oracle does not know, for this reason."""

    reason: str


Answer = Known | NoAnswer | CannotTell


class SaidError(Exception):
    """Carries an answer out of the functions below."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def same_literal(left: str, right: str) -> bool:
    """Tell whether two literals are the same, but for the order in which the members of sets are written."""
    if left == right:
        return True
    if "{" not in left or sorted(left) != sorted(right):
        return False
    return _in_order(left) == _in_order(right)


def _in_order(text: str) -> str:
    tree = ast.parse(text, mode="eval")
    for node in reversed(list(ast.walk(tree))):
        if isinstance(node, ast.Set):
            node.elts.sort(key=ast.dump)
    return ast.dump(tree)
