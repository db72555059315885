"""Two neighbouring lines that have nothing to do with each other change places."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.effect import commute
from variants.analysis.effects import effect_of
from variants.analysis.program import Program
from variants.rewriting.edits import only_statement, replace
from variants.rewriting.evaluation import is_disturbing, mentions
from variants.rewriting.neighbours import in_try, next_statement
from variants.transform import Change, Family, Parameters, Transform


class ReorderIndependent(Transform):
    """Swaps two assignments of which neither needs the other."""

    name: ClassVar[str] = "reorder_independent"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "neighbouring independent assignments change places"
    preconditions: ClassVar[str] = (
        "Each of the two lines assigns local variables, neither uses what the other assigns, and their "
        "values provably commute: of two that can fail, or of which one has an effect, the order stays. "
        "Refused: lines in try and with whose values can fail, variables that a closure reads, walrus."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that can go below the next one."""
        taken: set[cst.CSTNode] = set()
        for line in program.nodes(cst.SimpleStatementLine):
            following = next_statement(program, line) if line not in taken else None
            if isinstance(following, cst.SimpleStatementLine) and _can_swap(program, line, following):
                taken.add(following)
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put each of the two lines in the place of the other."""
        assert isinstance(node, cst.SimpleStatementLine)
        following = next_statement(program, node)
        assert isinstance(following, cst.SimpleStatementLine)
        return replace(
            program,
            {
                node: following.with_changes(leading_lines=node.leading_lines),
                following: node.with_changes(leading_lines=following.leading_lines),
            },
        )


def _can_swap(program: Program, line: cst.SimpleStatementLine, following: cst.SimpleStatementLine) -> bool:
    names, others = _assigned(program, line), _assigned(program, following)
    if not names or not others or not names.isdisjoint(others) or line.deep_equals(following):
        return False
    if any(row.comment for row in (*line.leading_lines, *following.leading_lines)):
        return False  # a comment may speak of both
    if mentions(program, following, *names) or mentions(program, line, *others):
        return False
    values = [_value(line), _value(following)]
    if any(is_disturbing(program, value) for value in values):
        return False
    one, other = (effect_of(program, value) for value in values)
    if one.is_nothing and other.is_nothing:
        return True
    return commute(one, other) and not in_try(program, line) and not _is_seen(program, line, names | others)


def _is_seen(program: Program, line: cst.SimpleStatementLine, names: frozenset[str]) -> bool:
    """Whether a closure, which the values may call, reads one of the variables."""
    scope = program.scope(line)
    assert scope is not None
    return any(is_captured(program, find_binding(program, scope, name)) for name in names)


def _assigned(program: Program, line: cst.SimpleStatementLine) -> frozenset[str]:
    """The local variables that a line assigns; none where it does anything else."""
    statement = only_statement(line)
    if not isinstance(statement, cst.Assign) or program.function_of(line) is None:
        return frozenset()
    names = set()
    for target in statement.targets:
        if not isinstance(target.target, cst.Name):
            return frozenset()
        if not is_local(program, program.scope(target.target), target.target.value):
            return frozenset()
        names.add(target.target.value)
    return frozenset(names)


def _value(line: cst.SimpleStatementLine) -> cst.BaseExpression:
    statement = line.body[0]
    assert isinstance(statement, cst.Assign)
    return statement.value
