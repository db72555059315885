"""Parentheses that change nothing are taken away."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import replace
from variants.rewriting.evaluation import needed_precedence
from variants.rewriting.expressions import bare, precedence
from variants.transform import Change, Family, Parameters, Transform

_OPERATIONS = (cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.UnaryOperation)
_ATOMS = (cst.Name, cst.Call, cst.Subscript, cst.Attribute)
_PLACES = (
    *(cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.ComparisonTarget, cst.UnaryOperation),
    *(cst.Return, cst.Assign, cst.AugAssign, cst.If, cst.While, cst.Arg, cst.Index),
)


class RemoveParentheses(Transform):
    """Leaves out parentheses where operators bind so anyway."""

    name: ClassVar[str] = "remove_parentheses"
    family: ClassVar[Family] = "noise"
    description: ClassVar[str] = "`(a * b) + c` becomes `a * b + c`, `if (c):` becomes `if c:`"
    preconditions: ClassVar[str] = (
        "One pair of parentheses stands round an operation, name, call or element on one line, in a place "
        "where the program's syntax tree stays the same without it. Refused: comparisons in comparisons."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Expressions in parentheses that they do not need."""
        for node in program.nodes(*_OPERATIONS, *_ATOMS):
            assert isinstance(node, cst.BaseExpression)
            if (
                len(node.lpar) != 1
                or not isinstance(program.parent(node), _PLACES)
                or program.function_of(node) is None
            ):
                continue
            if _is_needless(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Take the parentheses away."""
        assert isinstance(node, cst.BaseExpression)
        return replace(program, {node: bare(node)})


def _is_needless(program: Program, node: cst.BaseExpression) -> bool:
    return precedence(bare(node)) >= needed_precedence(program, node) and "\n" not in program.text(node)
