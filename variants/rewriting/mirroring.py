"""Comparisons of two sides, and what they are when the sides are swapped."""

from typing import NamedTuple

import libcst as cst

from variants.analysis.inference import ANY
from variants.analysis.program import Program
from variants.analysis.purity import can_swap

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_SIGNS: dict[type[cst.BaseCompOp], str] = {
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.Equal: "==",
    cst.NotEqual: "!=",
}


class Sides(NamedTuple):
    """A comparison of two sides."""

    left: cst.BaseExpression
    operator: str
    right: cst.BaseExpression


def sides_of(node: cst.Comparison) -> Sides | None:
    """The sides of a comparison by size or equality; None for a chain, in and is."""
    if len(node.comparisons) != 1:
        return None
    target = node.comparisons[0]
    sign = _SIGNS.get(type(target.operator))
    return Sides(node.left, sign, target.comparator) if sign is not None else None


def mirrored(program: Program, node: cst.Comparison) -> Sides | None:
    """The comparison that says the same with its sides swapped; None where that may show."""
    sides = sides_of(node)
    if sides is None:
        return None
    left, operator, right = sides
    if not program.has_plain_types and ANY in (program.types.kinds(left), program.types.kinds(right)):
        return None
    return Sides(right, _MIRRORED[operator], left) if can_swap(program, left, right) else None
