"""`a < b and b < c` becomes `a < b < c`."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.purity import is_literal, is_repeatable
from variants.rewriting.conditions import operands, put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import AND, COMPARISON, bare, text
from variants.rewriting.mirroring import Sides, mirrored, sides_of
from variants.transform import Change, Family, Parameters, Transform

_DIRECTIONS = (frozenset({"<", "<="}), frozenset({">", ">="}), frozenset({"=="}))


class JoinComparisons(Transform):
    """Chains two comparisons that share a side."""

    name: ClassVar[str] = "join_comparisons"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`a < b and b < c` becomes `a < b < c`, also where one of them is mirrored"
    preconditions: ClassVar[str] = (
        "Neighbours in a chain of and, in the same direction once they are mirrored (as by "
        "mirror_comparison), with a common side that is no literal and can be evaluated once instead of "
        "twice. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BooleanOperation]:
        """Chains of and with two comparisons that fit together."""
        for node in program.nodes(cst.BooleanOperation):
            if not isinstance(node.operator, cst.And) or program.function_of(node) is None:
                continue
            parent = program.parent(node)
            if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And):
                continue
            if _joined(program, operands(node, cst.And)) is not None and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the chain in the place of the two comparisons."""
        assert isinstance(node, cst.BooleanOperation)
        found = _joined(program, operands(node, cst.And))
        assert found is not None
        return put_text(program, node, found)


def _joined(program: Program, parts: Sequence[cst.BaseExpression]) -> str | None:
    """The text of a chain of and with its first two fitting neighbours joined."""
    for index, (first, second) in enumerate(pairwise(parts)):
        chain = _chain(program, bare(first), bare(second))
        if chain is not None:
            others = [text(program, part, AND) for part in parts]
            return " and ".join([*others[:index], chain, *others[index + 2 :]])
    return None


def _chain(program: Program, first: cst.BaseExpression, second: cst.BaseExpression) -> str | None:
    if not isinstance(first, cst.Comparison) or not isinstance(second, cst.Comparison):
        return None
    for one, other in product(_orientations(program, first), _orientations(program, second)):
        if not any({one.operator, other.operator} <= direction for direction in _DIRECTIONS):
            continue
        if one.right.deep_equals(other.left) and not is_literal(one.right):
            if not is_repeatable(program, one.right):
                return None
            a, b, c = (text(program, side, COMPARISON + 1) for side in (one.left, one.right, other.right))
            return f"{a} {one.operator} {b} {other.operator} {c}"
    return None


def _orientations(program: Program, node: cst.Comparison) -> Iterator[Sides]:
    sides = sides_of(node)
    if sides is not None:
        yield sides
        other = mirrored(program, node)
        if other is not None:
            yield other
