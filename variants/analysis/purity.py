"""Which expressions can be evaluated once more, or earlier or later, without anybody noticing."""

import libcst as cst

from variants.analysis.effect import Effect, commute
from variants.analysis.effects import effect_of
from variants.analysis.program import Program

_LITERALS = cst.Integer | cst.Float | cst.SimpleString | cst.Imaginary


def is_literal(node: cst.BaseExpression) -> bool:
    """Whether a node is a number, string, True, False or None, with or without a sign."""
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.operator, cst.Minus) and isinstance(node.expression, cst.Integer | cst.Float)
    if isinstance(node, cst.Name):
        return node.value in {"True", "False", "None"}
    if isinstance(node, cst.ConcatenatedString):
        return is_literal(node.left) and is_literal(node.right)
    return isinstance(node, _LITERALS)


def is_pure(program: Program, node: cst.BaseExpression) -> bool:
    """Whether evaluating a node changes nothing; it may fail, and give something else later."""
    effect = effect_of(program, node)
    return not effect.changes and not effect.rebinds


def is_steady(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a node changes nothing, never fails, and gives the same whatever is done in between."""
    return effect_of(program, node) == Effect()


def is_repeatable(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a node can be evaluated twice in a row, or once instead, with a comparison in between."""
    # A comparison of builtin types changes nothing that the node may read.
    return is_pure(program, node) and (program.has_plain_types or not effect_of(program, node).reads)


def never_fails(program: Program, node: cst.BaseExpression) -> bool:
    """Whether evaluating a node surely gives a value."""
    return not effect_of(program, node).raises


def can_swap(program: Program, left: cst.BaseExpression, right: cst.BaseExpression) -> bool:
    """Whether two expressions that are both evaluated can be so in the other order."""
    return commute(effect_of(program, left), effect_of(program, right))
