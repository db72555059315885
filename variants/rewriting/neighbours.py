"""Statements that follow each other in one block."""

from collections.abc import Sequence

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import replace

Statement = cst.SimpleStatementLine | cst.If | cst.For | cst.While | cst.With | cst.Try


def block_around(program: Program, statement: cst.CSTNode) -> Sequence[cst.BaseStatement]:
    """The statements of the indented block that a statement stands in; empty where it is in none."""
    block = program.parent(statement)
    return block.body if isinstance(block, cst.IndentedBlock) else ()


def next_statement(program: Program, statement: cst.CSTNode) -> Statement | None:
    """The statement after one in its block."""
    block = block_around(program, statement)
    for index, member in enumerate(block[:-1]):
        if member is statement:
            following = block[index + 1]
            return following if isinstance(following, Statement) else None
    return None


def removed(statement: cst.CSTNode) -> dict[cst.CSTNode, Replacement]:
    """The edit that takes a statement out of its block."""
    nothing: list[cst.CSTNode] = []
    return {statement: cst.FlattenSentinel(nothing)}


def replace_pair(
    program: Program, first: cst.SimpleStatementLine, second: Statement, new: Sequence[cst.BaseStatement]
) -> cst.Module:
    """Put statements in the place of two neighbours, under the comments that stood above them."""
    leading = [*first.leading_lines, *second.leading_lines]
    changed = [new[0].with_changes(leading_lines=leading), *new[1:]]
    return replace(program, {first: cst.FlattenSentinel(changed), **removed(second)})


def in_try(program: Program, statement: cst.CSTNode) -> bool:
    """Whether code of the same function may go on after an exception that the statement raises."""
    for ancestor in program.ancestors(statement):
        if isinstance(ancestor, cst.Try | cst.TryStar | cst.With):
            return True
        if isinstance(ancestor, cst.FunctionDef):
            return False
    return False
