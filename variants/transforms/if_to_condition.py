"""`if c: return True` and `return False` become `return c`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.choices import find_choice, put_choice
from variants.rewriting.conditions import is_bool, negation_is_bool, put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import fits_on_line, negation, text
from variants.transform import Change, Family, Parameters, Transform


class IfToCondition(Transform):
    """Uses a condition as the value that it stands for."""

    name: ClassVar[str] = "if_to_condition"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`if c: return True` and `return False` (also else, assignments, `True if c else False`) become "
        "`return c`"
    )
    preconditions: ClassVar[str] = (
        "The two values are True and False, for the same target. Where the condition is not provably a bool "
        "it is put into bool(), or into not where the values are the other way round. Refused: elif, "
        "comments inside, augmented assignments, lines that get too long."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.CSTNode]:
        """Conditions that choose between True and False."""
        for node in program.nodes(cst.If, cst.IfExp):
            if isinstance(node, cst.IfExp):
                value = _value(program, node.test, node.body, node.orelse)
                if value is not None and not has_comment(program, node):
                    yield node
                continue
            found = _found(program, node) if isinstance(node, cst.If) else None
            if found is not None and fits_on_line(program, node, "".join(found)):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the condition in the place of the if."""
        if isinstance(node, cst.IfExp):
            value = _value(program, node.test, node.body, node.orelse)
            assert value is not None
            return put_text(program, node, value)
        assert isinstance(node, cst.If)
        choice = find_choice(program, node)
        found = _found(program, node)
        assert choice is not None
        assert found is not None
        return put_choice(program, choice, found[1])


def _found(program: Program, node: cst.If) -> tuple[str, str] | None:
    """What stands before the value in both branches, and the condition as a bool."""
    choice = find_choice(program, node)
    if choice is None or isinstance(choice.statement, cst.AugAssign):
        return None
    value = _value(program, node.test, choice.first, choice.second)
    return (choice.beginning, value) if value is not None else None


def _value(
    program: Program, test: cst.BaseExpression, first: cst.BaseExpression, second: cst.BaseExpression
) -> str | None:
    """The condition as a bool."""
    values = [value.value if isinstance(value, cst.Name) else "" for value in (first, second)]
    if values == ["True", "False"]:
        if is_bool(program, test):
            return text(program, test)
        return f"bool({text(program, test)})" if program.is_builtin("bool") else None
    if values == ["False", "True"]:
        return negation(program, test) if negation_is_bool(program, test) else f"not ({text(program, test)})"
    return None
