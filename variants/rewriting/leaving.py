"""Blocks after which the next statement never runs."""

import libcst as cst

from variants.rewriting.edits import block_of


def leaves(suite: cst.BaseSuite) -> bool:
    """Whether a block certainly ends in a return, raise, break or continue."""
    body = block_of(suite).body
    return bool(body) and _leaves(body[-1])


def _leaves(statement: cst.BaseStatement) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return isinstance(statement.body[-1], cst.Return | cst.Raise | cst.Break | cst.Continue)
    if not isinstance(statement, cst.If) or statement.orelse is None:
        return False
    if isinstance(statement.orelse, cst.If):
        return leaves(statement.body) and _leaves(statement.orelse)
    return leaves(statement.body) and leaves(statement.orelse.body)


def last_branch(statement: cst.If) -> cst.If:
    """The last if of a chain of if and elif."""
    while isinstance(statement.orelse, cst.If):
        statement = statement.orelse
    return statement


def always_leaves_before_else(statement: cst.If) -> bool:
    """Whether every branch with a condition leaves, so that what follows runs only without them."""
    current: cst.If | cst.Else | None = statement
    while isinstance(current, cst.If):
        if not leaves(current.body):
            return False
        current = current.orelse
    return True
