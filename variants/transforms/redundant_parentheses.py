"""Parentheses round an operation that needs none."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import replace
from variants.transform import Change, Family, Parameters, Transform

_OPERATIONS = (cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.UnaryOperation)
_PLACES = cst.BinaryOperation | cst.BooleanOperation | cst.Comparison | cst.ComparisonTarget | cst.IfExp


class RedundantParentheses(Transform):
    """Says with parentheses how tightly operators bind."""

    name: ClassVar[str] = "redundant_parentheses"
    family: ClassVar[Family] = "noise"
    description: ClassVar[str] = "`a * b + c` becomes `(a * b) + c`, `return a < b` becomes `return (a < b)`"
    preconditions: ClassVar[str] = (
        "The expression is an operation without parentheses: the operand of another one, the value of a "
        "return or an assignment, or the test of an if or while. The program's syntax tree stays the same. "
        "Refused: negative numbers."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Operations that can be put into parentheses."""
        for node in program.nodes(*_OPERATIONS):
            assert isinstance(node, cst.BaseExpression)
            if node.lpar or program.function_of(node) is None:
                continue
            if isinstance(node, cst.UnaryOperation) and not isinstance(node.operator, cst.Not):
                continue
            parent = program.parent(node)
            if isinstance(parent, _PLACES | cst.Return | cst.Assign) or _is_test(parent, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the parentheses round the operation."""
        assert isinstance(node, cst.BaseExpression)
        return replace(program, {node: node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])})


def _is_test(parent: cst.CSTNode | None, node: cst.CSTNode) -> bool:
    return isinstance(parent, cst.If | cst.While) and parent.test is node
