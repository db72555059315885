"""`a < b` becomes `b > a`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import COMPARISON, text
from variants.rewriting.mirroring import mirrored
from variants.transform import Change, Family, Parameters, Transform


class MirrorComparison(Transform):
    """Swaps the two sides of a comparison."""

    name: ClassVar[str] = "mirror_comparison"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`a < b` becomes `b > a`, `a == b` becomes `b == a`"
    preconditions: ClassVar[str] = (
        "A comparison of two sides, of which one cannot fail and does not depend on what the other does; or "
        "neither changes anything and both can fail in the same way only. The program defines no types of "
        "its own, or both sides are provably of builtin types. Refused: chains, in, is, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.Comparison]:
        """Comparisons whose sides can be evaluated in the other order."""
        for node in program.nodes(cst.Comparison):
            if len(node.comparisons) != 1 or program.function_of(node) is None:
                continue
            if mirrored(program, node) is not None and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Swap the sides."""
        assert isinstance(node, cst.Comparison)
        sides = mirrored(program, node)
        assert sides is not None
        left, right = (text(program, side, COMPARISON + 1) for side in (sides.left, sides.right))
        return put_text(program, node, f"{left} {sides.operator} {right}")
