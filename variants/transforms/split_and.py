"""`if a and b: x` becomes `if a: if b: x`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, compound, has_comment, replace, with_comment
from variants.rewriting.expressions import bare, text
from variants.transform import Change, Family, Parameters, Transform


class SplitAnd(Transform):
    """Checks one condition after the other."""

    name: ClassVar[str] = "split_and"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if a and b: x` becomes `if a: if b: x`"
    preconditions: ClassVar[str] = (
        "The if, or last elif, has no else. Of several conditions the last is split off. Refused: comments "
        "inside the condition."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions of several parts without an else."""
        for node in program.nodes(cst.If):
            if node.orelse is None and _is_and(bare(node.test)) and not has_comment(program, node.test):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the body under the last part, and that under the others."""
        assert isinstance(node, cst.If)
        test = bare(node.test)
        assert isinstance(test, cst.BooleanOperation)
        body = block_of(node.body)
        inner = compound(program, f"if {text(program, test.right)}:", body)
        outer = node.with_changes(
            test=cst.parse_expression(text(program, test.left)),
            whitespace_before_test=cst.SimpleWhitespace(" "),
            body=cst.IndentedBlock(body=[with_comment(inner, cst.TrailingWhitespace())], header=body.header),
        )
        return replace(program, {node: outer})


def _is_and(test: cst.BaseExpression) -> bool:
    return isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And)
