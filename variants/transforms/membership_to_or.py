"""`x in (1, 2)` becomes `x == 1 or x == 2`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import COMPARISON, text
from variants.rewriting.membership import membership
from variants.transform import Change, Family, Parameters, Transform

_MOST = 4


class MembershipToOr(Transform):
    """Compares with one value after the other."""

    name: ClassVar[str] = "membership_to_or"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`x in (1, 2)` becomes `x == 1 or x == 2`, `not in` becomes !="
    preconditions: ClassVar[str] = (
        "The right side is a tuple or list of two to four literals, or of provable ints or strings that "
        "cannot fail; x is a name or an expression that changes nothing, in a program without types of its "
        "own. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.Comparison]:
        """Membership tests in short displays."""
        for node in program.nodes(cst.Comparison):
            found = membership(program, node)
            if found is not None and len(found.values) <= _MOST and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Write the comparisons out."""
        assert isinstance(node, cst.Comparison)
        found = membership(program, node)
        assert found is not None
        subject = text(program, found.subject, COMPARISON + 1)
        sign, word = ("!=", " and ") if found.is_denied else ("==", " or ")
        parts = [f"{subject} {sign} {text(program, value, COMPARISON + 1)}" for value in found.values]
        return put_text(program, node, word.join(parts))
