"""`x = a if c else b` becomes an `if` statement."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import compound, only_statement, replace_statement, simple, with_comment
from variants.rewriting.expressions import bare, text
from variants.transform import Change, Family, Parameters, Transform


class TernaryToIf(Transform):
    """Spells a conditional expression out as a statement."""

    name: ClassVar[str] = "ternary_to_if"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`x = a if c else b` and `return a if c else b` become if/else statements"
    preconditions: ClassVar[str] = (
        "The conditional expression is the whole value of an assignment or a return that has its line to "
        "itself. One in the else part becomes an elif. Refused: annotated and augmented assignments, longer "
        "expressions."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines whose whole value is a conditional expression."""
        for line in program.nodes(cst.SimpleStatementLine):
            statement = only_statement(line)
            if isinstance(statement, cst.Assign | cst.Return) and isinstance(statement.value, cst.IfExp):
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the if statement in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        statement = node.body[0]
        assert isinstance(statement, cst.Assign | cst.Return)
        assert isinstance(statement.value, cst.IfExp)
        if_statement = _as_if(program, _beginning(program, statement), statement.value)
        return replace_statement(program, node, [with_comment(if_statement, node.trailing_whitespace)])


def _beginning(program: Program, statement: cst.Assign | cst.Return) -> str:
    if isinstance(statement, cst.Return):
        return "return "
    return "".join(f"{program.text(target.target)} = " for target in statement.targets)


def _as_if(program: Program, beginning: str, value: cst.IfExp) -> cst.If:
    test = text(program, value.test)
    if_statement = compound(program, f"if {test}:", [simple(program, beginning + text(program, value.body))])
    assert isinstance(if_statement, cst.If)
    otherwise = bare(value.orelse)
    if isinstance(otherwise, cst.IfExp):
        return if_statement.with_changes(orelse=_as_if(program, beginning, otherwise))
    line = simple(program, beginning + text(program, otherwise))
    return if_statement.with_changes(orelse=cst.Else(body=cst.IndentedBlock(body=[line])))
