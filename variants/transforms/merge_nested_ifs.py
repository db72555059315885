"""`if a: if b: x` becomes `if a and b: x`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import header_lines
from variants.rewriting.edits import block_of, replace
from variants.rewriting.expressions import AND, fits_on_line, text
from variants.transform import Change, Family, Parameters, Transform


class MergeNestedIfs(Transform):
    """Joins the conditions of an if and of the if that is all of its body."""

    name: ClassVar[str] = "merge_nested_ifs"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if a: if b: x` becomes `if a and b: x`"
    preconditions: ClassVar[str] = (
        "Neither if has an else or elif (the outer one may be the last elif of a chain), and the inner one "
        "is all of the body. Refused: conditions that make the line too long."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions whose body is another condition."""
        for node in program.nodes(cst.If):
            inner = _inner(node)
            if inner is not None and fits_on_line(program, node, f"if {_joined(program, node, inner)}:"):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Join both conditions with and."""
        assert isinstance(node, cst.If)
        inner = _inner(node)
        assert inner is not None
        body, outer = block_of(inner.body), block_of(node.body)
        above = [line for line in inner.leading_lines if line.comment is not None]
        merged = node.with_changes(
            test=cst.parse_expression(_joined(program, node, inner)),
            whitespace_before_test=cst.SimpleWhitespace(" "),
            leading_lines=[*node.leading_lines, *header_lines(node.body), *above],
            body=body.with_changes(footer=[*body.footer, *outer.footer]),
        )
        return replace(program, {node: merged})


def _inner(node: cst.If) -> cst.If | None:
    if node.orelse is not None or len(node.body.body) != 1:
        return None
    inner = node.body.body[0]
    return inner if isinstance(inner, cst.If) and inner.orelse is None else None


def _joined(program: Program, outer: cst.If, inner: cst.If) -> str:
    return f"{text(program, outer.test, AND)} and {text(program, inner.test, AND)}"
