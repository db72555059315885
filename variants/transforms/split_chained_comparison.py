"""`a < b < c` becomes `a < b and b < c`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.purity import is_repeatable
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import COMPARISON, text
from variants.transform import Change, Family, Parameters, Transform


class SplitChainedComparison(Transform):
    """Compares pairs one after the other."""

    name: ClassVar[str] = "split_chained_comparison"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`a < b < c` becomes `a < b and b < c`"
    preconditions: ClassVar[str] = (
        "What stands in the middle is a constant, a local name, or, in a program without types of its own, "
        "an expression that changes nothing. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.Comparison]:
        """Chains of comparisons whose middle can be evaluated twice."""
        for node in program.nodes(cst.Comparison):
            if len(node.comparisons) < 2 or has_comment(program, node):
                continue
            if all(is_repeatable(program, target.comparator) for target in node.comparisons[:-1]):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Join the pairs with and."""
        assert isinstance(node, cst.Comparison)
        pairs = []
        left = node.left
        for target in node.comparisons:
            sides = [text(program, side, COMPARISON + 1) for side in (left, target.comparator)]
            pairs.append(f"{sides[0]} {program.text(target.operator).strip()} {sides[1]}")
            left = target.comparator
        return put_text(program, node, " and ".join(pairs))
