"""Questions whether a container is empty, by its length or by its truth."""

from typing import NamedTuple

import libcst as cst

from variants.analysis.inference import SEQUENCE
from variants.analysis.program import Program
from variants.rewriting.expressions import bare

_SIZED = SEQUENCE | {"dict", "set"}
_MIRRORED: dict[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThan,
    cst.GreaterThan: cst.LessThan,
    cst.LessThanEqual: cst.GreaterThanEqual,
    cst.GreaterThanEqual: cst.LessThanEqual,
}
#: Whether `len(x)` compared so with a number says that x is empty.
_SAYS_EMPTY: dict[tuple[type[cst.BaseCompOp], str], bool] = {
    (cst.Equal, "0"): True,
    (cst.LessThan, "1"): True,
    (cst.LessThanEqual, "0"): True,
    (cst.NotEqual, "0"): False,
    (cst.GreaterThan, "0"): False,
    (cst.GreaterThanEqual, "1"): False,
}


class Emptiness(NamedTuple):
    """Whether a container is empty, or whether it is not."""

    container: cst.BaseExpression
    is_empty: bool


def is_sized(program: Program, node: cst.BaseExpression) -> bool:
    """Whether an expression is provably a builtin container, false exactly where it is empty."""
    return program.types.is_only(node, _SIZED)


def by_length(program: Program, node: cst.BaseExpression) -> Emptiness | None:
    """`len(x) == 0`, `len(x) > 0` and the like, also with the sides swapped."""
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return None
    target = node.comparisons[0]
    length, operator, number = bare(node.left), type(target.operator), bare(target.comparator)
    if isinstance(length, cst.Integer):
        length, operator, number = number, _MIRRORED.get(operator, operator), length
    if not isinstance(number, cst.Integer) or not isinstance(length, cst.Call) or len(length.args) != 1:
        return None
    says = _SAYS_EMPTY.get((operator, number.value))
    if says is None or not program.calls_builtin(length, "len") or length.args[0].star:
        return None
    container = length.args[0].value
    return Emptiness(container, says) if is_sized(program, container) else None
