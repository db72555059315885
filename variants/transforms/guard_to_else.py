"""What follows a guard clause goes into an else."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.branches import else_block, leaves, place_of, put
from variants.transform import Change, Family, Parameters, Transform


class GuardToElse(Transform):
    """Makes the other way out of a guard clause visible as an else or elif."""

    name: ClassVar[str] = "guard_to_else"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if c: return a` and the rest become `if c: return a else: rest`"
    preconditions: ClassVar[str] = (
        "An if, with or without elif, whose branches all end in return, raise, continue or break, without "
        "an else and with statements after it. A rest that is a single if becomes an elif."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Guard clauses with statements after them."""
        for node in program.nodes(cst.If):
            if not _guards(node):
                continue
            found = place_of(program, node)
            if found is not None and found[1] < len(found[0].body) - 1:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the rest of the block into an else."""
        assert isinstance(node, cst.If)
        found = place_of(program, node)
        assert found is not None
        block, index = found
        rest = block.body[index + 1 :]
        first = rest[0]
        orelse = first if len(rest) == 1 and isinstance(first, cst.If) else else_block(rest)
        last = _last(node)
        whole = rebuild(node, {last: last.with_changes(orelse=orelse)})
        assert isinstance(whole, cst.If)
        return put(program, block, (index, len(block.body)), [whole])


def _guards(node: cst.If) -> bool:
    """Whether all branches leave, and there is no else."""
    if not leaves(node.body):
        return False
    return node.orelse is None or (isinstance(node.orelse, cst.If) and _guards(node.orelse))


def _last(node: cst.If) -> cst.If:
    while isinstance(node.orelse, cst.If):
        node = node.orelse
    return node
