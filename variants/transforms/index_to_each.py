"""`for i in range(len(xs))` that only reads `xs[i]` becomes `for x in xs`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding
from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.loops import is_forgotten
from variants.rewriting.positions import item_name, item_reads, walked_by_position
from variants.transform import Change, Family, Parameters, Transform


class IndexToEach(Transform):
    """Walks over the items where the positions serve for nothing else."""

    name: ClassVar[str] = "index_to_each"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`for i in range(len(xs))` that only reads xs[i] becomes `for x in xs`"
    preconditions: ClassVar[str] = (
        "xs is a sequence (provably, or by the way the text uses it), and i is used for nothing but reading "
        "xs[i], also after the loop. Nothing in the body can change xs, another name for it included, or "
        "rebind xs or i; no closure keeps i. Refused: else on the loop."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops over positions that want the items only."""
        for loop in program.nodes(cst.For):
            sequence = walked_by_position(program, loop)
            if sequence is None or has_comment(program, loop.iter):
                continue
            if _wants_items_only(program, loop, sequence):
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Name the item and put the name in the place of its reads."""
        assert isinstance(node, cst.For)
        sequence = walked_by_position(program, node)
        assert sequence is not None
        name = item_name(program, sequence)
        reads: dict[cst.CSTNode, Replacement] = {
            read: cst.Name(name) for read in item_reads(program, node, sequence)
        }
        each = node.with_changes(
            target=cst.Name(name), iter=cst.Name(sequence.value), body=rebuild(node.body, reads)
        )
        return replace(program, {node: each})


def _wants_items_only(program: Program, loop: cst.For, sequence: cst.Name) -> bool:
    reads = item_reads(program, loop, sequence)
    scope = program.scope(loop.target)
    if not reads or scope is None or not isinstance(loop.target, cst.Name):
        return False
    loads = find_binding(program, scope, loop.target.value).loads
    inside = sum(program.encloses(loop.body, load) for load, _ in loads)
    return inside == len(reads) and is_forgotten(program, loop, loop.target)
