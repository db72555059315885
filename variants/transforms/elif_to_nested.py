"""`elif` becomes an if inside an else."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import replace
from variants.transform import Change, Family, Parameters, Transform


class ElifToNested(Transform):
    """Nests the later conditions of a chain."""

    name: ClassVar[str] = "elif_to_nested"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if a: x elif b: y` becomes `if a: x else: if b: y`"
    preconditions: ClassVar[str] = "An if or elif that is followed by an elif."
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions that are followed by an elif."""
        for node in program.nodes(cst.If):
            if isinstance(node.orelse, cst.If):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the elif, as an if, into an else."""
        assert isinstance(node, cst.If)
        inner = node.orelse
        assert isinstance(inner, cst.If)
        nested = cst.Else(
            leading_lines=inner.leading_lines,
            body=cst.IndentedBlock(body=[inner.with_changes(leading_lines=())]),
        )
        return replace(program, {node: node.with_changes(orelse=nested)})
