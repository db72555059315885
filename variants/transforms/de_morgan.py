"""`not a and not b` becomes `not (a or b)`, and the other way round."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import is_bool, is_condition, negation_is_bool, operands, put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import AND, OR, bare, negation
from variants.transform import Change, Family, Parameters, Transform

_NEGATIVE = cst.NotEqual | cst.NotIn | cst.IsNot


class DeMorgan(Transform):
    """Moves a negation out of and/or, or into it."""

    name: ClassVar[str] = "de_morgan"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`not a and b != c` becomes `not (a or b == c)`, and the other way round"
    preconditions: ClassVar[str] = (
        "Outwards: a part is a not, or a comparison by !=, not in or is not, and all parts can be negated "
        "without a further not (as by invert_if). Where the value and not only its truth is used, every "
        "part is provably a bool. Refused: programs that define __ne__, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Negations of and/or, and chains of and, or of or, in which something is denied."""
        for node in program.nodes(cst.BooleanOperation, cst.UnaryOperation):
            if _fires(program, node) and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Negate the parts instead of the whole, or the whole instead of the parts."""
        if isinstance(node, cst.UnaryOperation):
            return put_text(program, node, negation(program, node.expression))
        assert isinstance(node, cst.BooleanOperation)
        word, _ = _opposite(node)
        return put_text(program, node, f"not ({f' {word} '.join(_negated(program, node))})")


def _fires(program: Program, node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.UnaryOperation):
        return _is_negated_chain(node) and _can_distribute(program, node)
    assert isinstance(node, cst.BooleanOperation)
    return _is_whole_chain(program, node) and _can_factor(program, node)


def _opposite(node: cst.BooleanOperation) -> tuple[str, int]:
    return ("or", OR) if isinstance(node.operator, cst.And) else ("and", AND)


def _negated(program: Program, node: cst.BooleanOperation) -> list[str]:
    return [negation(program, part, _opposite(node)[1]) for part in _parts(node)]


def _parts(node: cst.BooleanOperation) -> Sequence[cst.BaseExpression]:
    return operands(node, type(node.operator))


def _is_negated_chain(node: cst.UnaryOperation) -> bool:
    return isinstance(node.operator, cst.Not) and isinstance(bare(node.expression), cst.BooleanOperation)


def _can_distribute(program: Program, node: cst.UnaryOperation) -> bool:
    return is_condition(program, node) or negation_is_bool(program, node.expression)


def _is_whole_chain(program: Program, node: cst.BooleanOperation) -> bool:
    parent = program.parent(node)
    if isinstance(parent, cst.BooleanOperation):
        return type(parent.operator) is not type(node.operator)
    return not isinstance(parent, cst.UnaryOperation)


def _can_factor(program: Program, node: cst.BooleanOperation) -> bool:
    parts = [bare(part) for part in _parts(node)]
    if not any(map(_is_negative, parts)) or "__ne__" in program.names:
        return False
    if not is_condition(program, node) and not is_bool(program, node):
        return False
    return not any(text.startswith("not ") for text in _negated(program, node))


def _is_negative(part: cst.BaseExpression) -> bool:
    if isinstance(part, cst.UnaryOperation):
        return isinstance(part.operator, cst.Not)
    return (
        isinstance(part, cst.Comparison)
        and len(part.comparisons) == 1
        and isinstance(part.comparisons[0].operator, _NEGATIVE)
    )
