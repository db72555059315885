"""Two ifs that do the same become one with or."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import following_if, place_of, put
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.expressions import OR, fits_on_line, text
from variants.transform import Change, Family, Parameters, Transform


class MergeSameBranches(Transform):
    """Joins the conditions of two branches with the same body."""

    name: ClassVar[str] = "merge_same_branches"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if a: x elif b: x` becomes `if a or b: x`; also two guards in a row"
    preconditions: ClassVar[str] = (
        "Both bodies have the same text, and the second is an elif; or both are ifs without else, one right "
        "after the other, and the body leaves. Refused: comments inside, conditions that make the line too "
        "long."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Branches whose successor does the same."""
        for node in program.nodes(cst.If):
            other = _second(program, node)
            if other is None or not node.body.deep_equals(other.body):
                continue
            if any(has_comment(program, part) for part in (node.test, node.body, other.test, other.body)):
                continue
            if fits_on_line(program, node, f"if {_joined(program, node, other)}:"):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Keep the first branch for both conditions."""
        assert isinstance(node, cst.If)
        other = _second(program, node)
        assert other is not None
        above = [line for line in other.leading_lines if line.comment is not None]
        merged = node.with_changes(
            test=cst.parse_expression(_joined(program, node, other)),
            whitespace_before_test=cst.SimpleWhitespace(" "),
            leading_lines=[*node.leading_lines, *above],
            orelse=other.orelse,
        )
        if other is node.orelse:
            return replace(program, {node: merged})
        found = place_of(program, node)
        assert found is not None
        return put(program, found[0], (found[1], found[1] + 2), [merged])


def _second(program: Program, node: cst.If) -> cst.If | None:
    """The branch that is tried when the condition does not hold."""
    if isinstance(node.orelse, cst.If):
        return node.orelse
    return following_if(program, node)


def _joined(program: Program, first: cst.If, second: cst.If) -> str:
    return f"{text(program, first.test, OR)} or {text(program, second.test, OR)}"
