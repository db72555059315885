"""`if c: A else: B` becomes `if not c: B else: A`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import replace
from variants.rewriting.expressions import negation
from variants.transform import Change, Family, Parameters, Transform


class InvertIf(Transform):
    """Negates a condition and swaps its branches."""

    name: ClassVar[str] = "invert_if"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if c: A else: B` becomes `if not c: B else: A`, with De Morgan on and/or"
    preconditions: ClassVar[str] = (
        "The if (or elif) ends in a plain else. ==, in and is are flipped always, < and its kin only between "
        "provable ints or strings (NaN and sets have no total order), anything else is wrapped in not. "
        "Refused: an if that is followed by an elif."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions with exactly two branches."""
        for node in program.nodes(cst.If):
            if isinstance(node.orelse, cst.Else):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Swap the branches under the negated condition."""
        assert isinstance(node, cst.If)
        assert isinstance(node.orelse, cst.Else)
        inverted = node.with_changes(
            test=cst.parse_expression(negation(program, node.test)),
            whitespace_before_test=cst.SimpleWhitespace(" "),
            body=node.orelse.body,
            orelse=node.orelse.with_changes(body=node.body),
        )
        return replace(program, {node: inverted})
