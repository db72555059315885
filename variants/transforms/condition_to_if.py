"""`return c` becomes `if c: return True` and `return False`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import is_bool
from variants.rewriting.edits import compound, has_comment, only_statement, replace_statement, simple
from variants.rewriting.expressions import bare, text
from variants.transform import Change, Family, Parameters, Transform

_CONDITIONS = cst.Comparison | cst.BooleanOperation | cst.UnaryOperation | cst.Call


class ConditionToIf(Transform):
    """Spells out what a returned or assigned condition means."""

    name: ClassVar[str] = "condition_to_if"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`return c` becomes `if c: return True` and `return False`; `x = c` becomes an if with an else"
    )
    preconditions: ClassVar[str] = (
        "The value is a comparison, and/or/not or a call, and provably a bool; it has its line to itself. "
        "Refused: annotated assignments, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that return or assign a condition."""
        for line in program.nodes(cst.SimpleStatementLine):
            statement = only_statement(line)
            if not isinstance(statement, cst.Assign | cst.Return) or statement.value is None:
                continue
            if not isinstance(statement.value, _CONDITIONS) or program.function_of(line) is None:
                continue
            if is_bool(program, statement.value) and not has_comment(program, statement):
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the if in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        statement = node.body[0]
        assert isinstance(statement, cst.Assign | cst.Return)
        assert statement.value is not None
        beginning = "return "
        if isinstance(statement, cst.Assign):
            beginning = "".join(f"{program.text(target.target)} = " for target in statement.targets)
        yes, no = simple(program, f"{beginning}True"), simple(program, f"{beginning}False")
        if_statement = compound(program, f"if {text(program, bare(statement.value))}:", [yes])
        assert isinstance(if_statement, cst.If)
        if_statement = if_statement.with_changes(
            body=cst.IndentedBlock(body=[yes], header=node.trailing_whitespace)
        )
        if isinstance(statement, cst.Return):
            return replace_statement(program, node, [if_statement, no])
        orelse = cst.Else(body=cst.IndentedBlock(body=[no]))
        return replace_statement(program, node, [if_statement.with_changes(orelse=orelse)])
