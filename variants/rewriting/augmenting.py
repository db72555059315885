"""When `x += e` and `x = x + e` are the same."""

import libcst as cst

from variants.analysis.inference import IMMUTABLE, NUMBER
from variants.analysis.program import Program

_ADDING = cst.AddAssign | cst.SubtractAssign | cst.Add | cst.Subtract
_DIVIDING = (
    *(cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power, cst.LeftShift, cst.RightShift),
    *(cst.DivideAssign, cst.FloorDivideAssign, cst.ModuloAssign, cst.PowerAssign),
    *(cst.LeftShiftAssign, cst.RightShiftAssign),
)


def is_same_augmented(
    program: Program,
    target: cst.BaseExpression,
    operator: cst.BaseAugOp | cst.BaseBinaryOp,
    value: cst.BaseExpression,
) -> bool:
    """Whether the augmented operation provably makes a new value, and its target is safe to name twice."""
    if isinstance(operator, cst.MatrixMultiplyAssign | cst.MatrixMultiply) or not _is_steady(target):
        return False
    if isinstance(target, cst.Name) and program.types.is_only(target, IMMUTABLE):
        return True
    # No builtin type divides or shifts in place, or adds a number so.
    makes_new = isinstance(operator, _DIVIDING) or (
        isinstance(operator, _ADDING) and program.types.is_only(value, NUMBER)
    )
    return makes_new and program.has_plain_types and _leaves_names_alone(program, target, value)


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


def _leaves_names_alone(program: Program, target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
    """Whether the value cannot rebind a name that the target is made of."""
    inside = program.nodes(cst.NamedExpr, cst.Await, cst.Yield)
    if any(program.encloses(value, other) for other in inside):
        return False
    names = [name for name in program.nodes(cst.Name) if program.encloses(target, name)]
    return all(name.value not in program.shared_names for name in names)
