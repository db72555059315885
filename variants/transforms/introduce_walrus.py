"""`x = f()` and `if x:` become `if (x := f()):`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.carrying import find_reader
from variants.rewriting.edits import only_statement, replace
from variants.rewriting.expressions import text
from variants.rewriting.neighbours import next_statement, removed
from variants.transform import Change, Family, Parameters, Transform

_LONGEST = 100


class IntroduceWalrus(Transform):
    """Assigns a variable in the test that reads it first."""

    name: ClassVar[str] = "introduce_walrus"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`x = f()` and `if x > 1:` become `if (x := f()) > 1:`"
    preconditions: ClassVar[str] = (
        "A local variable is assigned on the line above an if whose test always reads it, and what the test "
        "evaluates before that cannot notice. Refused: constants and plain names as values, a walrus or a "
        "comment on the line, lines longer than 100 characters."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Assignments above the test that reads them."""
        for line in program.nodes(cst.SimpleStatementLine):
            if _is_worth_it(program, line) and find_reader(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Drop the assignment and make it in the test."""
        assert isinstance(node, cst.SimpleStatementLine)
        reader, following = find_reader(program, node), next_statement(program, node)
        assign = only_statement(node)
        assert reader is not None
        assert isinstance(following, cst.If)
        assert isinstance(assign, cst.Assign)
        walrus = cst.parse_expression(f"({reader.value} := {text(program, assign.value, 1)})")
        test = rebuild(following, {reader: walrus})
        leading = [*node.leading_lines, *following.leading_lines]
        changes: dict[cst.CSTNode, Replacement] = {following: test.with_changes(leading_lines=leading)}
        return replace(program, {**changes, **removed(node)})


def _is_worth_it(program: Program, line: cst.SimpleStatementLine) -> bool:
    assign = only_statement(line)
    if not isinstance(assign, cst.Assign) or line.trailing_whitespace.comment is not None:
        return False
    following = next_statement(program, line)
    if not isinstance(following, cst.If) or following.leading_lines:
        return False
    value = assign.value
    if isinstance(value, cst.Name | cst.BaseNumber | cst.BaseString | cst.List | cst.Dict | cst.Tuple):
        return False
    source = program.text(assign) + program.text(following.test)
    return "\n" not in source and len(source) <= _LONGEST
