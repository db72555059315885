"""`x += e` becomes `x = x + e`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.augmenting import is_same_augmented
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
        "provable number, a division, power or shift, on a variable or plain element of a program that "
        "defines no types of its own (no builtin type does these in place). Refused: everything that may be "
        "a list (its += changes an alias too), @=, elements whose index has a call in it."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.AugAssign]:
        """Augmented assignments that cannot change a value in place."""
        for node in program.nodes(cst.AugAssign):
            if is_same_augmented(program, node.target, node.operator, node.value):
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
