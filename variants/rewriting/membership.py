"""Questions whether something equals one of several constants, however they are written."""

from typing import NamedTuple

import libcst as cst

from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.analysis.purity import is_literal, is_repeatable, never_fails
from variants.rewriting.conditions import operands
from variants.rewriting.expressions import bare

#: Types of which every value equals itself and can be looked up in a dict.
EXACT = WHOLE | {"str", "bytes", "NoneType"}
_DISPLAYS = cst.Tuple | cst.List


class Question(NamedTuple):
    """Whether a subject equals one of some values; with `is_denied`, whether it equals none."""

    subject: cst.BaseExpression
    values: list[cst.BaseExpression]
    is_denied: bool = False


def equality(program: Program, node: cst.BaseExpression) -> Question | None:
    """`x == 1` or `x != 1`, also as `1 == x`, where x can be evaluated again."""
    node = bare(node)
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return None
    target = node.comparisons[0]
    if not isinstance(target.operator, cst.Equal | cst.NotEqual):
        return None
    subject, value = node.left, target.comparator
    if is_literal(subject) and program.has_plain_types:
        subject, value = value, subject
    if is_literal(subject) or not is_repeatable(program, subject):
        return None
    return Question(bare(subject), [value], isinstance(target.operator, cst.NotEqual))


def membership(program: Program, node: cst.BaseExpression) -> Question | None:
    """`x in (1, 2)` or `x not in [1, 2]`, where it means comparing with each."""
    node = bare(node)
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1 or not program.has_plain_types:
        return None
    target = node.comparisons[0]
    display = target.comparator
    if not isinstance(target.operator, cst.In | cst.NotIn) or not isinstance(display, _DISPLAYS):
        return None
    if not all(isinstance(element, cst.Element) for element in display.elements):
        return None
    values = [element.value for element in display.elements]
    subject = bare(node.left)
    if len(values) < 2 or is_literal(subject) or not is_repeatable(program, subject):
        return None
    if not all(is_listable(program, subject, value) for value in values):
        return None
    return Question(subject, values, isinstance(target.operator, cst.NotIn))


def any_equality(program: Program, node: cst.BaseExpression) -> Question | None:
    """One of the forms of a question, or several about the same subject that are joined by or."""
    found: Question | None = None
    for part in operands(node, cst.Or):
        question = equality(program, part) or membership(program, part)
        if question is None or question.is_denied:
            return None
        if found is None:
            found = question
        elif found.subject.deep_equals(question.subject):
            found.values.extend(question.values)
        else:
            return None
    return found


def is_listable(program: Program, subject: cst.BaseExpression, value: cst.BaseExpression) -> bool:
    """Whether `in` asks the same as `==`: no NaN that is itself, nothing that fails before its turn."""
    if is_literal(value):
        return True
    types = program.types
    is_exact = types.is_only(subject, EXACT) or types.is_only(value, EXACT)
    return is_exact and never_fails(program, value)
