"""Chains of ifs that compare one thing with constants."""

from dataclasses import dataclass

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.purity import is_literal, is_repeatable
from variants.rewriting.branches import leaves, place_of
from variants.rewriting.expressions import bare
from variants.rewriting.membership import any_equality

_SINGLETONS = frozenset({"None", "True", "False"})


@dataclass(frozen=True, slots=True)
class Arm:
    """One branch of a chain.

    Attributes:
        values: The constants for which it runs.
        branch: The if or elif.
    """

    values: tuple[cst.BaseExpression, ...]
    branch: cst.If


@dataclass(frozen=True, slots=True)
class Chain:
    """An if with its elifs, and with the ifs after it where its branches leave.

    Attributes:
        subject: What all of them compare.
        arms: The branches in order.
        orelse: What runs where none of them does.
        size: How many statements of the block the chain takes up.
    """

    subject: cst.BaseExpression
    arms: tuple[Arm, ...]
    orelse: cst.Else | None
    size: int


def find_chain(program: Program, node: cst.If) -> Chain | None:
    """The longest chain that begins with an if and compares one thing with literals throughout."""
    place = place_of(program, node)
    chain = _one(program, node)
    if place is None or chain is None or _comes_after_another(program, place, chain):
        return None
    for following in place[0].body[place[1] + 1 :]:
        if chain.orelse is not None or not all(leaves(arm.branch.body) for arm in chain.arms):
            break
        more = _one(program, following) if isinstance(following, cst.If) else None
        if more is None or not more.subject.deep_equals(chain.subject):
            break
        chain = Chain(chain.subject, (*chain.arms, *more.arms), more.orelse, chain.size + 1)
    return chain


def _comes_after_another(program: Program, place: tuple[cst.IndentedBlock, int], chain: Chain) -> bool:
    """Whether the statement before belongs to the same chain."""
    block, index = place
    previous = block.body[index - 1] if index else None
    if not isinstance(previous, cst.If):
        return False
    before = _one(program, previous)
    if before is None or before.orelse is not None or not before.subject.deep_equals(chain.subject):
        return False
    return all(leaves(arm.branch.body) for arm in before.arms)


def _one(program: Program, node: cst.If) -> Chain | None:
    """An if and its elifs as a chain."""
    arms: list[Arm] = []
    subject: cst.BaseExpression | None = None
    branch: cst.If | cst.Else | None = node
    while isinstance(branch, cst.If):
        found = _compared(program, branch.test)
        if found is None or (subject is not None and not subject.deep_equals(found[0])):
            return None
        subject = found[0]
        arms.append(Arm(found[1], branch))
        branch = branch.orelse
    return Chain(subject, tuple(arms), branch, 1) if subject is not None else None


def _compared(
    program: Program, test: cst.BaseExpression
) -> tuple[cst.BaseExpression, tuple[cst.BaseExpression, ...]] | None:
    """What a condition compares, and with which literals; None, True and False by identity."""
    test = bare(test)
    if isinstance(test, cst.Comparison) and isinstance(test.comparisons[0].operator, cst.Is):
        value = test.comparisons[0].comparator
        is_singleton = isinstance(value, cst.Name) and value.value in _SINGLETONS
        if not is_singleton or len(test.comparisons) != 1 or not is_repeatable(program, test.left):
            return None
        return bare(test.left), (value,)
    found = any_equality(program, test)
    if found is None or not all(_is_compared(value) for value in found.values):
        return None
    return found.subject, tuple(found.values)


def _is_compared(value: cst.BaseExpression) -> bool:
    """Whether a case compares with a literal by ==."""
    return is_literal(value) and not isinstance(value, cst.Name)
