"""`not x` becomes `len(x) == 0`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import is_condition, put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.emptiness import is_sized
from variants.rewriting.expressions import text
from variants.transform import Change, Family, Parameters, Transform

_NAMED = cst.Name | cst.Subscript | cst.Call


class TruthToLength(Transform):
    """Asks how long a container is instead of whether it is empty."""

    name: ClassVar[str] = "truth_to_length"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`not x` becomes `len(x) == 0`, `x` becomes `len(x) > 0`, in conditions"
    preconditions: ClassVar[str] = (
        "x is a name, element or call that is provably a str, list, tuple, dict, set, range or bytes, and "
        "only its truth is used. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Containers that stand for whether they are empty."""
        for node in program.nodes(cst.Name, cst.Subscript, cst.Call):
            if not isinstance(node, _NAMED) or not is_condition(program, node):
                continue
            if is_sized(program, node) and program.is_builtin("len") and not has_comment(program, node):
                yield _with_not(program, node)

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the comparison in the place of the container or its negation."""
        assert isinstance(node, cst.BaseExpression)
        if isinstance(node, cst.UnaryOperation):
            return put_text(program, node, f"len({text(program, node.expression)}) == 0")
        return put_text(program, node, f"len({text(program, node)}) > 0")


def _with_not(program: Program, node: cst.BaseExpression) -> cst.BaseExpression:
    """The negation of a node where it stands in one, else the node."""
    parent = program.parent(node)
    return parent if isinstance(parent, cst.UnaryOperation) else node
