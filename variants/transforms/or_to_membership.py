"""`x == 1 or x == 2` becomes `x in (1, 2)`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import ANY
from variants.analysis.program import Program
from variants.rewriting.conditions import operands, put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import AND, COMPARISON, OR, text
from variants.rewriting.membership import Question, equality, is_listable
from variants.transform import Change, Family, Parameters, Transform


class OrToMembership(Transform):
    """Asks once for all values that something may equal."""

    name: ClassVar[str] = "or_to_membership"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`x == 1 or x == 2` becomes `x in (1, 2)`, `x != 1 and x != 2` becomes `not in`"
    )
    preconditions: ClassVar[str] = (
        "Neighbours compare the same name or unchanging expression, in a program without types of its own. "
        "The values are literals, or provably ints or strings that cannot fail (NaN is in a tuple that holds "
        "it, though it equals nothing). Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BooleanOperation]:
        """Chains of or with several equalities of one thing, and of and with inequalities."""
        for node in program.nodes(cst.BooleanOperation):
            parent = program.parent(node)
            if isinstance(parent, cst.BooleanOperation) and type(parent.operator) is type(node.operator):
                continue
            if _rewritten(program, node) is not None and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the membership test in the place of the comparisons."""
        assert isinstance(node, cst.BooleanOperation)
        found = _rewritten(program, node)
        assert found is not None
        return put_text(program, node, found)


def _rewritten(program: Program, node: cst.BooleanOperation) -> str | None:
    """The text of the chain with the longest first run of comparisons joined."""
    parts = operands(node, type(node.operator))
    is_and = isinstance(node.operator, cst.And)
    questions = [_question(program, part, is_and) for part in parts]
    for start, first in enumerate(questions):
        stop = start + 1
        while first is not None and stop < len(parts) and _goes_on(first, questions[stop]):
            stop += 1
        if first is not None and stop - start > 1:
            values = [question.values[0] for question in questions[start:stop] if question is not None]
            listed = ", ".join(text(program, value, OR) for value in values)
            word = "not in" if is_and else "in"
            joined = f"{text(program, first.subject, COMPARISON + 1)} {word} ({listed})"
            others = [text(program, part, AND if is_and else OR) for part in parts]
            return (" and " if is_and else " or ").join([*others[:start], joined, *others[stop:]])
    return None


def _question(program: Program, part: cst.BaseExpression, is_denied: bool) -> Question | None:
    found = equality(program, part)
    if (
        found is None
        or found.is_denied != is_denied
        or not is_listable(program, found.subject, found.values[0])
    ):
        return None
    if not program.has_plain_types and program.types.kinds(found.subject) == ANY:
        return None
    return found


def _goes_on(first: Question, other: Question | None) -> bool:
    return other is not None and first.subject.deep_equals(other.subject)
