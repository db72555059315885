"""`if a or b: x` becomes two ifs that both do x."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import leaves, only_part, place_of, put
from variants.rewriting.edits import block_of, compound, has_comment, replace
from variants.rewriting.expressions import bare, text
from variants.transform import Change, Family, Parameters, Transform


class SplitOr(Transform):
    """Gives each of two reasons for doing something an if of its own."""

    name: ClassVar[str] = "split_or"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`if a or b: return x` becomes two ifs; where the body does not leave, an if and an elif"
    )
    preconditions: ClassVar[str] = (
        "The body is one simple statement, which is written twice. Of several conditions the last is split "
        "off. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions of several alternatives with a short body."""
        for node in program.nodes(cst.If):
            part = only_part(node.body)
            if part is None or not _is_or(bare(node.test)) or _is_once(part):
                continue
            if not has_comment(program, node.test) and not has_comment(program, node.body):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Write the body under each of the alternatives."""
        assert isinstance(node, cst.If)
        test = bare(node.test)
        assert isinstance(test, cst.BooleanOperation)
        body = block_of(node.body)
        first = node.with_changes(
            test=cst.parse_expression(text(program, test.left)),
            whitespace_before_test=cst.SimpleWhitespace(" "),
            body=body,
        )
        second = compound(program, f"if {text(program, test.right)}:", body.deep_clone())
        found = place_of(program, node)
        if found is not None and node.orelse is None and leaves(body):
            return put(program, found[0], (found[1], found[1] + 1), [first, second])
        return replace(program, {node: first.with_changes(orelse=second.with_changes(orelse=node.orelse))})


def _is_or(test: cst.BaseExpression) -> bool:
    return isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or)


def _is_once(part: cst.BaseSmallStatement) -> bool:
    """Whether a statement had better not stand in the text twice."""
    if isinstance(part, cst.Import | cst.ImportFrom | cst.Global | cst.Nonlocal | cst.AnnAssign | cst.Pass):
        return True
    return len(cst.Module(body=[]).code_for_node(part)) > 60
