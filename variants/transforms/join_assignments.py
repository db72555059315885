"""Two assignments that follow each other become one of two variables."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.effects import effect_of
from variants.analysis.program import Program
from variants.rewriting.edits import only_statement, simple
from variants.rewriting.evaluation import is_disturbing, mentions
from variants.rewriting.expressions import LOOSEST, text
from variants.rewriting.neighbours import in_try, next_statement, replace_pair
from variants.transform import Change, Family, Parameters, Transform

_LONGEST = 60


class JoinAssignments(Transform):
    """Assigns two variables on one line."""

    name: ClassVar[str] = "join_assignments"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`a = x` and `b = y` become `a, b = x, y`"
    preconditions: ClassVar[str] = (
        "Both lines assign one local variable each, the second does not use the first, and the values are "
        "short. Refused: values with effects that a closure could tell, code in try and with, walrus, "
        "comments at the end of the lines."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Assignments that the next line can join."""
        lines = iter(program.nodes(cst.SimpleStatementLine))
        taken: set[cst.CSTNode] = set()
        for line in lines:
            following = next_statement(program, line) if line not in taken else None
            if isinstance(following, cst.SimpleStatementLine) and _can_join(program, line, following):
                taken.add(following)
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put one line in the place of the two."""
        assert isinstance(node, cst.SimpleStatementLine)
        following = next_statement(program, node)
        assert isinstance(following, cst.SimpleStatementLine)
        pairs = [_assigned(line) for line in (node, following)]
        targets = ", ".join(name.value for name, _ in filter(None, pairs))
        values = ", ".join(text(program, value, LOOSEST + 1) for _, value in filter(None, pairs))
        return replace_pair(program, node, following, [simple(program, f"{targets} = {values}")])


def _assigned(line: cst.SimpleStatementLine) -> tuple[cst.Name, cst.BaseExpression] | None:
    statement = only_statement(line)
    if line.trailing_whitespace.comment is not None:
        return None
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0].target
    if not isinstance(target, cst.Name) or isinstance(statement.value, cst.Lambda | cst.IfExp | cst.Yield):
        return None
    return target, statement.value


def _can_join(program: Program, line: cst.SimpleStatementLine, following: cst.SimpleStatementLine) -> bool:
    one, other = _assigned(line), _assigned(following)
    if one is None or other is None or one[0].value == other[0].value:
        return False
    if following.leading_lines or not _is_short(program, one[1], other[1]):
        return False
    if mentions(program, other[1], one[0].value) or any(is_disturbing(program, v) for _, v in (one, other)):
        return False
    scope = program.scope(one[0])
    if scope is None or not is_local(program, scope, one[0].value):
        return False
    effect = effect_of(program, other[1])
    if not effect.raises and not effect.changes:
        return True
    return not in_try(program, line) and not is_captured(program, find_binding(program, scope, one[0].value))


def _is_short(program: Program, *values: cst.BaseExpression) -> bool:
    texts = [program.text(value) for value in values]
    return sum(map(len, texts)) <= _LONGEST and not any("\n" in source for source in texts)
