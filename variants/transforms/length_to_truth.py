"""`len(x) == 0` becomes `not x`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import is_condition, put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.emptiness import by_length
from variants.rewriting.expressions import NOT, text
from variants.transform import Change, Family, Parameters, Transform


class LengthToTruth(Transform):
    """Asks a container itself whether it is empty."""

    name: ClassVar[str] = "length_to_truth"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`len(x) == 0` becomes `not x`, `len(x) > 0` becomes `x`, in conditions"
    preconditions: ClassVar[str] = (
        "x is provably a str, list, tuple, dict, set, range or bytes, and only the truth of the comparison "
        "is used. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})

    def candidates(self, program: Program) -> Iterator[cst.Comparison]:
        """Comparisons of a length with nothing."""
        for node in program.nodes(cst.Comparison):
            if not is_condition(program, node) or by_length(program, node) is None:
                continue
            if not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the container, or its negation, in the place of the comparison."""
        assert isinstance(node, cst.Comparison)
        found = by_length(program, node)
        assert found is not None
        container = text(program, found.container, NOT)
        return put_text(program, node, f"not {container}" if found.is_empty else container)
