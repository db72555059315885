"""A branch that ends its block becomes a guard clause."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import (
    declares,
    else_statements,
    header_lines,
    is_last_in,
    leaves,
    only_jump,
    place_of,
    put,
    without_gap,
)
from variants.rewriting.edits import block_of
from variants.rewriting.expressions import negation
from variants.transform import Change, Family, Parameters, Transform

_OWNERS: tuple[type[cst.CSTNode], ...] = (cst.For, cst.While, cst.FunctionDef)


class NestingToGuard(Transform):
    """Leaves early, so that the other branch needs no indentation."""

    name: ClassVar[str] = "nesting_to_guard"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = (
        "`if c: rest` at the end of a function or loop becomes `if not c: return` (or continue) and the "
        "rest; an else after a branch that leaves is dropped"
    )
    preconditions: ClassVar[str] = (
        "The if is followed by an else or elif and one of the two sides leaves; or it is the last statement "
        "in the body of a function or loop. Conditions are negated as by invert_if. Refused: an if whose "
        "whole body is a jump and that has no else, global and nonlocal in a branch."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Branches that can do without indentation."""
        for node in program.nodes(cst.If):
            if _is_nested(program, node) and not declares(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the guard and the dedented branch in the place of the if."""
        assert isinstance(node, cst.If)
        found = place_of(program, node)
        assert found is not None
        block, index = found
        body = block_of(node.body)
        if node.orelse is not None and (leaves(node.body) or not _else_leaves(node)):
            if not leaves(node.body):
                body = body.with_changes(body=[*body.body, _jump(program, node)])
            rest, end = else_statements(node)
            guard = node.with_changes(body=body, orelse=None)
        else:
            rest, end = without_gap(body.body, header_lines(node.body)), body.footer
            guard = _negated(program, node)
        return put(program, block, (index, index + 1), [guard, *rest], end)


def _is_nested(program: Program, node: cst.If) -> bool:
    if place_of(program, node) is None:
        return False
    if node.orelse is None and only_jump(node.body) is not None:
        return False
    if node.orelse is not None and (leaves(node.body) or _else_leaves(node)):
        return True
    return is_last_in(program, node, *_OWNERS)


def _else_leaves(node: cst.If) -> bool:
    return isinstance(node.orelse, cst.Else) and leaves(node.orelse.body)


def _jump(program: Program, node: cst.If) -> cst.SimpleStatementLine:
    """What leads from the middle of the enclosing body to its end."""
    found = place_of(program, node)
    assert found is not None
    owner = program.parent(found[0])
    jump: cst.BaseSmallStatement = cst.Return() if isinstance(owner, cst.FunctionDef) else cst.Continue()
    return cst.SimpleStatementLine(body=[jump])


def _negated(program: Program, node: cst.If) -> cst.If:
    """The guard for when the condition does not hold."""
    body: cst.BaseSuite = cst.IndentedBlock(body=[])
    if isinstance(node.orelse, cst.Else):
        body = block_of(node.orelse.body)
        lines = list(node.orelse.leading_lines)
        if lines:
            body = body.with_changes(body=without_gap(body.body, lines))
    else:
        body = body.with_changes(body=[_jump(program, node)])
    return node.with_changes(
        test=cst.parse_expression(negation(program, node.test)),
        whitespace_before_test=cst.SimpleWhitespace(" "),
        body=body,
        orelse=None,
    )
