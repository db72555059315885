"""An if that only chooses a value becomes a conditional expression."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bound import is_surely_bound
from variants.analysis.program import Program
from variants.analysis.purity import is_steady
from variants.rewriting.choices import Choice, find_choice, put_choice
from variants.rewriting.expressions import OR, TERNARY, fits_on_line, text
from variants.transform import Change, Family, Parameters, Transform

_TRUTHS = frozenset({"True", "False"})


class IfToTernary(Transform):
    """Chooses a value within one statement."""

    name: ClassVar[str] = "if_to_ternary"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`if c: x = a else: x = b` becomes `x = a if c else b`, `if c: return a` and `return b` become one "
        "return"
    )
    preconditions: ClassVar[str] = (
        "Both branches assign to the same target, or both return. An augmented assignment needs a local "
        "name that is surely bound. Refused: elif, comments inside, values that are conditional expressions, "
        "lambdas or walruses, a choice between True and False, lines that get too long."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions that choose between two values."""
        for node in program.nodes(cst.If):
            found = find_choice(program, node)
            if found is None or not _reads_well(program, found):
                continue
            if not isinstance(found.statement, cst.AugAssign) or _can_load_first(program, found.statement):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put one line in the place of the if."""
        assert isinstance(node, cst.If)
        found = find_choice(program, node)
        assert found is not None
        return put_choice(program, found, _ternary(program, found))


def _ternary(program: Program, choice: Choice) -> str:
    first, second = text(program, choice.first, OR), text(program, choice.second, TERNARY)
    return f"{first} if {text(program, choice.node.test, OR)} else {second}"


def _can_load_first(program: Program, statement: cst.AugAssign) -> bool:
    """Whether reading the target before the condition instead of after it is the same."""
    target = statement.target
    return isinstance(target, cst.Name) and is_steady(program, target) and is_surely_bound(program, target)


def _reads_well(program: Program, choice: Choice) -> bool:
    values = (choice.first, choice.second)
    if all(isinstance(value, cst.Name) and value.value in _TRUTHS for value in values):
        return False
    inside = program.nodes(cst.IfExp, cst.Lambda, cst.Yield, cst.NamedExpr)
    if any(program.encloses(part, other) for part in (choice.node.test, *values) for other in inside):
        return False
    return fits_on_line(program, choice.node, choice.beginning + _ternary(program, choice))
