"""`for x in xs` becomes `for i in range(len(xs))`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.loops import Statement
from variants.rewriting.positions import (
    INDEX_NAMES,
    as_named_sequence,
    has_plain_target,
    is_simple,
    put_before,
    with_fetch,
)
from variants.transform import Change, Family, Parameters, Transform


class EachToIndex(Transform):
    """Takes the items of a sequence by their positions."""

    name: ClassVar[str] = "each_to_index"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`for x in xs` becomes `for i in range(len(xs)): x = xs[i]`"
    preconditions: ClassVar[str] = (
        "xs is a sequence (provably, or by the way the text uses it) and no range, and nothing in the body "
        "can change it, another name for it included, or rebind it. A sequence that is made in the header "
        "gets a name. Refused: else on the loop, targets that are no names."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops over the items of a sequence."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _sequence(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the loop over positions in the place of the one over items."""
        assert isinstance(node, cst.For)
        found = _sequence(program, node)
        assert found is not None
        before, sequence = found
        index = program.fresh(*INDEX_NAMES, avoid=(sequence,))
        fetch = f"{program.text(node.target)} = {sequence}[{index}]"
        loop = with_fetch(program, node, fetch, index, f"range(len({sequence}))")
        return replace(program, {node: cst.FlattenSentinel(put_before(loop, before))})


def _sequence(program: Program, loop: cst.For) -> tuple[list[Statement], str] | None:
    is_range = program.calls_builtin(loop.iter, "range", "enumerate", "zip", "reversed")
    if is_range or not is_simple(loop) or not has_plain_target(program, loop, loop.target):
        return None
    if has_comment(program, loop.iter):
        return None
    return as_named_sequence(program, loop, loop.iter)
