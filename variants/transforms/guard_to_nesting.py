"""A guard clause becomes an if round what follows it."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import declares, leaves, only_jump, place_of, put, without_gap
from variants.rewriting.edits import block_of, has_comment
from variants.rewriting.expressions import negation
from variants.transform import Change, Family, Parameters, Transform


class GuardToNesting(Transform):
    """Nests under the opposite condition what a guard clause lets through."""

    name: ClassVar[str] = "guard_to_nesting"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`if c: return a` and the rest of the block become `if not c: rest else: return a`"
    )
    preconditions: ClassVar[str] = (
        "An if without else whose body ends in return, raise, continue or break, with statements after it. "
        "A lone continue in its loop's own body, or a lone return without a value in its function's, needs "
        "no else. Conditions are negated as by invert_if. Refused: global and nonlocal in the guard."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Guard clauses with statements after them."""
        for node in program.nodes(cst.If):
            if node.orelse is not None or not leaves(node.body):
                continue
            found = place_of(program, node)
            if found is not None and found[1] < len(found[0].body) - 1 and not declares(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the rest of the block under the negated condition."""
        assert isinstance(node, cst.If)
        found = place_of(program, node)
        assert found is not None
        block, index = found
        orelse = None
        if not _is_where_the_block_goes(program, node, block):
            orelse = cst.Else(body=block_of(node.body))
        nested = node.with_changes(
            test=cst.parse_expression(negation(program, node.test)),
            whitespace_before_test=cst.SimpleWhitespace(" "),
            body=cst.IndentedBlock(body=without_gap(block.body[index + 1 :])),
            orelse=orelse,
        )
        return put(program, block, (index, len(block.body)), [nested])


def _is_where_the_block_goes(program: Program, guard: cst.If, block: cst.IndentedBlock) -> bool:
    """Whether the guard only does what the end of the block does anyway."""
    jump = only_jump(guard.body)
    owner = program.parent(block)
    if has_comment(program, guard.body) or getattr(owner, "body", None) is not block:
        return False
    if isinstance(jump, cst.Continue):
        return isinstance(owner, cst.For | cst.While)
    if not isinstance(jump, cst.Return) or not isinstance(owner, cst.FunctionDef):
        return False
    return jump.value is None or (isinstance(jump.value, cst.Name) and jump.value.value == "None")
