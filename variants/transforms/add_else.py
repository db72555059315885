"""What follows a branch that leaves moves into an else."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.branches import always_leaves_before_else, last_branch
from variants.rewriting.edits import replace
from variants.rewriting.neighbours import block_around
from variants.transform import Change, Family, Parameters, Transform


class AddElse(Transform):
    """Nests the rest of a block under else."""

    name: ClassVar[str] = "add_else"
    family: ClassVar[Family] = "noise"
    description: ClassVar[str] = "`if c: return a` and what follows become `if c: return a` `else: ...`"
    preconditions: ClassVar[str] = (
        "The if (with all its elifs) has no else, each of its branches ends in return, raise, break or "
        "continue, and statements follow in the same block."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Ifs that leave, with something after them."""
        for node in program.nodes(cst.If):
            block = block_around(program, node)
            if not block or block[-1] is node or last_branch(node).orelse is not None:
                continue
            if always_leaves_before_else(node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Move what follows into an else."""
        assert isinstance(node, cst.If)
        block = program.parent(node)
        assert isinstance(block, cst.IndentedBlock)
        place = next(index for index, member in enumerate(block.body) if member is node)
        first, *others = block.body[place + 1 :]
        body = cst.IndentedBlock(body=[_without_blank_lines(first), *others], footer=block.footer)
        last = last_branch(node)
        changed = rebuild(node, {last: last.with_changes(orelse=cst.Else(body=body))})
        assert isinstance(changed, cst.If)
        return replace(program, {block: block.with_changes(body=[*block.body[:place], changed], footer=())})


def _without_blank_lines(statement: cst.BaseStatement) -> cst.BaseStatement:
    """The statement under its comments, with no blank line at the top of the block."""
    lines = list(getattr(statement, "leading_lines", ()))
    while lines and lines[0].comment is None:
        del lines[0]
    return statement.with_changes(leading_lines=lines)
