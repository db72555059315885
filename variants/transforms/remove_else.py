"""An else after branches that leave is taken away."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.branches import always_leaves_before_else, last_branch
from variants.rewriting.edits import block_of, replace
from variants.transform import Change, Family, Parameters, Transform


class RemoveElse(Transform):
    """Lets what stood under else follow the if."""

    name: ClassVar[str] = "remove_else"
    family: ClassVar[Family] = "noise"
    description: ClassVar[str] = "`if c: return a` `else: B` becomes `if c: return a` and B after it"
    preconditions: ClassVar[str] = (
        "Every branch of the if before the else (also the elifs) ends in return, raise, break or continue."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Ifs whose else needs no saying."""
        for node in program.nodes(cst.If):
            is_inner = isinstance(program.parent(node), cst.If)
            if is_inner or not isinstance(program.parent(node), cst.IndentedBlock):
                continue
            if last_branch(node).orelse is not None and always_leaves_before_else(node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Move the statements of the else behind the if."""
        assert isinstance(node, cst.If)
        last = last_branch(node)
        otherwise = last.orelse
        assert isinstance(otherwise, cst.Else)
        body = block_of(otherwise.body)
        changed = rebuild(node, {last: last.with_changes(orelse=None)})
        first, *others = body.body
        comments = [line for line in otherwise.leading_lines if line.comment is not None]
        if body.header.comment is not None:
            comments.append(cst.EmptyLine(comment=body.header.comment))
        first = first.with_changes(leading_lines=[*comments, *getattr(first, "leading_lines", ())])
        return replace(program, {node: cst.FlattenSentinel([changed, first, *others])})
