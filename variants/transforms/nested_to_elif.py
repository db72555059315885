"""An if inside an else, or right after a branch that leaves, becomes `elif`."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import following_if, has_text, header_lines, place_of, put
from variants.rewriting.edits import block_of, replace
from variants.transform import Change, Family, Parameters, Transform


class NestedToElif(Transform):
    """Makes a chain of two conditions of which the second is asked only where the first fails."""

    name: ClassVar[str] = "nested_to_elif"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`if a: x else: if b: y` becomes `if a: x elif b: y`; so does `if a: return x` followed by an if"
    )
    preconditions: ClassVar[str] = (
        "The else has an if, with whatever branches, and nothing else in it; or there is no else, the branch "
        "ends in return, raise, continue or break, and the next statement is an if. Refused: comments below "
        "the inner if."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Conditions that another one follows."""
        for node in program.nodes(cst.If):
            if _inner(node) is not None or following_if(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Hang the other if onto the first one."""
        assert isinstance(node, cst.If)
        inner = _inner(node)
        if inner is not None:
            assert isinstance(node.orelse, cst.Else)
            above = [*node.orelse.leading_lines, *header_lines(node.orelse.body), *inner.leading_lines]
            return replace(program, {node: _chained(node, inner, above)})
        following = following_if(program, node)
        found = place_of(program, node)
        assert following is not None
        assert found is not None
        chain = _chained(node, following, following.leading_lines)
        return put(program, found[0], (found[1], found[1] + 2), [chain])


def _chained(first: cst.If, second: cst.If, above: Sequence[cst.EmptyLine]) -> cst.If:
    comments = [line for line in above if line.comment is not None]
    return first.with_changes(orelse=second.with_changes(leading_lines=comments))


def _inner(node: cst.If) -> cst.If | None:
    """The if that is all there is in the else."""
    if not isinstance(node.orelse, cst.Else):
        return None
    block = block_of(node.orelse.body)
    inner = block.body[0]
    if len(block.body) != 1 or not isinstance(inner, cst.If) or has_text(block.footer):
        return None
    return inner
