"""`x += e` becomes `x = x + e`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import IMMUTABLE, NUMBER
from variants.analysis.program import Program
from variants.rewriting.edits import replace
from variants.rewriting.expressions import operator_precedence, text
from variants.transform import Change, Family, Parameters, Transform


class ExpandAugmented(Transform):
    """Writes an augmented assignment out in full."""

    name: ClassVar[str] = "expand_augmented"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`x += e` becomes `x = x + e`"
    preconditions: ClassVar[str] = (
        "x is provably a number, string, tuple or other immutable value; or the operation is += or -= of a "
        "provable number onto a variable or plain element of a program that defines no types of its own (no "
        "builtin type adds a number in place). Refused: everything that may be a list (its += changes an "
        "alias too), @=, elements whose index has a call in it."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.AugAssign]:
        """Augmented assignments that cannot change a value in place."""
        for node in program.nodes(cst.AugAssign):
            if _is_exact(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the plain assignment in the place of the augmented one."""
        assert isinstance(node, cst.AugAssign)
        # The operator of the assignment ends in "="; the value binds tighter than it, or gets parentheses.
        sign = program.text(node.operator).strip().removesuffix("=")
        level = operator_precedence(node.operator) + (0 if sign == "**" else 1)
        value = text(program, node.value, level)
        target = program.text(node.target)
        line = cst.parse_statement(f"{target} = {target} {sign} {value}")
        assert isinstance(line, cst.SimpleStatementLine)
        return replace(program, {node: line.body[0].with_changes(semicolon=node.semicolon)})


def _is_exact(program: Program, node: cst.AugAssign) -> bool:
    if isinstance(node.operator, cst.MatrixMultiplyAssign) or not _is_steady(node.target):
        return False
    if isinstance(node.target, cst.Name) and program.types.is_only(node.target, IMMUTABLE):
        return True
    return (
        isinstance(node.operator, cst.AddAssign | cst.SubtractAssign)
        and program.types.is_only(node.value, NUMBER)
        and program.has_plain_types
        and _leaves_names_alone(program, node)
    )


def _is_steady(target: cst.BaseExpression) -> bool:
    """Whether evaluating the target twice does what evaluating it once does."""
    if isinstance(target, cst.Name | cst.Integer | cst.SimpleString):
        return True
    if isinstance(target, cst.BinaryOperation):
        return _is_steady(target.left) and _is_steady(target.right)
    if isinstance(target, cst.UnaryOperation):
        return _is_steady(target.expression)
    if isinstance(target, cst.Tuple):
        return all(_is_steady(element.value) for element in target.elements)
    if not isinstance(target, cst.Subscript):
        return False
    indices = [element.slice for element in target.slice]
    return _is_steady(target.value) and all(isinstance(i, cst.Index) and _is_steady(i.value) for i in indices)


def _leaves_names_alone(program: Program, node: cst.AugAssign) -> bool:
    """Whether the value cannot rebind a name that the target is made of."""
    inside = program.nodes(cst.NamedExpr, cst.Await, cst.Yield)
    if any(program.encloses(node, other) for other in inside):
        return False
    names = [name for name in program.nodes(cst.Name) if program.encloses(node.target, name)]
    return all(name.value not in program.shared_names for name in names)
