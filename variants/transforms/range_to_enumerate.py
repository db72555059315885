"""`for i in range(len(xs))` becomes `for i, x in enumerate(xs)`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.positions import item_name, item_reads, walked_by_position
from variants.transform import Change, Family, Parameters, Transform


class RangeToEnumerate(Transform):
    """Takes the items together with their positions."""

    name: ClassVar[str] = "range_to_enumerate"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`for i in range(len(xs))` with xs[i] becomes `for i, x in enumerate(xs)`"
    preconditions: ClassVar[str] = (
        "xs is a sequence (provably, or by the way the text uses it) and the body reads xs[i]. Nothing in "
        "the body can change xs, another name for it included, or rebind xs or i; no closure keeps i. "
        "Refused: else on the loop."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops over the positions of a sequence that read its items."""
        for loop in program.nodes(cst.For):
            sequence = walked_by_position(program, loop)
            if sequence is None or has_comment(program, loop.iter):
                continue
            if program.is_builtin("enumerate") and item_reads(program, loop, sequence):
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
        header = cst.parse_statement(
            f"for {program.text(node.target)}, {name} in enumerate({sequence.value}): pass"
        )
        assert isinstance(header, cst.For)
        body = rebuild(node.body, reads)
        return replace(program, {node: node.with_changes(target=header.target, iter=header.iter, body=body)})
