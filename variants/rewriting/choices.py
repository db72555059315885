"""Ifs that only choose between two values for the same purpose."""

from dataclasses import dataclass

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import leaves, only_part, place_of, put
from variants.rewriting.edits import has_comment, simple

Choosing = cst.Return | cst.Assign | cst.AugAssign


@dataclass(frozen=True, slots=True)
class Choice:
    """Two branches that return, or assign to the same target.

    Attributes:
        node: The if.
        beginning: What both branches begin with, such as ``return `` or ``x = ``.
        first: What the first branch returns or assigns.
        second: What the other one does.
        statement: The statement of the first branch.
        size: How many statements the choice is made of: 2 where the second branch follows the if.
    """

    node: cst.If
    beginning: str
    first: cst.BaseExpression
    second: cst.BaseExpression
    statement: Choosing
    size: int


def find_choice(program: Program, node: cst.If) -> Choice | None:
    """The choice that an if, or an if and the return after it, makes; None where a comment stands in it."""
    first = only_part(node.body)
    place = place_of(program, node)
    if place is None or not isinstance(first, Choosing) or isinstance(node.orelse, cst.If):
        return None
    if node.orelse is not None:
        second, size = only_part(node.orelse.body), 1
        others: list[cst.CSTNode] = [node.orelse]
    else:
        following = place[0].body[place[1] + 1 : place[1] + 2]
        if not leaves(node.body) or not following:
            return None
        second, size, others = only_part(cst.IndentedBlock(body=following)), 2, list(following)
    beginning = _beginning(program, first)
    if not isinstance(second, Choosing) or beginning != _beginning(program, second):
        return None
    if first.value is None or second.value is None:
        return None
    if any(has_comment(program, part) for part in (node.test, node.body, *others)):
        return None
    return Choice(node, beginning, first.value, second.value, first, size)


def put_choice(program: Program, choice: Choice, value: str) -> cst.Module:
    """Put one line with the given text of its value in the place of a choice."""
    place = place_of(program, choice.node)
    assert place is not None
    block, index = place
    line = simple(program, choice.beginning + value)
    line = line.with_changes(leading_lines=choice.node.leading_lines)
    return put(program, block, (index, index + choice.size), [line])


def _beginning(program: Program, statement: Choosing) -> str:
    if isinstance(statement, cst.Return):
        return "return "
    if isinstance(statement, cst.Assign):
        return "".join(f"{program.text(target.target)} = " for target in statement.targets)
    return f"{program.text(statement.target)} {program.text(statement.operator).strip()} "
