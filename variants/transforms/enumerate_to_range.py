"""`for i, x in enumerate(xs)` becomes `for i in range(len(xs))`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.loops import Statement
from variants.rewriting.positions import (
    as_named_sequence,
    has_plain_target,
    is_simple,
    put_before,
    with_fetch,
)
from variants.transform import Change, Family, Parameters, Transform


@dataclass(frozen=True, slots=True)
class _Enumeration:
    number: str
    item: str
    start: int
    before: list[Statement]
    sequence: str


class EnumerateToRange(Transform):
    """Counts positions and takes the items by them."""

    name: ClassVar[str] = "enumerate_to_range"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`for i, x in enumerate(xs)` becomes `for i in range(len(xs)): x = xs[i]`"
    preconditions: ClassVar[str] = (
        "xs is a sequence (provably, or by the way the text uses it), and nothing in the body can change "
        "it, another name for it included, or rebind it. enumerate may start at a literal. A sequence that "
        "is made in the header gets a name. Refused: else on the loop, targets that are no names."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops over an enumerated sequence."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _enumeration(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the loop over positions in the place of the one over pairs."""
        assert isinstance(node, cst.For)
        found = _enumeration(program, node)
        assert found is not None
        place = f"{found.number} - {found.start}" if found.start else found.number
        bounds = (
            f"{found.start}, len({found.sequence}) + {found.start}"
            if found.start
            else f"len({found.sequence})"
        )
        fetch = f"{found.item} = {found.sequence}[{place}]"
        loop = with_fetch(program, node, fetch, found.number, f"range({bounds})")
        return replace(program, {node: cst.FlattenSentinel(put_before(loop, found.before))})


def _enumeration(program: Program, loop: cst.For) -> _Enumeration | None:
    if not is_simple(loop) or not program.calls_builtin(loop.iter, "enumerate"):
        return None
    assert isinstance(loop.iter, cst.Call)
    if not isinstance(loop.target, cst.Tuple) or len(loop.target.elements) != 2:
        return None
    if not has_plain_target(program, loop, loop.target) or has_comment(program, loop.iter):
        return None
    number, item = (element.value for element in loop.target.elements)
    if not isinstance(number, cst.Name) or number.value in program.text(item).split():
        return None
    start = _start(loop.iter)
    if start is None or loop.iter.args[0].star or loop.iter.args[0].keyword:
        return None
    named = as_named_sequence(program, loop, loop.iter.args[0].value)
    if named is None or named[1] in {number.value, program.text(item)}:
        return None
    return _Enumeration(number.value, program.text(item), start, *named)


def _start(call: cst.Call) -> int | None:
    if len(call.args) == 1:
        return 0
    last = call.args[1]
    if len(call.args) != 2 or last.star or (last.keyword is not None and last.keyword.value != "start"):
        return None
    return last.value.evaluated_value if isinstance(last.value, cst.Integer) else None
