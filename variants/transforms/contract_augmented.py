"""`x = x + e` becomes `x += e`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.rewriting.augmenting import is_same_augmented
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.evaluation import is_disturbing, mentions
from variants.rewriting.expressions import text
from variants.transform import Change, Family, Parameters, Transform

_SYMMETRIC = cst.Add | cst.Multiply | cst.BitAnd | cst.BitOr | cst.BitXor


class ContractAugmented(Transform):
    """Shortens an assignment that continues from the variable's own value."""

    name: ClassVar[str] = "contract_augmented"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`x = x + e` becomes `x += e`"
    preconditions: ClassVar[str] = (
        "x is provably a number, string, tuple or other immutable value; or a provable number is added or "
        "subtracted, a string added or anything divided in a program that defines no types of its own. "
        "`x = e + x` too, between provable ints. "
        "Refused: everything that may be a list (+= would change an alias too), @, targets with a call."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.Assign]:
        """Assignments of an operation on the target itself."""
        for node in program.nodes(cst.Assign):
            if _operand(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the augmented assignment in the place of the plain one."""
        assert isinstance(node, cst.Assign)
        assert isinstance(node.value, cst.BinaryOperation)
        operand = _operand(program, node)
        assert operand is not None
        sign = program.text(node.value.operator).strip()
        line = cst.parse_statement(f"{program.text(node.targets[0].target)} {sign}= {text(program, operand)}")
        assert isinstance(line, cst.SimpleStatementLine)
        return replace(program, {node: line.body[0].with_changes(semicolon=node.semicolon)})


def _operand(program: Program, node: cst.Assign) -> cst.BaseExpression | None:
    """What is added to the target."""
    value = node.value
    if len(node.targets) != 1 or not isinstance(value, cst.BinaryOperation):
        return None
    target = node.targets[0].target
    if has_comment(program, node):
        return None
    if target.deep_equals(value.left):
        is_exact = is_same_augmented(program, target, value.operator, value.right)
        return value.right if is_exact or _is_text(program, target, value) else None
    if not isinstance(value.operator, _SYMMETRIC) or not target.deep_equals(value.right):
        return None
    is_number = (
        isinstance(target, cst.Name)
        and all(program.types.is_only(side, WHOLE) for side in (value.left, value.right))
        and target.value not in program.shared_names
        and not is_disturbing(program, value.left)
        and not mentions(program, value.left, target.value)
    )
    return value.left if is_number else None


def _is_text(program: Program, target: cst.BaseExpression, value: cst.BinaryOperation) -> bool:
    """Whether what is added shows that the variable is a string (a list and a string cannot be added)."""
    return (
        isinstance(value.operator, cst.Add)
        and isinstance(target, cst.Name)
        and target.value not in program.shared_names
        and program.has_plain_types
        and program.types.is_only(value.right, frozenset({"str"}))
    )
